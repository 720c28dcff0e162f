// Of files of functions in another language, those that a text calls.
#pragma once

#include <string>
#include <vector>

namespace moe {

/// The sections of these embedded files whose functions `text` calls, and those that these call in turn, in their order
/// in the files. A section begins with a line "/*= NAME CALLED.. */"; what stands before the first concerns the file
/// itself only.
std::string called_sections(const std::vector<std::string>& files, const std::string& text);

}  // namespace moe
