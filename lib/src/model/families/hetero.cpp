// gaussian:hetero: the network tells the sigma of each row, too. eta = (mean, s), sigma^2 = floor^2 + exp(2 s). No psi.
//
// gaussian:hetero:LOW:HIGH limits s so that sigma stays between these bounds, in data units (scale_bounds.hpp).
#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include "model/scale_bounds.hpp"
#include "model/scale_floor.hpp"
#include "moe/family.hpp"
#include "moe/numeric.hpp"
#include "moe/random.hpp"

namespace moe {
namespace {

/// A larger s counts as this, so that everything stays finite.
constexpr double kLargest = 300;

class Hetero : public Family, public HasExpressions {
 public:
  Hetero(const TargetInfo& target, const std::optional<ScaleBounds>& bounds) : Family(target), bounds_(bounds) {
    if (!bounds) return;
    // A bound below the floor would have no effect but to raise the floor.
    if (const double low = bounds->low / target.scale; low > kFloor * target.spread)
      low_ = floored_psi(low, target.spread);
    high_ = std::min(high_, floored_psi(bounds->high / target.scale, target.spread));
  }
  std::string spec() const override { return spec_with_bounds(name(), bounds_); }
  std::string name() const override { return "gaussian:hetero"; }
  std::string bounded_to(const arma::mat& eta, const arma::vec& weight, double by_chance,
                         const arma::vec& ranges) const override;
  std::vector<Figure> figures(const double*) const override {
    if (!bounds_) return {};
    return {{"least_sigma", bounds_->low, {}}, {"largest_sigma", bounds_->high, {}}};
  }
  Link link() const override { return Link::kIdentity; }
  bool location_scale() const override { return true; }
  bool normal() const override { return true; }
  bool likelihood_only() const override { return true; }
  arma::uword outputs() const override { return 2; }

  void log_density(const arma::mat& y, const arma::mat& eta, const double*, arma::vec& out) const override {
    out.set_size(eta.n_rows);
    for (arma::uword n = 0; n < eta.n_rows; ++n) {
      const At at = row(y[n], eta, n);
      out[n] = normal_log_density(at.z) - std::log(at.sigma) - std::log(target().scale);
    }
  }

  void score(const arma::mat& y, const arma::mat& eta, const double*, const arma::vec& weight, arma::mat& d_eta,
             double*) const override {
    d_eta.set_size(eta.n_rows, 2);
    for (arma::uword n = 0; n < eta.n_rows; ++n) {
      const At at = row(y[n], eta, n);
      d_eta(n, 0) = weight[n] * at.z / at.sigma;
      d_eta(n, 1) = weight[n] * at.slope * (at.z * at.z - 1);
    }
  }

  bool derivatives(const arma::mat& y, const arma::mat& eta, const double*, arma::mat& scores,
                   arma::mat& seconds) const override {
    scores.set_size(eta.n_rows, 2);
    seconds.set_size(eta.n_rows, 4);
    for (arma::uword n = 0; n < eta.n_rows; ++n) {
      const At at = row(y[n], eta, n);
      const double square = at.z * at.z;
      scores(n, 0) = at.z / at.sigma;
      scores(n, 1) = at.slope * (square - 1);
      seconds(n, 0) = -1 / (at.sigma * at.sigma);
      seconds(n, 1) = seconds(n, 2) = -2 * at.slope * at.z / at.sigma;
      seconds(n, 3) = 2 * at.slope * ((1 - at.slope) * (square - 1) - at.slope * square);
    }
    return true;
  }

  std::string simpler() const override { return "gaussian"; }
  Embedding embedded(const double* gaussian, std::size_t) const override { return {{0}, {0, *gaussian}, {}}; }
  std::optional<Widening> widening(double factor) const override { return Widening{1, {0, std::log(factor)}, {}}; }
  void start(double y, double* eta, double*) const override {
    eta[0] = y;
    eta[1] = floored_psi(0.5 * target().typical, target().spread);
  }

  void mean(const arma::mat& eta, const double*, arma::mat& mu) const override { mu = eta.col(0); }
  void mean_backward(const arma::mat& eta, const arma::mat&, const arma::mat& d_mu, arma::mat& d_eta) const override {
    d_eta = arma::join_rows(d_mu, arma::zeros(eta.n_rows));
  }

  void variance(const arma::mat& eta, const double*, arma::vec& out) const override {
    out.set_size(eta.n_rows);
    for (arma::uword n = 0; n < eta.n_rows; ++n) out[n] = std::pow(row(0, eta, n).sigma, 2);
  }
  void cdf(const arma::vec& y, const arma::mat& eta, const double*, arma::vec& out) const override {
    out.set_size(eta.n_rows);
    for (arma::uword n = 0; n < eta.n_rows; ++n) out[n] = normal_cdf(row(y[n], eta, n).z);
  }
  void quantile(double p, const arma::mat& eta, const double*, arma::vec& out) const override {
    const double z = portable::normal_quantile(p);
    out.set_size(eta.n_rows);
    for (arma::uword n = 0; n < eta.n_rows; ++n) out[n] = eta(n, 0) + z * row(0, eta, n).sigma;
  }

  FamilyExpressions expressions(const double*) const override {
    const Expression sigma = sigma_expression();
    return {Expression::eta(0), square(sigma), normal_cdf((Expression::target(0) - Expression::eta(0)) / sigma)};
  }
  std::optional<Expression> quantile_expression(double p, const double*) const override {
    return Expression::eta(0) + portable::normal_quantile(p) * sigma_expression();
  }
  Expression log_density_expression(const double*) const override {
    const Expression sigma = sigma_expression();
    const Expression z = clamped((Expression::target(0) - Expression::eta(0)) / sigma, kFarthest);
    return normal_log_density(0) - 0.5 * square(z) - log(sigma) - std::log(target().scale);
  }

 private:
  Expression sigma_expression() const {
    Expression s = lesser(Expression::eta(1), high_);
    if (std::isfinite(low_)) s = greater(s, low_);
    return hypot(kFloor * target().spread, exp(s));
  }
  struct At {
    double sigma, z, slope;  // slope: d log sigma / d s
  };
  At row(double y, const arma::mat& eta, arma::uword n) const {
    At at;
    const double s = std::exp(std::max(std::min(eta(n, 1), high_), low_));
    at.sigma = std::hypot(kFloor * target().spread, s);
    at.z = std::min(std::max((y - eta(n, 0)) / at.sigma, -kFarthest), kFarthest);
    at.slope = eta(n, 1) > high_ || eta(n, 1) < low_ ? 0 : std::pow(s / at.sigma, 2);
    return at;
  }

  std::optional<ScaleBounds> bounds_;
  double low_ = -std::numeric_limits<double>::infinity(), high_ = kLargest;  // bounds of s
};

std::string Hetero::bounded_to(const arma::mat& eta, const arma::vec& weight, double by_chance,
                               const arma::vec& ranges) const {
  if (bounds_ || eta.n_rows == 0) return spec();
  const auto sigma_at = [&](arma::uword n) { return target().scale * row(0, eta, n).sigma; };
  const double untold = target().scale * target().typical;
  return Hetero(target(), scale_bounds_of(eta.col(1), weight, by_chance, sigma_at, untold, ranges[0])).spec();
}

}  // namespace

/// `arguments`: "" or ":LOW:HIGH".
std::shared_ptr<const Family> make_hetero(const std::string& arguments, const TargetInfo& target) {
  return std::make_shared<Hetero>(target, parse_scale_bounds("gaussian:hetero", arguments));
}

}  // namespace moe
