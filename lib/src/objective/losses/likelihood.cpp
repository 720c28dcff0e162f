// likelihood: -log sum_k g_k p(y | eta_k); and the expected log-likelihood of the complete data, which the M step of EM
// maximises.
#include "objective/losses/objectives.hpp"
#include "objective/mixture_objective.hpp"

namespace moe {
namespace {

class Likelihood : public MixtureObjective {
 public:
  std::string name() const override { return "likelihood"; }
  bool is_likelihood() const override { return true; }
  double unit(const Model& model) const override {
    for (const Expert& expert : model.experts)
      if (expert.family->spec() != "gaussian:unit") return 1;
    return Objective::unit(model);  // without a sigma this is a squared error
  }

 protected:
  void log_kernel(const ForwardPass& forward, const arma::vec& theta, const Rows& block, arma::uword k,
                  arma::vec& out) const override {
    const Expert& expert = forward.model().experts[k];
    expert.family->log_density(block.y, forward.eta(k), theta.memptr() + expert.psi_offset, out);
  }

  void kernel_score(const ForwardPass& forward, const arma::vec& theta, const Rows& block, arma::uword k,
                    const arma::vec& weight, arma::mat& d_eta, arma::vec& gradient) const override {
    const Expert& expert = forward.model().experts[k];
    expert.family->score(block.y, forward.eta(k), theta.memptr() + expert.psi_offset, weight, d_eta,
                         gradient.memptr() + expert.psi_offset);
  }
};

class ExpectedLikelihood : public Likelihood {
 public:
  explicit ExpectedLikelihood(const arma::mat& responsibilities) : responsibilities_(responsibilities) {}

  void add(ForwardPass& forward, const arma::vec& theta, const Rows& block, Totals& totals) const override {
    arma::mat pull = responsibilities_.rows(block.first, block.first + block.count() - 1);
    pull.each_col() %= block.w;
    totals.loss -= arma::accu(pull % log_terms(forward, theta, block));
    if (!totals.gradient.is_empty()) backpropagate(forward, theta, block, -pull, totals);
  }

 private:
  const arma::mat& responsibilities_;
};

std::shared_ptr<const Objective> make_likelihood() { return std::make_shared<Likelihood>(); }

}  // namespace

std::shared_ptr<const Objective> make_expected_likelihood(const arma::mat& responsibilities) {
  return std::make_shared<ExpectedLikelihood>(responsibilities);
}

ObjectiveEntry likelihood_objective() {
  return {{"likelihood", "-log sum_k g_k p(y|eta_k), mean over rows", {"likelihood"}}, make_likelihood};
}

}  // namespace moe
