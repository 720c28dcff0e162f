// The summary of a fit whose end has been chosen: likelihood, information criteria, standard errors, and aliased
// coefficients.
#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "fit/recession.hpp"
#include "fit/solver_choice.hpp"
#include "fit/sparsity.hpp"
#include "fit/training.hpp"
#include "judge/criteria.hpp"
#include "moe/forward_pass.hpp"
#include "moe/inference.hpp"
#include "moe/metrics.hpp"
#include "moe/solver.hpp"
#include "objective/responsibilities.hpp"

namespace moe {
namespace {

/// So many rows for each coefficient may lie closer to an expert's line than their noise, by chance, where sigma
/// depends on inputs.
constexpr double kByChance = 2;

}  // namespace

void Training::bound_scales(const arma::vec& theta) {
  std::vector<arma::mat> etas(model_.size());
  ForwardPass forward(model_);
  constexpr arma::uword kBlock = 1024;
  for (arma::uword k = 0; k < model_.size(); ++k) etas[k].set_size(rows_.count(), model_.experts[k].network->outputs());
  for (arma::uword first = 0; first < rows_.count(); first += kBlock) {
    const arma::uword last = std::min(rows_.count(), first + kBlock) - 1;
    const Rows block = rows_.block(first, last);
    forward.run(theta, block);
    for (arma::uword k = 0; k < model_.size(); ++k) etas[k].rows(first, last) = forward.eta(k);
  }
  const arma::mat R = responsibilities(model_, rows_, theta);
  const arma::vec w = rows_.w / arma::mean(rows_.w);
  arma::vec ranges(model_.targets(), arma::fill::zeros);
  for (arma::uword t = 0; t < ranges.n_elem && !model_.classes(); ++t)
    ranges[t] = model_.standardization.target_scale[t] * arma::range(rows_.y.col(t));
  for (arma::uword k = 0; k < model_.size(); ++k) {
    std::shared_ptr<const Family>& family = model_.experts[k].family;
    const double by_chance = kByChance * static_cast<double>(model_.experts[k].network->last_inputs());
    const std::string spec = family->bounded_to(etas[k], w % R.col(k), by_chance, ranges);
    if (spec == family->spec()) continue;
    std::vector<TargetInfo> targets;
    for (arma::uword t = 0; t < model_.targets(); ++t) targets.push_back(family->target_at(t));
    family = make_family(spec, targets);
  }
}

arma::uword Training::aliased_parameters() const {
  if (!basis_) return 0;
  arma::uword count = (model_.size() - 1) * basis_->dependent(basis_->design_of(0)).n_elem;
  for (arma::uword k = 0; k < model_.size(); ++k) {
    const Expert& expert = model_.experts[k];
    count += (expert.family->outputs() - expert.family->redundant_outputs()) *
             basis_->dependent(basis_->design_of(k + 1)).n_elem;
  }
  return count;
}

void Training::count_weights(TrainReport& report) const {
  const arma::vec l1 = Pass(model_, *objective_, options_.penalty, 1).l1_weights();
  report.gate_l1 = moe::count_weights(model_.gate_branch, model_.theta, l1);
  for (const Expert& expert : model_.experts) {
    const WeightCount count = moe::count_weights(expert, model_.theta, l1);
    report.experts_l1.not_zero += count.not_zero;
    report.experts_l1.all += count.all;
  }
}

void Training::summarise(const FitEnd& best) {
  const Pass pass(model_, *objective_, options_.penalty, options_.threads);
  const PassResult result = pass.run(model_.theta, rows_, nullptr);
  FitSummary& fit = model_.fit;
  fit.rows = rows_.count();
  fit.weight = arma::accu(rows_.w);
  fit.objective_value = result.value - result.penalty;
  fit.penalty = result.penalty;
  fit.l2 = options_.penalty.experts;
  fit.gate_l2 = options_.penalty.gate;
  fit.l1 = options_.penalty.experts_l1;
  fit.gate_l1 = options_.penalty.gate_l1;
  if (objective_->is_likelihood() && model_.gate->normalised()) fit.study = study_fit(model_, rows_);
  if (options_.errors && objective_->is_likelihood() && !stopped_ && has_uncertainty(model_)) find_errors();
  const arma::uword undetermined = fit.uncertainty ? fit.uncertainty->undetermined.n_cols : 0;
  fit.parameters =
      model_.degrees_of_freedom() - aliased_parameters() - undetermined - removed_parameters(model_, pass.l1_weights());
  set_criteria(likelihood_sums(model_, rows_), fit);
  fit.converged = best.converged;
  fit.iterations = best.passes;
  fit.restarts = restarts_;
  fit.seed = options_.seed;
  fit.firth = options_.firth;
}

void Training::find_errors() {
  FitSummary& fit = model_.fit;
  fit.uncertainty = observed_uncertainty(model_, rows_, options_.penalty, options_.threads);
  // After early stopping, standard errors say nothing about the maximum.
  const bool early = solver_->stochastic() && all_linear(model_);
  if (!fit.study || (options_.firth && model_.size() == 1)) return;
  if (!early && !suggests_recession(model_, *fit.uncertainty)) return;
  find_recession(early ? gone_on() : model_, rows_, options_.penalty, options_.threads, *fit.study);
  if (!fit.study->recession.is_empty() || !fit.study->unseen.is_empty())
    fit.uncertainty = observed_uncertainty(model_, rows_, options_.penalty, options_.threads);
}

Model Training::gone_on() const {
  Model model = model_;
  TrainOptions options = options_;
  options.solver = "auto";
  options.solver = resolved_solver(model, options, rows_.count());
  options.solver_options = {};
  options.progress = nullptr;
  const Observer nobody;
  Training training(model, rows_, nullptr, options, nobody, false);  // which keeps the reference
  training.prepare();
  const FitEnd fit = training.fit_on("", nullptr, 0, model_.theta, options_.threads, 0, true);
  if (fit.theta.is_finite()) model.theta = fit.theta;
  return model;
}

/// The aliased coefficients of branch k (0: the gate).
void Training::name_aliased(arma::uword k, std::vector<std::string>& names) const {
  const Branch& branch = k == 0 ? model_.gate_branch : model_.experts[k - 1];
  const arma::uword first = branch.network->has_intercept() ? 1 : 0, d = branch.network->inputs();
  for (const arma::uword column : basis_->dependent(basis_->design_of(k))) {
    if (column < first || d == 0) continue;
    const arma::uword power = (column - first) / d + 1, input = branch.columns[1 + (column - first) % d] - 1;
    const std::string name = model_.schema.inputs[input] + (power > 1 ? "^" + std::to_string(power) : "");
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  }
}

}  // namespace moe
