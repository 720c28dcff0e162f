// gamma: y > 0 with mean mu and shape a; log mu = eta;
//   log p = a log(a / mu) + (a - 1) log y - a y / mu - log Gamma(a).
// psi = one number: 1 / a, the squared coefficient of variation, is floor^2 + exp(-psi), floor = 1e-4
// (precision_floor.hpp).
#include <cmath>

#include "model/families/families.hpp"
#include "model/jet_family.hpp"
#include "model/precision_floor.hpp"

namespace moe {
namespace {

class Gamma : public JetFamily<Gamma, 1, 1> {
 public:
  using JetFamily::JetFamily;
  template <class T>
  struct Terms {
    T shape, constant;
  };

  std::string spec() const override { return "gamma"; }
  Link link() const override { return Link::kLog; }
  Support support() const override { return Support::kPositive; }
  std::vector<Figure> figures(const double* psi) const override {
    return {figure("shape", exp(floored_log_precision(psi_variables(psi)[0])))};
  }
  bool on_floor(const double* psi) const override { return precision_on_floor(*psi); }
  // Begins with a standard deviation of half the mean.
  std::optional<Widening> widening(double factor) const override { return Widening{1, {0}, {-2 * std::log(factor)}}; }
  void start(double y, double* eta, double* psi) const override {
    *eta = std::log(y);
    *psi = std::log(4);
  }

  template <class T>
  Terms<T> terms(const T* psi) const {
    const T log_shape = floored_log_precision(*psi);
    return {exp(log_shape), 0.5 * (log_shape - std::log(2 * M_PI)) - stirling_error_exp(log_shape)};
  }
  // By Stirling's formula log p is -a (y / mu - 1 - log(y / mu)) plus terms that do not grow with a.
  template <class T, class Y>
  T log_p(const Y& y, const T* eta, const Terms<T>& terms, const Y&) const {
    const Y log_y = log(y);
    const T x = log_y - bounded(*eta);
    return -(terms.shape * exp_remainder(x)) + terms.constant - log_y;
  }
  template <class T>
  T variance_at(const T* eta, const Terms<T>& terms, const T&) const {
    const T mean = bounded_exp(*eta);
    return mean * (mean / terms.shape);
  }
  template <class T>
  T cdf_at(const T& y, const T* eta, const Terms<T>& terms, const T&) const {
    return gamma_cdf(terms.shape * (y / bounded_exp(*eta)), terms.shape);
  }
  template <class T>
  T quantile_at(double p, const T* eta, const Terms<T>& terms, const T&) const {
    return bounded_exp(*eta) * (gamma_quantile(p, terms.shape) / terms.shape);
  }
};

std::shared_ptr<const Family> make_gamma(const std::string& arguments, const TargetInfo& target) {
  return make_plain_family<Gamma>("gamma", arguments, target);
}

}  // namespace

FamilyEntry gamma_family() {
  return {{"gamma", "a number above 0, by the logarithm of its mean; a shape for each expert", {"gamma"}}, make_gamma};
}

}  // namespace moe
