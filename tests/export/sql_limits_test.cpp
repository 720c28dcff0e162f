// Limits of numbers in SQL: no row within them overflows, and they are no tighter than an overflow asks for.
#include "export/sql_limits.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <vector>

#include "moe/random.hpp"

namespace {

using moe::ScalarGraph;
using Kind = ScalarGraph::Kind;
using Op = moe::Expression::Op;

ScalarGraph::Node input(arma::uword index) { return {Kind::kInput, {}, 0, {}, index}; }
ScalarGraph::Node each(Op op, const std::vector<ScalarGraph::Id>& operands) {
  return {Kind::kEach, operands, 0, {}, 0, op};
}

moe::SqlLimits limits_of(const ScalarGraph& graph, double largest) {
  return moe::sql_limits(graph, std::vector<bool>(graph.nodes.size(), true), largest);
}

/// The value of a node in long double, which reaches beyond 10^4900. Empty where an operand exceeds its limit: the row
/// then has no prediction.
std::vector<std::optional<long double>> values_of(const ScalarGraph& graph, const moe::SqlLimits& limits,
                                                  const std::vector<long double>& x) {
  std::vector<std::optional<long double>> values;
  for (ScalarGraph::Id id = 0; id < graph.nodes.size(); ++id) {
    const ScalarGraph::Node& node = graph.nodes[id];
    std::vector<long double> a;
    bool all = true;
    for (const ScalarGraph::Id operand : node.operands) {
      all = all && values[operand];
      if (all) a.push_back(*values[operand]);
    }
    std::optional<long double> value;
    if (all) {
      if (node.kind == Kind::kInput) value = x[node.index];
      if (node.kind == Kind::kNumber) value = node.number;
      if (node.kind == Kind::kDense || node.kind == Kind::kSum) {
        value = node.number;
        for (std::size_t i = 0; i < a.size(); ++i)
          *value += (node.kind == Kind::kDense ? node.weights[i] : 1.0L) * a[i];
      }
      if (node.kind == Kind::kLargest) value = *std::max_element(a.begin(), a.end());
      if (node.kind == Kind::kEach) {
        if (node.op == Op::kAdd) value = a[0] + a[1];
        if (node.op == Op::kSubtract) value = a[0] - a[1];
        if (node.op == Op::kMultiply) value = a[0] * a[1];
        if (node.op == Op::kDivide) value = a[0] / a[1];
        if (node.op == Op::kMin) value = std::min(a[0], a[1]);
        if (node.op == Op::kMax) value = std::max(a[0], a[1]);
        if (node.op == Op::kAbs) value = std::abs(a[0]);
        if (node.op == Op::kTanh) value = std::tanh(a[0]);
        if (node.op == Op::kSqrt) value = std::sqrt(std::abs(a[0]));
      }
    }
    if (value && limits.limit[id] && std::abs(*value) > std::pow(10.0L, *limits.limit[id])) value.reset();
    values.push_back(value);
  }
  return values;
}

}  // namespace

TEST_CASE("bounds of sums are the largest sums, but for the number of their terms", "[export][sql]") {
  for (const double largest : {0.0, 3.0, 15.0, 120.0})
    for (const std::size_t terms : {1, 2, 9, 99}) {
      ScalarGraph graph;
      ScalarGraph::Node dense{Kind::kDense, {}, -250}, sum{Kind::kSum, {}};
      long double supremum = 250, of_sum = 0;
      for (std::size_t i = 0; i < terms; ++i) {
        graph.nodes.push_back(input(i));
        dense.operands.push_back(i);
        sum.operands.push_back(i);
        dense.weights.push_back((i % 2 == 0 ? -1 : 1) * std::pow(10.0, static_cast<double>(i % 7) - 3));
        supremum += std::abs(static_cast<long double>(dense.weights.back())) * std::pow(10.0L, largest);
        of_sum += std::pow(10.0L, largest);
      }
      graph.nodes.push_back(dense);
      graph.nodes.push_back(sum);
      const moe::SqlLimits limits = limits_of(graph, largest);
      const double slack = std::log10(static_cast<double>(terms + 1)) + 1e-9;
      CAPTURE(largest, terms);
      CHECK(limits.most[0] == largest);
      CHECK(limits.most[terms] >= static_cast<double>(std::log10(supremum)) - 1e-9);
      CHECK(limits.most[terms] <= static_cast<double>(std::log10(supremum)) + slack);
      CHECK(limits.most[terms + 1] >= static_cast<double>(std::log10(of_sum)) - 1e-9);
      CHECK(limits.most[terms + 1] <= static_cast<double>(std::log10(of_sum)) + slack);
      for (const auto& limit : limits.limit) CHECK_FALSE(limit);
    }
}

TEST_CASE("what is limited cannot overflow, and nothing else is limited", "[export][sql]") {
  constexpr double kOverflow = 308.25;  // log10 of the largest double
  moe::Random random(71);
  std::size_t limited = 0, whole = 0, wrong = 0;
  for (int trial = 0; trial < 400; ++trial) {
    ScalarGraph graph;
    const double largest = random.uniform(1, 307);
    for (arma::uword i = 0; i < 3; ++i) graph.nodes.push_back(input(i));
    graph.nodes.push_back({Kind::kNumber, {}, std::pow(10.0, random.uniform(-3, 3))});
    while (graph.nodes.size() < 12) {
      const auto pick = [&] { return static_cast<ScalarGraph::Id>(random.below(graph.nodes.size())); };
      const ScalarGraph::Id a = pick(), b = pick();
      switch (random.below(11)) {
        case 0: {
          const auto weight = [&] { return random.normal() * std::pow(10.0, random.uniform(-8, 8)); };
          graph.nodes.push_back({Kind::kDense, {a, b}, random.normal(), {weight(), weight()}});
          break;
        }
        case 1:
          graph.nodes.push_back({Kind::kSum, {a, b, 0}});
          break;
        case 2:
          graph.nodes.push_back({Kind::kLargest, {a, b}});
          break;
        case 3:
          graph.nodes.push_back(each(Op::kDivide, {a, 3}));
          break;
        case 4:
          graph.nodes.push_back(each(Op::kTanh, {a}));
          break;
        case 5:
          graph.nodes.push_back(each(Op::kSqrt, {a}));
          break;
        default: {
          static constexpr Op kTwo[] = {Op::kAdd, Op::kSubtract, Op::kMultiply, Op::kMin, Op::kMax};
          graph.nodes.push_back(each(kTwo[random.below(5)], {a, b}));
        }
      }
    }
    const moe::SqlLimits limits = limits_of(graph, largest);
    for (const auto& limit : limits.limit) {
      limited += limit ? 1 : 0;
      // A number of 10^140 can be squared, and multiplied by what the weights above are.
      if (limit) CHECK(*limit > 140 - 12);
    }
    for (int row = 0; row < 60; ++row) {
      std::vector<long double> x;
      for (int i = 0; i < 3; ++i)
        x.push_back((row & (1 << i) ? -1 : 1) * std::pow(10.0L, row < 8 ? largest : random.uniform(0, largest)));
      const auto values = values_of(graph, limits, x);
      whole += values.back() ? 1 : 0;
      for (ScalarGraph::Id id = 0; id < values.size(); ++id) {
        if (!values[id] || *values[id] == 0) continue;
        const double size = static_cast<double>(std::log10(std::abs(*values[id])));
        if (size > limits.most[id] + 1e-9 || size > kOverflow) ++wrong;
      }
    }
  }
  CHECK(wrong == 0);
  CHECK(limited > 100);
  CHECK(whole > 10000);
}
