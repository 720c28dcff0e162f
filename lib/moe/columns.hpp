// How a user describes the columns of a table, and which columns each part of a model reads.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace moe {

/// How a target column becomes numbers. kAutomatic: classes where the first cell is text, or where all cells are one of
/// two whole numbers; otherwise a number.
enum class TargetKind { kAutomatic, kNumber, kClasses };

/// Which values a target may have.
enum class Support { kReal, kPositive, kUnitInterval, kCounts, kSuccesses, kClasses };

/// "" where y is a possible value, else a sentence on what was expected.
std::string expected_of(Support support, double y);
/// The same for target t. Each element of `supports` belongs to a family: it has one entry for each target, or one for
/// all.
std::string expected_of(const std::vector<std::vector<Support>>& supports, std::size_t t, double y);

/// What to do with a missing cell: one that is empty, NA, nan, NaN, ? or a word that the user names.
enum class Missing {
  kError,  ///< report an error
  kDrop,   ///< train without its row; later tables may have no missing cells
  kMean,  ///< use the weighted mean of the others for a number, and the level "(missing)", the last one, for a category
  kIndicator  ///< the same, plus an input that is 1 where a number was missing, else 0
};

/// How a user wants the columns of a table to be read. Each is a column specification (see select_columns).
struct ColumnRequest {
  std::string target;         ///< one column or several; "": the last column
  std::string features;       ///< "": all columns but target, weight and id
  std::string gate_features;  ///< "": the same as features
  std::vector<std::string>
      expert_features;             ///< "COLS" for all experts, or "K=COLS" for expert K; none: the same as features
  bool gate_reads = true;          ///< false: the gate reads no columns, whatever is said above
  std::vector<bool> expert_reads;  ///< the same for each expert; empty: all experts read columns
  std::string weight, id;          ///< "" for none
  std::string trials, offset, exposure;        ///< "" for none; see Schema
  std::string fold_group{};                    ///< "" for none; see TrainingTable::groups
  std::vector<std::vector<Support>> supports;  ///< the possible values of the targets: see Schema
  std::string positive;                        ///< the label to put last; "": the greatest
  TargetKind kind = TargetKind::kAutomatic;
  std::string categorical;  ///< inputs that are categories whatever their cells look like; "": none
  Missing missing = Missing::kError;
  std::vector<std::string> na;  ///< more words for a missing cell
  /// Whether to count missing cells that are errors, and read on: see TrainingTable::refused.
  bool survey = false;
};

/// The columns that `specification` names. It is a comma-separated list of names, of indices from 1, of ranges a-b of
/// either, and of -NAME, which removes a column. A list of removals only begins with all columns but `excluded`. A name
/// has priority over an index. Throws Error (usage) for any other word; the message proposes the nearest name.
std::vector<std::size_t> select_columns(const std::string& specification, const std::vector<std::string>& names,
                                        const std::vector<std::size_t>& excluded);

/// A column by name or index; none for "". Throws Error (usage) where the word names several.
std::optional<std::size_t> one_column(const std::string& word, const std::vector<std::string>& names,
                                      const char* option);

/// The columns that each branch reads, as indices into the table.
struct BranchColumns {
  std::vector<std::size_t> gate;
  std::vector<std::vector<std::size_t>> experts;
};

/// The columns of each branch by the request, for a table with these names. `excluded`: target, weight and id. Throws
/// Error (usage).
BranchColumns branch_columns(const ColumnRequest& request, const std::vector<std::string>& names,
                             const std::vector<std::size_t>& excluded, std::size_t experts);

/// For each of the table's columns its position in `used`, which is sorted.
std::vector<std::size_t> positions(const std::vector<std::size_t>& columns, const std::vector<std::size_t>& used);

}  // namespace moe
