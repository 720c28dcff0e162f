// Prevents OpenBLAS from starting threads of its own.
#pragma once

namespace cli {

/// Must be called first. Lets the process run on all of its processors again.
void use_all_processors();

}  // namespace cli
