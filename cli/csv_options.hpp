// What commands that read a model and a table share.
#pragma once

#include <string>

#include "command.hpp"
#include "moe/csv.hpp"

namespace cli {

/// The value of --header.
moe::CsvHeader csv_header(const Arguments& arguments);
/// The value of --model. Throws Error (usage) where there is none.
std::string required_model(const Arguments& arguments);

}  // namespace cli
