// Jets: a number with its gradient (Order 1) and its second derivatives (Order 2) in M variables. A density that is
// written once, as a template, gives its value for doubles, and its score and second derivatives for jets: forward-mode
// automatic differentiation. A function f of a jet x follows the chain rule: the gradient is f' x_i, the second
// derivatives are f'' x_i x_j + f' x_ij. Every function here exists for doubles, too.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>

#include "base/special.hpp"
#include "moe/numeric.hpp"

namespace moe {

using std::abs, std::exp, std::expm1, std::hypot, std::log, std::log1p, std::sqrt;

/// From here on a tangent line replaces exp, so that neither exp nor its square overflows.
constexpr double kLargestExponent = 300;

/// The logarithm of bounded_exp(x): x for |x| <= 300, beyond that +-(300 + log(1 + |x| - 300)).
inline Curve bounded_curve(double x) {
  const double beyond = std::abs(x) - kLargestExponent;
  if (!(beyond > 0)) return {x, 1, 0};
  const double slope = 1 / (1 + beyond);
  return {std::copysign(kLargestExponent + std::log1p(beyond), x), slope, -std::copysign(slope * slope, x)};
}

/// exp(x) for |x| <= 300. Above, the tangent line at 300; below, one over the mirrored line, so that the result is
/// never 0.
inline Curve bounded_exp_curve(double x) {
  const double beyond = std::abs(x) - kLargestExponent;
  const double e = std::exp(beyond > 0 ? std::copysign(kLargestExponent, x) : x);
  if (!(beyond > 0)) return {e, e, e};
  if (x > 0) return {e * (1 + beyond), e, 0};
  const double inverse = 1 / (1 + beyond);
  return {e * inverse, e * inverse * inverse, 2 * e * inverse * inverse * inverse};
}

inline double value_of(double x) { return x; }
inline double bounded(double x) { return bounded_curve(x).value; }
inline double bounded_exp(double x) { return bounded_exp_curve(x).value; }
inline double lesser(double a, double b) { return std::min(a, b); }
inline double greater(double a, double b) { return std::max(a, b); }
inline double square(double x) { return x * x; }
inline double clamped(double x, double limit) { return std::min(std::max(x, -limit), limit); }
inline double stirling_error_exp(double x) { return stirling_error_exp_curve(x).value; }
inline double exp_remainder(double x) { return exp_remainder_curve(x).value; }
inline double log_normal_cdf(double x) { return log_normal_cdf_curve(x).value; }

template <int M, int Order = 2>
class Jet {
 public:
  static constexpr int kSeconds = Order > 1 ? M*(M + 1) / 2 : 0;

  Jet() = default;
  /// A constant.
  Jet(double value) : value_(value) {}
  /// The i-th variable.
  static Jet variable(double value, std::size_t i) {
    Jet x(value);
    x.gradient_[i] = 1;
    return x;
  }

  double value() const { return value_; }
  double gradient(std::size_t i) const { return gradient_[i]; }
  double second(std::size_t i, std::size_t j) const { return second_[at(i < j ? i : j, i < j ? j : i)]; }

  /// f(x), given f's value and derivatives at x. f'' is multiplied by one slope after the other, as the product of two
  /// slopes may overflow.
  Jet through(const Curve& f) const {
    Jet y(f.value);
    for (std::size_t i = 0; i < M; ++i) y.gradient_[i] = f.first * gradient_[i];
    y.for_each_second([&](double& out, std::size_t i, std::size_t j, std::size_t ij) {
      out = f.second * gradient_[i] * gradient_[j] + f.first * second_[ij];
    });
    return y;
  }

  friend double value_of(const Jet& x) { return x.value_; }

  friend Jet operator-(const Jet& a) { return a * -1.0; }
  friend Jet operator+(const Jet& a, const Jet& b) { return combined(a, 1, b); }
  friend Jet operator-(const Jet& a, const Jet& b) { return combined(a, -1, b); }
  friend Jet operator*(const Jet& a, const Jet& b) {
    Jet y(a.value_ * b.value_);
    for (std::size_t i = 0; i < M; ++i) y.gradient_[i] = a.value_ * b.gradient_[i] + b.value_ * a.gradient_[i];
    y.for_each_second([&](double& out, std::size_t i, std::size_t j, std::size_t ij) {
      out = a.value_ * b.second_[ij] + b.value_ * a.second_[ij] + a.gradient_[i] * b.gradient_[j] +
            a.gradient_[j] * b.gradient_[i];
    });
    return y;
  }
  // The rules follow from q b = a. They do without b^2, which may overflow or vanish.
  friend Jet operator/(const Jet& a, const Jet& b) {
    const double inverse = 1 / b.value_;
    Jet q(a.value_ / b.value_);
    for (std::size_t i = 0; i < M; ++i) q.gradient_[i] = (a.gradient_[i] - q.value_ * b.gradient_[i]) * inverse;
    q.for_each_second([&](double& out, std::size_t i, std::size_t j, std::size_t ij) {
      out = (a.second_[ij] - q.value_ * b.second_[ij] - q.gradient_[i] * b.gradient_[j] -
             q.gradient_[j] * b.gradient_[i]) *
            inverse;
    });
    return q;
  }

