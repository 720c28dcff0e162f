// Some objectives, such as squared errors, do not contain the dispersions. After the fit, these are estimated by
// maximum likelihood with the rest of theta fixed, so that the model has a density.
#include "fit/dispersion.hpp"

#include "moe/objective.hpp"
#include "moe/random.hpp"
#include "moe/solver.hpp"

namespace moe {
namespace {

/// Minus the likelihood as a function of the dispersions only, which are the last elements of theta.
class DispersionProblem : public Problem {
 public:
  DispersionProblem(const Model& model, const Rows& rows, unsigned threads)
      : model_(model),
        rows_(rows),
        objective_(make_objective("likelihood")),
        pass_(model, *objective_, Penalty{0, 0}, threads) {}
  double evaluate(const arma::vec& psi, arma::vec& gradient) override {
    arma::vec theta = model_.theta, full;
    theta.tail(psi.n_elem) = psi;
    const double value = pass_.run(theta, rows_, &full).value;
    gradient = full.tail(psi.n_elem);
    return value;
  }

 private:
  const Model& model_;
  const Rows& rows_;
  std::shared_ptr<const Objective> objective_;
  Pass pass_;
};

}  // namespace

void fit_dispersions(Model& model, const Rows& rows, unsigned threads) {
  const arma::uword count = model.theta.n_elem - model.experts.front().psi_offset;
  if (count == 0 || !model.gate->normalised()) return;
  DispersionProblem problem(model, rows, threads);
  Random unused(0);
  model.theta.tail(count) = make_solver("lbfgs")->minimise(problem, model.theta.tail(count), {}, unused).theta;
}

}  // namespace moe
