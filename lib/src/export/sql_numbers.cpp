// Lays the scalar graph out over SELECTs. A node that is used twice becomes a column, and so does one whose expression
// would be too deep. A column can only be read in the next step, so step(node) is the largest step of its operands,
// plus one if it is a column. Everything else is inserted as text where it is used.
#include "export/sql_numbers.hpp"

#include <algorithm>
#include <cmath>

#include "moe/error.hpp"

namespace moe {
namespace {

using Op = Expression::Op;
using Expression = SqlNumbers::Expression;

/// A deeper expression becomes a column of its own: SQLite and DuckDB read at most 1,000 levels.
constexpr std::size_t kDeepest = 200;
/// A sum with more terms is nested.
constexpr std::size_t kTerms = 4;
/// log10 of the relative distance between neighbouring doubles.
constexpr double kUnit = -16;

bool is_leaf(ScalarKind kind) {
  return kind == ScalarKind::kInput || kind == ScalarKind::kOffset || kind == ScalarKind::kTrials;
}

/// The smallest magnitude of an operation's result, from those of its operands.
double least_of(Op op, const std::vector<Expression>& operands) {
  const double a = operands[0].least, b = operands.size() > 1 ? operands[1].least : -kLeastDouble;
  switch (op) {
    case Op::kExp:
    case Op::kKernelExp:
      return kLeastExponent / std::log(10);
    case Op::kLog:
      return kUnit;
    case Op::kSqrt:
      return a / 2;
    case Op::kDivide:
      return a - std::max(b, 0.0) - operands[1].most;
    case Op::kAdd:
    case Op::kSubtract:
      return std::max(kLeastDouble, std::min({a, b, 0.0}) + kUnit);
    case Op::kIfPositive:
      return std::min(b, operands[2].least);
    default:
      return std::min({a, b, 0.0}) - 1;
  }
}

/// How many levels a node adds to its operands' expressions.
std::size_t depth_of(const ScalarGraph::Node& node) {
  std::size_t depth = 3;
  for (std::size_t terms = node.operands.size(); terms > kTerms; terms = (terms + 1) / 2) ++depth;
  return depth + (node.kind == ScalarKind::kEach ? 0 : kTerms);
}

}  // namespace

std::string balanced(const std::vector<std::string>& terms, const std::string& sign) {
  if (terms.size() <= kTerms) return join(terms, sign);
  const auto middle = terms.begin() + static_cast<std::ptrdiff_t>((terms.size() + 1) / 2);
  return "(" + balanced({terms.begin(), middle}, sign) + ")" + sign + "(" + balanced({middle, terms.end()}, sign) + ")";
}

void SqlNumbers::lay_out(const std::vector<ScalarId>& outputs) {
  const std::size_t n = scalar_graph_.nodes.size();
  uses_.assign(n, 0);
  for (const ScalarId id : outputs) ++uses_[id];
  for (ScalarId id = n; id-- > 0;)
    if (uses_[id] > 0)
      for (const ScalarId operand : at(id).operands) ++uses_[operand];
  if (dialect_.postgres()) {
    std::vector<bool> used(n);
    for (ScalarId id = 0; id < n; ++id) used[id] = uses_[id] > 0;
    limits_ = sql_limits(scalar_graph_, used, std::log10(kLargestCell));
  }
  choose_first_step(outputs);
  step_.assign(n, 0);
  std::vector<std::size_t> depth(n, 0);
  for (ScalarId id = 0; id < n; ++id) {
    if (uses_[id] == 0 || at(id).kind == ScalarKind::kNumber) continue;
    depth[id] = depth_of(at(id));
    for (const ScalarId operand : at(id).operands) {
      step_[id] = std::max(step_[id], step_[operand]);
      if (!column_[operand]) depth[id] = std::max(depth[id], depth_of(at(id)) + depth[operand]);
    }
    if (limited(id) || (!first_[id] && (uses_[id] > 1 || depth[id] > kDeepest))) column_[id] = true;
    if (column_[id]) ++step_[id];
    steps_ = std::max(steps_, step_[id]);
  }
  last_use_.assign(n, 0);
  for (const ScalarId id : outputs) use(id, steps_ + 1);
  for (ScalarId id = 0; id < n; ++id)
    if (uses_[id] > 0 && column_[id])
      for (const ScalarId operand : at(id).operands) use(operand, step_[id]);
  for (ScalarId id = 0; id < n; ++id) least_.push_back(kLeastDouble);
}

std::size_t SqlNumbers::steps() const { return std::max<std::size_t>(1, steps_); }

std::vector<std::string> SqlNumbers::columns(std::size_t step) {
  std::vector<std::string> result;
  for (ScalarId id = 0; id < scalar_graph_.nodes.size(); ++id) {
    if (!column_[id] || uses_[id] == 0) continue;
    if (step_[id] == step) {
      const Expression computed = compute(id);
      least_[id] = computed.least;
      result.push_back(computed.text + " AS " + name(id));
    } else if (step_[id] < step && last_use_[id] > step) {
      result.push_back(before(id));
    }
  }
  return result;
}

std::vector<std::string> SqlNumbers::conditions(std::size_t step) const {
  std::vector<std::string> result;
  for (ScalarId id = 0; id < scalar_graph_.nodes.size(); ++id)
    if (limited(id) && step_[id] == step)
      result.push_back("abs(" + before(id) + ") <= " + dialect_.number(std::pow(10, *limits_.limit[id])));
  return result;
}

SqlNumbers::Expression SqlNumbers::of(ScalarId id) {
  if (limited(id)) {
    const std::string limit = dialect_.number(std::pow(10, *limits_.limit[id]));
    return {"least(greatest(" + before(id) + ", -" + limit + "), " + limit + ")", least_[id], limits_.most[id]};
  }
  if (column_[id]) return {before(id), least_[id], limits_.most.empty() ? Expression().most : limits_.most[id]};
  return at(id).kind == ScalarKind::kNumber ? number(at(id).number) : compute(id);
}

/// Numbers that depend on cells and constants only are computed in the first step, where the cells are at hand.
void SqlNumbers::choose_first_step(const std::vector<ScalarId>& outputs) {
  const std::size_t n = scalar_graph_.nodes.size();
  column_.assign(n, false);
  first_.assign(n, false);
  for (ScalarId id = 0; id < n; ++id) {
    const std::vector<ScalarId>& operands = at(id).operands;
    const bool leaf = is_leaf(at(id).kind);
    first_[id] =
        leaf || (at(id).kind == ScalarKind::kEach && std::all_of(operands.begin(), operands.end(), [&](ScalarId x) {
                   return at(x).kind == ScalarKind::kNumber || (first_[x] && uses_[x] == 1 && !limited(x));
                 }));
  }
  for (ScalarId id = 0; id < n; ++id)
    if (!first_[id] && uses_[id] > 0)
      for (const ScalarId operand : at(id).operands) column_[operand] = first_[operand];
  for (const ScalarId id : outputs) column_[id] = column_[id] || first_[id];
  for (ScalarId id = 0; id < n; ++id)
    if (first_[id] && uses_[id] > 1) column_[id] = true;
}

/// Notes that the columns that the expression reads are needed up to `step`.
void SqlNumbers::use(ScalarId id, std::size_t step) {
  if (column_[id])
    last_use_[id] = std::max(last_use_[id], step);
  else
    for (const ScalarId operand : at(id).operands) use(operand, step);
}

SqlNumbers::Expression SqlNumbers::number(double value) const {
  return {dialect_.number(value), value == 0 ? -kLeastDouble : std::log10(std::abs(value))};
}

SqlNumbers::Expression SqlNumbers::compute(ScalarId id) {
  const ScalarNode& node = at(id);
  switch (node.kind) {
    case ScalarKind::kInput:
      return {leaves_[node.index]};
    case ScalarKind::kOffset:
      return {leaves_[leaves_.size() - 2]};
    case ScalarKind::kTrials:
      return {leaves_.back()};
    case ScalarKind::kDense: {
      std::vector<Expression> terms;
      if (node.number != 0) terms.push_back(number(node.number));
      for (std::size_t i = 0; i < node.operands.size(); ++i)
        terms.push_back(product(number(node.weights[i]), operand(node.operands[i])));
      return sum(terms);
    }
    case ScalarKind::kSum: {
      std::vector<Expression> terms;
      for (const ScalarId operand_id : node.operands) terms.push_back(operand(operand_id));
      return sum(terms);
    }
    case ScalarKind::kLargest: {
      std::vector<std::string> operands;
      double least = -kLeastDouble;
      for (const ScalarId x : node.operands) {
        operands.push_back(of(x).text);
        least = std::min(least, of(x).least);
      }
      return {dialect_.extreme(true, operands), least};
    }
    default:
      return each(node);
  }
}

SqlNumbers::Expression SqlNumbers::each(const ScalarNode& node) {
  std::vector<Expression> operands;
  for (const ScalarId x : node.operands) operands.push_back(operand(x));
  if (node.op == Op::kMultiply) return product(operands[0], operands[1]);
  const double least = least_of(node.op, operands);
  if (node.op == Op::kDivide && least < kLeastProduct) operands[0] = without_dust(operands[0]);
  std::vector<std::string> texts;
  for (const Expression& x : operands) texts.push_back(x.text);
  return {dialect_.apply(node.op, texts), least_of(node.op, operands)};
}

/// An operand, in parentheses unless it is a name or a number.
SqlNumbers::Expression SqlNumbers::operand(ScalarId id) {
  Expression result = of(id);
  if (!column_[id] && at(id).kind != ScalarKind::kNumber) result.text = "(" + result.text + ")";
  return result;
}

/// A product that does not underflow.
SqlNumbers::Expression SqlNumbers::product(Expression a, Expression b) const {
  for (Expression* factor : {&a, &b})
    if (dialect_.postgres() && a.least + b.least < kLeastProduct && factor->least < kDust)
      *factor = without_dust(*factor);
  return {a.text + " * " + b.text, a.least + b.least};
}

/// A sum as nested brackets, so that no expression is deep.
SqlNumbers::Expression SqlNumbers::sum(const std::vector<Expression>& terms) {
  std::vector<std::string> texts;
  double least = 0;
  for (const Expression& term : terms) {
    texts.push_back(term.text);
    least = std::min(least, term.least);
  }
  return {balanced(texts, " + "), std::max(kLeastDouble, least + kUnit)};
}

}  // namespace moe
