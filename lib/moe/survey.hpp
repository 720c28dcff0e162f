// What stands in the columns of a table that a model reads. Nothing is refused here, but counted.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "moe/csv.hpp"
#include "moe/dataset.hpp"

namespace moe {

/// A column that a model reads, as a table has it.
struct SurveyedColumn {
  Column column{};                    ///< its name, and its levels where it is a category or a class
  std::string role{};                 ///< "input", "target", "trials", "offset", "exposure" or "weight"
  bool there = true;                  ///< whether the table has it
  bool may_miss = false;              ///< whether the model has a rule for missing cells
  std::size_t missing = 0;            ///< how many cells are missing
  std::vector<double> numbers{};      ///< the cells of a number, but for those that are missing or unknown
  std::vector<std::size_t> counts{};  ///< of a category: how many cells have each level

  /// A text that is neither a number nor a level, as the column needs it.
  struct Unknown {
    std::string text;
    std::size_t cells = 0;
    std::string place;  ///< of the first one: "data.csv:7:2 x2"
  };
  std::size_t unknown = 0;          ///< how many cells are of that kind
  std::vector<Unknown> unknowns{};  ///< the first few of the texts
  std::string first_missing{};      ///< the place of the first missing cell
};

struct Survey {
  std::size_t rows = 0;
  std::vector<SurveyedColumn> columns{};  ///< inputs in the schema's order, then the target and the others
};

/// Reads all of `reader`. A column that the table lacks is noted; a target or weight that it lacks, too. Throws Error
/// (data) for a table that is no table: a quote that is never closed, a record of another length.
Survey survey_table(CsvReader& reader, const Schema& schema);

}  // namespace moe
