// Tables of numbers: which columns of a CSV file a model reads, and its rows as matrices, in the data's units.
#pragma once

#include <algorithm>
#include <armadillo>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "moe/columns.hpp"
#include "moe/csv.hpp"

namespace moe {

/// A column of a table that becomes inputs.
struct Column {
  std::string name;
  /// The levels of a category, in order. The first is the reference; each other level is an input that is 1 in its rows
  /// and 0 elsewhere. "(missing)" is the level of missing cells. Empty for a number.
  std::vector<std::string> levels{};
  bool category = false;
  /// The value of a number where its cell is missing. NaN: such a cell is an error.
  double fill = std::numeric_limits<double>::quiet_NaN();
  bool indicator = false;  ///< whether another input follows that is 1 where the cell is missing, else 0

  /// Whether the column is an input as it stands.
  bool plain() const { return !category && !indicator && std::isnan(fill); }
  /// How many inputs the column becomes.
  std::size_t inputs() const { return category ? std::max<std::size_t>(levels.size(), 1) - 1 : indicator ? 2 : 1; }
};

/// The name of the level of missing cells.
constexpr const char* kMissingLevel = "(missing)";

/// The columns that a model reads, by name. A later table may have them in any order, and other columns, too.
struct Schema {
  /// The names of the rows of X after the ones, in order: names of columns, or "colour=red" and "age=(missing)" for
  /// what a column becomes.
  std::vector<std::string> inputs;
  std::vector<std::string> targets;  ///< the columns of y; one or more
  std::vector<std::string>
      labels;          ///< the classes in order; of two, the last one is the positive one; empty for a number
  std::string weight;  ///< "" for none
  std::string id;      ///< a column that is copied to the output; "" for none

  std::string trials{};    ///< the column with the number of trials, where the target counts successes; "" for none
  std::string offset{};    ///< the column that is added to every expert's linear predictor; "" for none
  std::string exposure{};  ///< the column whose logarithm is added likewise; "" for none
  /// The columns of which the inputs are made, in order. Empty: each input is a column.
  std::vector<Column> columns{};
  std::vector<std::string> na{};  ///< words for a missing cell beside the usual ones
  /// How cells are compared with levels, classes and words for missing that are numbers. True: by value, as in older
  /// models. False: by text, where N and N.0 are the same.
  bool levels_by_value = false;

  /// The values that targets may have, for each family: one entry for each target, or one for all. Not kept in a file,
  /// as the families know it.
  std::vector<std::vector<Support>> supports{};

  bool classes() const { return !labels.empty(); }
};

/// The numbers of n rows. X has a column for each row.
struct Observations {
  arma::mat X;  ///< (1 + d) x n: a row of ones, then the inputs
  arma::mat y;  ///< n x T: the targets, or the class 0 .. C-1; n x 0 without targets
  arma::vec w;  ///< n weights; all 1 without a weight column
  /// N, or empty: offset plus logarithm of the exposure, added to the first output of every expert.
  arma::vec offset{};
  arma::vec trials{};  ///< n, or empty

  arma::uword count() const { return X.n_cols; }
  /// Rows first .. last without a copy (with several targets, y is copied). They must not outlive this object.
  Observations view(arma::uword first, arma::uword last) const;
  /// A copy of rows first .. last.
  Observations slice(arma::uword first, arma::uword last) const;
  /// A copy of these rows, in this order.
  Observations take(const arma::uvec& rows) const;
  /// The same, written to `out`, which keeps its memory from call to call.
  void gather(const std::size_t* rows, arma::uword count, Observations& out) const;
  /// Adds the rows of `more`, which must have the same columns, at the end.
  void append(const Observations& more);
};

/// A column of texts: which of them occur, in order, and which one each of n rows has.
struct LevelColumn {
  std::vector<std::string> levels;
  std::vector<std::size_t> of_row;
};

/// The rows of a table, in the data's units.
struct Dataset : Observations {
  std::vector<std::string> ids{};      ///< n, or empty
  std::vector<std::string> records{};  ///< n records as CSV text, where a TableReader was asked to keep them
  // What TableReader::rest() was asked for beside the schema's columns:
  arma::mat numbers{};                ///< n x columns of TableReader::Options::numbers
  std::vector<LevelColumn> levels{};  ///< one for each column of TableReader::Options::levels
  /// How many rows of the table came before these, where TableReader::Options::numbered asked for it; else 0.
  std::uint64_t first = 0;

