#include "squared_error.hpp"

namespace moe {
namespace {

/// Keeps sums over rows finite for any finite residual.
constexpr double kLargest = 1e280;

}  // namespace

void squared_error(const Family& family, const arma::mat& y, const arma::mat& eta, const double* psi, arma::mat& mu,
                   arma::vec& out) {
  arma::mat target;
  family.observed(y, target);
  family.mean(eta, psi, mu);
  const double scale = family.target().scale;
  out = arma::min(arma::sum(arma::square(scale * (target - mu)), 1), arma::vec(mu.n_rows).fill(kLargest));
}

void squared_error_backward(const Family& family, const arma::mat& y, const arma::mat& eta, const arma::mat& mu,
                            const arma::vec& weight, arma::mat& d_eta) {
  arma::mat d_mu;
  family.observed(y, d_mu);
  const double scale = family.target().scale;
  d_mu = -2 * scale * scale * (d_mu - mu);
  d_mu.each_col() %= weight;
  family.mean_backward(eta, mu, d_mu, d_eta);
}

}  // namespace moe
