// What a user may not expect of how a table was read.
#pragma once

#include <string>
#include <vector>

#include "moe/dataset.hpp"

namespace cli {

/// Levels that stood in two spellings, and whole numbers that no double holds: a line each, which begins with "note: ".
std::vector<std::string> table_notes(const moe::TrainingTable& table);

}  // namespace cli
