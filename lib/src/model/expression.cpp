// Expression trees with shared nodes. A node is identified by its address, so walk() visits shared parts once.
// Operations on numbers are computed when they are built.
#include "model/expression.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include "base/kernels/kernels.hpp"

namespace moe {

struct Expression::Node {
  Op op;
  double number;
  arma::uword index;
  std::vector<Expression> arguments;
};

Expression::Expression(double number) : node_(std::make_shared<Node>(Node{Op::kNumber, number, 0, {}})) {}
Expression::Expression(Op op, arma::uword index) : node_(std::make_shared<Node>(Node{op, 0, index, {}})) {}

Expression::Op Expression::op() const { return node_->op; }
double Expression::number() const { return node_->number; }
arma::uword Expression::index() const { return node_->index; }
const std::vector<Expression>& Expression::arguments() const { return node_->arguments; }

Expression Expression::of(Op op, std::vector<Expression> arguments) {
  if (op == Op::kIfPositive && arguments[0].is_number()) return arguments[0].number() > 0 ? arguments[1] : arguments[2];
  if (std::all_of(arguments.begin(), arguments.end(), [](const Expression& x) { return x.is_number(); })) {
    std::vector<double> numbers;
    for (const Expression& x : arguments) numbers.push_back(x.number());
    return Expression(apply(op, numbers.data()));
  }
  Expression result(op, 0);
  result.node_ = std::make_shared<Node>(Node{op, 0, 0, std::move(arguments)});
  return result;
}

namespace {

/// Visits each part of an expression once, its arguments before itself.
template <class T, class Leaf, class Inner>
T walk(const Expression& x, std::map<const void*, T>& known, const Leaf& leaf, const Inner& inner) {
  if (const auto found = known.find(x.identity()); found != known.end()) return found->second;
  std::vector<T> arguments;
  for (const Expression& argument : x.arguments()) arguments.push_back(walk(argument, known, leaf, inner));
  T result = x.arguments().empty() ? leaf(x) : inner(x, arguments);
  known.emplace(x.identity(), result);
  return result;
}

}  // namespace

Expression Expression::shifted(arma::uword etas, arma::uword targets) const {
  std::map<const void*, Expression> known;
  return walk<Expression>(
      *this, known,
      [&](const Expression& x) {
        return x.op() == Op::kEta ? eta(x.index() + etas) : x.op() == Op::kTarget ? target(x.index() + targets) : x;
      },
      [](const Expression& x, const std::vector<Expression>& arguments) { return of(x.op(), arguments); });
}

double Expression::at(const double* eta, const double* targets, double trials) const {
  std::map<const void*, double> known;
  return walk<double>(
      *this, known,
      [&](const Expression& x) {
        return x.op() == Op::kEta      ? eta[x.index()]
               : x.op() == Op::kTarget ? targets[x.index()]
               : x.op() == Op::kTrials ? trials
                                       : x.number();
      },
      [](const Expression& x, const std::vector<double>& arguments) { return apply(x.op(), arguments.data()); });
}

const char* sign_of(Expression::Op op) {
  using enum Expression::Op;
  return op == kAdd ? "+" : op == kSubtract ? "-" : op == kMultiply ? "*" : op == kDivide ? "/" : nullptr;
}

namespace {

double apply_special(Expression::Op op, const double* a) {
  using enum Expression::Op;
  switch (op) {
    case kNormalCdf:
      return normal_cdf(a[0]);
    case kLogNormalCdf:
      return log_normal_cdf(a[0]);
    case kStirlingErrorExp:
      return stirling_error_exp(a[0]);
    case kStirlingErrorOfCount:
      return a[0] > 0 ? stirling_error_of_count(a[0]) : 0;
    case kStudentCdf:
      return student_cdf(a[0], a[1]);
    case kSkewNormalCdf:
      return skew_normal_cdf(a[0], a[1]);
    case kGammaCdf:
      return gamma_cdf(a[0], a[1]);
    case kPoissonCdf:
      return poisson_cdf(a[0], a[1]);
    case kBetaCdf:
      return beta_cdf(a[0], a[1], a[2]);
    case kBinomialCdf:
      return binomial_cdf(a[0], a[1], a[2]);
    case kNegativeBinomialCdf:
      return negative_binomial_cdf(a[0], a[1], a[2]);
    default:  // an operation without arguments
      return std::nan("");
  }
}

}  // namespace

double apply(Expression::Op op, const double* a) {
  using enum Expression::Op;
  double result = 0;
  switch (op) {
    case kExp:
      return std::exp(a[0]);
    case kExpm1:
      return std::expm1(a[0]);
    case kLog:
      return std::log(a[0]);
    case kLog1p:
      return std::log1p(a[0]);
    case kSqrt:
      return std::sqrt(a[0]);
    case kAbs:
      return std::abs(a[0]);
    case kFloor:
      return std::floor(a[0]);
    case kTanh:
      kernels().tanh(a, 1, &result);
      return result;
    case kKernelExp:
      kernels().exp(a, 1, &result);
      return result;
    case kAdd:
      return a[0] + a[1];
    case kSubtract:
      return a[0] - a[1];
    case kMultiply:
      return a[0] * a[1];
    case kDivide:
      return a[0] / a[1];
    case kMin:
      return std::min(a[0], a[1]);
    case kMax:
      return std::max(a[0], a[1]);
    case kIfPositive:
      return a[0] > 0 ? a[1] : a[2];
    default:
      return apply_special(op, a);
  }
}

const Expression& value_of(const Expression& x) { return x; }
Expression square(const Expression& x) { return x * x; }
Expression exp_remainder(const Expression& x) {
  return x.is_number() ? Expression(exp_remainder(x.number())) : expm1(x) - x;
}
Expression hypot(double a, const Expression& x) {
  return x.is_number() ? Expression(std::hypot(a, x.number())) : sqrt(a * a + x * x);
}
Expression clamped(const Expression& x, double limit) { return lesser(greater(x, -limit), limit); }

Expression bounded(const Expression& x) {
  if (x.is_number()) return bounded(x.number());
  return clamped(x, kLargestExponent) + log1p(greater(x - kLargestExponent, 0.0)) -
         log1p(greater(-kLargestExponent - x, 0.0));
}

Expression bounded_exp(const Expression& x) {
  if (x.is_number()) return bounded_exp(x.number());
  return exp(clamped(x, kLargestExponent)) * (1.0 + greater(x - kLargestExponent, 0.0)) /
         (1.0 + greater(-kLargestExponent - x, 0.0));
}

// Uses one exp, of a number that is not positive: exp(min(x, 0)) / (1 + exp(-|x|)).
Expression logistic(const Expression& x) {
  if (x.is_number()) return logistic(x.number());
  return exp(lesser(x, 0.0)) / (1.0 + exp(-abs(x)));
}

Expression log1p_exp(const Expression& x) {
  if (x.is_number()) return log1p_exp(x.number());
  return greater(x, 0.0) + log1p(exp(-abs(x)));
}

Expression laplace_cdf(const Expression& z) {
  Expression tail = 0.5 * exp(-abs(z));
  return if_positive(
      z, [&] { return 1.0 - tail; }, [&] { return tail; });
}

Expression zero_inflated_poisson_cdf(const Expression& k, const Expression& mean, const Expression& zeros) {
  return if_positive(
      -k, [] { return Expression(0); }, [&] { return zeros + (1.0 - zeros) * poisson_cdf(k, mean); });
}

}  // namespace moe
