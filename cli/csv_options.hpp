// Options that commands share which read a model and a table.
#pragma once

#include <string>
#include <vector>

#include "command.hpp"
#include "moe/csv.hpp"
#include "moe/dataset.hpp"

namespace cli {

/// The options of a command, followed by those that say how its table is written.
std::vector<Option> with_csv_options(std::vector<Option> options);
/// The values of these options, and of --threads where the command has it. `na`: words for a missing cell beside the
/// usual ones.
moe::CsvOptions csv_options(const Arguments& arguments, const std::vector<std::string>& na);

/// --unknown, for tables that a model reads.
Option unknown_option();
/// Whether the value of --unknown is "ignore".
bool ignore_unknown(const Arguments& arguments);

/// All rows of a table for a model that reads it in this way, each with its target.
moe::Dataset rows_with_target(const Arguments& arguments, moe::CsvReader& reader, const moe::Schema& schema);

/// The value of --model. Throws Error (usage) where it is not given.
std::string required_model(const Arguments& arguments);

}  // namespace cli
