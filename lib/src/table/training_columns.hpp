// Finds the columns that a fit reads, and what their first cells look like.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "csv/csv_blocks.hpp"
#include "moe/dataset.hpp"
#include "table/table_rows.hpp"

namespace moe {

/// The first records decide what an input is: up to so many records, and up to a number of bytes, so that a file and a
/// pipe give the same result.
constexpr std::size_t kSampleRecords = 1000;

/// The request itself. Throws Error (usage) where it names a column by a text of the first row, if that row was taken
/// for data.
const ColumnRequest& with_header(const CsvReader& reader, const ColumnRequest& request);

/// The columns that are no inputs.
struct RoleColumns {
  /// Throws Error (usage) for a name that is no column, and for a target that has another role, too.
  RoleColumns(const ColumnRequest& request, const std::vector<std::string>& names);
  /// Writes their names into the schema.
  void name(const std::vector<std::string>& names, Schema& schema) const;
  OtherColumns others() const { return {weight, trials, offset, exposure}; }

  std::vector<std::size_t> targets;
  std::optional<std::size_t> weight, id, trials, offset, exposure, fold_group;
  std::vector<std::size_t> no_inputs;
};

/// Every column that some branch of these models reads, in the order of the table.
std::vector<std::size_t> union_of(const std::vector<BranchColumns>& models);

/// What the first records' cells in a column are.
struct Sample {
  std::size_t numbers = 0, texts = 0;
  std::string first{};  // the first cell that is not missing
  std::size_t line = 0;
};

std::vector<Sample> sample_columns(CsvBlocks& blocks, const std::vector<std::string>& na);

}  // namespace moe
