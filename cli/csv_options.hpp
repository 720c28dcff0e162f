// What commands that read a model and a table share.
#pragma once

#include <string>
#include <vector>

#include "command.hpp"
#include "moe/csv.hpp"

namespace cli {

/// A command's options with those behind them that say how its table is written.
std::vector<Option> with_csv_options(std::vector<Option> options);
/// Their values, and --threads where the command has it; `na`: words for a missing cell beside the usual ones.
moe::CsvOptions csv_options(const Arguments& arguments, const std::vector<std::string>& na);

/// --unknown, for tables that a model reads.
Option unknown_option();
/// Whether it says ignore.
bool ignore_unknown(const Arguments& arguments);

/// The value of --model. Throws Error (usage) where there is none.
std::string required_model(const Arguments& arguments);

}  // namespace cli
