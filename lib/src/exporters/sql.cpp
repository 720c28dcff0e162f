// sql: one SELECT over a table that adds a model's predictions to its columns, in any order of rows.
//
// A chain of steps: the first turns cells into the model's inputs, each other one computes numbers from those of the steps before
// it (sql_numbers.hpp). A step passes on what later ones need, and moe_row, the row itself (in SQLite its rowid).
#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "exported_table.hpp"
#include "moe/error.hpp"
#include "moe/export.hpp"
#include "sql_numbers.hpp"

namespace moe {
namespace {

using Id = Scalars::Id;
using Kind = Scalars::Kind;

class Query {
 public:
  Query(const Model& model, const ExportOptions& options)
      : model_(model),
        dialect_(options.dialect),
        table_(sql_table(options.table.empty() ? "data" : options.table)),
        plan_(plan_of(model)),
        predicted_(predicted_columns(model, plan_)),
        scalars_(scalars_of(plan_, values_of(predicted_, plan_))) {}

  std::string write() {
    check_names();
    cells();
    for (const PredictedColumn& column : predicted_)
      outputs_.push_back(scalars_.elements[column.value][column.element]);
    std::vector<Id> used = outputs_;
    if (model_.classes()) {
      classes_ = scalars_.elements[*plan_.probabilities];
      peak_ = scalars_.add({Kind::kLargest, classes_});
      used.insert(used.end(), {peak_, peak_});
      used.insert(used.end(), classes_.begin(), classes_.end());
    }
    SqlNumbers numbers(dialect_, scalars_, leaves_);
    numbers.lay_out(used);
    std::string steps;
    for (std::size_t step = 1; step <= numbers.steps(); ++step)
      steps += (step == 1 ? "WITH " : ",\n") + this->step(numbers, step);
    return head() + steps + "\n" + last(numbers);
  }

 private:
  /// Names that the dialect takes for the same one.
  void check_names() const {
    std::set<std::string> known;
    for (const Column& column : columns_of(model_.schema)) {
      std::string folded = column.name;
      if (dialect_.folds_case())
        std::transform(folded.begin(), folded.end(), folded.begin(),
                       [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; });
      if (!known.insert(folded).second)
        throw Error(ErrorKind::kUsage, "format sql: the name of column '" + printable(column.name) +
                                           "' differs from another's in case alone, which " + dialect_.name() +
                                           " does not tell apart: expected --dialect postgres, or --format numpy");
    }
  }

  /// The expressions of inputs, offset and trials, and of whether a row can be scored.
  void cells() {
    for (const Column& column : columns_of(model_.schema)) {
      if (column.category) {
        if (missing_level(column) == std::nullopt)
          known_.push_back("NOT (" + dialect_.is_missing(column, model_.schema) + ")");
        for (std::size_t level = 1; level < column.levels.size(); ++level)
          leaves_.push_back("CASE WHEN " + dialect_.is_level(column, column.levels[level], model_.schema) + " THEN " +
                            dialect_.number(1) + " ELSE " + dialect_.number(0) + " END");
        continue;
      }
      const std::string cell = needed_cell(column.name, !std::isnan(column.fill));
      leaves_.push_back(std::isnan(column.fill) ? cell
                                                : "coalesce(" + cell + ", " + dialect_.number(column.fill) + ")");
      if (column.indicator)
        leaves_.push_back("CASE WHEN " + cell + " IS NULL THEN " + dialect_.number(1) + " ELSE " + dialect_.number(0) +
                          " END");
    }
    const Schema& schema = model_.schema;
    std::vector<std::string> offsets;
    if (!schema.offset.empty()) offsets.push_back(needed_cell(schema.offset, false));
    if (!schema.exposure.empty()) {  // nullif: no logarithm of 0 or less is asked for
      const std::string cell = dialect_.cell(schema.exposure, schema);
      offsets.push_back("CASE WHEN " + cell + " > " + dialect_.number(0) + " THEN ln(" + cell + ") END");
      known_.push_back("(" + offsets.back() + ") IS NOT NULL");
    }
    leaves_.push_back(join(offsets, " + "));
    leaves_.push_back(schema.trials.empty() ? "" : needed_cell(schema.trials, false));
  }
  /// The cell as a number, without which the row cannot be scored unless it is filled.
  std::string needed_cell(const std::string& column, bool filled) {
    const std::string cell = dialect_.cell(column, model_.schema);
    if (!filled)
      known_.push_back("(" + cell + ") IS NOT NULL");
    else if (const std::string is_cell = dialect_.is_cell(column, model_.schema); !is_cell.empty())
      known_.push_back("(" + is_cell + ")");
    return cell;
  }

