// sql: one SELECT that adds a model's predictions to the columns of a table, in any order of rows.
//
// It is a chain of steps. The innermost one reads the cells of the table (sql_cells.hpp). Each other step computes
// numbers from those of the step before it (sql_numbers.hpp). A step passes on what later steps need, and the row
// itself (in SQLite its rowid).
#include <algorithm>
#include <array>
#include <optional>
#include <set>

#include "export/exported_table.hpp"
#include "export/formats/exporters.hpp"
#include "export/sql_cells.hpp"
#include "export/sql_numbers.hpp"
#include "moe/error.hpp"
#include "moe/export.hpp"

namespace moe {
namespace {

/// PostgreSQL plans steps within each other together, in a time that grows with the cube of their number: 40 took 7 ms
/// in version 15, 160 took 800 ms (findings/postgres-nested-steps.sh). Where a query has more than this many, each
/// step is stored.
constexpr std::size_t kMostNestedSteps = 30;

class Query {
 public:
  Query(const Model& model, const ExportOptions& options)
      : model_(model),
        dialect_(options.dialect),
        table_(sql_table(options.table.empty() ? "data" : options.table)),
        names_(model.schema, table_, dialect_.duckdb()),
        request_(request_of(model, options, true)),
        graph_(graph_of(model, request_)),
        predicted_(predicted_columns(model, graph_, request_)),
        scalar_graph_(scalar_graph_of(graph_, values_of(predicted_, graph_))),
        cells_(model.schema, dialect_, names_, options.ignore_unknown.value_or(false)) {
    check_names();
    std::vector<std::string> outputs;
    if (model.classes()) outputs.emplace_back("moe_label");
    for (const PredictedColumn& column : predicted_) outputs.push_back("moe_" + column.name);
    keep_apart(outputs);
    output_names_ = sql_outputs(outputs, dialect_.most_name(), dialect_.folds_case(),
                                [this](const std::string& sentence) { notes_.push_back(sentence); });
  }
  const std::vector<std::string>& notes() const { return notes_; }

  std::string write() {
    for (const PredictedColumn& column : predicted_)
      outputs_.push_back(scalar_graph_.elements[column.value][column.element]);
    std::vector<ScalarId> used = outputs_;
    if (model_.classes()) {
      classes_ = scalar_graph_.elements[*graph_.probabilities];
      peak_ = scalar_graph_.add({ScalarKind::kLargest, classes_});
      used.insert(used.end(), {peak_, peak_});
      used.insert(used.end(), classes_.begin(), classes_.end());
    }
    SqlNumbers numbers(dialect_, scalar_graph_, cells_.leaves());
    numbers.lay_out(used);
    stored_ = dialect_.postgres() && numbers.steps() > kMostNestedSteps;
    std::string steps = "WITH " + innermost();
    for (std::size_t step = 1; step <= numbers.steps(); ++step) steps += ",\n" + this->step(numbers, step);
    return head() + steps + "\n" + last(numbers);
  }

 private:
  /// The columns of the table stand beside the outputs. An output with the name of a column that is read gets another
  /// name.
  void keep_apart(std::vector<std::string>& outputs) {
    const auto read = [this](const std::string& name) { return dialect_.folds_case() ? folded(name) : name; };
    std::set<std::string> columns;
    for (const Column& column : columns_of(model_.schema)) columns.insert(read(names_.called(column.name)));
    for (const std::string& target : model_.schema.targets) columns.insert(read(names_.called(target)));
    for (std::string& output : outputs) {
      const std::string before = output;
      while (columns.contains(read(output))) output = "moe_" + output;
      if (output != before)
        notes_.push_back("the output " + before + " is called " + output + ": a column is called " + before);
    }
  }

  /// Throws where the dialect cannot tell two names apart. Notes the names that its reader of files changes.
  void check_names() {
    std::set<std::string> known;
    for (const Column& column : columns_of(model_.schema)) {
      const std::string called = names_.called(column.name), read = called.substr(0, dialect_.most_name());
      if (!known.insert(dialect_.folds_case() ? folded(read) : read).second)
        throw Error(ErrorKind::kUsage,
                    "format sql: the name of column '" + printable(column.name) + "' differs from another's " +
                        (dialect_.duckdb()   ? "in case or in blanks at its ends alone"
                         : dialect_.sqlite() ? "in case alone"
                                             : "behind its first 63 bytes alone") +
                        ", which " + dialect_.name() + " does not tell apart: expected " +
                        (dialect_.folds_case() ? "--dialect postgres" : "--dialect duckdb") + ", or --format numpy");
      if (called != column.name)
        notes_.push_back("the column '" + printable(column.name) + "' is looked for as '" + printable(called) +
                         "': DuckDB's CSV reader takes blanks off the ends of a name");
    }
  }

  std::string head() const {
    std::string text = "-- " + title_of(model_) + " for " + printable(join(model_.schema.targets)) +
                       ", written by moe " MOE_VERSION " for " + dialect_.name() + ".\n";
    text += "-- Every row of the table and its predictions.";
    if (dialect_.sqlite())
      text += " It has to have a rowid, and no column called " + rowid() + "; else it ends with \"integer overflow\".";
    text += "\n";
    if (dialect_.sqlite())
      text +=
          "-- A column is called as the model calls it, without blanks round it: .import keeps those that a header "
          "has.\n";
    if (dialect_.postgres())
      text += "-- SET jit = off; first: LLVM takes minutes and gigabytes over long expressions that take seconds.\n";
    return text;
  }

