// beta: 0 < y < 1 with mean m = 1 / (1 + exp(-eta)) and precision phi;
//   log p = log Gamma(phi) - log Gamma(m phi) - log Gamma((1 - m) phi)
//           + (m phi - 1) log y + ((1 - m) phi - 1) log(1 - y).
// The variance is m (1 - m) / (1 + phi). psi = one number: 1 / phi = floor^2 + exp(-psi), floor = 1e-4
// (precision_floor.hpp).
#include <algorithm>
#include <cmath>

#include "model/families/families.hpp"
#include "model/jet_family.hpp"
#include "model/precision_floor.hpp"

namespace moe {
namespace {

class Beta : public JetFamily<Beta, 1, 1> {
 public:
  using JetFamily::JetFamily;
  template <class T>
  struct Terms {
    T log_precision, precision, stirling;
  };

  std::string spec() const override { return "beta"; }
  Link link() const override { return Link::kLogistic; }
  Support support() const override { return Support::kUnitInterval; }
  std::vector<Figure> figures(const double* psi) const override {
    return {figure("precision", exp(floored_log_precision(psi_variables(psi)[0])))};
  }
  bool on_floor(const double* psi) const override { return precision_on_floor(*psi); }
  void start(double y, double* eta, double* psi) const override {
    const double inside = std::clamp(y, 0.01, 0.99);
    *eta = std::log(inside / (1 - inside));
    *psi = std::log(10);
  }

  template <class T>
  Terms<T> terms(const T* psi) const {
    const T log_precision = floored_log_precision(*psi);
    return {log_precision, exp(log_precision), stirling_error_exp(log_precision)};
  }
  // By Stirling's formula log p is -phi KL(m, y) plus terms that do not grow with phi. Arguments of Gamma are passed as
  // their logarithms, as m phi itself may overflow or vanish.
  template <class T, class Y>
  T log_p(const Y& y, const T* eta, const Terms<T>& terms, const Y&) const {
    const T log_m = -log1p_exp(-*eta), log_rest = -log1p_exp(*eta);
    return terms.stirling - stirling_error_exp(log_m + terms.log_precision) -
           stirling_error_exp(log_rest + terms.log_precision) - terms.precision * divergence(y, *eta, log_m, log_rest) +
           0.5 * (log_m + log_rest + terms.log_precision - std::log(2 * M_PI)) - (log(y) + log1p(-y));
  }
  template <class T>
  T variance_at(const T* eta, const Terms<T>& terms, const T&) const {
    return logistic(*eta) * logistic(-*eta) / (1 + terms.precision);
  }
  template <class T>
  T cdf_at(const T& y, const T* eta, const Terms<T>& terms, const T&) const {
    return beta_cdf(y, shape(*eta, terms), shape(-*eta, terms));
  }
  double quantile_at(double p, const double* eta, const Terms<double>& terms, double) const {
    return beta_quantile(p, shape(*eta, terms), shape(-*eta, terms));
  }

 private:
  /// m log(m / y) + (1 - m) log((1 - m) / (1 - y)), without cancellation where m and y are close.
  template <class T, class Y>
  static T divergence(const Y& y, const T& eta, const T& log_m, const T& log_rest) {
    const T m = logistic(eta), rest = logistic(-eta);
    const T excess = if_positive(
        0.5 - y, [&]() -> T { return y - m; }, [&]() -> T { return rest - (1.0 - y); });
    return if_positive(
        0.5 * lesser(value_of(m), value_of(rest)) - abs(value_of(excess)),
        [&]() -> T { return -(m * log1p(excess / m) + rest * log1p(-excess / rest)); },
        [&]() -> T { return m * (log_m - log(y)) + rest * (log_rest - log1p(-y)); });
  }
  template <class T>
  static T shape(const T& eta, const Terms<T>& terms) {
    return exp(greater(terms.log_precision - log1p_exp(-eta), -kLargestExponent));
  }
};

std::shared_ptr<const Family> make_beta(const std::string& arguments, const TargetInfo& target) {
  return make_plain_family<Beta>("beta", arguments, target);
}

}  // namespace

FamilyEntry beta_family() {
  return {{"beta", "a number between 0 and 1, by the log-odds of its mean; a precision for each expert", {"beta"}},
          make_beta};
}

}  // namespace moe
