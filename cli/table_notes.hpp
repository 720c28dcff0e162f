// Notes on a table where it was read in a way that may surprise the user.
#pragma once

#include <string>
#include <vector>

#include "moe/dataset.hpp"

namespace cli {

/// Notes on levels with two spellings, and on whole numbers that a double cannot hold. Each is a line that begins with
/// "note: ".
std::vector<std::string> table_notes(const moe::TrainingTable& table);
/// The names of the inputs that have one value only.
std::vector<std::string> constant_inputs(const moe::TrainingTable& table);
/// A note on these, or none.
std::vector<std::string> notes_on_constant_inputs(const moe::TrainingTable& table);
/// A note on the classes that only one row has, or none, for rows that are held out by parts. `part`: what such a part
/// is called.
std::vector<std::string> notes_on_lone_classes(const moe::TrainingTable& table, const std::string& part);

}  // namespace cli
