// What check prints: text for people, and JSON.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "json.hpp"
#include "moe/drift.hpp"

namespace cli {

struct CheckedTable {
  std::string file{}, reference_file{};
  moe::Survey now{};
  std::optional<moe::Survey> reference{};
  std::vector<moe::ColumnDrift> columns{};  ///< for each column of `now`
  std::vector<std::string> faults{};        ///< why the model cannot read the rows
};

std::string check_text(const CheckedTable& checked);
Json check_json(const CheckedTable& checked);

}  // namespace cli
