// A number of a row as an expression of others: the vocabulary in which families tell exporters what they compute.
//
// A template that works on doubles and jets (jet.hpp) also works on Formulas, and then gives the expression itself; what
// depends on numbers alone is computed on the way. A formula is a value; equal parts are shared and computed once.
#pragma once

#include <armadillo>
#include <memory>
#include <vector>

#include "model/jet.hpp"

namespace moe {

class Formula {
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

  Formula(double number = 0);
  static Formula eta(arma::uword index) { return Formula(Op::kEta, index); }
  static Formula target(arma::uword index) { return Formula(Op::kTarget, index); }
  static Formula trials() { return Formula(Op::kTrials, 0); }
  /// Computed here and now where all arguments are numbers; of kIfPositive where the first is one.
  static Formula of(Op op, std::vector<Formula> arguments);

  Op op() const;
  bool is_number() const { return op() == Op::kNumber; }
  double number() const;
  arma::uword index() const;
  const std::vector<Formula>& arguments() const;
  /// The same for equal ones that were made once.
  const void* identity() const { return node_.get(); }
  /// The same expression with eta j for eta j + etas, and target t for t + targets.
  Formula shifted(arma::uword etas, arma::uword targets) const;
  /// Its value at a row.
  double at(const double* eta, const double* targets, double trials) const;

 private:
  struct Node;
  Formula(Op op, arma::uword index);
  std::shared_ptr<const Node> node_;
};

/// "+" and its like for the four operations of arithmetic, which all languages write alike; null for any other.
const char* sign_of(Formula::Op op);

/// op(arguments) of numbers.
double apply(Formula::Op op, const double* arguments);

inline Formula operator+(const Formula& a, const Formula& b) { return Formula::of(Formula::Op::kAdd, {a, b}); }
inline Formula operator-(const Formula& a, const Formula& b) { return Formula::of(Formula::Op::kSubtract, {a, b}); }
inline Formula operator*(const Formula& a, const Formula& b) { return Formula::of(Formula::Op::kMultiply, {a, b}); }
inline Formula operator/(const Formula& a, const Formula& b) { return Formula::of(Formula::Op::kDivide, {a, b}); }
inline Formula operator-(const Formula& a) { return -1.0 * a; }

inline Formula exp(const Formula& x) { return Formula::of(Formula::Op::kExp, {x}); }
inline Formula kernel_exp(const Formula& x) { return Formula::of(Formula::Op::kKernelExp, {x}); }
inline Formula expm1(const Formula& x) { return Formula::of(Formula::Op::kExpm1, {x}); }
inline Formula log(const Formula& x) { return Formula::of(Formula::Op::kLog, {x}); }
inline Formula log1p(const Formula& x) { return Formula::of(Formula::Op::kLog1p, {x}); }
inline Formula sqrt(const Formula& x) { return Formula::of(Formula::Op::kSqrt, {x}); }
inline Formula abs(const Formula& x) { return Formula::of(Formula::Op::kAbs, {x}); }
inline Formula floor(const Formula& x) { return Formula::of(Formula::Op::kFloor, {x}); }
inline Formula tanh(const Formula& x) { return Formula::of(Formula::Op::kTanh, {x}); }
inline Formula lesser(const Formula& a, const Formula& b) { return Formula::of(Formula::Op::kMin, {a, b}); }
inline Formula greater(const Formula& a, const Formula& b) { return Formula::of(Formula::Op::kMax, {a, b}); }
inline Formula normal_cdf(const Formula& z) { return Formula::of(Formula::Op::kNormalCdf, {z}); }
inline Formula log_normal_cdf(const Formula& z) { return Formula::of(Formula::Op::kLogNormalCdf, {z}); }
inline Formula stirling_error_exp(const Formula& x) { return Formula::of(Formula::Op::kStirlingErrorExp, {x}); }
inline Formula stirling_error_of_count(const Formula& k) {
  return Formula::of(Formula::Op::kStirlingErrorOfCount, {k});
}
inline Formula student_cdf(const Formula& z, const Formula& nu) {
  return Formula::of(Formula::Op::kStudentCdf, {z, nu});
}
inline Formula skew_normal_cdf(const Formula& z, const Formula& alpha) {
  return Formula::of(Formula::Op::kSkewNormalCdf, {z, alpha});
}
inline Formula gamma_cdf(const Formula& x, const Formula& shape) {
  return Formula::of(Formula::Op::kGammaCdf, {x, shape});
}
inline Formula poisson_cdf(const Formula& k, const Formula& mean) {
  return Formula::of(Formula::Op::kPoissonCdf, {k, mean});
}
inline Formula beta_cdf(const Formula& x, const Formula& a, const Formula& b) {
  return Formula::of(Formula::Op::kBetaCdf, {x, a, b});
}
inline Formula binomial_cdf(const Formula& k, const Formula& trials, const Formula& log_odds) {
  return Formula::of(Formula::Op::kBinomialCdf, {k, trials, log_odds});
}
inline Formula negative_binomial_cdf(const Formula& k, const Formula& mean, const Formula& theta) {
  return Formula::of(Formula::Op::kNegativeBinomialCdf, {k, mean, theta});
}

// As jet.hpp has them, in terms of the above.
const Formula& value_of(const Formula& x);
Formula square(const Formula& x);
Formula exp_remainder(const Formula& x);
Formula hypot(double a, const Formula& x);
Formula clamped(const Formula& x, double limit);
Formula bounded(const Formula& x);
Formula bounded_exp(const Formula& x);
Formula logistic(const Formula& x);
Formula log1p_exp(const Formula& x);
Formula laplace_cdf(const Formula& z);
Formula zero_inflated_poisson_cdf(const Formula& k, const Formula& mean, const Formula& zeros);

/// then() or otherwise(), both of which give a T: by the sign of a number only the one is called.
template <class Then, class Otherwise>
auto if_positive(double x, const Then& then, const Otherwise& otherwise) -> decltype(then()) {
  return x > 0 ? then() : otherwise();
}
template <class Then, class Otherwise>
Formula if_positive(const Formula& x, const Then& then, const Otherwise& otherwise) {
  if (x.is_number()) return x.number() > 0 ? Formula(then()) : Formula(otherwise());
  return Formula::of(Formula::Op::kIfPositive, {x, then(), otherwise()});
}

/// What a family of one number computes, in model units: of eta, the trials and, the distribution function, target 0.
struct FamilyFormulas {
  Formula mean, variance, cdf;
};

/// What a family is beside a Family where exporters can write it down: its functions in the vocabulary that they translate.
class HasFormulas {
 public:
  virtual ~HasFormulas() = default;
  /// Of families of one number; others throw std::logic_error.
  virtual FamilyFormulas formulas(const double* psi) const;
  /// log p of eta, the trials and the targets in model units.
  virtual Formula log_density_formula(const double* psi) const = 0;
};

class Family;
/// The family's. Throws std::logic_error for one that has none.
const HasFormulas& formulas_of(const Family& family);

}  // namespace moe
