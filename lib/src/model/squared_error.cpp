#include "model/squared_error.hpp"

namespace moe {
namespace {

/// An upper limit that keeps sums over rows finite for any finite residual.
constexpr double kLargest = 1e280;

/// Multiplies each target's difference by the target's scale, or by its square: from model units to data units.
void scale(const Family& family, bool twice, arma::mat& difference) {
  for (arma::uword t = 0; t < family.targets(); ++t) {
    const double once = family.target_at(t).scale, by = twice ? once * once : once;
    if (family.targets() == 1)  // for classes: all columns
      difference *= by;
    else
      difference.col(t) *= by;
  }
}

}  // namespace

void squared_error(const Family& family, const arma::mat& y, const arma::mat& eta, const double* psi, arma::mat& mu,
                   arma::vec& out) {
  arma::mat target;
  family.observed(y, target);
  family.mean(eta, psi, mu);
  target -= mu;
  scale(family, false, target);
  out = arma::min(arma::sum(arma::square(target), 1), arma::vec(mu.n_rows).fill(kLargest));
}

void squared_error_backward(const Family& family, const arma::mat& y, const arma::mat& eta, const arma::mat& mu,
                            const arma::vec& weight, arma::mat& d_eta) {
  arma::mat d_mu;
  family.observed(y, d_mu);
  d_mu = -2 * (d_mu - mu);
  scale(family, true, d_mu);
  d_mu.each_col() %= weight;
  family.mean_backward(eta, mu, d_mu, d_eta);
}

}  // namespace moe
