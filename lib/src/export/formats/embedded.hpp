// The texts of the C, JavaScript and Python files in this folder, which exporters copy into what they write.
#pragma once

#include <map>
#include <string>

namespace moe {

/// The text of each file by its name. The build writes this table (CMakeLists.txt).
extern const std::map<std::string, const char*> kEmbedded;

}  // namespace moe
