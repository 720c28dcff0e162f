// What likelihood, me and me-batch share: -log of a sum over experts of gate weight times kernel.
#pragma once

#include "moe/objective.hpp"

namespace moe {

class MixtureObjective : public Objective {
 public:
  bool is_mixture() const override { return true; }
  /// Rows add up: sum of w_n (-log sum_k g_k kernel_k).
  void add(ForwardPass& forward, const arma::vec& theta, const Rows& block, Totals& totals) const override;

 protected:
  /// out_n = log kernel of expert k.
  virtual void log_kernel(const ForwardPass& forward, const arma::vec& theta, const Rows& block, arma::uword k,
                          arma::vec& out) const = 0;
  /// d_eta_n = weight_n d log kernel / d eta_n; what theta holds beside the networks adds to `gradient`.
  virtual void kernel_score(const ForwardPass& forward, const arma::vec& theta, const Rows& block, arma::uword k,
                            const arma::vec& weight, arma::mat& d_eta, arma::vec& gradient) const = 0;

  /// b x K: log |g_k| + log kernel_k, in forward.work().terms.
  const arma::mat& log_terms(ForwardPass& forward, const arma::vec& theta, const Rows& block) const;
  /// d_terms_nk: the loss's derivative in log (g_k kernel_k); takes it through kernels and gate to totals.gradient.
  void backpropagate(ForwardPass& forward, const arma::vec& theta, const Rows& block, const arma::mat& d_terms,
                     Totals& totals) const;
};

/// The expected log-likelihood of the complete data: -sum_k r_nk log (g_k p_k), where `responsibilities` (rows x K) are kept by
/// reference.
std::shared_ptr<const Objective> make_expected_likelihood(const arma::mat& responsibilities);

}  // namespace moe
