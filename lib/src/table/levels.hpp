// What a level is: the one rule by which readers and exporters decide whether a cell is a level of a category, or a
// class.
//
// A level is its text. 01234 and 1234, 1.1 and 1.10, 1E5 and 100000 are six different levels. There are two exceptions:
// - Other programs write a whole column again, and make 1.0 of 1 (where a cell is missing) or 1 of 1.0. So a cell that
//   is no level stands for the level of which it is the other spelling (other_spelling()). In training, 1 and 1.0 in a
//   column are one level, 1.
// - Where the levels are true and false, they may be written in upper or lower case.
//
// Older models compare levels that are all numbers by their values. They still do: Schema::levels_by_value.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "table/level_table.hpp"

namespace moe {

/// "1.0" for "1", and "1" for "1.0". The number must be whole, without leading zeros or a plus sign, and have at most
/// 15 digits: every program holds such a number in a double and prints it in full. Returns nothing for any other text.
std::optional<std::string> other_spelling(std::string_view text);
/// The number that a level stands for in tools whose cells are numbers, not texts. Returns nothing unless the level is
/// written without superfluous zeros or signs (but N.0 may be) and with at most 15 digits, so that different levels are
/// different doubles. 01, 1.10 and 1e3 give nothing.
std::optional<double> plain_number(std::string_view level);

/// Whether all texts are finite numbers.
bool all_numeric(const std::vector<std::string>& texts);
/// Whether the texts are true and false, each once, in upper or lower case.
bool all_boolean(const std::vector<std::string>& texts);

/// The number of different values among these texts, which are numbers. Whole numbers count as different even if they
/// are the same double.
std::size_t count_numbers(const std::vector<std::string>& texts);
/// The texts in order, without repetition: by value where all are numbers. Where both N and N.0 occur, only N remains.
std::vector<std::string> ordered_levels(const std::vector<std::string>& texts);
/// Those of these levels that occur among the texts in both spellings.
std::vector<std::string> merged_levels(const std::vector<std::string>& levels, const LevelTable& texts);

/// Finds the levels of a fitted model.
class KnownLevels {
 public:
  explicit KnownLevels(const std::vector<std::string>& levels, bool by_value = false);
  /// The number of the level, or LevelTable::kNone.
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
