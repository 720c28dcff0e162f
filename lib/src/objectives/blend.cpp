// blend: |y - sum_k g_k o_k|^2, in data units. Where the weights sum to 1 the target's center drops out and is left out.
#include "moe/numeric.hpp"
#include "moe/objective.hpp"

namespace moe {
namespace {

class Blend : public Objective {
 public:
  std::string name() const override { return "blend"; }
  bool bounded_without_normalised_gate() const override { return true; }

  void add(ForwardPass& forward, const arma::vec& theta, const Rows& block, Totals& totals) const override {
    const Model& model = forward.model();
    const double center = model.gate->normalised() ? 0 : model.standardization.target_center;
    const double scale = model.standardization.target_scale;
    arma::mat weights, difference;
    exp_shifted(forward.log_weights(), {}, forward.signs(), weights);
    std::vector<arma::mat> mu(model.size());
    model.family().observed(block.y, difference);
    difference = center + scale * difference;
    for (arma::uword k = 0; k < model.size(); ++k) {
      model.experts[k].family->mean(forward.eta(k), theta.memptr() + model.experts[k].psi, mu[k]);
      mu[k] = center + scale * mu[k];
      difference -= mu[k].each_col() % weights.col(k);
    }
    totals.loss += arma::dot(block.w, arma::sum(arma::square(difference), 1));
    if (totals.gradient.is_empty()) return;
    arma::mat d_log_weights(arma::size(weights));
    for (arma::uword k = 0; k < model.size(); ++k) {
      const arma::vec pull = -2 * (block.w % weights.col(k));
      d_log_weights.col(k) = pull % arma::sum(difference % mu[k], 1);
      arma::mat d_eta = forward.d_eta(k);
      model.experts[k].family->mean_backward(forward.eta(k), (mu[k] - center) / scale,
                                             difference.each_col() % (scale * pull), d_eta);
    }
    forward.backward(theta, block, d_log_weights, totals.gradient);
  }
};

}  // namespace

std::shared_ptr<const Objective> make_blend() { return std::make_shared<Blend>(); }

}  // namespace moe
