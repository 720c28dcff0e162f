// The text of `moe train --dry-run`.
#pragma once

#include <string>

#include "moe/csv.hpp"
#include "moe/dataset.hpp"

namespace cli {

/// How a table was understood: how it is written, its rows, its columns and what they become.
std::string to_text(const moe::CsvReader& reader, const moe::TrainingTable& table);

}  // namespace cli
