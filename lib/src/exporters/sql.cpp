// sql: one SELECT over a table that adds a model's predictions to its columns, in any order of rows.
//
// A chain of steps: the first turns cells into the model's inputs, each other one computes numbers from those of the steps before
// it. A number that is used more than once is a column of its step, v1, v2 .., all others stand where they are used; a step
// passes on what later ones need, and moe_row, the row itself (in SQLite its rowid).
#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "exported_table.hpp"
#include "moe/error.hpp"
#include "moe/export.hpp"
#include "scalars.hpp"
#include "sql_dialect.hpp"

namespace moe {
namespace {

using Id = Scalars::Id;
using Node = Scalars::Node;
using Kind = Scalars::Kind;
using Op = Formula::Op;

/// Expressions deeper than this become columns: SQLite and DuckDB read 1,000 levels. A sum is as deep as it has terms.
constexpr std::size_t kDeepest = 200, kMostTerms = 100;

/// Text and what must be known of it to put it into another expression.
struct Expression {
  std::string text;
  double least = kLeastDouble;  ///< log10 of the least magnitude but 0 that it can have
};

/// The numbers of a model as SQL, and in which step each is computed.
class Numbers {
 public:
  Numbers(const SqlDialect& dialect, const Scalars& scalars, std::vector<std::string> leaves)
      : dialect_(dialect), scalars_(scalars), leaves_(std::move(leaves)) {}

  /// Chooses what becomes a column, and its step.
  void lay_out(const std::vector<Id>& outputs) {
    const std::size_t n = scalars_.nodes.size();
    uses_.assign(n, 0);
    for (const Id id : outputs) ++uses_[id];
    for (Id id = n; id-- > 0;)
      if (uses_[id] > 0)
        for (const Id of : at(id).of) ++uses_[of];
    choose_first_step(outputs);
    step_.assign(n, 0);
    std::vector<std::size_t> depth(n, 0);
    for (Id id = 0; id < n; ++id) {
      if (uses_[id] == 0 || at(id).kind == Kind::kNumber) continue;
      depth[id] = 1 + std::min(at(id).of.size(), kMostTerms);
      for (const Id of : at(id).of) {
        step_[id] = std::max(step_[id], step_[of]);
        if (!column_[of]) depth[id] = std::max(depth[id], 1 + std::min(at(id).of.size(), kMostTerms) + depth[of]);
      }
      if (first_[id] ? column_[id] : uses_[id] > 1 || depth[id] > kDeepest) column_[id] = true;
      if (column_[id]) ++step_[id];
      steps_ = std::max(steps_, step_[id]);
    }
    last_use_.assign(n, 0);
    for (const Id id : outputs) use(id, steps_ + 1);
    for (Id id = 0; id < n; ++id)
      if (uses_[id] > 0 && column_[id])
        for (const Id of : at(id).of) use(of, step_[id]);
    for (Id id = 0; id < n; ++id) least_.push_back(kLeastDouble);
  }

  std::size_t steps() const { return std::max<std::size_t>(1, steps_); }
  /// "expression AS v3" of what the step computes, and the names of what it passes on.
  std::vector<std::string> columns(std::size_t step) {
    std::vector<std::string> result;
    for (Id id = 0; id < scalars_.nodes.size(); ++id) {
      if (!column_[id] || uses_[id] == 0) continue;
      if (step_[id] == step) {
        const Expression own = compute(id);
        least_[id] = own.least;
        result.push_back(own.text + " AS " + name(id));
      } else if (step_[id] < step && last_use_[id] > step) {
        result.push_back(name(id));
      }
    }
    return result;
  }
  /// Where it is used.
  Expression of(Id id) {
    if (column_[id]) return {name(id), least_[id]};
    return at(id).kind == Kind::kNumber ? number(at(id).number) : compute(id);
  }

 private:
  const Node& at(Id id) const { return scalars_.nodes[id]; }
  static std::string name(Id id) { return "v" + std::to_string(id + 1); }

  /// What is made of cells and numbers alone is computed in the first step, where the cells are.
  void choose_first_step(const std::vector<Id>& outputs) {
    const std::size_t n = scalars_.nodes.size();
    column_.assign(n, false);
    first_.assign(n, false);
    for (Id id = 0; id < n; ++id) {
      const std::vector<Id>& of = at(id).of;
      const bool leaf = is_leaf(at(id).kind);
      first_[id] = leaf || (at(id).kind == Kind::kEach && std::all_of(of.begin(), of.end(), [&](Id x) {
                              return at(x).kind == Kind::kNumber || (first_[x] && uses_[x] == 1);
                            }));
    }
    for (Id id = 0; id < n; ++id)
      if (!first_[id] && uses_[id] > 0)
        for (const Id of : at(id).of) column_[of] = first_[of];
    for (const Id id : outputs) column_[id] = column_[id] || first_[id];
    for (Id id = 0; id < n; ++id)
      if (first_[id] && uses_[id] > 1) column_[id] = true;
  }
  static bool is_leaf(Kind kind) { return kind == Kind::kInput || kind == Kind::kOffset || kind == Kind::kTrials; }

