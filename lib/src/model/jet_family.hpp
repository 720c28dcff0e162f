// A family of one number whose density is written for a single row, in scalars. JetFamily differentiates it, and makes
// of it the functions of Family, which work on matrices. `Self`, the family itself, has
//
//   template <class T> struct Terms;                        what depends on psi only, computed once per call
//   template <class T> Terms<T> terms(const T* psi) const;
//   template <class T, class Y>
//   T log_p(const Y& y, const T* eta, const Terms<T>& terms, const Y& trials) const;    without -log target().scale
//   template <class T> T variance_at(const T* eta, const Terms<T>& terms, const T& trials) const;
//   template <class T> T cdf_at(const T& y, const T* eta, const Terms<T>& terms, const T& trials) const;
//   double quantile_at(double p, const double* eta, const Terms<double>& terms, double trials) const;
//
// T is double, Expression, or a Jet in eta and psi (then Y is double). A quantile_at() that is a template for T as
// cdf_at() is gives exporters the quantile, too. The mean is the inverse link of the single eta,
// times the trials, unless the family has a mean_at() of its own.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "model/expression.hpp"
#include "moe/error.hpp"
#include "moe/family.hpp"

namespace moe {

template <class Self, int Outputs, int Dispersions>
class JetFamily : public Family, public HasExpressions {
 public:
  using Family::Family;
  arma::uword outputs() const final { return Outputs; }
  arma::uword dispersions() const final { return Dispersions; }

  void log_density(const arma::mat& y, const arma::mat& eta, const double* psi, arma::vec& out) const override {
    const double log_scale = std::log(target().scale);
    for_each_row(eta, psi, out, [&](arma::uword n, const double* at, const auto& terms, double trials) {
      return self().log_p(y[n], at, terms, trials) - log_scale;
    });
  }

  void score(const arma::mat& y, const arma::mat& eta, const double* psi, const arma::vec& weight, arma::mat& d_eta,
             double* d_psi) const override {
    using T = Jet<kVariables, 1>;
    const auto terms = self().terms(variables<T, Dispersions>(psi, Outputs).data());
    d_eta.set_size(eta.n_rows, Outputs);
    for (arma::uword n = 0; n < eta.n_rows; ++n) {
      const T log_p = self().log_p(y[n], variables<T, Outputs>(row(eta, n).data(), 0).data(), terms, trials(eta, n));
      for (arma::uword i = 0; i < Outputs; ++i) d_eta(n, i) = weight[n] * log_p.gradient(i);
      for (arma::uword i = 0; i < Dispersions; ++i) d_psi[i] += weight[n] * log_p.gradient(Outputs + i);
    }
  }

  bool derivatives(const arma::mat& y, const arma::mat& eta, const double* psi, arma::mat& scores,
                   arma::mat& seconds) const override {
    using T = Jet<kVariables>;
    const auto terms = self().terms(variables<T, Dispersions>(psi, Outputs).data());
    scores.set_size(eta.n_rows, kVariables);
    seconds.set_size(eta.n_rows, kVariables * kVariables);
    for (arma::uword n = 0; n < eta.n_rows; ++n) {
      const T log_p = self().log_p(y[n], variables<T, Outputs>(row(eta, n).data(), 0).data(), terms, trials(eta, n));
      for (arma::uword i = 0; i < kVariables; ++i) {
        scores(n, i) = log_p.gradient(i);
        for (arma::uword j = 0; j < kVariables; ++j) seconds(n, i * kVariables + j) = log_p.second(i, j);
      }
    }
    return true;
  }

  template <class T, class Terms>
  T mean_at(const T* eta, const Terms&, const T& trials) const {
    return link() == Link::kLog ? bounded_exp(*eta) : link() == Link::kLogistic ? trials * logistic(*eta) : *eta;
  }
  void mean(const arma::mat& eta, const double* psi, arma::mat& mu) const override {
    const auto terms = self().terms(psi);
    mu.set_size(eta.n_rows, 1);
    for (arma::uword n = 0; n < eta.n_rows; ++n) mu[n] = self().mean_at(row(eta, n).data(), terms, trials(eta, n));
  }

  // With a log link mu is a multiple of exp(bounded(eta)), so d mu / d eta is mu times the slope of bounded().
  void mean_backward(const arma::mat& eta, const arma::mat& mu, const arma::mat& d_mu,
                     arma::mat& d_eta) const override {
    d_eta = d_mu;
    for (arma::uword n = 0; n < eta.n_rows; ++n)
      if (link() == Link::kLog)
        d_eta[n] *= mu[n] * bounded_curve(eta[n]).first;
      else if (link() == Link::kLogistic)
        d_eta[n] *= trials(eta, n) * logistic(eta[n]) * logistic(-eta[n]);
  }