  std::string head() const {
    std::string text = "-- " + title_of(model_) + " for " + printable(join(model_.schema.targets)) +
                       ", written by moe " MOE_VERSION " for " + dialect_.name() + ".\n";
    text += dialect_.sqlite() ? "-- Every row of the table and its predictions. It has to have a rowid; a view ends "
                                "with \"integer overflow\".\n"
                              : "-- Every row of the table and its predictions.\n";
    if (dialect_.postgres())
      text += "-- SET jit = off; first: LLVM takes minutes and gigabytes over long expressions that take seconds.\n";
    return text;
  }

  static std::string step_name(std::size_t step) { return "moe_step_" + std::to_string(step); }

  std::string step(SqlNumbers& numbers, std::size_t step) const {
    std::vector<std::string> columns = numbers.columns(step);
    if (!known_.empty())
      columns.insert(columns.begin(), step == 1 ? join(known_, " AND ") + " AS moe_known" : "moe_known");
    columns.insert(columns.begin(), step > 1 ? "moe_row"
                                    : dialect_.sqlite()
                                        ? "coalesce(moe_t.rowid, abs(-9223372036854775807 - 1)) AS moe_row"
                                        : "moe_t AS moe_row");
    check_width(columns.size());
    return dialect_.step(step_name(step), "SELECT " + join(columns, ",\n") + "\nFROM " +
                                              (step == 1 ? table_ + " AS moe_t" : step_name(step - 1)));
  }

  void check_width(std::size_t columns) const {
    if (columns > dialect_.most_columns())
      throw Error(ErrorKind::kUsage, "format sql: a step of this model has " + std::to_string(columns) +
                                         " numbers, and " + dialect_.name() + " takes " +
                                         std::to_string(dialect_.most_columns()) +
                                         ": expected --dialect duckdb, or --format numpy");
  }

  std::string when_known(const std::string& expression) const {
    return known_.empty() ? expression : "CASE WHEN moe_known THEN " + expression + " END";
  }

  std::string last(SqlNumbers& numbers) const {
    std::vector<std::string> columns;
    if (model_.classes()) columns.push_back(when_known(label(numbers)) + " AS \"moe_label\"");
    for (std::size_t i = 0; i < predicted_.size(); ++i)
      columns.push_back(when_known(numbers.of(outputs_[i]).text) + " AS " + sql_name("moe_" + predicted_[i].name));
    check_width(columns.size());
    const std::string step = step_name(numbers.steps());
    std::string text = std::string("SELECT ") +
                       (dialect_.sqlite()   ? "moe_t.*"
                        : dialect_.duckdb() ? "moe_row.*"
                                            : "(moe_row).*") +
                       ",\n";
    text += join(columns, ",\n") + "\nFROM " + step;
    // CROSS, so that SQLite goes through the steps and looks up the row of each, not the other way round.
    if (dialect_.sqlite()) text += " CROSS JOIN " + table_ + " AS moe_t ON moe_t.rowid = moe_row";
    return text + ";\n";
  }

  /// The first of the most probable ones.
  std::string label(SqlNumbers& numbers) const {
    std::string text = "CASE";
    for (std::size_t c = 0; c + 1 < classes_.size(); ++c)
      text += " WHEN " + numbers.of(classes_[c]).text + " >= " + numbers.of(peak_).text + " THEN " +
              sql_text(model_.schema.labels[c]);
    return text + " ELSE " + sql_text(model_.schema.labels.back()) + " END";
  }

  const Model& model_;
  SqlDialect dialect_;
  std::string table_;
  Plan plan_;
  std::vector<PredictedColumn> predicted_;
  Scalars scalars_;
  std::vector<std::string> leaves_, known_;
  std::vector<Id> outputs_, classes_;
  Id peak_ = 0;
};

}  // namespace

std::vector<ExportedFile> export_sql(const Model& model, const ExportOptions& options) {
  return {{"", Query(model, options).write()}};
}

}  // namespace moe
