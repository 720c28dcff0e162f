// How a table is read for a fitted model: which of its columns the model reads, and as what.
#pragma once

#include <cstddef>
#include <deque>
#include <optional>
#include <vector>

#include "moe/csv.hpp"
#include "moe/dataset.hpp"
#include "table/levels.hpp"
#include "table/row_parser.hpp"
#include "table/table_rows.hpp"

namespace moe {

struct ReaderPlan {
  /// Finds the columns by name. Throws Error (data) that names those that the table lacks.
  ReaderPlan(const CsvReader& csv, const Schema& schema, TableReader::Target target,
             const TableReader::Options& options);
  ReaderPlan(const ReaderPlan&) = delete;  // `rows` points into `known`
  ReaderPlan& operator=(const ReaderPlan&) = delete;
  /// `rows` without the columns that are kept as text.
  RowPlan of_numbers() const;

  std::vector<Column> columns;      ///< of the schema's inputs
  std::deque<KnownLevels> known{};  ///< the levels of categories and classes
  RowPlan rows{};
  RowLayout layout{};
  std::optional<std::size_t> id{};                         ///< the slot of the ids
  std::vector<std::size_t> number_slots{}, level_slots{};  ///< of what is read beside the schema's columns

 private:
  void plan_inputs(const CsvReader& csv, bool by_value, bool ignore_unknown);
  void plan_targets(const CsvReader& csv, const Schema& schema);
  void plan_beside(const TableReader::Options& options);
  void plan_rest(const CsvReader& csv, const Schema& schema, bool judged, bool keep_inputs);
};

}  // namespace moe
