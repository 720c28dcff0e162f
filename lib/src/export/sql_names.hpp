// Names in an exported SELECT: the user's names between quotes, names of the query's own that differ from all of these,
// and the columns of predictions.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "moe/dataset.hpp"

namespace moe {

/// A name, and a text, between quotes.
std::string sql_name(const std::string& name);
std::string sql_text(const std::string& text);
/// The name of a table, with its schema and database if they are given, split at dots. A part that contains a dot
/// stands between double quotes. Throws Error (usage) for an empty part.
std::vector<std::string> sql_table(const std::string& typed);
/// The name with ASCII capitals turned into small letters.
std::string folded(std::string name);

/// A column's name without outer blanks, which DuckDB's CSV reader removes even between quotes: those that Unicode
/// calls space separators, so no tabs. A name of blanks only stays as it is.
std::string without_outer_blanks(const std::string& name);

/// A column of the row that is read; and the same column of any row of the table, for a SELECT of its own.
struct SqlColumn {
  std::string cell, table, any_cell;
};

/// The query's own names. They begin in a way in which no column of the model and no part of the table's name begins.
/// The table may have more columns, of any name; wherever those are visible, the query puts the table's name before its
/// own columns.
class SqlNames {
 public:
  /// `trims`: the reader has removed outer blanks from the names of the table's columns.
  SqlNames(const Schema& schema, const std::vector<std::string>& table, bool trims = false);

  /// The table in a FROM, and its name in the rest of the SELECT.
  std::string from() const { return source_ + " AS " + table(); }
  std::string table() const { return stem_ + "_t"; }
  /// The table's name for a column of the model.
  std::string called(const std::string& column) const { return trims_ ? without_outer_blanks(column) : column; }
  std::string cell(const std::string& column) const { return table() + "." + sql_name(called(column)); }
  SqlColumn column(const std::string& column) const;
  /// The whole row, or a key that finds it again.
  std::string row() const { return stem_ + "_row"; }
  /// Whether the row has a prediction.
  std::string known() const { return stem_ + "_known"; }
  std::string step(std::size_t number) const { return stem_ + "_" + std::to_string(number); }
  /// A column of the step before. Its columns are m.v1, m.c1 ..
  static std::string before(const std::string& column) { return "m." + column; }

 private:
  std::string stem_, source_;
  bool trims_;
};

/// Names for columns of predictions that stay different in the database. It reads the first `most` bytes of a name, and
/// ignores case where it `folds`. A name that is too long, or differs from another only in case, is cut (not within a
/// character) and gets _ and eight digits that follow from its whole text. `note` gets a sentence for each changed
/// name.
std::vector<std::string> sql_outputs(const std::vector<std::string>& names, std::size_t most, bool folds,
                                     const std::function<void(const std::string&)>& note);

}  // namespace moe
