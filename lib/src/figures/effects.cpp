// Average partial effects of inputs within each expert.
#include "figures/effects.hpp"

#include <algorithm>
#include <cmath>

#include "base/parallel.hpp"
#include "figures/figure_parts.hpp"
#include "moe/forward_pass.hpp"

namespace moe {
namespace {

constexpr arma::uword kMostClassesShown = 4;
constexpr std::uint64_t kEffectStream = 121;

/// The outputs of each expert for an outcome: b x K.
arma::mat outputs_of(const Model& model, const ForwardPass& forward, const EffectOutcome& outcome) {
  arma::mat result(forward.rows(), model.size());
  for (arma::uword k = 0; k < model.size(); ++k) {
    const Expert& expert = model.experts[k];
    const arma::mat eta = forward.eta(k);
    if (model.classes()) {
      result.col(k) = eta.col(outcome.target);
      if (expert.family->outputs() > 1) result.col(k) -= eta.col(0);
      continue;
    }
    const double* const psi = model.theta.memptr() + expert.psi_offset;
    result.col(k) = eta.col(model.targets() > 1 ? expert.family->marginal(outcome.target, psi).first_output : 0);
  }
  return result;
}

/// Moves input `row` of X (in model units) down or up: a number by a part of its unit to each side, a level from the
/// reference to itself, an indicator from 0 to 1. Returns by how much the input changes, in its units.
double move_input(const Scene& scene, const InputAxis& axis, arma::uword row, bool up, arma::mat& X) {
  constexpr double kStep = 0.25;
  const Standardization& units = scene.model().standardization;
  if (!axis.is_category() && row == axis.first) {
    X.row(row) += up ? kStep : -kStep;
    return 2 * kStep;
  }
  const auto standardized = [&](arma::uword i, double value) {
    return (value - units.input_center[i - 1]) / units.input_scale[i - 1];
  };
  for (arma::uword i = axis.is_category() ? axis.first : row; i < axis.first + axis.inputs; ++i)
    X.row(i).fill(standardized(i, up && i == row ? 1 : 0));
  return 1;
}

}  // namespace

std::vector<EffectOutcome> outcomes_of(const Scene& scene) {
  const Model& model = scene.model();
  std::vector<EffectOutcome> outcomes;
  if (model.classes()) {
    const arma::uword classes = model.schema.labels.size();
    if (model.family().outputs() == 1) return {{shown_name(model.schema.labels.back()), 0, 1, "change of log-odds"}};
    for (arma::uword c = 1; c < std::min(classes, 1 + kMostClassesShown); ++c)
      outcomes.push_back({shown_name(model.schema.labels[c]), c, 1,
                          "change of log-odds against " + shown_name(model.schema.labels[0])});
    return outcomes;
  }
  for (arma::uword t = 0; t < scene.targets(); ++t) {
    const Family& family = *model.experts[0].family->marginal(t, &model.theta[model.experts[0].psi_offset]).family;
    const std::string target = shown_name(model.schema.targets[t]);
    if (family.link() == Family::Link::kIdentity)
      outcomes.push_back({target, t, scene.target_deviation(t) / model.standardization.target_scale[t],
                          "change of " + target + ", in standard deviations"});
    else
      outcomes.push_back(
          {target, t, 1,
           family.link() == Family::Link::kLog ? "change of log " + target : "change of the log-odds of " + target});
  }
  return outcomes;
}

double spread_of_input(const Scene& scene, const InputAxis& axis, arma::uword row) {
  if (axis.is_category() || row != axis.first || !scene.given()) return 1;
  const Dataset& seen = scene.rows();
  const arma::vec x = arma::rowvec(seen.X.row(row)).elem(scene.counted()), w = seen.w.elem(scene.counted());
  const double total = arma::accu(w), unit = scene.model().standardization.input_scale[row - 1];
  const arma::vec z = (x - scene.model().standardization.input_center[row - 1]) / unit;
  return std::sqrt(arma::dot(w, arma::square(z - arma::dot(w, z) / total)) / total);
}

arma::mat effects_of(const Scene& scene, const EffectOutcome& outcome) {
  constexpr std::size_t kMostRows = 1000, kFewestRows = 50, kMostPasses = 40'000;
  const Model& model = scene.model();
  const std::size_t inputs = model.schema.inputs.size();
  const Rows rows = model.standardize(scene.take(
      scene.some(std::clamp(kMostPasses / std::max<std::size_t>(inputs, 1), kFewestRows, kMostRows), kEffectStream)));
  ForwardPass middle(model);
  middle.run(model.theta, rows);
  arma::mat shares = arma::abs(middle.weights());
  shares.each_col() %= rows.w;
  arma::mat effects(inputs, model.size(), arma::fill::zeros);
  std::vector<std::pair<std::size_t, arma::uword>> moves;
  for (std::size_t j = 0; j < scene.axes().size(); ++j)
    for (arma::uword i = 0; i < scene.axes()[j].inputs; ++i) moves.emplace_back(j, scene.axes()[j].first + i);
  parallel_for(moves.size(), scene.options().threads, [&](std::size_t move) {
    const auto& [j, row] = moves[move];
    const InputAxis& axis = scene.axes()[j];
    ForwardPass forward(model);
    Rows moved = rows;
    double step = move_input(scene, axis, row, true, moved.X);
    forward.run(model.theta, moved);
    arma::mat change = outputs_of(model, forward, outcome);
    moved.X = rows.X;
    step = move_input(scene, axis, row, false, moved.X);
    forward.run(model.theta, moved);
    change -= outputs_of(model, forward, outcome);
    const double unit = spread_of_input(scene, axis, row) / (step * outcome.unit);
    for (arma::uword k = 0; k < model.size(); ++k) {
      const double share = arma::accu(shares.col(k));
      effects(row - 1, k) = share > 0 ? unit * arma::dot(shares.col(k), change.col(k)) / share : 0;
    }
  });
  return effects;
}

}  // namespace moe
