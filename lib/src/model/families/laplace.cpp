// laplace: log p = -|y - eta| / b - log(2 b), minus log(scale), which makes it a density in data units. eta is the mean
// and the median. psi = one number: b^2 = floor^2 + exp(2 psi), as for a gaussian's sigma. The score jumps at y = eta,
// so there are no second derivatives; EM uses a quadratic minorising surrogate instead (curvature() below).
#include <algorithm>
#include <cmath>

#include "model/families/families.hpp"
#include "model/jet_family.hpp"
#include "model/scale_floor.hpp"

namespace moe {
namespace {

/// In the surrogate, a residual below this part of b counts as this much.
constexpr double kNearest = 1e-7;

class Laplace : public JetFamily<Laplace, 1, 1> {
 public:
  using JetFamily::JetFamily;
  template <class T>
  struct Terms {
    T scale, inverse, constant;
  };

  std::string spec() const override { return "laplace"; }
  Link link() const override { return Link::kIdentity; }
  bool location_scale() const override { return true; }
  std::vector<Figure> figures(const double* psi) const override {
    return {figure("scale", target().scale * terms(psi_variables(psi).data()).scale)};
  }
  bool on_floor(const double* psi) const override { return scale_on_floor(terms(psi).scale, target().spread); }
  // Begins with a standard deviation sqrt(2) b of half the target's.
  std::optional<Widening> widening(double factor) const override { return Widening{1, {0}, {std::log(factor)}}; }
  void start(double y, double* eta, double* psi) const override {
    *eta = y;
    *psi = floored_psi(0.5 * M_SQRT1_2 * target().typical, target().spread);
  }
  bool fit_absolute(double mean_deviation, double* psi) const override {
    *psi = floored_psi(mean_deviation, target().spread);
    return true;
  }
  bool derivatives(const arma::mat&, const arma::mat&, const double*, arma::mat&, arma::mat&) const override {
    return false;
  }

  /// The surrogate: |r| <= (r^2 / |r0| + |r0|) / 2, with equality at r = r0. This makes the M step weighted least
  /// squares (Hunter, Lange 2000).
  void curvature(const arma::mat& y, const arma::mat& eta, const double* psi, arma::mat& scores,
                 arma::mat& seconds) const override {
    const double b = terms(psi).scale, share = std::exp(2 * std::min(*psi, 300.0)) / (b * b);
    scores.set_size(eta.n_rows, 2);
    seconds.zeros(eta.n_rows, 4);
    for (arma::uword n = 0; n < eta.n_rows; ++n) {
      const double r = y[n] - eta(n, 0), size = std::max(std::abs(r), kNearest * b);
      scores(n, 0) = r / (b * size);
      seconds(n, 0) = -1 / (b * size);
      scores(n, 1) = share * (std::abs(r) / b - 1);
      seconds(n, 3) = -share * std::max(std::abs(r) / b, kNearest);
    }
  }

  template <class T>
  Terms<T> terms(const T* psi) const {
    const T scale = floored_scale(*psi, target().spread);
    return {scale, 1.0 / scale, -log(2.0 * scale)};
  }
  template <class T, class Y>
  T log_p(const Y& y, const T* eta, const Terms<T>& terms, const Y&) const {
    return terms.constant - clamped(abs(y - *eta) * terms.inverse, kFarthest);
  }
  template <class T>
  T variance_at(const T*, const Terms<T>& terms, const T&) const {
    return 2.0 * terms.scale * terms.scale;
  }
  template <class T>
  T cdf_at(const T& y, const T* eta, const Terms<T>& terms, const T&) const {
    return laplace_cdf((y - *eta) * terms.inverse);
  }
  template <class T>
  T quantile_at(double p, const T* eta, const Terms<T>& terms, const T&) const {
    return *eta + terms.scale * laplace_quantile(p);
  }
};

std::shared_ptr<const Family> make_laplace(const std::string& arguments, const TargetInfo& target) {
  return make_plain_family<Laplace>("laplace", arguments, target);
}

}  // namespace

FamilyEntry laplace_family() {
  return {{"laplace", "a number, by its median: errors count by their size, not their square", {"laplace"}},
          make_laplace};
}

}  // namespace moe
