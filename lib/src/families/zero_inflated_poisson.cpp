// zero-inflated-poisson: counts that are 0 with probability pi, else Poisson with mean lambda:
// p(0) = pi + (1 - pi) exp(-lambda), p(y) = (1 - pi) lambda^y exp(-lambda) / y!; log lambda = eta. psi = (logit pi).
#include <algorithm>
#include <cmath>

#include "jet_family.hpp"
#include "moe/random.hpp"
#include "poisson_log_p.hpp"

namespace moe {
namespace {

class ZeroInflatedPoisson : public JetFamily<ZeroInflatedPoisson, 1, 1> {
 public:
  using JetFamily::JetFamily;
  template <class T>
  struct Terms {
    T logit, log_zeros, log_rest;
    double zeros, rest;
  };

  std::string spec() const override { return "zero-inflated-poisson"; }
  bool likelihood_only() const override { return true; }
  Link link() const override { return Link::kLog; }
  Support support() const override { return Support::kCounts; }
  std::vector<Figure> figures(const double* psi) const override {
    return {figure("zero_share", logistic(psi_variables(psi)[0]))};
  }
  // A quarter of extra zeros, the rest round y.
  void start(double y, double* eta, double* psi) const override {
    *eta = std::log(std::max(y, 0.5) / 0.75);
    *psi = std::log(0.25 / 0.75);
  }
  void mean(const arma::mat& eta, const double* psi, arma::mat& mu) const override {
    JetFamily::mean(eta, psi, mu);
    mu *= logistic(-*psi);
  }

  template <class T>
  Terms<T> terms(const T* psi) const {
    const double logit = value_of(*psi);
    return {*psi, -log1p_exp(-*psi), -log1p_exp(*psi), logistic(logit), logistic(-logit)};
  }
  template <class T>
  T log_p(double y, const T* eta, const Terms<T>& of, double) const {
    const T log_mean = bounded(*eta);
    if (y > 0) return of.log_rest + poisson_log_p(y, log_mean);
    const T mean = exp(log_mean), excess = of.logit + mean;  // log of pi / ((1 - pi) exp(-lambda))
    return value_of(excess) > 0 ? of.log_zeros + log1p_exp(-excess) : of.log_rest - mean + log1p_exp(excess);
  }
  double variance_at(const double* eta, const Terms<double>& of, double) const {
    const double lambda = bounded_exp(*eta);
    return of.rest * lambda * (1 + of.zeros * lambda);
  }
  double cdf_at(double y, const double* eta, const Terms<double>& of, double) const {
    return zero_inflated_poisson_cdf(y, bounded_exp(*eta), of.zeros);
  }
  double quantile_at(double p, const double* eta, const Terms<double>& of, double) const {
    return zero_inflated_poisson_quantile(p, bounded_exp(*eta), of.zeros);
  }
};

}  // namespace

std::shared_ptr<const Family> make_zero_inflated_poisson(const std::string& arguments, const TargetInfo& target) {
  return make_plain_family<ZeroInflatedPoisson>("zero-inflated-poisson", arguments, target);
}

}  // namespace moe
