// blend: |y - sum_k g_k o_k|^2 in data units. Where the weights sum to 1, the target's center cancels and is left out.
#include "moe/forward_pass.hpp"
#include "moe/numeric.hpp"
#include "moe/objective.hpp"
#include "objective/losses/objectives.hpp"

namespace moe {
namespace {

/// Converts columns between model units and data units. The center is needed only where the weights may not sum to 1.
class Units {
 public:
  explicit Units(const Model& model) : by_(model.standardization), center_(!model.gate->normalised()) {}
  void to_data(arma::mat& mu) const {
    for (arma::uword c = 0; c < mu.n_cols; ++c) mu.col(c) = center(c) + scale(c) * mu.col(c);
  }
  void to_model(arma::mat& mu) const {
    for (arma::uword c = 0; c < mu.n_cols; ++c) mu.col(c) = (mu.col(c) - center(c)) / scale(c);
  }
  /// The scale of column c. All columns of classes have the same.
  double scale(arma::uword c) const { return by_.target_scale[std::min(c, by_.target_scale.n_elem - 1)]; }

 private:
  double center(arma::uword c) const {
    return center_ ? by_.target_center[std::min(c, by_.target_center.n_elem - 1)] : 0;
  }

  const Standardization& by_;
  bool center_;
};

class Blend : public Objective {
 public:
  std::string name() const override { return "blend"; }
  bool bounded_without_normalised_gate() const override { return true; }

  void add(ForwardPass& forward, const arma::vec& theta, const Rows& block, Totals& totals) const override {
    const Model& model = forward.model();
    const Units units(model);
    const arma::mat& weights = forward.weights();
    arma::mat difference;
    std::vector<arma::mat> mu(model.size());
    model.family().observed(block.y, difference);
    units.to_data(difference);
    for (arma::uword k = 0; k < model.size(); ++k) {
      model.experts[k].family->mean(forward.eta(k), theta.memptr() + model.experts[k].psi_offset, mu[k]);
      units.to_data(mu[k]);
      difference -= mu[k].each_col() % weights.col(k);
    }
    totals.loss += arma::dot(block.w, arma::sum(arma::square(difference), 1));
    if (totals.gradient.is_empty()) return;
    arma::mat d_log_weights(arma::size(weights));
    for (arma::uword k = 0; k < model.size(); ++k) {
      const arma::vec pull = -2 * (block.w % weights.col(k));
      d_log_weights.col(k) = pull % arma::sum(difference % mu[k], 1);
      arma::mat d_eta = forward.d_eta(k), d_mu(arma::size(mu[k]));
      for (arma::uword c = 0; c < d_mu.n_cols; ++c) d_mu.col(c) = difference.col(c) % (units.scale(c) * pull);
      units.to_model(mu[k]);
      model.experts[k].family->mean_backward(forward.eta(k), mu[k], d_mu, d_eta);
    }
    forward.backward(theta, d_log_weights, totals.gradient);
  }
};

std::shared_ptr<const Objective> make_blend() { return std::make_shared<Blend>(); }

}  // namespace

ObjectiveEntry blend_objective() {
  return {{"blend", "|y - sum_k g_k o_k|^2: squared error of the merged output", {"blend"}}, make_blend};
}

}  // namespace moe
