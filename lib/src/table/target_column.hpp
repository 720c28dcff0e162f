// The target of a training table on its way to numbers or classes.
#pragma once

#include <string>
#include <vector>

#include "moe/dataset.hpp"
#include "table/table_rows.hpp"

namespace moe {

/// The levels of a column, numbered by all blocks alike.
class FreshLevels {
 public:
  /// Takes the block's levels in and tells what their numbers are here. `line`: where the block begins.
  std::vector<double> add(const LevelTable& levels, std::size_t line);
  /// What is wrong with a level of this column, and on which line: one that is no UTF-8, or one too many, which `expected` says
  /// more of.
  std::optional<CsvFault> fault(std::size_t column, const std::string& expected) const;
  const LevelTable& all() const { return all_; }

 private:
  LevelTable all_;
  std::optional<std::size_t> overflow_, malformed_;  // where the level came; which one it is
};

/// For each of `from`, its number among `to`, which are ordered_levels() of them, perhaps in another order.
std::vector<double> level_codes(const LevelTable& from, const std::vector<std::string>& to);

class TargetColumn {
 public:
  /// `t`: which of the targets it is; `first`: its first cell that is there, at `place`.
  TargetColumn(const ColumnRequest& request, TargetKind kind, std::size_t t, const std::string& first,
               const std::string& place);

  CellUse use() const;
  /// Sees the values of a block, or takes in its classes.
  void add(TableRows& block, std::size_t slot, std::size_t line);
  /// What is wrong with the classes so far, and on which line.
  std::optional<CsvFault> fault(std::size_t column) const;
  bool classes() const { return classes_; }
  /// How many classes there are so far.
  std::size_t labels() const { return levels_.all().size(); }
  /// What becomes of the codes that add() has given; sets the labels.
  std::vector<double> settle(std::vector<std::string>& labels, const std::string& positive, const std::string& place);
  /// Two whole numbers in y that nobody called a number become classes, as they are written.
  void settle_numbers(arma::mat& y, std::vector<std::string>& labels, const std::string& positive,
                      const std::string& place) const;
  /// Of these labels, those that stood in two spellings.
  std::vector<std::string> merged(const std::vector<std::string>& labels) const;
  /// How many different whole numbers there are, where the target may be classes though nobody said so; else 0.
  std::size_t few_whole_numbers() const;

 private:
  void refuse_slip() const;

  const ColumnRequest& request_;
  TargetKind kind_;
  std::size_t t_;
  std::string first_;  // where the first cell stands, and what it says
  bool textual_ = false, classes_ = false;
  LevelTable spellings_;  // of numbers: their texts, while they are whole and few
  bool many_ = false;     // they are not
  FreshLevels levels_;
};

}  // namespace moe
