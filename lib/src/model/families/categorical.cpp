// categorical: C classes y = 0 .. C-1 with p(y) = exp(eta_y) / sum_c exp(eta_c). There are C outputs, so that no class
// is special. Adding the same number to all of them changes nothing; redundant_outputs() tells that to code that counts
// parameters.
#include <cmath>

#include "model/families/families.hpp"
#include "moe/error.hpp"
#include "moe/family.hpp"
#include "moe/numeric.hpp"
#include "moe/random.hpp"

namespace moe {
namespace {

class Categorical : public Family {
 public:
  using Family::Family;
  std::string spec() const override { return "categorical"; }
  Link link() const override { return Link::kSoftmax; }
  arma::uword outputs() const override { return target().classes; }
  arma::uword redundant_outputs() const override { return 1; }

  void log_density(const arma::mat& y, const arma::mat& eta, const double*, arma::vec& out) const override {
    log_sum_exp(eta, out);
    for (arma::uword n = 0; n < eta.n_rows; ++n) out[n] = eta(n, static_cast<arma::uword>(y[n])) - out[n];
  }

  void score(const arma::mat& y, const arma::mat& eta, const double*, const arma::vec& weight, arma::mat& d_eta,
             double*) const override {
    mean(eta, nullptr, d_eta);
    for (arma::uword c = 0; c < d_eta.n_cols; ++c)
      for (arma::uword n = 0; n < d_eta.n_rows; ++n)
        d_eta(n, c) = weight[n] * ((static_cast<arma::uword>(y[n]) == c ? 1.0 : 0.0) - d_eta(n, c));
  }

  bool derivatives(const arma::mat& y, const arma::mat& eta, const double*, arma::mat& scores,
                   arma::mat& seconds) const override {
    arma::mat p;
    mean(eta, nullptr, p);
    observed(y, scores);
    scores -= p;
    seconds.set_size(p.n_rows, p.n_cols * p.n_cols);
    for (arma::uword c = 0; c < p.n_cols; ++c)
      for (arma::uword d = 0; d < p.n_cols; ++d)
        seconds.col(c * p.n_cols + d) = p.col(c) % (p.col(d) - (c == d ? 1.0 : 0.0));
    return true;
  }

  std::optional<Widening> widening(double factor) const override {
    return Widening{1 / factor, std::vector<double>(outputs(), 0), {}};
  }
  void start(double y, double* eta, double*) const override {
    for (arma::uword c = 0; c < target().classes; ++c) eta[c] = static_cast<arma::uword>(y) == c ? 0.5 : 0;
  }

  void mean(const arma::mat& eta, const double*, arma::mat& mu) const override { softmax(eta, mu); }
  void mean_backward(const arma::mat&, const arma::mat& mu, const arma::mat& d_mu, arma::mat& d_eta) const override {
    const arma::vec total = arma::sum(mu % d_mu, 1);
    d_eta = mu % (d_mu.each_col() - total);
  }
  void observed(const arma::mat& y, arma::mat& out) const override {
    out.zeros(y.n_rows, target().classes);
    for (arma::uword n = 0; n < y.n_rows; ++n) out(n, static_cast<arma::uword>(y[n])) = 1;
  }

  double draw(const arma::mat& eta, arma::uword row, const double*, Random& random) const override {
    arma::mat mu;
    mean(eta.row(row), nullptr, mu);
    return static_cast<double>(random.index(std::vector<double>(mu.begin(), mu.end())));
  }
};

std::shared_ptr<const Family> make_categorical(const std::string& arguments, const TargetInfo& target) {
  if (!arguments.empty())
    throw Error(ErrorKind::kUsage,
                "family 'categorical:" + arguments + "': categorical takes no arguments: expected categorical");
  if (target.classes < 2)
    throw Error(ErrorKind::kUsage,
                "family 'categorical' describes classes, and the target is a number: expected gaussian");
  return std::make_shared<Categorical>(target);
}

}  // namespace

FamilyEntry categorical_family() {
  return {{"categorical", "two or more classes, by a softmax", {"categorical"}}, make_categorical, {2}};
}

}  // namespace moe
