// gaussian:hetero: eta = (mean, s), sigma^2 = floor^2 + exp(2 s): the network tells the sigma of every row, too. No psi.
#include <cmath>

#include "moe/family.hpp"
#include "moe/numeric.hpp"
#include "moe/random.hpp"
#include "scale_floor.hpp"

namespace moe {
namespace {

/// An s beyond this counts as this: everything stays finite.
constexpr double kLargest = 300;

class Hetero : public Family {
 public:
  using Family::Family;
  std::string spec() const override { return "gaussian:hetero"; }
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
  void start(double y, double* eta, double*) const override {
    eta[0] = y;
    eta[1] = floored_psi(0.5 * target().spread, target().spread);
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

  FamilyFormulas formulas(const double*) const override {
    const Formula sigma = sigma_formula();
    return {Formula::eta(0), square(sigma), normal_cdf((Formula::target(0) - Formula::eta(0)) / sigma)};
  }
  Formula log_density_formula(const double*) const override {
    const Formula sigma = sigma_formula();
    const Formula z = clamped((Formula::target(0) - Formula::eta(0)) / sigma, kFarthest);
    return normal_log_density(0) - 0.5 * square(z) - log(sigma) - std::log(target().scale);
  }

 private:
  Formula sigma_formula() const { return hypot(kFloor * target().spread, exp(lesser(Formula::eta(1), kLargest))); }
  struct At {
    double sigma, z, slope;  // slope: d log sigma / d s
  };
  At row(double y, const arma::mat& eta, arma::uword n) const {
    At at;
    const double s = std::exp(std::min(eta(n, 1), kLargest));
    at.sigma = std::hypot(kFloor * target().spread, s);
    at.z = std::min(std::max((y - eta(n, 0)) / at.sigma, -kFarthest), kFarthest);
    at.slope = eta(n, 1) > kLargest ? 0 : std::pow(s / at.sigma, 2);
    return at;
  }
};

}  // namespace

std::shared_ptr<const Family> make_hetero(const TargetInfo& target) { return std::make_shared<Hetero>(target); }

}  // namespace moe
