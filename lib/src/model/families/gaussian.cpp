// gaussian: log p = -(y - eta)^2 / (2 sigma^2) - log sigma - log(2 pi) / 2, minus log(scale), which makes it a density
// in data units. psi = one number for each expert, or one for all: sigma^2 = floor^2 + exp(2 psi), floor = 1e-4 of the
// target's spread (scale_floor.hpp). gaussian:unit has sigma = 1 in data units and no psi. In hetero.cpp sigma is an
// output of the network.
#include <cmath>

#include "base/kernels/kernels.hpp"
#include "model/families/families.hpp"
#include "model/scale_floor.hpp"
#include "moe/error.hpp"
#include "moe/family.hpp"
#include "moe/numeric.hpp"
#include "moe/random.hpp"

namespace moe {
namespace {

enum class Sigma { kOwn, kShared, kUnit };

class Gaussian : public Family, public HasExpressions {
 public:
  Gaussian(Sigma kind, const TargetInfo& target) : Family(target), kind_(kind) {}

  std::string spec() const override {
    return kind_ == Sigma::kOwn ? "gaussian" : kind_ == Sigma::kShared ? "gaussian:shared" : "gaussian:unit";
  }
  Link link() const override { return Link::kIdentity; }
  arma::uword dispersions() const override { return kind_ == Sigma::kUnit ? 0 : 1; }
  bool shared_dispersion() const override { return kind_ == Sigma::kShared; }

  bool location_scale() const override { return true; }
  bool normal() const override { return true; }
  bool on_floor(const double* psi) const override { return kind_ != Sigma::kUnit && sd(psi) < 2 * floor(); }
  std::vector<Figure> figures(const double* psi) const override {
    const double sigma = target().scale * sd(psi);
    if (kind_ == Sigma::kUnit) return {{"sigma", sigma, {}}};
    return {{"sigma", sigma, {sigma * slope(psi)}}};
  }

  void log_density(const arma::mat& y, const arma::mat& eta, const double* psi, arma::vec& out) const override {
    const double sigma = sd(psi);
    const double at_zero = normal_log_density(0) - std::log(sigma) - std::log(target().scale), precision = 1 / sigma;
    out.set_size(eta.n_rows);
    kernels().normal(y.memptr(), eta.memptr(), eta.n_rows, precision, at_zero, out.memptr());
  }

  void score(const arma::mat& y, const arma::mat& eta, const double* psi, const arma::vec& weight, arma::mat& d_eta,
             double* d_psi) const override {
    d_eta.set_size(eta.n_rows, 1);
    const double sum =
        kernels().normal_score(y.memptr(), eta.memptr(), weight.memptr(), eta.n_rows, 1 / sd(psi), d_eta.memptr());
    if (kind_ == Sigma::kUnit) return;
    *d_psi += sum * slope(psi);
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
    const double share = slope(psi);
    scores = arma::join_rows(z / sigma, share * (z % z - 1));
    seconds.set_size(z.n_elem, 4);
    seconds.col(0).fill(-precision);
    seconds.col(1) = -2 * share / sigma * z;
    seconds.col(2) = seconds.col(1);
    seconds.col(3) = 2 * share * ((1 - share) * (z % z - 1) - share * z % z);
    return true;
  }

  bool fit_dispersion(const arma::mat& mean_products, double* psi) const override {
    if (kind_ != Sigma::kUnit) *psi = gaussian_psi(std::sqrt(mean_products[0]), target().spread);
    return true;
  }

  std::optional<Widening> widening(double factor) const override {
    if (kind_ == Sigma::kUnit) return std::nullopt;
    return Widening{1, {0}, {std::log(factor)}};
  }
  void start(double y, double* eta, double* psi) const override {
    *eta = y;
    if (kind_ != Sigma::kUnit) *psi = gaussian_psi(0.5 * target().typical, target().spread);
  }

  void mean(const arma::mat& eta, const double*, arma::mat& mu) const override { mu = eta; }
  void mean_backward(const arma::mat&, const arma::mat&, const arma::mat& d_mu, arma::mat& d_eta) const override {
    d_eta = d_mu;
  }

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

  void variance(const arma::mat& eta, const double* psi, arma::vec& out) const override {
    out.set_size(eta.n_rows);
    out.fill(sd(psi) * sd(psi));
  }

  FamilyExpressions expressions(const double* psi) const override {
    const Expression eta = Expression::eta(0);
    return {eta, sd(psi) * sd(psi), normal_cdf((Expression::target(0) - eta) / sd(psi))};
  }
  std::optional<Expression> quantile_expression(double p, const double* psi) const override {
    return Expression::eta(0) + sd(psi) * portable::normal_quantile(p);
  }
  Expression log_density_expression(const double* psi) const override {
    const double sigma = sd(psi);
    const Expression z = clamped((Expression::target(0) - Expression::eta(0)) / sigma, kFarthest);
    return normal_log_density(0) - 0.5 * square(z) - (std::log(sigma) + std::log(target().scale));
  }

 private:
  double floor() const { return kFloor * target().spread; }
  double sd(const double* psi) const {
    return kind_ == Sigma::kUnit ? 1 / target().scale : std::hypot(floor(), std::exp(*psi));
  }
  /// d log sigma / d psi.
  double slope(const double* psi) const {
    const double share = std::exp(*psi) / sd(psi);
    return share * share;
  }

  Sigma kind_;
};

}  // namespace

double gaussian_psi(double sigma, double spread) { return floored_psi(sigma, spread); }

std::shared_ptr<const Family> make_hetero(const std::string& arguments, const TargetInfo& target);
std::shared_ptr<const Family> make_full_gaussian(const std::vector<TargetInfo>& targets);

std::shared_ptr<const Family> make_gaussian(const std::string& arguments, const TargetInfo& target) {
  if (target.classes > 0)
    throw Error(ErrorKind::kUsage,
                "family 'gaussian' describes a number, and the target is a class: expected bernoulli or categorical");
  if (arguments.empty() || arguments == "own") return std::make_shared<Gaussian>(Sigma::kOwn, target);
  if (arguments == "shared") return std::make_shared<Gaussian>(Sigma::kShared, target);
  if (arguments == "unit") return std::make_shared<Gaussian>(Sigma::kUnit, target);
  if (arguments == "hetero" || arguments.starts_with("hetero:"))
    return make_hetero(arguments.substr(std::string("hetero").size()), target);
  if (arguments == "full") return make_full_gaussian({target});
  throw Error(ErrorKind::kUsage, unknown_word("gaussian", arguments, {"own", "shared", "unit", "hetero", "full"}));
}

FamilyEntry gaussian_family() {
  return {{"gaussian",
           "a number; one sigma for each expert, or gaussian:shared for one in all, gaussian:unit for sigma 1, "
           "gaussian:hetero for a sigma that the inputs tell, too (gaussian:hetero:LOW:HIGH: between these)",
           {"gaussian", "gaussian:shared", "gaussian:unit", "gaussian:hetero", "gaussian:hetero:0.1:5"}},
          make_gaussian};
}

}  // namespace moe
