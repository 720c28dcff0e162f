// Interval arithmetic on logarithms: from the largest magnitude of the inputs follows log10 of the largest magnitude of
// each node. Where a sum, product or exp could exceed 10^kCeiling, the operands are limited, so that PostgreSQL meets
// no overflow.
#include "export/sql_limits.hpp"

#include <algorithm>
#include <cmath>

namespace moe {
namespace {

using Op = Expression::Op;

/// As log10: the largest result that an operation may have, some digits below the limit of a double; the logarithm that
/// stands for 0; and the largest ratio of a quotient to its numerator where the divisor is no constant (divisors are at
/// least 1, or sums of weights).
constexpr double kCeiling = 300, kNothing = -400, kQuotient = 4;
/// The largest argument that exp() may get.
constexpr double kLargestExponent = 709;

double log_size(double value) { return value == 0 ? kNothing : std::log10(std::abs(value)); }

class Limits {
 public:
  Limits(const ScalarGraph& scalar_graph, double largest) : scalar_graph_(scalar_graph), largest_(largest) {
    out_.most.assign(scalar_graph.nodes.size(), kNothing);
    out_.limit.resize(scalar_graph.nodes.size());
  }

  SqlLimits find(const std::vector<bool>& used) {
    for (ScalarId id = 0; id < scalar_graph_.nodes.size(); ++id)
      if (used[id]) out_.most[id] = most(at(id));
    return std::move(out_);
  }

 private:
  const ScalarNode& at(ScalarId id) const { return scalar_graph_.nodes[id]; }
  double most(ScalarId id) const { return out_.most[id]; }
  /// Limits a node to 10^limit where it may be larger.
  void hold(ScalarId id, double limit) {
    if (most(id) <= limit || at(id).kind == ScalarKind::kNumber) return;
    out_.most[id] = limit;
    out_.limit[id] = limit;
  }

  double most(const ScalarNode& node) {
    switch (node.kind) {
      case ScalarKind::kInput:
      case ScalarKind::kOffset:
      case ScalarKind::kTrials:
        return largest_;
      case ScalarKind::kNumber:
        return log_size(node.number);
      case ScalarKind::kDense:
      case ScalarKind::kSum:
        return sum(node);
      case ScalarKind::kLargest:
        return largest(node.operands);
      default:
        return each(node);
    }
  }

  double sum(const ScalarNode& node) {
    const double room = kCeiling - std::log10(static_cast<double>(node.operands.size() + 1));
    double result = log_size(node.number);
    for (std::size_t i = 0; i < node.operands.size(); ++i) {
      const double weight = node.kind == ScalarKind::kDense ? log_size(node.weights[i]) : 0;
      hold(node.operands[i], room - weight);
      result = std::max(result, weight + most(node.operands[i]));
    }
    return result + kCeiling - room;
  }

  double largest(const std::vector<ScalarId>& ids) const {
    double result = kNothing;
    for (const ScalarId id : ids) result = std::max(result, most(id));
    return result;
  }

  double each(const ScalarNode& node) {
    const ScalarId a = node.operands[0], b = node.operands.back();
    switch (node.op) {
      case Op::kExp:
      case Op::kKernelExp:
        return std::min(kLargestExponent, upper(a)) / std::log(10);
      case Op::kLog:
        return std::log10(kLargestExponent) + 1;
      case Op::kSqrt:
        return most(a) / 2;
      case Op::kTanh:
        return 0;
      case Op::kAdd:
      case Op::kSubtract:
        hold(a, kCeiling - 1);
        hold(b, kCeiling - 1);
        return std::max(most(a), most(b)) + 1;
      case Op::kMultiply:
        return product(a, b);
      case Op::kDivide: {
        const double divisor = at(b).kind == ScalarKind::kNumber ? most(b) : -kQuotient;
        hold(a, kCeiling + divisor);
        return most(a) - divisor;
      }
      default:
        return largest(node.operands);
    }
  }

  double product(ScalarId a, ScalarId b) {
    constexpr double kHalf = kCeiling / 2;
    if (most(a) + most(b) > kCeiling) {
      const double room_a = kCeiling - std::min(most(b), kHalf), room_b = kCeiling - std::min(most(a), kHalf);
      hold(a, room_a);
      hold(b, room_b);
    }
    return most(a) + most(b);
  }

  /// An upper bound of a node that takes signs into account: exponents are known not to be positive.
  double upper(ScalarId id) const {
    const ScalarNode& node = at(id);
    if (node.kind == ScalarKind::kNumber) return node.number;
    if (node.kind == ScalarKind::kEach) {
      const ScalarId a = node.operands[0], b = node.operands.back();
      if (node.op == Op::kMin) return std::min(upper(a), upper(b));
      if (node.op == Op::kMax) return std::max(upper(a), upper(b));
      if (node.op == Op::kSubtract && is_largest_with(b, a)) return 0;
      if (node.op == Op::kMultiply && is_negative_number(a) && is_magnitude(b)) return 0;
    }
    return std::pow(10, most(id));
  }
  bool is_largest_with(ScalarId id, ScalarId among) const {
    const std::vector<ScalarId>& operands = at(id).operands;
    return at(id).kind == ScalarKind::kLargest && std::find(operands.begin(), operands.end(), among) != operands.end();
  }
  bool is_negative_number(ScalarId id) const { return at(id).kind == ScalarKind::kNumber && at(id).number <= 0; }
  bool is_magnitude(ScalarId id) const { return at(id).kind == ScalarKind::kEach && at(id).op == Op::kAbs; }

  const ScalarGraph& scalar_graph_;
  double largest_;
  SqlLimits out_;
};

}  // namespace

SqlLimits sql_limits(const ScalarGraph& scalar_graph, const std::vector<bool>& used, double largest) {
  return Limits(scalar_graph, largest).find(used);
}

}  // namespace moe
