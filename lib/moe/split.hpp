// A table cut into rows for training and rows for testing, or into folds. The rows stay as they are written.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "moe/csv.hpp"

namespace moe {

/// How a table is to be cut. Either `test` or `folds` is given, and at most one of the three columns.
struct SplitOptions {
  double test = 0;         ///< the rows for testing: below 1 their share, which is rounded up, else their number
  std::size_t folds = 0;   ///< 2 or more, each about as large as the others
  std::string group{};     ///< a column, by name or index: rows with the same text there stay together; "": none
  std::string stratify{};  ///< a column: each part has as many rows of each of its texts as possible; "": none
  /// A column of numbers, or of texts in whose order the rows are, such as dates that begin with the year: the last
  /// rows are for testing, and rows of one moment stay together. Not with folds. "": none.
  std::string order_by{};
  std::uint64_t seed = 1;
};

/// A table's records as they are written, and which part each belongs to.
struct SplitTable {
  std::string header{};             ///< with its line end; "" where the table has none
  std::string text{};               ///< all records, each with its line end
  std::vector<std::size_t> ends{};  ///< n: where each record ends in `text`
  /// n: the fold, from 1 on; without folds 1 for testing and 0 for training.
  std::vector<std::size_t> part{};
  std::size_t units = 0;  ///< how many groups, or moments, there are; without such a column, rows
  char delimiter = ',';

  std::size_t rows() const { return ends.size(); }
  std::string_view record(std::size_t row) const {
    const std::size_t begin = row == 0 ? 0 : ends[row - 1];
    return std::string_view(text).substr(begin, ends[row] - begin);
  }
};

/// Reads all records of `reader`, none of which has been read, and deals them out. Comments and empty lines are left
/// out. Each group goes to one part; the number of rows is then as near to what was asked for as the groups, in random
/// order, allow. Throws Error: usage for options that contradict each other, and a column that does not exist;
/// data for a table that cannot be read or has too few rows or groups for its parts, and for a group or a moment that
/// is missing.
SplitTable split_table(CsvReader& reader, const SplitOptions& options);

}  // namespace moe