  /// A name of SQLite's rowid that is no column of the model.
  std::string rowid() const {
    for (const char* const name : {"_rowid_", "oid", "rowid"}) {
      const std::vector<Column> columns = columns_of(model_.schema);
      if (std::none_of(columns.begin(), columns.end(), [&](const Column& x) { return folded(x.name) == name; }))
        return name;
    }
    throw Error(ErrorKind::kUsage,
                "format sql: columns are called _rowid_, oid and rowid, so that SQLite has no name for a row: expected "
                "--dialect duckdb, or --format numpy");
  }

  /// How a step passes on the row. In PostgreSQL and DuckDB a column with the table's own name hides the table, but not
  /// in "table.*". In SQLite a column called rowid hides the rowid. before a star. A column called rowid hides
  /// SQLite's.
  std::string row() const {
    if (dialect_.duckdb()) return "struct_pack(*COLUMNS(" + names_.table() + ".*))";
    if (dialect_.postgres()) return "coalesce(" + names_.table() + ".*, NULL)";
    const std::string table =
        sql_text(table_.back()) + (table_.size() > 1 ? ", " + sql_text(table_[table_.size() - 2]) : "");
    return "coalesce(CASE WHEN NOT EXISTS (SELECT 1 FROM pragma_table_xinfo(" + table +
           ") AS p WHERE lower(p.name) = " + sql_text(rowid()) + ") THEN " + names_.table() + "." + rowid() +
           " END, abs(-9223372036854775807 - 1))";
  }

  std::string innermost() const {
    std::vector<std::string> columns = cells_.columns();
    columns.insert(columns.begin(), row() + " AS " + names_.row());
    check_width(columns.size());
    return dialect_.step(names_.step(0), "SELECT " + join(columns, ",\n") + "\nFROM " + names_.from(), stored_);
  }

  std::string step(SqlNumbers& numbers, std::size_t step) const {
    std::vector<std::string> columns = numbers.columns(step);
    const std::string known = SqlNames::before(names_.known()), row = SqlNames::before(names_.row());
    if (step > 1)
      columns.insert(columns.begin(), all_of(numbers.conditions(step - 1), known) + " AS " + names_.known());
    else
      columns.insert(columns.begin(), all_of(cells_.conditions(), "") + " AS " + names_.known());
    columns.insert(columns.begin(), row + " AS " + names_.row());
    check_width(columns.size());
    return dialect_.step(names_.step(step),
                         "SELECT " + join(columns, ",\n") + "\nFROM " + names_.step(step - 1) + " AS m", stored_);
  }

  /// All conditions joined in nested brackets, so that no expression is deep.
  static std::string all_of(std::vector<std::string> conditions, const std::string& first) {
    if (!first.empty()) conditions.insert(conditions.begin(), first);
    return conditions.empty() ? "1 = 1" : balanced(conditions, " AND ");
  }

  void check_width(std::size_t columns) const {
    if (columns > dialect_.most_columns())
      throw Error(ErrorKind::kUsage, "format sql: a step of this model has " + std::to_string(columns) +
                                         " numbers, and " + dialect_.name() + " takes " +
                                         std::to_string(dialect_.most_columns()) +
                                         ": expected --dialect duckdb, or --format numpy");
  }

  std::string last(SqlNumbers& numbers) const {
    const std::string known = all_of(numbers.conditions(numbers.steps()), SqlNames::before(names_.known()));
    std::vector<std::string> values;
    if (model_.classes()) values.push_back(label(numbers));
    for (const ScalarId output : outputs_) values.push_back(numbers.of(output).text);
    check_width(values.size());
    std::string text = "SELECT " + (dialect_.sqlite()   ? names_.table() + ".*"
                                    : dialect_.duckdb() ? names_.row() + ".*"
                                                        : "(" + SqlNames::before(names_.row()) + ").*");
    for (std::size_t i = 0; i < values.size(); ++i)
      text += ",\nCASE WHEN " + known + " THEN " + values[i] + " END AS " + sql_name(output_names_[i]);
    text += "\nFROM " + names_.step(numbers.steps()) + " AS m";
    // CROSS makes SQLite go through the steps and look up the row of each, and not the other way round.
    if (dialect_.sqlite())
      text += " CROSS JOIN " + names_.from() + " ON " + names_.table() + "." + rowid() + " = " +
              SqlNames::before(names_.row());
    return text + ";\n";
  }

  /// The first of the most probable classes.
  std::string label(SqlNumbers& numbers) const {
    std::string text = "CASE";
    for (std::size_t c = 0; c + 1 < classes_.size(); ++c)
      text += " WHEN " + numbers.of(classes_[c]).text + " >= " + numbers.of(peak_).text + " THEN " +
              sql_text(model_.schema.labels[c]);
    return text + " ELSE " + sql_text(model_.schema.labels.back()) + " END";
  }

  const Model& model_;
  SqlDialect dialect_;
  std::vector<std::string> table_;
  SqlNames names_;
  GraphRequest request_;
  Graph graph_;
  std::vector<PredictedColumn> predicted_;
  ScalarGraph scalar_graph_;
  SqlCells cells_;
  std::vector<std::string> output_names_, notes_;
  std::vector<ScalarId> outputs_, classes_;
  ScalarId peak_ = 0;
  /// Whether the database keeps the rows of each step.
  bool stored_ = false;
};

std::vector<ExportedFile> export_sql(const Model& model, const ExportOptions& options) {
  Query query(model, options);
  return {{"", query.write(), query.notes()}};
}

}  // namespace

ExporterEntry sql_exporter() {
  return {{"sql",
           "one SELECT for DuckDB, PostgreSQL or SQLite: scores rows where they live",
           {"with", "dialect", "table", "unknown"},
           false,
           true},
          export_sql};
}

}  // namespace moe