  arma::uword rows() const { return X.n_cols; }
  bool has_target() const { return y.n_cols > 0; }
};

/// What training has noticed in a column.
struct ColumnNote {
  std::string name;
  std::string role;  ///< "input", "target", "weight" ..
  std::size_t missing = 0;
  bool constant = false;
  std::string same_as{};              ///< the first column with the same values; "" for none
  std::vector<std::string> merged{};  ///< levels or classes N that were also written N.0
  /// For a number: its first whole number beyond 2^53 that is no double, as it is written, and its line; "" for none.
  std::string rounded{};
  std::size_t rounded_line = 0;
};

/// A table for training, and the inputs that each branch reads, as indices into schema.inputs. For the experts there is
/// one entry for each of K.
struct TrainingTable {
  Schema schema;
  Dataset data;
  std::vector<std::size_t> gate_inputs;
  std::vector<std::vector<std::size_t>> expert_inputs;
  /// n, or empty without ColumnRequest::fold_group: rows whose cells have the same text there have the same number. No
  /// cross-validation may separate them.
  std::vector<std::size_t> groups{};
  /// The number of different values, where a target was found to be a number (kAutomatic) and has only few whole
  /// values, so that it may be meant as classes. Otherwise 0.
  std::size_t few_whole_numbers = 0;
  std::vector<ColumnNote> notes{};           ///< for the input columns in the order of the table, then for the targets
  std::vector<std::string> perhaps_names{};  ///< the first row, where it was read as data and may be a header of years
  std::size_t dropped = 0;                   ///< how many rows were left out because of a missing cell
  /// Of a survey: the sentence on the first missing cell that is an error, or "". Such a cell of an input is NaN in X;
  /// a row without target or weight is left out.
  std::string refused{};
};

/// More targets than this are probably a typing error.
constexpr std::size_t kMostTargets = 1000;

/// Reads all of `reader`. An input with cells of text is a category, which may have at most 1,000 levels that are
/// mostly no numbers and no dates; its first 1,000 rows decide. Throws Error: usage for a column that does not exist;
/// data for a cell that is neither a number nor a level, a target with one class only or more than 1,000, a negative
/// weight, weights that are all 0, and a table without rows.
TrainingTable read_training_table(CsvReader& reader, const ColumnRequest& request, std::size_t experts);

/// How one of several models reads a table.
struct ModelRequest {
  ColumnRequest columns;
  std::size_t experts;
};

/// One table for several models. Its inputs are those that any of the models reads, and `models` tells which model
/// reads which (indices into schema.inputs). The table's own gate_inputs and expert_inputs are empty.
struct SharedTable {
  TrainingTable table;
  std::vector<BranchColumns> models;
};

/// Reads a table once for models that differ only in the inputs of their branches. Everything else is as in the first
/// request.
SharedTable read_shared_table(CsvReader& reader, const std::vector<ModelRequest>& requests);

/// These rows of a table, in this order, without ids and records.
Dataset take_rows(const Dataset& data, const std::vector<std::size_t>& rows);
/// All rows with these inputs only (indices into Schema::inputs). Of the inputs of a column, either all or none must be
/// taken.
Dataset take_inputs(Dataset data, const std::vector<std::size_t>& inputs);
Schema take_inputs(Schema schema, const std::vector<std::size_t>& inputs);

/// The columns of which a schema's inputs are made, plain ones included.
std::vector<Column> columns_of(const Schema& schema);

/// A category of a schema, and the place among Schema::inputs of the first input that it becomes: that of its second
/// level.
struct CategoryInputs {
  Column column;
  std::size_t first = 0;
};
/// Nothing where the schema has no category of this name.
std::optional<CategoryInputs> category_inputs(const Schema& schema, const std::string& name);
/// The names of the inputs that these columns become.
std::vector<std::string> input_names(const std::vector<Column>& columns);

/// Reads a table for a fitted model. Columns are found by name. Every record becomes a row, so a missing cell is an
/// error unless the model has a rule for it.
class TableReader {
 public:
  /// Whether to read the target. Evaluation needs it; rows that are to be predicted may have none.
  enum class Target { kRequired, kIgnored };
  struct Options {
    bool keep_records = false;           ///< keep the whole records in Dataset::records
    bool keep_inputs = false;            ///< keep the cells of the input columns there, in the schema's order
    bool ignore_unknown = false;         ///< take an unseen level for the reference level; otherwise it is an error
    std::vector<std::size_t> numbers{};  ///< more columns of the table, for rest() to read as finite numbers
    std::vector<std::size_t> levels{};   ///< the same, as texts; a missing cell is the level "(missing)"
    bool numbered = false;               ///< tell stream() the number of each row: Dataset::first
  };
  /// Throws Error (data) that names the columns that the table lacks.
  TableReader(CsvReader& reader, const Schema& schema, Target target, Options options);
  TableReader(CsvReader& reader, const Schema& schema, Target target)
      : TableReader(reader, schema, target, Options{}) {}
  ~TableReader();

  /// Reads the next rows, at most `limit`. False where there are none left.
  bool next(Dataset& block, arma::uword limit);
  /// Reads all remaining rows on all threads, without ids and records. Throws Error (data) where there are none.
  Dataset rest();
  /// The same for several readers of one CsvReader, none of which has read a row: a dataset of all rows for each.
  static std::vector<Dataset> rest_of(const std::vector<TableReader*>& readers);
  struct Printed {
    std::string text;
    std::optional<arma::uword> odd_row{};  ///< the first row of which no text could be made
  };
  using Print = std::function<Printed(const Dataset&)>;
  /// Turns the remaining rows into text on all threads, and hands the text on in the order of the rows, as soon as rows
  /// arrive. make_print() makes a `print` for each thread, which turns some rows at a time into text. `take` gets the
  /// text and the number of rows.
  void stream(const std::function<Print()>& make_print, const std::function<void(const Printed&, arma::uword)>& take);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace moe
