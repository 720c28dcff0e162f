// What a level is: the rule by which a cell is one of a category's levels or of the classes, for every reader and exporter.
//
// A level is its text: 01234 and 1234, 1.1 and 1.10, 1E5 and 100000 are six levels. One tolerance is for files that other programs
// wrote again, which make 1.0 of 1 where a column has a gap, and 1 of 1.0: a cell that is no level, but the other spelling of one
// (other_spelling()), is that level. In training, 1 and 1.0 in one column are one level, 1. And where true and false are the
// levels, they are found in any case.
//
// Models of before compare levels that are all numbers by value, and go on doing so: Schema::levels_by_value.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "table/level_table.hpp"

namespace moe {

/// "1.0" for "1", and "1" for "1.0": of a whole number without superfluous zeros or signs, of 15 digits at most, which every program
/// has as a double and prints in full. Nothing for another text.
std::optional<std::string> other_spelling(std::string_view text);
/// The number that a level is, for tools whose cells are numbers and no texts: where it is written without superfluous zeros or
/// signs (but N.0) and with 15 digits at most, so that other such levels are other doubles; else nothing, as for 01, 1.10, 1e3.
std::optional<double> plain_number(std::string_view level);

/// Whether all are finite numbers.
bool all_numeric(const std::vector<std::string>& texts);
/// true and false, in whatever case, each once.
bool all_boolean(const std::vector<std::string>& texts);

/// How many different numbers these texts are; whole ones that no double tells apart are different.
std::size_t count_numbers(const std::vector<std::string>& texts);
/// In order, each once, by value where all are numbers; of N and N.0 the former alone.
std::vector<std::string> ordered_levels(const std::vector<std::string>& texts);
/// Those of these levels that stand among the texts in both spellings.
std::vector<std::string> merged_levels(const std::vector<std::string>& levels, const LevelTable& texts);

/// The levels of a fitted model, looked up.
class KnownLevels {
 public:
  explicit KnownLevels(const std::vector<std::string>& levels, bool by_value = false);
  /// LevelTable::kNone where it is none of them.
  std::size_t find(std::string_view text) const;
  const std::vector<std::string>& names() const { return names_; }
  /// Whether numbers are compared by value.
  bool by_value() const { return by_value_; }

 private:
  std::vector<std::string> names_;
  LevelTable table_;
  bool by_value_, numeric_, boolean_;
};

}  // namespace moe
