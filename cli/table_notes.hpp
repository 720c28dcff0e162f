// Notes on a table where it was read in a way that may surprise the user.
#pragma once

#include <string>
#include <vector>

#include "moe/dataset.hpp"

namespace cli {

/// Notes on levels with two spellings, and on whole numbers that a double cannot hold. Each is a line that begins with
/// "note: ".
std::vector<std::string> table_notes(const moe::TrainingTable& table);

}  // namespace cli
