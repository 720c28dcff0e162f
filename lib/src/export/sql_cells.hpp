// The innermost SELECT of a model: a table's cells as finite numbers and as places of levels, NULL where `moe predict` would refuse
// the cell. What stands above it knows neither texts nor types.
#pragma once

#include <string>
#include <vector>

#include "export/sql_dialect.hpp"
#include "export/sql_names.hpp"
#include "moe/dataset.hpp"

namespace moe {

class SqlCells {
 public:
  /// `ignore_unknown`: a level that training has not seen is taken for the reference; else its row cannot be scored.
  SqlCells(const Schema& schema, const SqlDialect& dialect, const SqlNames& names, bool ignore_unknown);

  /// "expression AS c1" ..
  const std::vector<std::string>& columns() const { return columns_; }
  /// What they make, for who selects from them: of each input, the offset, the trials, an expression.
  const std::vector<std::string>& leaves() const { return leaves_; }
  /// What holds where a row can be scored.
  const std::vector<std::string>& conditions() const { return conditions_; }

 private:
  /// The column's name for who selects from it.
  std::string add(const std::string& expression);
  std::string needed_place(const std::string& expression);
  std::string needed_number(const std::string& expression);
  void category(const Column& column);
  void number(const Column& column);
  void beside(const Schema& schema);
  std::string cell(const std::string& column) const { return names_.cell(column); }
  std::string number_cell(const std::string& column) const;
  /// `by_value`: the cell may be a number that stands for a missing one, whatever its text.
  std::string is_missing(const std::string& column, const std::vector<std::string>& words, bool by_value) const;
  std::string place_of_text(const Column& column) const;

  const Schema& schema_;
  const SqlDialect& dialect_;
  const SqlNames& names_;
  bool ignore_unknown_;
  std::vector<std::string> words_;
  std::vector<double> numbers_;
  std::vector<std::string> columns_, leaves_, conditions_;
};

}  // namespace moe
