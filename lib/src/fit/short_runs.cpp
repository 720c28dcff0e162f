// Short runs of EM. The gate and the experts get a tiny ridge penalty, so that a run from rough responsibilities cannot
// diverge. Runs that are behind are stopped early, by extrapolation: the gain of the last kLap steps is assumed for all
// later ones.
#include "fit/short_runs.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace moe {
namespace {

/// EM steps that turn responsibilities into parameters. More would let the gate's coefficients grow without end where
/// inputs separate the rows.
constexpr int kSteps = 2;
constexpr int kLap = 10;  // so many steps' gain predicts that of later steps
constexpr double kRidge = 1e-6;

/// A single offset that stands for those of all rows, with weights w: the logarithm of the mean of exp(offset), as is
/// right for exposures. 0 without offsets, which exist for a single target only.
double common_offset(const Rows& rows, const Expert& expert, const arma::vec& w) {
  if (rows.offset.is_empty()) return 0;
  if (expert.family->link() != Family::Link::kLog) return arma::dot(w, rows.offset) / arma::accu(w);
  const double largest = rows.offset.max();
  return largest + std::log(arma::dot(w, arma::exp(rows.offset - largest)) / arma::accu(w));
}

/// Intercepts with which each expert explains the mean targets of its rows. All weights are 0.
arma::vec flat(const Model& model, const Rows& rows, const arma::mat& R) {
  arma::vec theta(model.theta.n_elem, arma::fill::zeros);
  for (arma::uword k = 0; k < model.size(); ++k) {
    const Expert& expert = model.experts[k];
    const arma::vec w = rows.w % R.col(k);
    arma::vec y(model.targets());
    for (arma::uword t = 0; t < y.n_elem; ++t) y[t] = arma::dot(w, rows.y.col(t)) / arma::accu(w);
    if (model.classes()) y[0] = rows.y[w.index_max()];
    start_at(y, common_offset(rows, expert, w), expert, theta);
  }
  return theta;
}

arma::vec ridge_of(const Model& model) {
  arma::vec ridge(model.theta.n_elem, arma::fill::zeros);
  const auto mark = [&](const Branch& branch) { branch.network->mark_weights(ridge.memptr() + branch.offset); };
  mark(model.gate_branch);
  for (const Expert& expert : model.experts) mark(expert);
  return kRidge * ridge;
}

}  // namespace

ShortRuns::ShortRuns(const Model& model, const Rows& rows)
    : model_(model),
      rows_(rows),
      basis_(model, rows, 1),
      ridge_(ridge_of(model)),
      em_(model, rows, basis_, ridge_, 1) {}

arma::vec ShortRuns::fitted_to(const arma::mat& R) const {
  arma::vec theta = flat(model_, rows_, R);
  for (int i = 0; i < kSteps; ++i) theta = em_.run(theta, &R).target;
  return theta;
}

double ShortRuns::run(arma::vec& theta, int steps, double to_beat) const {
  EmStep::Result here = em_.run(theta);
  double before = here.value;
  for (int i = 0; i < steps; ++i) {
    EmStep::Result there = em_.run(here.target);
    if (!(there.value <= here.value)) break;
    theta = std::move(here.target);
    here = std::move(there);
    if ((i + 1) % kLap != 0) continue;
    const double gain = before - here.value, laps = static_cast<double>(steps - i - 1) / kLap;
    if (here.value - laps * gain > to_beat) break;
    before = here.value;
  }
  return theta.is_finite() ? here.value : std::numeric_limits<double>::infinity();
}

void start_at(const arma::vec& y, double offset, const Expert& expert, arma::vec& theta) {
  arma::vec eta(expert.family->outputs());
  expert.family->start_at(y.memptr(), eta.memptr(), theta.memptr() + expert.psi_offset);
  eta[0] -= offset;
  for (arma::uword out = 0; out < eta.n_elem && expert.network->has_intercept(); ++out)
    theta[expert.offset + expert.network->intercept(out)] = eta[out];
}

std::size_t cost_in_rows(const Rows& rows) {
  const std::size_t inputs = rows.X.n_rows;
  return std::max<std::size_t>(rows.count(), inputs * inputs / 20);
}

}  // namespace moe
