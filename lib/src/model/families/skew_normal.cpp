// skew-normal (Azzalini 1985): log p = log(2 phi(z) Phi(alpha z) / omega), z = (y - xi) / omega, minus log(scale),
// which makes it a density in data units. eta is the mean and sigma the standard deviation: with delta = alpha / sqrt(1
// + alpha^2) and b = delta sqrt(2 / pi), omega = sigma / sqrt(1 - b^2) and xi = eta - omega b.
//
// psi = (log scale, skew): sigma^2 = floor^2 + exp(2 psi_0), as for a gaussian.
// alpha = psi_1 ((1 + psi_1^2) / (0.001 + psi_1^2))^(1/3) is about psi_1 where that is large, and grows faster near 0.
// Near alpha = 0 the skewness goes as alpha^3, and the slope of the likelihood in alpha vanishes: a fit in alpha itself
// would stop there, at the gaussian, on its way from one sign to the other.
#include <cmath>

#include "model/families/families.hpp"
#include "model/jet_family.hpp"
#include "model/scale_floor.hpp"
#include "moe/random.hpp"

namespace moe {
namespace {

constexpr double kNearZero = 0.001;
/// The psi_1 at which a fit that comes from a gaussian begins. It is alpha = 1.26.
constexpr double kBeside = 1;

/// alpha / sqrt(1 + alpha^2), computed without alpha^2.
Curve delta_curve(double alpha) {
  const double cosine = 1 / std::hypot(1, alpha), delta = alpha * cosine, slope = cosine * cosine * cosine;
  return {delta, slope, -3 * delta * cosine * slope};
}
double delta_of(double alpha) { return delta_curve(alpha).value; }
Expression delta_of(const Expression& alpha) { return alpha / hypot(1, alpha); }
template <int M, int Order>
Jet<M, Order> delta_of(const Jet<M, Order>& alpha) {
  return alpha.through(delta_curve(alpha.value()));
}

class SkewNormal : public JetFamily<SkewNormal, 1, 2> {
 public:
  using JetFamily::JetFamily;
  template <class T>
  struct Terms {
    T sigma, alpha, delta, shift, inverse, constant;  // z = (y - eta) inverse + shift
  };

  std::string spec() const override { return "skew-normal"; }
  Link link() const override { return Link::kIdentity; }
  bool location_scale() const override { return true; }
  std::vector<Figure> figures(const double* psi) const override {
    const auto at_psi = terms(psi_variables(psi).data());
    return {figure("sigma", target().scale * at_psi.sigma), figure("alpha", at_psi.alpha)};
  }
  bool on_floor(const double* psi) const override { return scale_on_floor(terms(psi).sigma, target().spread); }
  std::string simpler() const override { return "gaussian"; }
  std::size_t sides() const override { return 3; }
  std::optional<Widening> widening(double factor) const override { return Widening{1, {0}, {std::log(factor), 0}}; }
  bool to_simpler(arma::uword, double* psi) const override {
    psi[1] = 0;
    return true;
  }
  Embedding embedded(const double* gaussian, std::size_t side) const override {
    return {{0}, {0}, {*gaussian, side == 0 ? 0 : side == 1 ? kBeside : -kBeside}};
  }
  void start(double y, double* eta, double* psi) const override {
    *eta = y;
    psi[0] = floored_psi(0.5 * target().typical, target().spread);
    psi[1] = 1;
  }

  template <class T>
  Terms<T> terms(const T* psi) const {
    const T sigma = floored_scale(psi[0], target().spread), alpha = alpha_of(psi[1]), delta = delta_of(alpha);
    const T shift = delta * std::sqrt(2 / M_PI), inverse = sqrt(1 - square(shift)) / sigma;
    return {sigma, alpha, delta, shift, inverse, log(inverse) + (M_LN2 - 0.5 * std::log(2 * M_PI))};
  }
  template <class T, class Y>
  T log_p(const Y& y, const T* eta, const Terms<T>& terms, const Y&) const {
    const T z = clamped((y - *eta) * terms.inverse + terms.shift, kFarthest);
    return terms.constant - 0.5 * square(z) + log_normal_cdf(terms.alpha * z);
  }
  template <class T>
  T variance_at(const T*, const Terms<T>& terms, const T&) const {
    return terms.sigma * terms.sigma;
  }
  template <class T>
  T cdf_at(const T& y, const T* eta, const Terms<T>& terms, const T&) const {
    return skew_normal_cdf((y - *eta) * terms.inverse + terms.shift, terms.alpha);
  }
  template <class T>
  T quantile_at(double p, const T* eta, const Terms<T>& terms, const T&) const {
    return *eta + (skew_normal_quantile(p, terms.alpha) - terms.shift) / terms.inverse;
  }
  // z = delta |Z| + sqrt(1 - delta^2) Z' with independent standard normal Z and Z'.
  double draw(const arma::mat& eta, arma::uword row, const double* psi, Random& random) const override {
    const auto at_psi = terms(psi);
    const double folded = std::abs(random.normal());
    const double z = at_psi.delta * folded + random.normal() / std::hypot(1, at_psi.alpha);
    return eta[row] + (z - at_psi.shift) / at_psi.inverse;
  }

 private:
  /// Writes a cube root of a jet as a power.
  template <class T>
  static T alpha_of(const T& skew) {
    const T within = clamped(skew, kFarthest), squared = square(within);
    return within * exp((log1p(squared) - log(kNearZero + squared)) / 3.0);
  }
};

std::shared_ptr<const Family> make_skew_normal(const std::string& arguments, const TargetInfo& target) {
  return make_plain_family<SkewNormal>("skew-normal", arguments, target);
}

}  // namespace

FamilyEntry skew_normal_family() {
  return {{"skew-normal", "a number with a longer tail on one side (Azzalini 1985)", {"skew-normal"}},
          make_skew_normal};
}

}  // namespace moe
