// Tables of numbers: which columns of a CSV file a model reads, and the rows as matrices in the data's own units.
#pragma once

#include <armadillo>
#include <cstddef>
#include <string>
#include <vector>

#include "moe/columns.hpp"
#include "moe/csv.hpp"

namespace moe {

/// The columns that a model reads, by name; any later table may hold them in any order and others beside them.
struct Schema {
  std::vector<std::string> inputs;   ///< the rows of X after the ones, in order
  std::vector<std::string> targets;  ///< the columns of y, one or more
  std::vector<std::string>
      labels;          ///< the classes in order, the last one "positive" when there are two; empty for a number
  std::string weight;  ///< "" for none
  std::string id;      ///< carried along to the output; "" for none

  std::string trials{};    ///< how many times a row's successes were tried for; "" for none
  std::string offset{};    ///< added to every expert's linear predictor; "" for none
  std::string exposure{};  ///< its logarithm is added; "" for none
  /// What numbers must be, as each family has it: of every target, or of all alike. Not kept in a file, the families
  /// tell.
  std::vector<std::vector<Support>> supports{};

  bool classes() const { return !labels.empty(); }
};

/// Rows of a table, in the data's own units. Observations are columns of X.
struct Dataset {
  arma::mat X;                         ///< (1 + d) x n: a row of ones, then the inputs
  arma::mat y;                         ///< n x T: the targets, or a class 0 .. C-1; n x 0 where the table has none
  arma::vec w;                         ///< n weights, all 1 without a weight column
  std::vector<std::string> ids{};      ///< n, or none
  std::vector<std::string> records{};  ///< n input records as CSV text, where a TableReader was asked to keep them
  arma::vec offset{};                  ///< n, the exposure's logarithm in it; or empty
  arma::vec trials{};                  ///< n, or empty

  arma::uword rows() const { return X.n_cols; }
  bool has_target() const { return y.n_cols > 0; }
};

/// A table read for training, and which of its inputs each branch reads (indices into schema.inputs; experts: one entry for
/// each of K experts).
struct TrainingTable {
  Schema schema;
  Dataset data;
  std::vector<std::size_t> gate_inputs;
  std::vector<std::vector<std::size_t>> expert_inputs;
  /// How many different values a number has, where it was found to be one (kAutomatic) and they are whole and few: perhaps
  /// classes. Else 0.
  std::size_t few_whole_numbers = 0;
};

/// More targets than this are a slip.
constexpr std::size_t kMostTargets = 1000;

/// Reads all of `reader`. Throws Error: usage for a column that is not there; data for a cell that is no number, a target
/// with one class only or more than 1,000, a negative weight, weights that are all 0, no rows.
TrainingTable read_training_table(CsvReader& reader, const ColumnRequest& request, std::size_t experts);

/// What one of several models asks of a table.
struct ModelRequest {
  ColumnRequest columns;
  std::size_t experts;
};

/// One table for several models: its inputs are those that any of them reads, and `models` tells which (indices into
/// schema.inputs); the table's own gate_inputs and expert_inputs are empty.
struct SharedTable {
  TrainingTable table;
  std::vector<BranchColumns> models;
};

/// The same in one reading for models that differ in the inputs of their branches alone: all else is as the first of them says.
SharedTable read_shared_table(CsvReader& reader, const std::vector<ModelRequest>& requests);

/// Some rows of a table (without ids and records), in this order.
Dataset take_rows(const Dataset& data, const std::vector<std::size_t>& rows);
/// All rows, and of the inputs these (indices into Schema::inputs).
Dataset take_inputs(Dataset data, const std::vector<std::size_t>& inputs);

/// Reads a table for a model that exists, in blocks: columns are found by name.
class TableReader {
 public:
  /// Whether the target is read: an evaluation needs it, and rows to be predicted may have none yet.
  enum class Target { kRequired, kIgnored };
  /// Throws Error (data) naming the columns that the table lacks. `keep_records`: fill Dataset::records.
  TableReader(CsvReader& reader, const Schema& schema, Target target, bool keep_records = false);
  /// The next rows, `limit` at most; false when there are none left.
  bool next(Dataset& block, arma::uword limit);
  /// Everything that is left. Throws Error (data) where there are no rows.
  Dataset rest();

 private:
  double target(std::size_t column, std::size_t t) const;

  CsvReader& reader_;
  const Schema& schema_;
  std::vector<std::size_t> inputs_, targets_;
  long weight_ = -1, id_ = -1, trials_ = -1, offset_ = -1, exposure_ = -1;
  bool keep_records_, numeric_labels_;
};

}  // namespace moe
