// gaussian: log p = -(y - eta)^2 / (2 sigma^2) - log sigma - log(2 pi) / 2, less log(scale) for a density in data units.
// psi (one an expert, or one for all): sigma^2 = floor^2 + exp(2 psi), floor = 1e-4 of the target's spread, so that no
// expert can shrink onto a single row and take the likelihood to infinity. unit: sigma = 1 in data units, no psi.
#include <cmath>

#include "moe/error.hpp"
#include "moe/family.hpp"
#include "moe/numeric.hpp"
#include "moe/random.hpp"

namespace moe {
namespace {

/// Of the target's spread. Fits of real data with a signal a thousand times their noise are common; a sigma below this is an
/// expert that sits on a handful of rows.
constexpr double kFloor = 1e-4;
/// Residuals beyond this many sigmas count as this many: the density's logarithm and its sum over rows stay finite.
constexpr double kFarthest = 1e140;

enum class Sigma { kOwn, kShared, kUnit };

/// E |sigma Z + delta| for a standard normal Z.
double mean_abs_normal(double delta, double sigma) {
  const double z = delta / sigma;
  return 2 * sigma * std::exp(normal_log_density(z)) + delta * (2 * normal_cdf(z) - 1);
}

class Gaussian : public Family {
 public:
  Gaussian(Sigma kind, const TargetInfo& target) : Family(target), kind_(kind) {}

  std::string spec() const override {
    return kind_ == Sigma::kOwn ? "gaussian" : kind_ == Sigma::kShared ? "gaussian:shared" : "gaussian:unit";
  }
  Link link() const override { return Link::kIdentity; }
  arma::uword dispersions() const override { return kind_ == Sigma::kUnit ? 0 : 1; }
  bool shared_dispersion() const override { return kind_ == Sigma::kShared; }

  double sd(const double* psi) const override {
    return kind_ == Sigma::kUnit ? 1 / target().scale : std::hypot(floor(), std::exp(*psi));
  }
  bool on_floor(const double* psi) const override { return kind_ != Sigma::kUnit && sd(psi) < 2 * floor(); }

  void log_density(const arma::mat& y, const arma::mat& eta, const double* psi, arma::vec& out) const override {
    const double sigma = sd(psi);
    const double log_scale = std::log(sigma) + std::log(target().scale);
    out.set_size(eta.n_rows);
    for (arma::uword n = 0; n < eta.n_rows; ++n)
      out[n] = normal_log_density(standardized(y[n], eta[n], sigma)) - log_scale;
  }

  void score(const arma::mat& y, const arma::mat& eta, const double* psi, const arma::vec& weight, arma::mat& d_eta,
             double* d_psi) const override {
    const double sigma = sd(psi);
    double sum = 0;
    d_eta.set_size(eta.n_rows, 1);
    for (arma::uword n = 0; n < eta.n_rows; ++n) {
      const double z = standardized(y[n], eta[n], sigma);
      d_eta[n] = weight[n] * z / sigma;
      sum += weight[n] * (z * z - 1);
    }
    if (kind_ == Sigma::kUnit) return;
    const double share = std::exp(*psi) / sigma;  // d log sigma / d psi is its square
    *d_psi += sum * share * share;
  }

  bool derivatives(const arma::mat& y, const arma::mat& eta, const double* psi, arma::mat& scores,
                   arma::mat& seconds) const override {
    const double sigma = sd(psi), precision = 1 / (sigma * sigma);
    const arma::vec z = (y.col(0) - eta.col(0)) / sigma;
    if (kind_ == Sigma::kUnit) {
      scores = z / sigma;
      seconds = arma::mat(z.n_elem, 1).fill(-precision);
      return true;
    }
    const double slope = std::exp(2 * *psi) * precision;  // d log sigma / d psi
    scores = arma::join_rows(z / sigma, slope * (z % z - 1));
    seconds.set_size(z.n_elem, 4);
    seconds.col(0).fill(-precision);
    seconds.col(1) = -2 * slope / sigma * z;
    seconds.col(2) = seconds.col(1);
    seconds.col(3) = 2 * slope * ((1 - slope) * (z % z - 1) - slope * z % z);
    return true;
  }

  void start(double y, double* eta, double* psi) const override {
    *eta = y;
    if (kind_ != Sigma::kUnit) *psi = gaussian_psi(0.5 * target().spread, target().spread);
  }

  void mean(const arma::mat& eta, arma::mat& mu) const override { mu = eta; }
  void mean_backward(const arma::mat&, const arma::mat& d_mu, arma::mat& d_eta) const override { d_eta = d_mu; }
  void observed(const arma::mat& y, arma::mat& out) const override { out = y; }

  double draw(const arma::mat& eta, arma::uword row, const double* psi, Random& random) const override {
    return eta[row] + sd(psi) * random.normal();
  }

  void cdf(const arma::vec& y, const arma::mat& eta, const double* psi, arma::vec& out) const override {
    const double sigma = sd(psi);
    out.set_size(eta.n_rows);
    for (arma::uword n = 0; n < eta.n_rows; ++n) out[n] = normal_cdf((y[n] - eta[n]) / sigma);
  }

  void quantile(double p, const arma::mat& eta, const double* psi, arma::vec& out) const override {
    out = eta.col(0) + sd(psi) * portable::normal_quantile(p);
  }

  void mean_distance(const arma::vec& y, const arma::mat& eta, const double* psi, arma::vec& out) const override {
    const double sigma = sd(psi);
    out.set_size(eta.n_rows);
    for (arma::uword n = 0; n < eta.n_rows; ++n) out[n] = mean_abs_normal(y[n] - eta[n], sigma);
  }

  void mean_distance_between(const arma::mat& eta, const double* psi, const arma::mat& other_eta,
                             const double* other_psi, arma::vec& out) const override {
    const double sigma = std::hypot(sd(psi), sd(other_psi));
    out.set_size(eta.n_rows);
    for (arma::uword n = 0; n < eta.n_rows; ++n) out[n] = mean_abs_normal(eta[n] - other_eta[n], sigma);
  }

 private:
  double floor() const { return kFloor * target().spread; }
  static double standardized(double y, double eta, double sigma) {
    return std::min(std::max((y - eta) / sigma, -kFarthest), kFarthest);
  }

  Sigma kind_;
};

}  // namespace

double gaussian_psi(double sigma, double spread) {
  const double floor = kFloor * spread;
  return 0.5 * std::log(std::max((sigma - floor) * (sigma + floor), 1e-4 * floor * floor));
}

std::shared_ptr<const Family> make_gaussian(const std::string& arguments, const TargetInfo& target) {
  if (target.classes > 0)
    throw Error(ErrorKind::kUsage,
                "family 'gaussian' describes a number, and the target is a class: expected bernoulli or categorical");
  if (arguments.empty() || arguments == "own") return std::make_shared<Gaussian>(Sigma::kOwn, target);
  if (arguments == "shared") return std::make_shared<Gaussian>(Sigma::kShared, target);
  if (arguments == "unit") return std::make_shared<Gaussian>(Sigma::kUnit, target);
  throw Error(ErrorKind::kUsage, unknown_word("gaussian", arguments, {"own", "shared", "unit"}));
}

}  // namespace moe
