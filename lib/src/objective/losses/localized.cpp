// localized: sum_k g_k |y - o_k|^2 (Jacobs, Jordan, Nowlan, Hinton 1991, eq. 1.2).
#include "model/squared_error.hpp"
#include "moe/forward_pass.hpp"
#include "moe/numeric.hpp"
#include "moe/objective.hpp"
#include "objective/losses/objectives.hpp"

namespace moe {
namespace {

class Localized : public Objective {
 public:
  std::string name() const override { return "localized"; }

  void add(ForwardPass& forward, const arma::vec& theta, const Rows& block, Totals& totals) const override {
    arma::mat weights = forward.weights(), mu;
    weights.each_col() %= block.w;
    arma::mat d_log_weights(arma::size(weights));
    arma::vec error;
    for (arma::uword k = 0; k < weights.n_cols; ++k) {
      const Expert& expert = forward.model().experts[k];
      const arma::mat eta = forward.eta(k);
      squared_error(*expert.family, block.y, eta, theta.memptr() + expert.psi_offset, mu, error);
      d_log_weights.col(k) = weights.col(k) % error;
      if (totals.gradient.is_empty()) continue;
      arma::mat d_eta = forward.d_eta(k);
      squared_error_backward(*expert.family, block.y, eta, mu, weights.col(k), d_eta);
    }
    totals.loss += arma::accu(d_log_weights);
    if (!totals.gradient.is_empty()) forward.backward(theta, d_log_weights, totals.gradient);
  }
};

std::shared_ptr<const Objective> make_localized() { return std::make_shared<Localized>(); }

}  // namespace

ObjectiveEntry localized_objective() {
  return {{"localized", "sum_k g_k |y - o_k|^2 (Jacobs et al. 1991, eq. 1.2)", {"localized"}}, make_localized};
}

}  // namespace moe
