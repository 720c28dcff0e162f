// The texts of the files beside this one that exporters copy into what they write.
#pragma once

namespace moe {

extern const char* const kCVectors;
extern const char* const kCFunctions;
extern const char* const kJsTable;
extern const char* const kNumpyTable;

}  // namespace moe
