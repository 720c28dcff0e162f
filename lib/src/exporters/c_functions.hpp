// The text of c_functions.c.
#pragma once

namespace moe {

extern const char* const kCFunctions;

}  // namespace moe
