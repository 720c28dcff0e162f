// Each operation is computed at once if its operands are numbers, so that a model without inputs becomes constants.
// Softmax and log-sum-exp subtract the largest term first, as the library does, so that exported code does not
// overflow.
#include "export/graph_operations.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

namespace moe {

using Kind = Graph::Kind;
using Op = Expression::Op;

Indices range(arma::uword first, arma::uword count) {
  Indices result(count);
  std::iota(result.begin(), result.end(), first);
  return result;
}

Indices repeated(arma::uword count, arma::uword times) {
  Indices result;
  for (arma::uword i = 0; i < count * times; ++i) result.push_back(i / times);
  return result;
}

Indices tiled(arma::uword count, arma::uword times) {
  Indices result;
  for (arma::uword i = 0; i < count * times; ++i) result.push_back(i % count);
  return result;
}

Indices transposed(arma::uword rows, arma::uword columns) {
  Indices result;
  for (arma::uword j = 0; j < columns; ++j)
    for (arma::uword i = 0; i < rows; ++i) result.push_back(i * columns + j);
  return result;
}

GraphOperations::Id GraphOperations::add(Graph::Value value) {
  graph_.values.push_back(std::move(value));
  return graph_.values.size() - 1;
}

GraphOperations::Id GraphOperations::given(Kind kind, arma::uword width) {
  for (Id id = 0; id < graph_.values.size(); ++id)
    if (at(id).kind == kind) return id;
  return add({kind, width});
}

GraphOperations::Id GraphOperations::numbers(std::vector<double> values) {
  const arma::uword width = values.size();
  return add({Kind::kNumbers, width, {}, std::move(values)});
}

GraphOperations::Id GraphOperations::dense(Id x, const arma::mat& weights, const arma::vec& intercepts) {
  return add({Kind::kDense, weights.n_cols, {x}, {intercepts.begin(), intercepts.end()}, weights});
}

GraphOperations::Id GraphOperations::pick(Id x, const Indices& indices) {
  if (indices == range(0, at(x).width)) return x;
  if (at(x).kind == Kind::kNumbers) {
    std::vector<double> values;
    for (const arma::uword i : indices) values.push_back(at(x).numbers[i]);
    return add({Kind::kNumbers, indices.size(), {}, values});
  }
  return add({Kind::kPick, indices.size(), {x}, {}, {}, indices});
}

GraphOperations::Id GraphOperations::join(const std::vector<Id>& parts) {
  if (parts.size() == 1) return parts[0];
  std::vector<double> values;
  arma::uword width = 0;
  for (const Id part : parts) {
    width += at(part).width;
    values.insert(values.end(), at(part).numbers.begin(), at(part).numbers.end());
  }
  return all_numbers(parts) ? numbers(std::move(values)) : add({Kind::kJoin, width, parts});
}

GraphOperations::Id GraphOperations::each(Op op, const std::vector<Id>& operands) {
  arma::uword width = 1;
  for (const Id x : operands) width = std::max(width, at(x).width);
  if (!all_numbers(operands)) return add({Kind::kEach, width, operands, {}, {}, {}, 1, op});
  std::vector<double> values;
  for (arma::uword i = 0; i < width; ++i) {
    std::vector<double> arguments;
    for (const Id x : operands) arguments.push_back(at(x).numbers[at(x).width == 1 ? 0 : i]);
    values.push_back(apply(op, arguments.data()));
  }
  return numbers(std::move(values));
}

GraphOperations::Id GraphOperations::log_sum_exp(Id x, arma::uword run) {
  const Id peak = largest(x, run), shifted = with_run(Op::kSubtract, x, peak, run);
  return each(Op::kAdd, {peak, each(Op::kLog, {sum(each(Op::kKernelExp, {shifted}), run)})});
}

GraphOperations::Softmax GraphOperations::softmax(Id x, arma::uword run) {
  const Id shifted = with_run(Op::kSubtract, x, largest(x, run), run), exps = each(Op::kKernelExp, {shifted}),
           total = sum(exps, run);
  return {with_run(Op::kMultiply, exps, each(Op::kDivide, {constant(1.0), total}), run),
          with_run(Op::kSubtract, shifted, each(Op::kLog, {total}), run)};
}

bool GraphOperations::all_numbers(const std::vector<Id>& operands) const {
  return std::all_of(operands.begin(), operands.end(), [&](Id x) { return at(x).kind == Kind::kNumbers; });
}

GraphOperations::Id GraphOperations::reduce(Kind kind, Id x, arma::uword run) {
  if (run == 1) return x;
  if (at(x).kind != Kind::kNumbers) return add({kind, at(x).width / run, {x}, {}, {}, {}, run});
  const arma::mat runs(at(x).numbers.data(), run, at(x).width / run);
  return numbers(kind == Kind::kSum ? arma::vec(arma::sum(runs).t()) : arma::vec(arma::max(runs).t()));
}

GraphOperations::Id GraphOperations::with_run(Op op, Id x, Id of_run, arma::uword run) {
  const arma::uword runs = at(x).width / run;
  return each(op, {x, runs == 1 ? of_run : pick(of_run, repeated(runs, run))});
}

}  // namespace moe