  void variance(const arma::mat& eta, const double* psi, arma::vec& out) const override {
    for_each_row(eta, psi, out, [&](arma::uword, const double* at, const auto& terms, double trials) {
      return self().variance_at(at, terms, trials);
    });
  }
  void cdf(const arma::vec& y, const arma::mat& eta, const double* psi, arma::vec& out) const override {
    for_each_row(eta, psi, out, [&](arma::uword n, const double* at, const auto& terms, double trials) {
      return self().cdf_at(y[n], at, terms, trials);
    });
  }
  void quantile(double p, const arma::mat& eta, const double* psi, arma::vec& out) const override {
    for_each_row(eta, psi, out, [&](arma::uword, const double* at, const auto& terms, double trials) {
      return self().quantile_at(p, at, terms, trials);
    });
  }

  FamilyExpressions expressions(const double* psi) const override {
    const Symbols symbols(psi);
    const auto terms = self().terms(symbols.psi.data());
    const Expression trials = trials_symbol();
    return {self().mean_at(symbols.eta.data(), terms, trials), self().variance_at(symbols.eta.data(), terms, trials),
            self().cdf_at(Expression::target(0), symbols.eta.data(), terms, trials)};
  }
  std::optional<Expression> quantile_expression(double p, const double* psi) const override {
    const Symbols symbols(psi);
    const auto terms = self().terms(symbols.psi.data());
    if constexpr (requires { self().quantile_at(p, symbols.eta.data(), terms, Expression(1)); })
      return self().quantile_at(p, symbols.eta.data(), terms, trials_symbol());
    else
      return std::nullopt;
  }
  Expression log_density_expression(const double* psi) const override {
    const Symbols symbols(psi);
    const auto terms = self().terms(symbols.psi.data());
    return self().log_p(Expression::target(0), symbols.eta.data(), terms, trials_symbol()) - std::log(target().scale);
  }

 protected:
  /// psi alone as variables: terms(psi_variables(psi)) then has each figure with its slopes in psi.
  using PsiJet = Jet<Dispersions, 1>;
  static std::array<PsiJet, Dispersions> psi_variables(const double* psi) {
    return variables<PsiJet, Dispersions>(psi, 0);
  }
  static Figure figure(const char* name, const PsiJet& x) {
    Figure result{name, x.value(), {}};
    for (std::size_t i = 0; i < Dispersions; ++i) result.slope.push_back(x.gradient(i));
    return result;
  }

 private:
  static constexpr arma::uword kVariables = Outputs + Dispersions;

  const Self& self() const { return static_cast<const Self&>(*this); }
  /// eta as symbols, and psi as numbers.
  struct Symbols {
    std::array<Expression, Outputs> eta;
    std::array<Expression, Dispersions> psi;
    explicit Symbols(const double* values) {
      for (std::size_t i = 0; i < Outputs; ++i) eta[i] = Expression::eta(i);
      std::copy_n(values, Dispersions, psi.begin());
    }
  };
  Expression trials_symbol() const { return reads_trials() ? Expression::trials() : Expression(1); }
  static double trials(const arma::mat& eta, arma::uword n) { return eta.n_cols > Outputs ? eta(n, Outputs) : 1; }
  static std::array<double, Outputs> row(const arma::mat& eta, arma::uword n) {
    std::array<double, Outputs> at;
    for (std::size_t i = 0; i < Outputs; ++i) at[i] = eta(n, i);
    return at;
  }
  /// The values as the variables number first, first + 1, ..
  template <class T, int Count>
  static std::array<T, Count> variables(const double* values, std::size_t first) {
    std::array<T, Count> result;
    for (std::size_t i = 0; i < Count; ++i) result[i] = T::variable(values[i], first + i);
    return result;
  }
  template <class Function>
  void for_each_row(const arma::mat& eta, const double* psi, arma::vec& out, const Function& function) const {
    const auto terms = self().terms(psi);
    out.set_size(eta.n_rows);
    for (arma::uword n = 0; n < eta.n_rows; ++n) out[n] = function(n, row(eta, n).data(), terms, trials(eta, n));
  }
};

/// Throws Error (usage) where the target is a class.
inline void require_number_target(const std::string& name, const TargetInfo& target) {
  if (target.classes > 0)
    throw Error(ErrorKind::kUsage, "family '" + name +
                                       "' describes a number, and the target is a class: expected bernoulli or "
                                       "categorical");
}

/// Makes a family of one number that takes no arguments.
template <class F>
std::shared_ptr<const Family> make_plain_family(const std::string& name, const std::string& arguments,
                                                const TargetInfo& target) {
  if (!arguments.empty())
    throw Error(ErrorKind::kUsage,
                "family '" + name + ":" + arguments + "': " + name + " takes no arguments: expected " + name);
  require_number_target(name, target);
  return std::make_shared<F>(target);
}

}  // namespace moe
