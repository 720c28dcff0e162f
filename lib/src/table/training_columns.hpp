// Which columns of a table a fit reads, as what, and what their first cells look like.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "csv/csv_blocks.hpp"
#include "moe/dataset.hpp"
#include "table/table_rows.hpp"

namespace moe {

/// What an input is decides among the first records, so many at most and within so many bytes: the same ones from a file and a pipe.
constexpr std::size_t kSampleRecords = 1000;

/// The request. Throws Error (usage) where it names a column that stands in a first row that was taken for data.
const ColumnRequest& with_header(const CsvReader& reader, const ColumnRequest& request);

/// Where the columns stand that are no inputs.
struct RoleColumns {
  /// Throws Error (usage) for a column that is a target, too, or no column.
  RoleColumns(const ColumnRequest& request, const std::vector<std::string>& names);
  /// Notes their names.
  void name(const std::vector<std::string>& names, Schema& schema) const;
  OtherColumns others() const { return {weight, trials, offset, exposure}; }

  std::vector<std::size_t> targets;
  std::optional<std::size_t> weight, id, trials, offset, exposure;
  std::vector<std::size_t> no_inputs;
};

/// Every column that a branch of a model reads, in the table's order.
std::vector<std::size_t> union_of(const std::vector<BranchColumns>& models);

/// The cells of a column among the first records.
struct Sample {
  std::size_t numbers = 0, texts = 0;
  std::string first{};  // that is not missing
  std::size_t line = 0;
};

std::vector<Sample> sample_columns(CsvBlocks& blocks, const std::vector<std::string>& na);

}  // namespace moe
