// What a user says of a table's columns, and which of them each part of a model reads.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace moe {

/// How a target column becomes numbers. kAutomatic: classes where the first cell is text, or where the cells are two whole
/// numbers only; else a number.
enum class TargetKind { kAutomatic, kNumber, kClasses };

/// Which numbers a target may be.
enum class Support { kReal, kPositive, kUnitInterval, kCounts, kSuccesses, kClasses };

/// "" where y is one of them, else what was expected.
std::string expected_of(Support support, double y);
/// The same of target t, where each of `supports` is what one family says: of every target, or of all alike.
std::string expected_of(const std::vector<std::vector<Support>>& supports, std::size_t t, double y);

/// What becomes of a cell that is missing: empty, NA, nan, NaN, ? or a word that the user names.
enum class Missing {
  kError,     ///< it is refused
  kDrop,      ///< training goes without its row; later tables may have none
  kMean,      ///< a number: the weighted mean of the others; a category: the level "(missing)", the last one
  kIndicator  ///< the same, and an input of 0 and 1 tells where a number was missing
};

/// What a user asks of a table's columns; each is a column specification (see select_columns).
struct ColumnRequest {
  std::string target;                          ///< one or several; "": the last column
  std::string features;                        ///< "": all but target, weight and id
  std::string gate_features;                   ///< "": as features
  std::vector<std::string> expert_features;    ///< "COLS" for all or "K=COLS" for expert K; none: as features
  bool gate_reads = true;                      ///< false: the gate reads no columns, whatever the above says
  std::vector<bool> expert_reads;              ///< the same of each expert; empty: all read
  std::string weight, id;                      ///< "": none
  std::string trials, offset, exposure;        ///< "": none; see Schema
  std::vector<std::vector<Support>> supports;  ///< what numbers must be: see Schema
  std::string positive;                        ///< the label to put last, "" for the greatest
  TargetKind kind = TargetKind::kAutomatic;
  std::string categorical;  ///< inputs that are categories whatever their cells are; "": none
  Missing missing = Missing::kError;
  std::vector<std::string> na;  ///< further words for a missing cell
  /// Read on past missing cells that are errors, and count them: see TrainingTable::refused.
  bool survey = false;
};

/// The columns that `specification` names: a comma-separated list of names, 1-based indices, ranges a-b of either, and -NAME
/// to drop one (a list of drops alone starts from all but `excluded`). A name wins over an index. Throws Error (usage),
/// with the nearest name, for a word that is none of these.
std::vector<std::size_t> select_columns(const std::string& specification, const std::vector<std::string>& names,
                                        const std::vector<std::size_t>& excluded);

/// One column by name, index or "" for none. Throws Error (usage) for several.
std::optional<std::size_t> one_column(const std::string& word, const std::vector<std::string>& names,
                                      const char* option);

/// Which columns each branch reads, as indices of the table.
struct BranchColumns {
  std::vector<std::size_t> gate;
  std::vector<std::vector<std::size_t>> experts;
};

/// What the request says of a table with these columns; `excluded` are its target, weight and id. Throws Error (usage).
BranchColumns branch_columns(const ColumnRequest& request, const std::vector<std::string>& names,
                             const std::vector<std::size_t>& excluded, std::size_t experts);

/// Renumbers the table's columns to positions among `used`, which is sorted.
std::vector<std::size_t> positions(const std::vector<std::size_t>& columns, const std::vector<std::size_t>& used);

}  // namespace moe
