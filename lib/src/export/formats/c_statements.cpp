// Writes each value of a graph as a C statement. A value that is used once, element by element, is inserted where it is
// used. A selection of neighbouring elements is a pointer. Everything else is an array and a loop over its elements.
#include "export/formats/c_statements.hpp"

#include <map>

#include "export/formats/c_text.hpp"
#include "moe/error.hpp"

namespace moe::c_source {
namespace {

using Kind = Graph::Kind;
using Op = Expression::Op;

/// static const TYPE name[count] = {..};, with at most eight literals to a line.
std::string array(const std::string& type, const std::string& name, const std::vector<std::string>& literals) {
  std::string result = "static const " + type + " " + name + "[" + std::to_string(literals.size()) + "] = {";
  for (std::size_t i = 0; i < literals.size(); ++i)
    result += (i == 0 ? "\n    " : i % 8 == 0 ? ",\n    " : ", ") + literals[i];
  return result + "};\n";
}

template <class Values>
std::string array(const std::string& name, const Values& values) {
  std::vector<std::string> literals;
  for (const double value : values) literals.push_back(literal(value));
  return array("double", name, literals);
}

/// The C function for an operation that is no arithmetic sign.
const char* function_of(Op op) {
  static const std::map<Op, const char*> names = {{Op::kExp, "exp"},
                                                  {Op::kExpm1, "expm1"},
                                                  {Op::kLog, "log"},
                                                  {Op::kLog1p, "log1p"},
                                                  {Op::kSqrt, "sqrt"},
                                                  {Op::kAbs, "fabs"},
                                                  {Op::kFloor, "floor"},
                                                  {Op::kTanh, "moe_tanh"},
                                                  {Op::kKernelExp, "moe_exp"},
                                                  {Op::kMin, "moe_min"},
                                                  {Op::kMax, "moe_max"},
                                                  {Op::kNormalCdf, "moe_normal_cdf"},
                                                  {Op::kLogNormalCdf, "moe_log_normal_cdf"},
                                                  {Op::kStirlingErrorExp, "moe_stirling_error"},
                                                  {Op::kStirlingErrorOfCount, "moe_stirling_error_of_count"},
                                                  {Op::kStudentCdf, "moe_student_cdf"},
                                                  {Op::kSkewNormalCdf, "moe_skew_normal_cdf"},
                                                  {Op::kGammaCdf, "moe_gamma_cdf"},
                                                  {Op::kPoissonCdf, "moe_poisson_cdf"},
                                                  {Op::kBetaCdf, "moe_beta_cdf"},
                                                  {Op::kBinomialCdf, "moe_binomial_cdf"},
                                                  {Op::kNegativeBinomialCdf, "moe_negative_binomial_cdf"}};
  return names.at(op);
}

std::string call(Op op, const std::vector<std::string>& a) {
  if (op == Op::kIfPositive) return "(" + a[0] + " > 0 ? " + a[1] + " : " + a[2] + ")";
  if (const char* sign = sign_of(op)) return "(" + a[0] + " " + sign + " " + a[1] + ")";
  return std::string(function_of(op)) + "(" + join(a, ", ") + ")";
}

}  // namespace

std::string Index::text() const {
  if (!running) return std::to_string(plus);
  return plus == 0 ? "i" : "i + " + std::to_string(plus);
}

Statements::Statements(const Graph& graph, std::set<Id> forward, std::set<Id> kept, std::string state, Scope scope)
    : graph_(graph),
      forward_(std::move(forward)),
      kept_(std::move(kept)),
      uses_(graph.values.size()),
      user_(graph.values.size()),
      state_(std::move(state)),
      scope_(scope) {
  for (Id id = 0; id < graph.values.size(); ++id)
    for (const Id operand : graph.values[id].operands) {
      ++uses_[operand];
      user_[operand] = id;
    }
}

std::string Statements::compute(const std::vector<Id>& ids) {
  std::string text;
  for (const Id id : ids) text += statement(id);
  return text;
}

std::string Statements::loop(arma::uword width) const {
  const std::string elements = width == 1 ? "" : "for (i = 0; i < " + std::to_string(width) + "; ++i) ";
  return "  " + elements + (rows() ? "for (r = 0; r < MOE_ROWS; ++r) " : "");
}

std::string Statements::dimension(arma::uword width) const {
  const std::string count = width == 1 ? "" : std::to_string(width);
  if (!rows()) return count.empty() ? "" : "[" + count + "]";
  return "[" + (count.empty() ? "" : count + " * ") + "MOE_ROWS]";
}

std::string Statements::declaration(Id id) const {
  return kept(id) && !state_.empty() ? "" : "  double " + name(id) + dimension(graph_.values[id].width) + ";\n";
}

std::string Statements::cell(std::size_t column) const {
  return std::string("x[") + (rows() ? "r * MOE_COLUMNS + " : "") + std::to_string(column) + "]";
}

/// The index of an element in such a variable.
std::string Statements::place(Index i, arma::uword width) const {
  if (!rows()) return width == 1 ? "" : "[" + i.text() + "]";
  const std::string index = i.running && i.plus > 0 ? "(" + i.text() + ")" : i.text();
  return width == 1 ? "[r]" : "[" + index + " * MOE_ROWS + r]";
}

std::string Statements::element(Id id, Index i) const {
  const Graph::Value& value = graph_.values[id];
  if (value.width == 1) i = Index{};
  if (value.kind == Kind::kNumbers) {
    if (value.width == 1) return literal(value.numbers[0]);
    if (!i.running) return literal(value.numbers[i.plus]);
  }
  if (value.kind == Kind::kPick && !kept(id)) {
    if (value.is_range()) return element(value.operands[0], {i.running, i.plus + value.indices[0]});
    if (!i.running) return element(value.operands[0], {false, value.indices[i.plus]});
  }
  if (inlined(id)) {
    std::vector<std::string> arguments;
    for (const Id operand : value.operands) arguments.push_back(element(operand, i));
    return call(value.op, arguments);
  }
  if (value.kind == Kind::kNumbers) return name(id) + "[" + i.text() + "]";
  return name(id) + place(i, value.width);
}

std::string Statements::name(Id id) const {
  const Graph::Value& value = graph_.values[id];
  if (value.kind == Kind::kNumbers) return "moe_v" + std::to_string(id);
  return (kept(id) ? state_ : "") + "v" + std::to_string(id);
}
std::string Statements::pointer(Id id) const {
  const Graph::Value& value = graph_.values[id];
  if (value.is_range() && !kept(id)) {
    if (graph_.values[value.operands[0]].width == 1) return pointer(value.operands[0]);
    std::string whole = pointer(value.operands[0]);
    if (value.indices[0] == 0) return whole;
    return whole + " + " + std::to_string(value.indices[0]) + (rows() ? " * MOE_ROWS" : "");
  }
  return (value.width == 1 && !rows() ? "&" : "") + name(id);
}
/// Whether the value is written where its only user needs it, without a variable.
bool Statements::inlined(Id id) const {
  const Graph::Value& value = graph_.values[id];
  if (value.kind != Kind::kEach || uses_[id] != 1 || kept(id)) return false;
  const Graph::Value& user = graph_.values[user_[id]];
  return user.kind == Kind::kEach && user.width == value.width && user.op != Op::kIfPositive &&
         forward_.count(id) == forward_.count(user_[id]);
}

std::string Statements::statement(Id id) {
  const Graph::Value& value = graph_.values[id];
  if (value.kind == Kind::kNumbers) {
    if (value.width > 1 && known_.insert(id).second) constants_ += array("moe_v" + std::to_string(id), value.numbers);
    return "";
  }
  const bool given = value.kind == Kind::kInputs || value.kind == Kind::kOffset || value.kind == Kind::kTrials ||
                     value.kind == Kind::kTargets;
  if (given || inlined(id) || (value.is_range() && !kept(id))) return "";
  const std::string variable = name(id), width = std::to_string(value.width);
  std::string text = declaration(id);
  switch (value.kind) {
    case Kind::kDense:
      return text + dense(id);
    case Kind::kSum:
    case Kind::kLargest:
      return text + "  " + (value.kind == Kind::kSum ? "moe_sum" : "moe_largest") + (rows() ? "_rows(" : "(") +
             pointer(value.operands[0]) + ", " + std::to_string(value.run) + ", " + width + ", " + pointer(id) + ");\n";
    case Kind::kJoin: {
      arma::uword first = 0;
      for (const Id part : value.operands) {
        const arma::uword count = graph_.values[part].width;
        text += loop(count) + variable + this->place({count > 1, first}, value.width) + " = " +
                element(part, kRunning) + ";\n";
        first += count;
      }
      return text;
    }
    case Kind::kPick:
      return text + pick(id);
    default: {
      std::vector<std::string> arguments;
      for (const Id operand : value.operands) arguments.push_back(element(operand, kRunning));
      std::string what = call(value.op, arguments);
      if (what.front() == '(' && value.op != Op::kIfPositive) what = what.substr(1, what.size() - 2);
      return text + loop(value.width) + variable + place(kRunning, value.width) + " = " + what + ";\n";
    }
  }
}

std::string Statements::dense(Id id) {
  const Graph::Value& value = graph_.values[id];
  const std::string weights = "moe_w" + std::to_string(id), intercepts = "moe_b" + std::to_string(id);
  if (known_.insert(id).second)
    constants_ += array(weights, arma::mat(value.weights.t())) + array(intercepts, value.numbers);
  return std::string("  moe_dense") + (rows() ? "_rows(" : "(") + weights + ", " + intercepts + ", " +
         std::to_string(value.weights.n_rows) + ", " + std::to_string(value.width) + ", " + pointer(value.operands[0]) +
         ", " + pointer(id) + ");\n";
}

std::string Statements::pick(Id id) {
  const Graph::Value& value = graph_.values[id];
  const std::string assignment = loop(value.width) + name(id) + place(kRunning, value.width) + " = ";
  if (value.width == 1) return assignment + element(value.operands[0], {false, value.indices[0]}) + ";\n";
  const std::string table = "moe_i" + std::to_string(id);
  const bool single = graph_.values[value.operands[0]].width == 1;
  if (known_.insert(id).second && !single) {
    std::vector<std::string> literals;
    for (const arma::uword i : value.indices) literals.push_back(std::to_string(i));
    constants_ += array("int", table, literals);
  }
  const std::string place = table + "[i]" + (rows() ? " * MOE_ROWS + r" : "");
  return assignment +
         (single ? element(value.operands[0], {}) : "(" + pointer(value.operands[0]) + ")[" + place + "]") + ";\n";
}

}  // namespace moe::c_source
