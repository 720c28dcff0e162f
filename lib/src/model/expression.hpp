// Expression: a number of a row as an expression tree. This is how families tell exporters what they compute.
//
// A template that works on doubles and jets (jet.hpp) also works on Expressions, and then builds the tree. Whatever
// depends on numbers only is computed at once. An Expression is a value. Equal parts that were made once are shared, so
// that exporters compute them once.
#pragma once

#include <armadillo>
#include <memory>
#include <optional>
#include <vector>

#include "model/jet.hpp"

namespace moe {

class Expression {
 public:
  enum class Op {
    kNumber,
    // The leaves of a row: output `index` of the expert's network, target `index` in model units, the number of trials.
    kEta,
    kTarget,
    kTrials,
    // Functions of one argument.
    kExp,
    kExpm1,
    kLog,
    kLog1p,
    kSqrt,
    kAbs,
    kFloor,
    kTanh,       // as networks compute it, by kernels().tanh
    kKernelExp,  // exp as networks and gates compute it, by kernels().exp; its last bit may differ from kExp's
    kNormalCdf,
    kLogNormalCdf,
    kStirlingErrorExp,
    kStirlingErrorOfCount,
    // Functions of two arguments.
    kAdd,
    kSubtract,
    kMultiply,
    kDivide,
    kMin,
    kMax,
    kStudentCdf,     // z, nu
    kSkewNormalCdf,  // z, alpha
    kGammaCdf,       // x, shape
    kPoissonCdf,     // k, mean
    // Functions of three arguments.
    kBetaCdf,              // x, a, b
    kBinomialCdf,          // k, trials, log odds
    kNegativeBinomialCdf,  // k, mean, theta
    kIfPositive,           // a > 0 ? b : c
  };

  Expression(double number = 0);
  static Expression eta(arma::uword index) { return Expression(Op::kEta, index); }
  static Expression target(arma::uword index) { return Expression(Op::kTarget, index); }
  static Expression trials() { return Expression(Op::kTrials, 0); }
  /// op(arguments). It is computed at once where all arguments are numbers; kIfPositive is decided where its first
  /// argument is one.
  static Expression of(Op op, std::vector<Expression> arguments);

  Op op() const;
  bool is_number() const { return op() == Op::kNumber; }
  double number() const;
  arma::uword index() const;
  const std::vector<Expression>& arguments() const;
  /// Equal for copies of the same expression; equal expressions that were built separately differ.
  const void* identity() const { return node_.get(); }
  /// The same expression, with eta j replaced by eta j + etas, and target t by target t + targets.
  Expression shifted(arma::uword etas, arma::uword targets) const;
  /// Its value for one row.
  double at(const double* eta, const double* targets, double trials) const;

