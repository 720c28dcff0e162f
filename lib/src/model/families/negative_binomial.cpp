// negative-binomial (NB2): counts with mean mu and variance mu + mu^2 / theta; log mu = eta;
//   p = Gamma(y + theta) / (Gamma(theta) y!) (theta / (theta + mu))^theta (mu / (theta + mu))^y.
// psi = log theta. As theta grows, the family becomes Poisson.
#include <algorithm>
#include <cmath>

#include "model/families/families.hpp"
#include "model/jet_family.hpp"

namespace moe {
namespace {

constexpr double kStartTheta = 4;
/// At this log theta the family is Poisson for any mean that occurs.
constexpr double kPoisson = 100;

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
  std::string simpler() const override { return "poisson"; }
  std::size_t sides() const override { return 2; }
  bool to_simpler(arma::uword, double* psi) const override {
    *psi = kPoisson;
    return true;
  }
  Embedding embedded(const double*, std::size_t side) const override {
    return {{0}, {0}, {side == 0 ? kPoisson : std::log(kStartTheta)}};
  }
  // For a large mean, begins with a standard deviation of half the mean.
  void start(double y, double* eta, double* psi) const override {
    *eta = std::log(std::max(y, 0.5));
    *psi = std::log(kStartTheta);
  }

  template <class T>
  Terms<T> terms(const T* psi) const {
    const T log_theta = bounded(*psi);
    return {log_theta, bounded_exp(*psi), stirling_error_exp(log_theta)};
  }
  // Written like the probability of theta successes in theta + y trials, times theta / (theta + y) (Loader 2000). Both
  // deviance terms are then positive, and the rest is of the order of log y.
  template <class T, class Y>
  T log_p(const Y& y, const T* eta, const Terms<T>& terms, const Y&) const {
    const T log_mean = bounded(*eta), mean = exp(log_mean), total = terms.theta + mean;
    const auto some = [&]() -> T {
      const T x = log_mean - log(y), excess = expm1(x);
      const T successes = log_ratio(y, T(y * excess), total, terms.theta), log_trials = log(terms.theta + y);
      const T failures = log_near(T(excess * (terms.theta / total)), [&]() -> T { return x + successes; });
      return stirling_error_exp(log_trials) - terms.stirling + 0.5 * (terms.log_theta - log_trials) -
             (terms.theta * exp_remainder(successes) + y * exp_remainder(failures)) -
             (0.5 * log(2.0 * M_PI * y) + stirling_error_of_count(y));
    };
    return if_positive(y, some, [&]() -> T { return terms.theta * log_ratio(y, mean, total, terms.theta); });
  }
  template <class T>
  T variance_at(const T* eta, const Terms<T>& terms, const T&) const {
    const T mean = bounded_exp(*eta);
    return mean + mean * (mean / terms.theta);
  }
  template <class T>
  T cdf_at(const T& y, const T* eta, const Terms<T>& terms, const T&) const {
    return negative_binomial_cdf(y, bounded_exp(*eta), terms.theta);
  }
  double quantile_at(double p, const double* eta, const Terms<double>& terms, double) const {
    return negative_binomial_quantile(p, bounded_exp(*eta), terms.theta);
  }

 private:
  /// log((theta + y) / total) with total = theta + mean and excess = mean - y.
  template <class T, class Y>
  static T log_ratio(const Y& y, const T& excess, const T& total, const T& theta) {
    return log_near(T(-excess / total), [&]() -> T { return log(theta + y) - log(total); });
  }
  /// log(1 + x) for |x| < 1/2, else far().
  template <class T, class Far>
  static T log_near(const T& x, const Far& far) {
    return if_positive(
        0.5 - abs(value_of(x)), [&]() -> T { return log1p(x); }, far);
  }
};

std::shared_ptr<const Family> make_negative_binomial(const std::string& arguments, const TargetInfo& target) {
  return make_plain_family<NegativeBinomial>("negative-binomial", arguments, target);
}

}  // namespace

FamilyEntry negative_binomial_family() {
  return {{"negative-binomial",
           "a count that varies more than a Poisson's: variance mu + mu^2 / theta",
           {"negative-binomial"}},
          make_negative_binomial};
}

}  // namespace moe
