// The texts of the files beside this one in other languages, which exporters copy into what they write.
#pragma once

#include <map>
#include <string>

namespace moe {

/// By the file's name; CMakeLists.txt makes it.
extern const std::map<std::string, const char*> kEmbedded;

}  // namespace moe
