// A number of a row as an expression of others: the vocabulary in which families tell exporters what they compute.
//
// A template that works on doubles and jets (jet.hpp) also works on Expressions, and then gives the expression itself; what
// depends on numbers alone is computed on the way. An expression is a value; equal parts are shared and computed once.
#pragma once

#include <armadillo>
#include <memory>
#include <vector>

#include "model/jet.hpp"

namespace moe {

class Expression {
 public:
  enum class Op {
    kNumber,
    // What a row has: output `index` of the expert's network, target `index` in model units, the number of trials.
    kEta,
    kTarget,
    kTrials,
    // Of one argument.
    kExp,
    kExpm1,
    kLog,
    kLog1p,
    kSqrt,
    kAbs,
    kFloor,
    kTanh,       // as networks compute it: kernels().tanh
    kKernelExp,  // kExp as networks and gates compute it, which may differ in the last bit: kernels().exp
    kNormalCdf,
    kLogNormalCdf,
    kStirlingErrorExp,
    kStirlingErrorOfCount,
    // Of two.
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
    // Of three.
    kBetaCdf,              // x, a, b
    kBinomialCdf,          // k, trials, log odds
    kNegativeBinomialCdf,  // k, mean, theta
    kIfPositive,           // a > 0 ? b : c
  };

  Expression(double number = 0);
  static Expression eta(arma::uword index) { return Expression(Op::kEta, index); }
  static Expression target(arma::uword index) { return Expression(Op::kTarget, index); }
  static Expression trials() { return Expression(Op::kTrials, 0); }
  /// Computed here and now where all arguments are numbers; of kIfPositive where the first is one.
  static Expression of(Op op, std::vector<Expression> arguments);

  Op op() const;
  bool is_number() const { return op() == Op::kNumber; }
  double number() const;
  arma::uword index() const;
  const std::vector<Expression>& arguments() const;
  /// The same for equal ones that were made once.
  const void* identity() const { return node_.get(); }
  /// The same expression with eta j for eta j + etas, and target t for t + targets.
  Expression shifted(arma::uword etas, arma::uword targets) const;
  /// Its value at a row.
  double at(const double* eta, const double* targets, double trials) const;

 private:
  struct Node;
  Expression(Op op, arma::uword index);
  std::shared_ptr<const Node> node_;
};

/// "+" and its like for the four operations of arithmetic, which all languages write alike; null for any other.
const char* sign_of(Expression::Op op);

/// op(arguments) of numbers.
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

// As jet.hpp has them, in terms of the above.
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

/// then() or otherwise(), both of which give a T: by the sign of a number only the one is called.
template <class Then, class Otherwise>
auto if_positive(double x, const Then& then, const Otherwise& otherwise) -> decltype(then()) {
  return x > 0 ? then() : otherwise();
}
template <class Then, class Otherwise>
Expression if_positive(const Expression& x, const Then& then, const Otherwise& otherwise) {
  if (x.is_number()) return x.number() > 0 ? Expression(then()) : Expression(otherwise());
  return Expression::of(Expression::Op::kIfPositive, {x, then(), otherwise()});
}

/// What a family of one number computes, in model units: of eta, the trials and, the distribution function, target 0.
struct FamilyExpressions {
  Expression mean, variance, cdf;
};

}  // namespace moe
