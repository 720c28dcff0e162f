#include "objective/mixture_objective.hpp"

#include "base/kernels/kernels.hpp"
#include "moe/forward_pass.hpp"
#include "moe/numeric.hpp"

namespace moe {

const arma::mat& MixtureObjective::log_terms(ForwardPass& forward, const arma::vec& theta, const Rows& block) const {
  arma::mat& terms = forward.work().terms;
  terms.set_size(arma::size(forward.log_weights()));
  for (arma::uword k = 0; k < terms.n_cols; ++k) {
    arma::vec kernel(terms.colptr(k), terms.n_rows, false, true);
    log_kernel(forward, theta, block, k, kernel);
  }
  terms += forward.log_weights();
  return terms;
}

void MixtureObjective::backpropagate(ForwardPass& forward, const arma::vec& theta, const Rows& block,
                                     const arma::mat& d_terms, Totals& totals) const {
  for (arma::uword k = 0; k < d_terms.n_cols; ++k) {
    arma::mat d_eta = forward.d_eta(k);
    const arma::vec weight(const_cast<double*>(d_terms.colptr(k)), d_terms.n_rows, false, true);
    kernel_score(forward, theta, block, k, weight, d_eta, totals.gradient);
  }
  forward.backward(theta, d_terms, totals.gradient);
}

void MixtureObjective::add(ForwardPass& forward, const arma::vec& theta, const Rows& block, Totals& totals) const {
  ForwardPass::Work& work = forward.work();
  signed_shares(log_terms(forward, theta, block), forward.signs(), work.log_sum, work.sign, work.shares);
  for (const double sign : work.sign) totals.undefined += sign <= 0 ? 1 : 0;
  totals.loss -= arma::dot(block.w, work.log_sum);
  if (totals.gradient.is_empty()) return;
  work.pull = -block.w;
  kernels().scale(work.shares.memptr(), work.pull.memptr(), work.shares.n_rows, work.shares.n_cols,
                  work.shares.memptr());
  backpropagate(forward, theta, block, work.shares, totals);
}

}  // namespace moe
