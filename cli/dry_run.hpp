// What `moe train --dry-run` says.
#pragma once

#include <string>

#include "moe/csv.hpp"
#include "moe/dataset.hpp"

namespace cli {

/// What was understood of a table: how it is written, its rows, its columns and what becomes of them.
std::string to_text(const moe::CsvReader& reader, const moe::TrainingTable& table);

}  // namespace cli
