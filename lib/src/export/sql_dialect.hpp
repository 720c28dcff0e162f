// The differences between three databases in numbers, names and functions.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "export/sql_names.hpp"
#include "export/typed_levels.hpp"
#include "model/expression.hpp"

namespace moe {

class SqlDialect {
 public:
  /// `name`: duckdb, postgres or sqlite; "" means duckdb. Throws Error (usage) for any other.
  explicit SqlDialect(const std::string& name);

  const std::string& name() const { return name_; }
  bool duckdb() const { return name_ == "duckdb"; }
  bool postgres() const { return name_ == "postgres"; }
  bool sqlite() const { return name_ == "sqlite"; }
  /// Whether "x" and "X" are the same column; and how many bytes of a name count.
  bool folds_case() const { return !postgres(); }
  std::size_t most_name() const { return postgres() ? 63 : 1000000; }
  /// The largest number of columns that a SELECT of ours has. PostgreSQL allows 1,664, SQLite 2,000.
  std::size_t most_columns() const { return postgres() ? 1600 : sqlite() ? 1900 : 1000000; }

  /// A double constant. It must not be read as a decimal or an integer.
  std::string number(double value) const;
  /// The largest or the smallest of the arguments.
  std::string extreme(bool largest, const std::vector<std::string>& arguments) const;
  /// op of the arguments, which are numbers, names or in parentheses. Throws Error (usage) for an operation that
  /// databases lack.
  std::string apply(Expression::Op op, const std::vector<std::string>& arguments) const;
  /// x, but 0 where x is so small that a product of two such numbers underflows: PostgreSQL stops with an error there.
  std::string without_dust(const std::string& x) const;

  /// A cell as a double; NULL where `moe predict` reads no number. The column may be of texts, too; true and false are
  /// 1 and 0. The result may be infinite or NaN except in PostgreSQL, which would stop with an error in later steps:
  /// there, a cell beyond kLargestCell is NULL.
  std::string number_of(const std::string& cell) const;
  /// Whether such a number is finite, so that the row can have a prediction.
  std::string is_finite(const std::string& number) const;
  /// Such a number, with NULL in place of NaN.
  std::string without_nan(const std::string& number) const;
  /// A cell as a text; and a text without outer blanks.
  std::string text(const std::string& cell) const;
  std::string trimmed(const std::string& text) const;
  std::string is_one_of(const std::string& text, const std::vector<std::string>& words) const;
  /// The place of a cell's level, by the type that its column turns out to have. NULL: no level; -1: one of two levels.
  /// `otherwise`: the expression for a column of texts.
  std::string place(const SqlColumn& column, const TypedLevels& levels, const std::string& otherwise) const;
  /// Who has read the dates in a column, as far as we can know.
  DayReader day_reader() const { return duckdb() ? DayReader::kTriesOrders : DayReader::kDeclared; }

  /// A step of the query that keeps the values of its columns, so that they are not computed again at each use.
  /// `stored`: the database keeps the rows of the step, too, and plans the step by itself.
  std::string step(const std::string& name, const std::string& select, bool stored) const;

 private:
  /// Conditions on the type of a cell's column: whether it can be cast to double as it is; whether it is any number.
  std::string is_plain_number(const std::string& cell) const;
  std::string is_number(const std::string& cell, const std::string& others = "") const;
  std::string is_boolean(const std::string& cell) const;
  std::string boolean_text(const std::string& cell) const;
  std::string place_of_number(const std::string& cell, const std::vector<TypedLevel>& levels) const;
  std::string place_of_day(const SqlColumn& column, const std::string& type, const TypedDays& days) const;
  std::string finite_text(const std::string& text) const;

  std::string name_;
};

/// Magnitudes for without_dust(), as powers of ten: the smallest number that is kept, the smallest product that does
/// not underflow, and the smallest double.
constexpr double kDust = -146, kLeastProduct = -300, kLeastDouble = -324;
/// In PostgreSQL, exp() of any smaller number is exp() of this.
constexpr double kLeastExponent = -340;

/// The largest magnitude of a cell for which PostgreSQL gives a prediction: squares of what follows from it do not
/// overflow.
constexpr double kLargestCell = 1e150;

/// "CASE subject WHEN 'text' THEN place ... END", with -1 for unclear levels; "NULL" if there is no level.
std::string sql_places(const std::string& subject, const std::vector<TypedLevel>& levels,
                       const std::function<std::string(const TypedLevel&)>& key);

}  // namespace moe
