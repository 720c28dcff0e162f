// me: -log sum_k g_k exp(-|y - o_k|^2 / 2), where o_k is the expert's prediction; unit variance in data units, no
// normalising constant. me-batch: -log sum_n w_n sum_k g_k exp(-|y_n - o_k|^2 / 2), a single logarithm for the whole
// batch.
#include <cmath>
#include <limits>

#include "model/squared_error.hpp"
#include "moe/forward_pass.hpp"
#include "moe/numeric.hpp"
#include "objective/losses/objectives.hpp"
#include "objective/mixture_objective.hpp"

namespace moe {
namespace {

class Me : public MixtureObjective {
 public:
  std::string name() const override { return "me"; }

 protected:
  void log_kernel(const ForwardPass& forward, const arma::vec& theta, const Rows& block, arma::uword k,
                  arma::vec& out) const override {
    arma::mat mu;
    const Expert& expert = forward.model().experts[k];
    squared_error(*expert.family, block.y, forward.eta(k), theta.memptr() + expert.psi_offset, mu, out);
    out *= -0.5;
  }

  void kernel_score(const ForwardPass& forward, const arma::vec& theta, const Rows& block, arma::uword k,
                    const arma::vec& weight, arma::mat& d_eta, arma::vec&) const override {
    const Expert& expert = forward.model().experts[k];
    const arma::mat eta = forward.eta(k);
    arma::mat mu;
    expert.family->mean(eta, theta.memptr() + expert.psi_offset, mu);
    squared_error_backward(*expert.family, block.y, eta, mu, -0.5 * weight, d_eta);
  }
};

/// Totals hold S = sum_n w_n sum_k ... times exp(-peak), and the derivative of -S likewise, as the loss is no sum over
/// rows.
class MeBatch : public Me {
 public:
  std::string name() const override { return "me-batch"; }

  void add(ForwardPass& forward, const arma::vec& theta, const Rows& block, Totals& totals) const override {
    const arma::mat& terms = log_terms(forward, theta, block);
    raise_peak(terms.max(), totals);
    arma::mat pull;
    exp_shifted(terms, arma::vec(terms.n_rows).fill(totals.peak), forward.signs(), pull);
    pull.each_col() %= block.w;
    totals.loss += arma::accu(pull);
    if (!totals.gradient.is_empty()) backpropagate(forward, theta, block, -pull, totals);
  }

  void merge(const Totals& part, Totals& total) const override {
    Totals other = part;
    raise_peak(std::max(part.peak, total.peak), other);
    raise_peak(other.peak, total);
    Objective::merge(other, total);
  }

  double finish(Totals& totals) const override {
    totals.undefined = totals.loss > 0 ? 0 : 1;
    totals.gradient /= totals.loss;
    return totals.loss > 0 ? -(totals.peak + std::log(totals.loss)) : std::numeric_limits<double>::quiet_NaN();
  }

 private:
  static void raise_peak(double peak, Totals& totals) {
    if (peak <= totals.peak) return;
    const double shrink = std::exp(totals.peak - peak);
    totals.loss *= shrink;
    totals.gradient *= shrink;
    totals.peak = peak;
  }
};

std::shared_ptr<const Objective> make_me() { return std::make_shared<Me>(); }
std::shared_ptr<const Objective> make_me_batch() { return std::make_shared<MeBatch>(); }

}  // namespace

ObjectiveEntry me_objective() {
  return {{"me", "-log sum_k g_k exp(-|y - o_k|^2 / 2), mean over rows", {"me"}}, make_me};
}

ObjectiveEntry me_batch_objective() {
  return {{"me-batch", "-log sum_n sum_k g_k exp(-|y_n - o_k|^2 / 2): the log of the batch's sum", {"me-batch"}},
          make_me_batch};
}

}  // namespace moe