 private:
  struct Node;
  Expression(Op op, arma::uword index);
  std::shared_ptr<const Node> node_;
};

/// "+", "-", "*" or "/" for the four operations of arithmetic, which all languages write alike; null for other
/// operations.
const char* sign_of(Expression::Op op);

/// The value of op(arguments) for numbers.
double apply(Expression::Op op, const double* arguments);

inline Expression operator+(const Expression& a, const Expression& b) {
  return Expression::of(Expression::Op::kAdd, {a, b});
}
inline Expression operator-(const Expression& a, const Expression& b) {
  return Expression::of(Expression::Op::kSubtract, {a, b});
}
inline Expression operator*(const Expression& a, const Expression& b) {
  return Expression::of(Expression::Op::kMultiply, {a, b});
}
inline Expression operator/(const Expression& a, const Expression& b) {
  return Expression::of(Expression::Op::kDivide, {a, b});
}
inline Expression operator-(const Expression& a) { return -1.0 * a; }

inline Expression exp(const Expression& x) { return Expression::of(Expression::Op::kExp, {x}); }
inline Expression kernel_exp(const Expression& x) { return Expression::of(Expression::Op::kKernelExp, {x}); }
inline Expression expm1(const Expression& x) { return Expression::of(Expression::Op::kExpm1, {x}); }
inline Expression log(const Expression& x) { return Expression::of(Expression::Op::kLog, {x}); }
inline Expression log1p(const Expression& x) { return Expression::of(Expression::Op::kLog1p, {x}); }
inline Expression sqrt(const Expression& x) { return Expression::of(Expression::Op::kSqrt, {x}); }
inline Expression abs(const Expression& x) { return Expression::of(Expression::Op::kAbs, {x}); }
inline Expression floor(const Expression& x) { return Expression::of(Expression::Op::kFloor, {x}); }
inline Expression tanh(const Expression& x) { return Expression::of(Expression::Op::kTanh, {x}); }
inline Expression lesser(const Expression& a, const Expression& b) {
  return Expression::of(Expression::Op::kMin, {a, b});
}
inline Expression greater(const Expression& a, const Expression& b) {
  return Expression::of(Expression::Op::kMax, {a, b});
}
inline Expression normal_cdf(const Expression& z) { return Expression::of(Expression::Op::kNormalCdf, {z}); }
inline Expression log_normal_cdf(const Expression& z) { return Expression::of(Expression::Op::kLogNormalCdf, {z}); }
inline Expression stirling_error_exp(const Expression& x) {
  return Expression::of(Expression::Op::kStirlingErrorExp, {x});
}
inline Expression stirling_error_of_count(const Expression& k) {
  return Expression::of(Expression::Op::kStirlingErrorOfCount, {k});
}
inline Expression student_cdf(const Expression& z, const Expression& nu) {
  return Expression::of(Expression::Op::kStudentCdf, {z, nu});
}
inline Expression skew_normal_cdf(const Expression& z, const Expression& alpha) {
  return Expression::of(Expression::Op::kSkewNormalCdf, {z, alpha});
}
inline Expression gamma_cdf(const Expression& x, const Expression& shape) {
  return Expression::of(Expression::Op::kGammaCdf, {x, shape});
}
inline Expression poisson_cdf(const Expression& k, const Expression& mean) {
  return Expression::of(Expression::Op::kPoissonCdf, {k, mean});
}
inline Expression beta_cdf(const Expression& x, const Expression& a, const Expression& b) {
  return Expression::of(Expression::Op::kBetaCdf, {x, a, b});
}
inline Expression binomial_cdf(const Expression& k, const Expression& trials, const Expression& log_odds) {
  return Expression::of(Expression::Op::kBinomialCdf, {k, trials, log_odds});
}
inline Expression negative_binomial_cdf(const Expression& k, const Expression& mean, const Expression& theta) {
  return Expression::of(Expression::Op::kNegativeBinomialCdf, {k, mean, theta});
}

// The functions of jet.hpp, built from the functions above.
const Expression& value_of(const Expression& x);
Expression square(const Expression& x);
Expression exp_remainder(const Expression& x);
Expression hypot(double a, const Expression& x);
Expression clamped(const Expression& x, double limit);
Expression bounded(const Expression& x);
Expression bounded_exp(const Expression& x);
Expression logistic(const Expression& x);
Expression log1p_exp(const Expression& x);
Expression laplace_cdf(const Expression& z);
Expression zero_inflated_poisson_cdf(const Expression& k, const Expression& mean, const Expression& zeros);

// The standard quantiles at a given probability. They have no expression in their shape, which has to be a number.
inline double student_quantile(double p, const Expression& nu) { return student_quantile(p, nu.number()); }
inline double skew_normal_quantile(double p, const Expression& alpha) {
  return skew_normal_quantile(p, alpha.number());
}
inline double gamma_quantile(double p, const Expression& shape) { return gamma_quantile(p, shape.number()); }

/// x > 0 ? then() : otherwise(). Where x is a number, only one of the two is called.
template <class Then, class Otherwise>
auto if_positive(double x, const Then& then, const Otherwise& otherwise) -> decltype(then()) {
  return x > 0 ? then() : otherwise();
}
template <class Then, class Otherwise>
Expression if_positive(const Expression& x, const Then& then, const Otherwise& otherwise) {
  if (x.is_number()) return x.number() > 0 ? Expression(then()) : Expression(otherwise());
  return Expression::of(Expression::Op::kIfPositive, {x, then(), otherwise()});
}

/// What a family of one number computes, in model units, as expressions in eta and the trials. In the cdf, target 0
/// stands for y.
struct FamilyExpressions {
  Expression mean, variance, cdf;
};

/// A family that exporters can write down: it tells its functions as expressions.
class HasExpressions {
 public:
  virtual ~HasExpressions() = default;
  /// For families of one number. Others throw std::logic_error.
  virtual FamilyExpressions expressions(const double* psi) const;
  /// For families of one number: the quantile at p, in model units. None where it has no expression in eta.
  virtual std::optional<Expression> quantile_expression(double /*p*/, const double* /*psi*/) const {
    return std::nullopt;
  }
  /// log p as an expression in eta, the trials and the targets in model units.
  virtual Expression log_density_expression(const double* psi) const = 0;
};

class Family;
/// The family as a HasExpressions. Throws std::logic_error where it is none.
const HasExpressions& expressions_of(const Family& family);

}  // namespace moe
