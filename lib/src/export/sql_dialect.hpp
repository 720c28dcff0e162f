// How three databases want the same numbers, names and functions written.
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
  /// duckdb, postgres or sqlite; "" for the first. Throws Error (usage) for another.
  explicit SqlDialect(const std::string& name);

  const std::string& name() const { return name_; }
  bool duckdb() const { return name_ == "duckdb"; }
  bool postgres() const { return name_ == "postgres"; }
  bool sqlite() const { return name_ == "sqlite"; }
  /// Whether "x" and "X" are the same column, and how many bytes of a name count.
  bool folds_case() const { return !postgres(); }
  std::size_t most_name() const { return postgres() ? 63 : 1000000; }
  /// The most columns of one SELECT that are asked for: PostgreSQL knows 1,664, SQLite 2,000.
  std::size_t most_columns() const { return postgres() ? 1600 : sqlite() ? 1900 : 1000000; }

  /// A double, whatever it looks like: none of them may become a decimal or an integer.
  std::string number(double value) const;
  /// The larger or the lesser of all.
  std::string extreme(bool largest, const std::vector<std::string>& of) const;
  /// op of arguments that are numbers, names or in parentheses. Throws Error (usage) for one that databases do not know.
  std::string apply(Expression::Op op, const std::vector<std::string>& of) const;
  /// x, and 0 for what is so small that a product of two of them is no longer a number: PostgreSQL stops at such a one.
  std::string without_dust(const std::string& x) const;

  /// A cell as a double, NULL where it is no number as `moe predict` reads one: of a column of texts as well, true and false as 1
  /// and 0. It may be infinite or NaN, but in PostgreSQL, which would stop at what becomes of it: there it is NULL beyond
  /// kLargestCell.
  std::string number_of(const std::string& cell) const;
  /// Whether one of those is a number that a row can be scored by.
  std::string is_finite(const std::string& number) const;
  /// .. and one in which NaN is NULL.
  std::string without_nan(const std::string& number) const;
  /// A cell as a text, and without the blanks round it.
  std::string text(const std::string& cell) const;
  std::string trimmed(const std::string& text) const;
  std::string is_one_of(const std::string& text, const std::vector<std::string>& words) const;
  /// The place of a cell's level, by the type that its column has: NULL for none, -1 where it may be one of two. `otherwise` is that
  /// of a text.
  std::string place(const SqlColumn& column, const TypedLevels& levels, const std::string& otherwise) const;
  /// Who has read a column's days, as far as one knows.
  DayReader day_reader() const { return duckdb() ? DayReader::kTriesOrders : DayReader::kDeclared; }

  /// SELECT that keeps the values of its columns: none of them is computed again where it is used.
  std::string step(const std::string& name, const std::string& select) const;

 private:
  /// Conditions on the type of a cell's column: one that becomes a double as it is; any number ..
  std::string is_plain_number(const std::string& cell) const;
  std::string is_number(const std::string& cell, const std::string& others = "") const;
  std::string is_boolean(const std::string& cell) const;
  std::string boolean_text(const std::string& cell) const;
  std::string place_of_number(const std::string& cell, const std::vector<TypedLevel>& levels) const;
  std::string place_of_day(const SqlColumn& column, const std::string& type, const TypedDays& days) const;
  std::string finite_text(const std::string& text) const;

  std::string name_;
};

/// Magnitudes for without_dust(), as powers of ten: of what is left, and of the least product that is a number still.
constexpr double kDust = -146, kLeastProduct = -300, kLeastDouble = -324;
/// exp() of anything less is this in PostgreSQL.
constexpr double kLeastExponent = -340;

/// The largest magnitude of a cell that PostgreSQL scores: squares of what is made of it are numbers still.
constexpr double kLargestCell = 1e150;

/// "CASE of WHEN 'text' THEN place ... END", -1 for what is unclear; "NULL" without a level.
std::string sql_places(const std::string& of, const std::vector<TypedLevel>& levels,
                       const std::function<std::string(const TypedLevel&)>& key);

}  // namespace moe
