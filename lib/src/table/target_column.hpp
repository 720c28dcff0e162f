// The target of a training table: finds out whether it is a number or a class, and collects its classes.
#pragma once

#include <string>
#include <vector>

#include "moe/dataset.hpp"
#include "table/table_rows.hpp"

namespace moe {

/// The levels of a column, with the same numbers in all blocks.
class FreshLevels {
 public:
  /// Adds the levels of a block. Returns their numbers here. `line`: where the block begins.
  std::vector<double> add(const LevelTable& levels, std::size_t line);
  /// The fault of a level of this column, and its line: a level that is not UTF-8, or one too many. `expected`: what
  /// the message recommends for the latter.
  std::optional<CsvFault> fault(std::size_t column, const std::string& expected) const;
  const LevelTable& all() const { return all_; }

 private:
  LevelTable all_;
  std::optional<std::size_t> overflow_, malformed_;  // the line of the level, and its number
};

/// For each level in `from`, its number in `to`. `to` has the same levels as ordered_levels(), in any order.
std::vector<double> level_codes(const LevelTable& from, const std::vector<std::string>& to);

class TargetColumn {
 public:
  /// `t`: the number of the target. `first`: its first cell that is not missing, which stands at `place`.
  TargetColumn(const ColumnRequest& request, TargetKind kind, std::size_t t, const std::string& first,
               const std::string& place);

  CellUse use() const;
  /// Adds a block: looks at its values, or adds its classes.
  void add(TableRows& block, std::size_t slot, std::size_t line);
  /// The fault of the classes so far, and its line.
  std::optional<CsvFault> fault(std::size_t column) const;
  bool classes() const { return classes_; }
  /// The number of classes so far.
  std::size_t labels() const { return levels_.all().size(); }
  /// The final numbers for the codes that add() has given. Sets the labels.
  std::vector<double> settle(std::vector<std::string>& labels, const std::string& positive, const std::string& place);
  /// Makes classes of a number that has only two whole values, unless the user has called it a number. The labels are
  /// their texts.
  void settle_numbers(arma::mat& y, std::vector<std::string>& labels, const std::string& positive,
                      const std::string& place) const;
  /// Those of these labels that were written in two spellings.
  std::vector<std::string> merged(const std::vector<std::string>& labels) const;
  /// The number of different whole values, where a numeric target has so few that it may be meant as classes; else 0.
  std::size_t few_whole_numbers() const;

 private:
  void refuse_slip() const;

  const ColumnRequest& request_;
  TargetKind kind_;
  std::size_t t_;
  std::string first_;  // the place of the first cell, and its text
  bool textual_ = false, classes_ = false;
  LevelTable spellings_;  // the texts of the numbers, as long as these are a few whole ones
  bool many_ = false;     // there are more, or they are not whole
  FreshLevels levels_;
};

}  // namespace moe
