// Keeps OpenBLAS from starting threads of its own.
#pragma once

namespace cli {

/// To be called first: gives the process back the processors that it may run on.
void use_all_processors();

}  // namespace cli
