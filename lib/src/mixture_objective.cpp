#include "mixture_objective.hpp"

#include "moe/numeric.hpp"

namespace moe {

arma::mat MixtureObjective::log_terms(const ForwardPass& forward, const arma::vec& theta, const Rows& block) const {
  arma::mat terms = forward.log_weights();
  arma::vec kernel;
  for (arma::uword k = 0; k < terms.n_cols; ++k) {
    log_kernel(forward, theta, block, k, kernel);
    terms.col(k) += kernel;
  }
  return terms;
}

void MixtureObjective::pull_back(ForwardPass& forward, const arma::vec& theta, const Rows& block, const arma::mat& pull,
                                 Totals& totals) const {
  for (arma::uword k = 0; k < pull.n_cols; ++k) {
    arma::mat d_eta = forward.d_eta(k);
    kernel_score(forward, theta, block, k, -pull.col(k), d_eta, totals.gradient);
  }
  forward.backward(theta, block, -pull, totals.gradient);
}

void MixtureObjective::add(ForwardPass& forward, const arma::vec& theta, const Rows& block, Totals& totals) const {
  const arma::mat terms = log_terms(forward, theta, block);
  arma::vec log_sum, sign;
  arma::mat responsibilities;
  signed_shares(terms, forward.signs(), log_sum, sign, responsibilities);
  totals.undefined += static_cast<double>(arma::accu(sign <= 0));
  totals.loss -= arma::dot(block.w, log_sum);
  if (totals.gradient.is_empty()) return;
  responsibilities.each_col() %= block.w;
  pull_back(forward, theta, block, responsibilities, totals);
}

}  // namespace moe
