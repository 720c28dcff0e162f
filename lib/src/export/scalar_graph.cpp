// Replaces each vector of a graph by its elements, and simplifies: x + 0, 1 x, 0 x and operations on numbers only. That
// keeps exported SQL short, as many weights are 0.
#include "export/scalar_graph.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace moe {
namespace {

using Op = Expression::Op;

class Lowering {
 public:
  explicit Lowering(const Graph& graph) : graph_(graph) { out_.elements.resize(graph.values.size()); }

  ScalarGraph lower(const std::vector<Graph::Id>& values) {
    for (const Graph::Id id : values) out_.elements[id] = elements(graph_.values[id]);
    return std::move(out_);
  }

 private:
  const ScalarNode& at(ScalarId id) const { return out_.nodes[id]; }
  bool is(ScalarId id, double number) const { return at(id).kind == ScalarKind::kNumber && at(id).number == number; }
  bool all_numbers(const std::vector<ScalarId>& operands) const {
    return std::all_of(operands.begin(), operands.end(), [&](ScalarId x) { return at(x).kind == ScalarKind::kNumber; });
  }
  ScalarId number(double value) { return out_.add({ScalarKind::kNumber, {}, value}); }

  std::vector<ScalarId> elements(const Graph::Value& value) {
    std::vector<ScalarId> result;
    switch (value.kind) {
      case Graph::Kind::kInputs:
        for (arma::uword i = 0; i < value.width; ++i) result.push_back(out_.add({ScalarKind::kInput, {}, 0, {}, i}));
        break;
      case Graph::Kind::kOffset:
        return {out_.add({ScalarKind::kOffset})};
      case Graph::Kind::kTrials:
        return {out_.add({ScalarKind::kTrials})};
      case Graph::Kind::kTargets:
        throw std::logic_error("scalars of a value that needs a target");
      case Graph::Kind::kNumbers:
        for (const double x : value.numbers) result.push_back(number(x));
        break;
      case Graph::Kind::kDense:
        for (arma::uword o = 0; o < value.width; ++o) result.push_back(dense(value, o));
        break;
      case Graph::Kind::kPick:
        for (const arma::uword i : value.indices) result.push_back(out_.elements[value.operands[0]][i]);
        break;
      case Graph::Kind::kJoin:
        for (const Graph::Id part : value.operands)
          result.insert(result.end(), out_.elements[part].begin(), out_.elements[part].end());
        break;
      case Graph::Kind::kSum:
      case Graph::Kind::kLargest:
        for (arma::uword i = 0; i < value.width; ++i) result.push_back(run(value, i));
        break;
      case Graph::Kind::kEach:
        for (arma::uword i = 0; i < value.width; ++i) result.push_back(each(value, i));
        break;
    }
    return result;
  }

  ScalarId dense(const Graph::Value& value, arma::uword output) {
    ScalarNode node{ScalarKind::kDense, {}, value.numbers[output]};
    for (arma::uword i = 0; i < value.weights.n_rows; ++i) {
      if (value.weights(i, output) == 0) continue;
      node.operands.push_back(out_.elements[value.operands[0]][i]);
      node.weights.push_back(value.weights(i, output));
    }
    return node.operands.empty() ? number(node.number) : out_.add(std::move(node));
  }

  ScalarId run(const Graph::Value& value, arma::uword i) {
    const auto first = out_.elements[value.operands[0]].begin() + static_cast<std::ptrdiff_t>(i * value.run);
    const std::vector<ScalarId> operands(first, first + static_cast<std::ptrdiff_t>(value.run));
    const bool sum = value.kind == Graph::Kind::kSum;
    if (all_numbers(operands)) {
      double result = at(operands[0]).number;
      for (std::size_t j = 1; j < operands.size(); ++j)
        result = sum ? result + at(operands[j]).number : std::max(result, at(operands[j]).number);
      return number(result);
    }
    return out_.add({sum ? ScalarKind::kSum : ScalarKind::kLargest, operands});
  }

  ScalarId each(const Graph::Value& value, arma::uword i) {
    std::vector<ScalarId> operands;
    for (const Graph::Id x : value.operands) operands.push_back(out_.elements[x][out_.elements[x].size() == 1 ? 0 : i]);
    if (all_numbers(operands)) {
      std::vector<double> numbers;
      for (const ScalarId x : operands) numbers.push_back(at(x).number);
      return number(apply(value.op, numbers.data()));
    }
    if (value.op == Op::kAdd && is(operands[0], 0)) return operands[1];
    if ((value.op == Op::kAdd || value.op == Op::kSubtract) && is(operands[1], 0)) return operands[0];
    if (value.op == Op::kMultiply && is(operands[0], 1)) return operands[1];
    if ((value.op == Op::kMultiply || value.op == Op::kDivide) && is(operands[1], 1)) return operands[0];
    if (value.op == Op::kMultiply && (is(operands[0], 0) || is(operands[1], 0))) return number(0);
    return out_.add({ScalarKind::kEach, operands, 0, {}, 0, value.op});
  }

  const Graph& graph_;
  ScalarGraph out_;
};

}  // namespace

ScalarGraph::Id ScalarGraph::add(ScalarNode node) {
  nodes.push_back(std::move(node));
  return nodes.size() - 1;
}

ScalarGraph scalar_graph_of(const Graph& graph, const std::vector<Graph::Id>& values) {
  return Lowering(graph).lower(values);
}

}  // namespace moe