  friend Jet operator+(const Jet& a, double b) { return shifted(a, b); }
  friend Jet operator+(double a, const Jet& b) { return shifted(b, a); }
  friend Jet operator-(const Jet& a, double b) { return shifted(a, -b); }
  friend Jet operator-(double a, const Jet& b) { return shifted(-b, a); }
  friend Jet operator*(const Jet& a, double b) { return a.through({a.value_ * b, b, 0}); }
  friend Jet operator*(double a, const Jet& b) { return b * a; }
  friend Jet operator/(const Jet& a, double b) { return a.through({a.value_ / b, 1 / b, 0}); }
  friend Jet operator/(double a, const Jet& b) { return Jet(a) / b; }

  friend Jet square(const Jet& x) { return x.through({x.value_ * x.value_, 2 * x.value_, 2}); }
  friend Jet exp(const Jet& x) {
    const double e = std::exp(x.value_);
    return x.through({e, e, e});
  }
  friend Jet expm1(const Jet& x) {
    const double e = std::exp(x.value_);
    return x.through({std::expm1(x.value_), e, e});
  }
  friend Jet log(const Jet& x) {
    const double slope = 1 / x.value_;
    return x.through({std::log(x.value_), slope, -slope * slope});
  }
  friend Jet log1p(const Jet& x) {
    const double slope = 1 / (1 + x.value_);
    return x.through({std::log1p(x.value_), slope, -slope * slope});
  }
  friend Jet sqrt(const Jet& x) {
    const double root = std::sqrt(x.value_), slope = 0.5 / root;
    return x.through({root, slope, -0.5 * slope / x.value_});
  }
  /// |x|, with slope 0 at 0.
  friend Jet abs(const Jet& x) {
    return x.through({std::abs(x.value_), x.value_ > 0 ? 1.0 : x.value_ < 0 ? -1.0 : 0.0, 0});
  }
  /// sqrt(a^2 + x^2), computed without the squares.
  friend Jet hypot(double a, const Jet& x) {
    const double h = std::hypot(a, x.value_), share = a / h;
    return x.through({h, x.value_ / h, share * share / h});
  }
  friend Jet logistic(const Jet& x) {
    const double p = logistic(x.value_), slope = p * logistic(-x.value_);
    return x.through({p, slope, slope * (1 - 2 * p)});
  }
  friend Jet log1p_exp(const Jet& x) {
    const double p = logistic(x.value_);
    return x.through({log1p_exp(x.value_), p, p * logistic(-x.value_)});
  }
  friend Jet exp_remainder(const Jet& x) { return x.through(exp_remainder_curve(x.value_)); }
  friend Jet log_normal_cdf(const Jet& x) { return x.through(log_normal_cdf_curve(x.value_)); }
  friend Jet stirling_error_exp(const Jet& x) { return x.through(stirling_error_exp_curve(x.value_)); }
  friend Jet bounded(const Jet& x) { return x.through(bounded_curve(x.value_)); }
  friend Jet bounded_exp(const Jet& x) { return x.through(bounded_exp_curve(x.value_)); }
  /// x limited to -limit .. limit, and constant beyond.
  friend Jet clamped(const Jet& x, double limit) {
    return std::abs(x.value_) <= limit ? x : Jet(std::copysign(limit, x.value_));
  }

 private:
  /// The place of the second derivative in i <= j: the upper triangle is stored by rows.
  static constexpr std::size_t at(std::size_t i, std::size_t j) { return i * (2 * M + 1 - i) / 2 + j - i; }

  template <class Set>
  void for_each_second(const Set& set) {
    if constexpr (Order > 1) {
      std::size_t ij = 0;
      for (std::size_t i = 0; i < M; ++i)
        for (std::size_t j = i; j < M; ++j, ++ij) set(second_[ij], i, j, ij);
    }
  }
  static Jet combined(const Jet& a, double sign, const Jet& b) {
    Jet y(a.value_ + sign * b.value_);
    for (std::size_t i = 0; i < M; ++i) y.gradient_[i] = a.gradient_[i] + sign * b.gradient_[i];
    for (std::size_t i = 0; i < kSeconds; ++i) y.second_[i] = a.second_[i] + sign * b.second_[i];
    return y;
  }
  static Jet shifted(Jet a, double by) {
    a.value_ += by;
    return a;
  }

  double value_ = 0;
  std::array<double, M> gradient_{};
  std::array<double, kSeconds> second_{};
};

}  // namespace moe