  /// Columns that the expression reads are needed until `step`.
  void use(Id id, std::size_t step) {
    if (column_[id])
      last_use_[id] = std::max(last_use_[id], step);
    else
      for (const Id of : at(id).of) use(of, step);
  }

  Expression number(double value) const {
    return {dialect_.number(value), value == 0 ? -kLeastDouble : std::log10(std::abs(value))};
  }

  Expression compute(Id id) {
    const Node& node = at(id);
    switch (node.kind) {
      case Kind::kInput:
        return {leaves_[node.index]};
      case Kind::kOffset:
        return {leaves_[leaves_.size() - 2]};
      case Kind::kTrials:
        return {leaves_.back()};
      case Kind::kDense: {
        std::vector<Expression> terms;
        if (node.number != 0) terms.push_back(number(node.number));
        for (std::size_t i = 0; i < node.of.size(); ++i)
          terms.push_back(product(number(node.weights[i]), operand(node.of[i])));
        return sum(terms);
      }
      case Kind::kSum: {
        std::vector<Expression> terms;
        for (const Id of : node.of) terms.push_back(operand(of));
        return sum(terms);
      }
      case Kind::kLargest: {
        std::vector<std::string> of;
        double least = -kLeastDouble;
        for (const Id x : node.of) {
          of.push_back(this->of(x).text);
          least = std::min(least, this->of(x).least);
        }
        return {dialect_.extreme(true, of), least};
      }
      default:
        return each(node);
    }
  }

  Expression each(const Node& node) {
    std::vector<Expression> of;
    for (const Id x : node.of) of.push_back(operand(x));
    if (node.op == Op::kMultiply) return product(of[0], of[1]);
    const double least = least_of(node.op, of);
    if (node.op == Op::kDivide && least < kLeastProduct) of[0] = without_dust(of[0]);
    std::vector<std::string> texts;
    for (const Expression& x : of) texts.push_back(x.text);
    return {dialect_.apply(node.op, texts), least_of(node.op, of)};
  }

  /// In parentheses where it is more than a name or a number.
  Expression operand(Id id) {
    Expression result = of(id);
    if (!column_[id] && at(id).kind != Kind::kNumber) result.text = "(" + result.text + ")";
    return result;
  }

  Expression without_dust(const Expression& x) const { return {dialect_.without_dust(x.text), kDust}; }
  /// One that cannot be less than the least number.
  Expression product(Expression a, Expression b) const {
    for (Expression* factor : {&a, &b})
      if (dialect_.postgres() && a.least + b.least < kLeastProduct && factor->least < kDust)
        *factor = without_dust(*factor);
    return {a.text + " * " + b.text, a.least + b.least};
  }

  static double least_of(Op op, const std::vector<Expression>& of) {
    const double a = of[0].least, b = of.size() > 1 ? of[1].least : -kLeastDouble;
    switch (op) {
      case Op::kExp:
        return kLeastExponent / std::log(10);
      case Op::kLog:
        return kUnit;
      case Op::kSqrt:
        return a / 2;
      case Op::kDivide:
        return a - std::max(b, 0.0) - kFarthestQuotient;
      case Op::kAdd:
      case Op::kSubtract:
        return std::max(kLeastDouble, std::min({a, b, 0.0}) + kUnit);
      case Op::kIfPositive:
        return std::min(b, of[2].least);
      default:
        return std::min({a, b, 0.0}) - 1;
    }
  }

  /// In groups, so that no expression is deep.
  Expression sum(const std::vector<Expression>& terms) const {
    std::vector<std::string> texts;
    double least = 0;
    for (const Expression& term : terms) {
      texts.push_back(term.text);
      least = std::min(least, term.least);
    }
    return {grouped(texts), std::max(kLeastDouble, least + kUnit)};
  }
  static std::string grouped(const std::vector<std::string>& terms) {
    if (terms.size() <= kMostTerms) return join(terms, " + ");
    std::vector<std::string> groups;
    for (std::size_t i = 0; i < terms.size(); i += kMostTerms) {
      const auto first = terms.begin() + static_cast<std::ptrdiff_t>(i);
      const auto last = terms.begin() + static_cast<std::ptrdiff_t>(std::min(terms.size(), i + kMostTerms));
      groups.push_back("(" + join({first, last}, " + ") + ")");
    }
    return grouped(groups);
  }

  /// log10 of what a double lacks of the next one; of the largest quotient's divisor that no constant tells.
  static constexpr double kUnit = -16, kFarthestQuotient = 4;

  const SqlDialect& dialect_;
  const Scalars& scalars_;
  std::vector<std::string> leaves_;  // of each input, the offset, the trials
  std::vector<std::size_t> uses_, step_, last_use_;
  std::vector<bool> column_, first_;
  std::vector<double> least_;
  std::size_t steps_ = 0;
};

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
    Numbers numbers(dialect_, scalars_, leaves_);
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
    return text;
  }

  static std::string step_name(std::size_t step) { return "moe_step_" + std::to_string(step); }

  std::string step(Numbers& numbers, std::size_t step) const {
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

  std::string last(Numbers& numbers) const {
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
  std::string label(Numbers& numbers) const {
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
