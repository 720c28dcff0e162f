// What a SELECT calls things: a user's names between quotes, names of its own that none of the user's is, and columns of predictions.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "moe/dataset.hpp"

namespace moe {

/// A name or a text between its quotes.
std::string sql_name(const std::string& name);
std::string sql_text(const std::string& text);
/// The name of a table with those of its schema, database.. before it: parts by dots, one with a dot between double quotes.
/// Throws Error (usage) for a part without a character.
std::vector<std::string> sql_table(const std::string& typed);
/// ASCII capitals as small letters.
std::string folded(std::string name);

/// A column's name without the blanks at its ends that DuckDB's CSV reader takes off, between quotes, too: those that Unicode calls
/// space separators, no tabs. The name itself where it is nothing else.
std::string without_outer_blanks(const std::string& name);

/// A column of the row that is read, and the same of any row of its table, for a SELECT of its own.
struct SqlColumn {
  std::string cell, table, any_cell;
};

/// The query's own names: none of the model's columns and no part of the table's name begins as they do. The table may have other
/// columns, of any name: wherever those can be seen, what the query means is asked for by the table's name before it.
class SqlNames {
 public:
  /// `trims`: the table's columns have no outer blanks.
  SqlNames(const Schema& schema, const std::vector<std::string>& table, bool trims = false);

  /// The table in a FROM, and what it is called then.
  std::string from() const { return source_ + " AS " + table(); }
  std::string table() const { return stem_ + "_t"; }
  /// What the table calls a column of the model.
  std::string called(const std::string& column) const { return trims_ ? without_outer_blanks(column) : column; }
  std::string cell(const std::string& column) const { return table() + "." + sql_name(called(column)); }
  SqlColumn column(const std::string& column) const;
  /// The whole row, or what finds it again.
  std::string row() const { return stem_ + "_row"; }
  /// Whether the row can be scored.
  std::string known() const { return stem_ + "_known"; }
  std::string step(std::size_t number) const { return stem_ + "_" + std::to_string(number); }
  /// The step before, in the one that reads it: its columns are m.v1, m.c1 ..
  static std::string before(const std::string& column) { return "m." + column; }

 private:
  std::string stem_, source_;
  bool trims_;
};

/// Names for columns of predictions that a database tells apart which reads the first `most` bytes of a name and, where it `folds`,
/// no capitals: a name that is too long, or another's but for capitals, is cut (between two characters) and ends with _ and eight
/// digits that its whole text makes. `note` gets a sentence for each that is changed.
std::vector<std::string> sql_outputs(const std::vector<std::string>& names, std::size_t most, bool folds,
                                     const std::function<void(const std::string&)>& note);

}  // namespace moe
