// Tables of numbers: which columns of a CSV file a model reads, and the rows as matrices in the data's own units.
#pragma once

#include <algorithm>
#include <armadillo>
#include <cmath>
#include <cstddef>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "moe/columns.hpp"
#include "moe/csv.hpp"

namespace moe {

/// A column of a table from which inputs come.
struct Column {
  std::string name;
  /// Of a category, in order: each but the first, the reference, is an input that is 1 in its rows and 0 elsewhere. "(missing)" is
  /// the level of missing cells. Empty: a number.
  std::vector<std::string> levels{};
  bool category = false;
  /// A number's value where the cell is missing; NaN: such a cell is an error.
  double fill = std::numeric_limits<double>::quiet_NaN();
  bool indicator = false;  ///< whether an input behind it is 1 where the cell is missing, else 0

  /// Whether it is a number that is an input as it stands.
  bool plain() const { return !category && !indicator && std::isnan(fill); }
  /// How many inputs it makes.
  std::size_t inputs() const { return category ? std::max<std::size_t>(levels.size(), 1) - 1 : indicator ? 2 : 1; }
};

/// The name of the level that stands for missing cells.
constexpr const char* kMissingLevel = "(missing)";

/// The columns that a model reads, by name; any later table may hold them in any order and others beside them.
struct Schema {
  /// The rows of X after the ones, in order: columns' names, and "colour=red", "age=(missing)" for what is made of one.
  std::vector<std::string> inputs;
  std::vector<std::string> targets;  ///< the columns of y, one or more
  std::vector<std::string>
      labels;          ///< the classes in order, the last one "positive" when there are two; empty for a number
  std::string weight;  ///< "" for none
  std::string id;      ///< carried along to the output; "" for none

  std::string trials{};    ///< how many times a row's successes were tried for; "" for none
  std::string offset{};    ///< added to every expert's linear predictor; "" for none
  std::string exposure{};  ///< its logarithm is added; "" for none
  /// The columns that the inputs come from, in order; empty: each input is a column.
  std::vector<Column> columns{};
  std::vector<std::string> na{};  ///< words for a missing cell beside the usual ones
  /// Whether cells are compared by value with levels, classes and words for a missing category that are numbers, as models of before
  /// do; else by their texts, where N and N.0 are the same.
  bool levels_by_value = false;

  /// What numbers must be, as each family has it: of every target, or of all alike. Not kept in a file, the families
  /// tell.
  std::vector<std::vector<Support>> supports{};

  bool classes() const { return !labels.empty(); }
};

/// The numbers of n rows. Observations are columns of X.
struct Observations {
  arma::mat X;         ///< (1 + d) x n: a row of ones, then the inputs
  arma::mat y;         ///< n x T: the targets, or a class 0 .. C-1; n x 0 where there are none
  arma::vec w;         ///< n weights, all 1 without a weight column
  arma::vec offset{};  ///< n, added to the first output of every expert, the exposure's logarithm in it; or empty
  arma::vec trials{};  ///< n, or empty

  arma::uword count() const { return X.n_cols; }
  /// Rows first .. last, without copying but for several targets: they must not outlive these.
  Observations view(arma::uword first, arma::uword last) const;
  /// Rows first .. last, copied.
  Observations slice(arma::uword first, arma::uword last) const;
  /// Copies these rows, in this order.
  Observations take(const arma::uvec& rows) const;
  /// The same; `out` keeps its memory from call to call.
  void gather(const std::size_t* rows, arma::uword count, Observations& out) const;
  /// Adds the rows of `more`, which has the same columns, at the end.
  void append(const Observations& more);
};

/// Rows of a table, in the data's own units.
struct Dataset : Observations {
  std::vector<std::string> ids{};      ///< n, or none
  std::vector<std::string> records{};  ///< n input records as CSV text, where a TableReader was asked to keep them

  arma::uword rows() const { return X.n_cols; }
  bool has_target() const { return y.n_cols > 0; }
};

/// What training found in a column that it read.
struct ColumnNote {
  std::string name;
  std::string role;  ///< "input", "target", "weight" ..
  std::size_t missing = 0;
  bool constant = false;
  std::string same_as{};              ///< the first column with the same values, or ""
  std::vector<std::string> merged{};  ///< levels or classes N that stood as N.0, too
  /// A number: the first whole number in it that is beyond 2^53 and no double, as it stands there, and its line; or "".
  std::string rounded{};
  std::size_t rounded_line = 0;
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
  std::vector<ColumnNote> notes{};  ///< of the input columns in the table's order, then of the targets
  std::vector<std::string>
      perhaps_names{};      ///< the first row, where it was taken for data and may be a header of years
  std::size_t dropped = 0;  ///< rows left out because a cell is missing
  /// Of a survey: the sentence on the first missing cell that is an error, or "". Such a cell of an input is NaN in X; a row
  /// without its target or weight is left out.
  std::string refused{};
};

/// More targets than this are a slip.
constexpr std::size_t kMostTargets = 1000;

/// Reads all of `reader`. An input whose cells are text is a category: at most 1,000 levels, not mostly numbers, no dates; its
/// first 1,000 rows decide. Throws Error: usage for a column that is not there; data for a cell that is neither, a target with one
/// class only or more than 1,000, a negative weight, weights that are all 0, no rows.
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
/// All rows, and of the inputs these (indices into Schema::inputs): of a column's either all or none.
Dataset take_inputs(Dataset data, const std::vector<std::size_t>& inputs);
Schema take_inputs(Schema schema, const std::vector<std::size_t>& inputs);

/// The columns that a schema's inputs come from, plain ones too.
std::vector<Column> columns_of(const Schema& schema);
/// What the inputs of these columns are called.
std::vector<std::string> input_names(const std::vector<Column>& columns);

/// Reads a table for a model that exists: columns are found by name. A row for each record: what may not be missing is an error.
class TableReader {
 public:
  /// Whether the target is read: an evaluation needs it, and rows to be predicted may have none yet.
  enum class Target { kRequired, kIgnored };
  struct Options {
    bool keep_records = false;  ///< fill Dataset::records with the whole records
    bool keep_inputs = false;   ///< .. or with the cells of the input columns, in the schema's order
    bool ignore_unknown =
        false;  ///< a level that training has not seen is taken for the reference level; else an error
  };
  /// Throws Error (data) naming the columns that the table lacks.
  TableReader(CsvReader& reader, const Schema& schema, Target target, Options options);
  TableReader(CsvReader& reader, const Schema& schema, Target target)
      : TableReader(reader, schema, target, Options{}) {}
  ~TableReader();

  /// The next rows, `limit` at most; false when there are none left.
  bool next(Dataset& block, arma::uword limit);
  /// Everything that is left, without ids and records, read on all threads. Throws Error (data) where there are no rows.
  Dataset rest();
  struct Printed {
    std::string text;
    std::optional<arma::uword> odd_row{};  ///< the first row of which no text could be made
  };
  using Print = std::function<Printed(const Dataset&)>;
  /// Makes text of the rows that are left, on all threads, and hands it on in their order, as soon as rows are there: each thread
  /// gets a `print`, which is given some rows at a time; `take` gets what it made of them and how many they are.
  void stream(const std::function<Print()>& make_print, const std::function<void(const Printed&, arma::uword)>& take);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace moe
