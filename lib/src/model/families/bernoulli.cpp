// bernoulli: two classes y = 0, 1. P(1) = 1 / (1 + exp(-eta)), so log p = -log(1 + exp(-(2y - 1) eta)). No psi.
#include "model/families/families.hpp"
#include "moe/error.hpp"
#include "moe/family.hpp"
#include "moe/numeric.hpp"
#include "moe/random.hpp"

namespace moe {
namespace {

class Bernoulli : public Family {
 public:
  using Family::Family;
  std::string spec() const override { return "bernoulli"; }
  Link link() const override { return Link::kLogistic; }

  void log_density(const arma::mat& y, const arma::mat& eta, const double*, arma::vec& out) const override {
    out.set_size(eta.n_rows);
    for (arma::uword n = 0; n < eta.n_rows; ++n) out[n] = -log1p_exp((1 - 2 * y[n]) * eta[n]);
  }

  void score(const arma::mat& y, const arma::mat& eta, const double*, const arma::vec& weight, arma::mat& d_eta,
             double*) const override {
    d_eta.set_size(eta.n_rows, 1);
    for (arma::uword n = 0; n < eta.n_rows; ++n) {
      const double sign = 2 * y[n] - 1;
      d_eta[n] = weight[n] * sign * logistic(-sign * eta[n]);
    }
  }

  bool derivatives(const arma::mat& y, const arma::mat& eta, const double*, arma::mat& scores,
                   arma::mat& seconds) const override {
    arma::mat p;
    mean(eta, nullptr, p);
    scores = y - p;
    seconds = -p % (1 - p);
    return true;
  }

  std::optional<Widening> widening(double factor) const override { return Widening{1 / factor, {0}, {}}; }
  void start(double y, double* eta, double*) const override { *eta = y - 0.5; }

  void mean(const arma::mat& eta, const double*, arma::mat& mu) const override {
    mu.set_size(eta.n_rows, 1);
    for (arma::uword n = 0; n < eta.n_rows; ++n) mu[n] = logistic(eta[n]);
  }
  void mean_backward(const arma::mat&, const arma::mat& mu, const arma::mat& d_mu, arma::mat& d_eta) const override {
    d_eta = d_mu % mu % (1 - mu);
  }

  double draw(const arma::mat& eta, arma::uword row, const double*, Random& random) const override {
    return random.uniform() < logistic(eta[row]) ? 1 : 0;
  }
};

std::shared_ptr<const Family> make_bernoulli(const std::string& arguments, const TargetInfo& target) {
  if (!arguments.empty())
    throw Error(ErrorKind::kUsage,
                "family 'bernoulli:" + arguments + "': bernoulli takes no arguments: expected bernoulli");
  if (target.classes != 2)
    throw Error(ErrorKind::kUsage,
                "family 'bernoulli' describes two classes, and the target is not one of two: expected " +
                    std::string(target.classes > 2 ? "categorical, or gaussian for a number" : "gaussian"));
  return std::make_shared<Bernoulli>(target);
}

}  // namespace

FamilyEntry bernoulli_family() {
  return {{"bernoulli", "two classes, by log-odds", {"bernoulli"}}, make_bernoulli, {2}};
}

}  // namespace moe
