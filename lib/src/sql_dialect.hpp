// How three databases want the same numbers, names and functions written.
#pragma once

#include <string>
#include <vector>

#include "formula.hpp"
#include "moe/dataset.hpp"

namespace moe {

class SqlDialect {
 public:
  /// duckdb, postgres or sqlite; "" for the first. Throws Error (usage) for another.
  explicit SqlDialect(const std::string& name);

  const std::string& name() const { return name_; }
  bool duckdb() const { return name_ == "duckdb"; }
  bool postgres() const { return name_ == "postgres"; }
  bool sqlite() const { return name_ == "sqlite"; }
  /// Whether "x" and "X" are the same column.
  bool folds_case() const { return !postgres(); }
  /// The most columns of one SELECT that are asked for: PostgreSQL knows 1,664, SQLite 2,000.
  std::size_t most_columns() const { return postgres() ? 1600 : sqlite() ? 1900 : 1000000; }

  /// A double, whatever it looks like: none of them may become a decimal or an integer.
  std::string number(double value) const;
  /// The larger or the lesser of all.
  std::string extreme(bool largest, const std::vector<std::string>& of) const;
  /// op of arguments that are numbers, names or in parentheses. Throws Error (usage) for one that databases do not know.
  std::string apply(Formula::Op op, const std::vector<std::string>& of) const;
  /// x, and 0 for what is so small that a product of two of them is no longer a number: PostgreSQL stops at such a one.
  std::string without_dust(const std::string& x) const;

  /// A column's cell as a double, NULL where it is missing; DuckDB and PostgreSQL stop at what is no number, for SQLite see is_cell().
  std::string cell(const std::string& column, const Schema& schema) const;
  /// Whether a column's cell is a number or missing, where the database would not say that it is neither; else "".
  std::string is_cell(const std::string& column, const Schema& schema) const;
  /// Whether the cell of a category is this level; of the level for missing cells, whether it is missing.
  std::string is_level(const Column& category, const std::string& level, const Schema& schema) const;
  std::string is_missing(const Column& category, const Schema& schema) const;

  /// SELECT that keeps the values of its columns: none of them is computed again where it is used.
  std::string step(const std::string& name, const std::string& select) const;

 private:
  /// A column's cell as a text, without the blanks round it.
  std::string text(const std::string& column) const;
  std::string trimmed(const std::string& text) const;
  std::string is_one_of(const std::string& text, const std::vector<std::string>& words) const;
  std::string equals(const Column& category, double number) const;

  std::string name_;
};

/// Magnitudes for without_dust(), as powers of ten: of what is left, and of the least product that is a number still.
constexpr double kDust = -146, kLeastProduct = -300, kLeastDouble = -324;
/// exp() of anything less is this in PostgreSQL.
constexpr double kLeastExponent = -340;

/// A name or a text between its quotes.
std::string sql_name(const std::string& name);
std::string sql_text(const std::string& text);
/// The name of a table with those of its schema, database.. before it: parts by dots, one with a dot between double quotes.
/// Throws Error (usage) for a part without a character.
std::string sql_table(const std::string& typed);

}  // namespace moe
