// The innermost SELECT of an exported model. It turns the table's cells into finite numbers and places of levels, and
// into NULL where `moe predict` would refuse the cell. The steps around it know neither texts nor types.
#pragma once

#include <string>
#include <vector>

#include "export/sql_dialect.hpp"
#include "export/sql_names.hpp"
#include "moe/dataset.hpp"

namespace moe {

class SqlCells {
 public:
  /// `ignore_unknown`: a level that training has not seen counts as the reference level; otherwise its row has no
  /// prediction.
  SqlCells(const Schema& schema, const SqlDialect& dialect, const SqlNames& names, bool ignore_unknown);

  /// The columns of this SELECT: "expression AS c1", ..
  const std::vector<std::string>& columns() const { return columns_; }
  /// For the SELECT around it: an expression for each input, the offset and the trials.
  const std::vector<std::string>& leaves() const { return leaves_; }
  /// Conditions under which a row has a prediction.
  const std::vector<std::string>& conditions() const { return conditions_; }

 private:
  /// Adds a column and returns its name in the SELECT around this one.
  std::string add(const std::string& expression);
  std::string needed_place(const std::string& expression);
  std::string needed_number(const std::string& expression);
  void category(const Column& column);
  void number(const Column& column);
  void beside(const Schema& schema);
  std::string cell(const std::string& column) const { return names_.cell(column); }
  std::string number_cell(const std::string& column) const;
  /// `by_value`: the cell may be a number that stands for a missing one, in any spelling.
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
