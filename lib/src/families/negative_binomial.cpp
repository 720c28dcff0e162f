// negative-binomial (NB2): counts with mean mu and variance mu + mu^2 / theta; p = Gamma(y + theta) / (Gamma(theta) y!)
// (theta / (theta + mu))^theta (mu / (theta + mu))^y; log mu = eta. psi = (log theta); as theta grows it becomes
// Poisson.
#include <algorithm>
#include <cmath>

#include "jet_family.hpp"

namespace moe {
namespace {

class NegativeBinomial : public JetFamily<NegativeBinomial, 1, 1> {
 public:
  using JetFamily::JetFamily;
  template <class T>
  struct Terms {
    T log_theta, theta, stirling;
  };

  std::string spec() const override { return "negative-binomial"; }
  Link link() const override { return Link::kLog; }
  Support support() const override { return Support::kCounts; }
  std::vector<Figure> figures(const double* psi) const override {
    return {figure("theta", bounded_exp(psi_variables(psi)[0]))};
  }
  // theta = 4: a large mean's standard deviation is half of it.
  void start(double y, double* eta, double* psi) const override {
    *eta = std::log(std::max(y, 0.5));
    *psi = std::log(4);
  }

  template <class T>
  Terms<T> terms(const T* psi) const {
    const T log_theta = bounded(*psi);
    return {log_theta, bounded_exp(*psi), stirling_error_exp(log_theta)};
  }
  // By Stirling's formula, whose errors vanish for large arguments: y log(mu / y) + (theta + y) log((theta + y) /
  // (theta + mu)) and terms of the order of log y.
  template <class T, class Y>
  T log_p(const Y& y, const T* eta, const Terms<T>& of, const Y&) const {
    const T log_mean = bounded(*eta), mean = exp(log_mean);
    const auto some = [&]() -> T {
      // The excess comes from the same logarithm as the first term, so that their errors cancel as they do.
      const T x = log_mean - log(y), ratio = log_ratio(y, mean, T(-y * expm1(x)), of.theta);
      const T total = of.theta + y, log_total = log(total);
      return y * x + total * ratio + stirling_error_exp(log_total) - of.stirling + 0.5 * (of.log_theta - log_total) -
             (0.5 * log(2.0 * M_PI * y) + stirling_error_of_count(y));
    };
    return if_positive(y, some, [&]() -> T { return of.theta * log_ratio(y, mean, T(-mean), of.theta); });
  }
  template <class T>
  T variance_at(const T* eta, const Terms<T>& of, const T&) const {
    const T mean = bounded_exp(*eta);
    return mean + mean * (mean / of.theta);
  }
  template <class T>
  T cdf_at(const T& y, const T* eta, const Terms<T>& of, const T&) const {
    return negative_binomial_cdf(y, bounded_exp(*eta), of.theta);
  }
  double quantile_at(double p, const double* eta, const Terms<double>& of, double) const {
    return negative_binomial_quantile(p, bounded_exp(*eta), of.theta);
  }

 private:
  /// log((theta + y) / (theta + mean)), excess = y - mean, where both are near each other, and where they are not.
  template <class T, class Y>
  static T log_ratio(const Y& y, const T& mean, const T& excess, const T& theta) {
    const T total = theta + mean;
    return if_positive(
        0.5 * value_of(total) - abs(value_of(excess)), [&]() -> T { return log1p(excess / total); },
        [&]() -> T { return log(theta + y) - log(total); });
  }
};

}  // namespace

std::shared_ptr<const Family> make_negative_binomial(const std::string& arguments, const TargetInfo& target) {
  return make_plain_family<NegativeBinomial>("negative-binomial", arguments, target);
}

}  // namespace moe
