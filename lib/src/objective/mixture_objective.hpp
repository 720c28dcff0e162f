// The common part of likelihood, me and me-batch: minus the log of a sum over experts of gate weight times kernel
// (log-sum-exp).
#pragma once

#include "moe/forward_pass.hpp"
#include "moe/objective.hpp"

namespace moe {

class MixtureObjective : public Objective {
 public:
  bool is_mixture() const override { return true; }
  /// Adds the loss of the rows: the sum of w_n (-log sum_k g_k kernel_k).
  void add(ForwardPass& forward, const arma::vec& theta, const Rows& block, Totals& totals) const override;

 protected:
  /// out_n = the log of expert k's kernel in row n.
  virtual void log_kernel(const ForwardPass& forward, const arma::vec& theta, const Rows& block, arma::uword k,
                          arma::vec& out) const = 0;
  /// d_eta_n = weight_n d log kernel / d eta_n. Derivatives in parameters outside of the networks are added to
  /// `gradient`.
  virtual void kernel_score(const ForwardPass& forward, const arma::vec& theta, const Rows& block, arma::uword k,
                            const arma::vec& weight, arma::mat& d_eta, arma::vec& gradient) const = 0;

  /// log |g_k| + log kernel_k (b x K), stored in forward.work().terms.
  const arma::mat& log_terms(ForwardPass& forward, const arma::vec& theta, const Rows& block) const;
  /// Backpropagation through kernels and gate to totals.gradient. d_terms_nk: the derivative of the loss in log (g_k
  /// kernel_k).
  void backpropagate(ForwardPass& forward, const arma::vec& theta, const Rows& block, const arma::mat& d_terms,
                     Totals& totals) const;
};

/// Minus the expected log-likelihood of the complete data, -sum_k r_nk log (g_k p_k): what the M step minimises. Keeps
/// a reference to `responsibilities` (rows x K).
std::shared_ptr<const Objective> make_expected_likelihood(const arma::mat& responsibilities);

}  // namespace moe
