// The best sigma of a single fit allows for the error of its mean, too. A mean of R fits has a smaller error, and the
// spread of their means makes it wider by itself. So the sigmas should be smaller, the more fits there are. Let c(R) be
// the factor by which the sigmas of R fits, each with an independent error of variance v about a common mean, are best
// multiplied. By second moments, c(R)^2 = a + b / R with b = 2 v / sigma^2. Rows that the fits have not seen give c(1),
// each candidate by itself, and c(M), all candidates together. These give a and b, and so the factor of a committee
// that has more fits than any row can be scored by.
#include "fit/recalibration.hpp"

#include <algorithm>
#include <cmath>

#include "base/parallel.hpp"
#include "fit/stacking.hpp"
#include "judge/log_scores.hpp"

namespace moe {
namespace {

/// Factors go from e^-kWidestStep to e^kWidestStep.
constexpr double kWidestStep = 0.9;
constexpr arma::uword kFactors = 13;
/// c(R)^2 is never taken for less than this part of what was seen.
constexpr double kLeastOfSeen = 0.5;

/// A factor's square, found by n rows, has a variance of about this over n.
constexpr double kUncertainty = 4;

/// A smaller probability counts as this.
constexpr double kLeastChance = 1e-300;

/// The place of the largest value, by a parabola through it and its neighbours.
double summit(const arma::vec& x, const arma::vec& f) {
  const arma::uword best = f.index_max();
  if (best == 0 || best + 1 == f.n_elem) return x[best];
  const double before = f[best - 1], after = f[best + 1], bend = before - 2 * f[best] + after;
  if (!(bend < 0)) return x[best];
  return x[best] + 0.5 * (before - after) / bend * (x[best + 1] - x[best]);
}

}  // namespace

bool can_widen(const Model& model) {
  return std::all_of(model.experts.begin(), model.experts.end(), [](const Expert& expert) {
    return expert.network->has_intercept() && expert.family->widening(1).has_value();
  });
}

void widen(Model& model, double factor) {
  std::vector<arma::uword> done;  // experts may share psi
  for (const Expert& expert : model.experts) {
    const Family::Widening widening = *expert.family->widening(factor);
    double* const theta = model.theta.memptr();
    const Network& network = *expert.network;
    for (arma::uword out = 0; out < network.outputs(); ++out) {
      double* const last = theta + expert.offset + network.intercept(out);
      for (arma::uword i = 0; i < network.last_inputs(); ++i) last[i] *= widening.outputs;
      *last += widening.intercepts[out];
    }
    if (std::find(done.begin(), done.end(), expert.psi_offset) != done.end()) continue;
    done.push_back(expert.psi_offset);
    for (std::size_t i = 0; i < widening.psi.size(); ++i) theta[expert.psi_offset + i] += widening.psi[i];
  }
}

arma::vec widening_factors() { return arma::exp(arma::linspace(-kWidestStep, kWidestStep, kFactors)); }

double committee_factor(const std::vector<arma::mat>& log_p, const arma::vec& v, const arma::vec& weights,
                        std::size_t repeats) {
  const arma::vec steps = arma::log(widening_factors());
  arma::vec alone(steps.n_elem), together(steps.n_elem);
  for (arma::uword i = 0; i < steps.n_elem; ++i) {
    alone[i] = arma::dot(v, log_p[i] * weights);
    together[i] = arma::dot(v, log_mixture(log_p[i], weights));
  }
  const double one = std::exp(2 * summit(steps, alone)), all = std::exp(2 * summit(steps, together));
  const double fits = 1 / arma::dot(weights, weights);  // as many of equal weight would be as diverse
  if (!(fits > 1.01)) return std::sqrt(all);
  // b is one - all, divided by 1 - 1 / fits. Few rows or fits leave it uncertain, which the ridge takes into account.
  const double part = 1 - 1 / fits, ridge = kUncertainty / static_cast<double>(v.n_elem);
  const double b = std::max(0.0, one - all) * part / (part * part + ridge);
  const double square = all - b / fits * (1 - 1 / static_cast<double>(repeats));
  return std::sqrt(std::max(square, kLeastOfSeen * all));
}

double temperature(const std::vector<arma::mat>& log_p, const arma::vec& v, const arma::vec& weights) {
  const arma::vec factors = widening_factors();
  arma::vec together(factors.n_elem);
  for (arma::uword i = 0; i < factors.n_elem; ++i) {
    const arma::vec log_mixed = log_mixture(log_p[i], weights);
    const arma::vec wrong = arma::log(arma::clamp(-arma::expm1(log_mixed), kLeastChance, 1));
    together[i] = arma::dot(v, log_mixed) + arma::dot(v, wrong) / static_cast<double>(v.n_elem);
  }
  const arma::uword best = together.index_max(), none = factors.n_elem / 2;
  const arma::vec gains = log_mixture(log_p[best], weights) - log_mixture(log_p[none], weights);
  const double gain = arma::dot(v, gains),
               error = std::sqrt(arma::accu(arma::square(v % (gains - gain / arma::accu(v)))));
  return gain > error ? factors[best] : 1;
}

double recalibrate(const std::vector<FitsOfFolds*>& candidates, const std::vector<std::vector<std::size_t>>& folds,
                   const Dataset& data, const arma::vec& weights, unsigned threads) {
  for (const FitsOfFolds* const fits : candidates)
    if (!can_widen(*fits->front())) return 1;
  const arma::vec factors = widening_factors();
  std::vector<arma::mat> log_p(factors.n_elem, arma::mat(data.rows(), candidates.size()));
  parallel_for(candidates.size() * folds.size(), threads, [&](std::size_t task) {
    const std::size_t i = task / folds.size(), f = task % folds.size();
    const Model& model = *(*candidates[i])[f];
    const Rows held = model.standardize(take_rows(data, folds[f]));
    for (arma::uword at = 0; at < factors.n_elem; ++at) {
      Model wider = model;
      widen(wider, factors[at]);
      const arma::vec own = log_scores(wider, held);
      for (std::size_t n = 0; n < folds[f].size(); ++n) log_p[at](folds[f][n], i) = own[n];
    }
  });
  std::vector<std::size_t> held_out;
  for (const std::vector<std::size_t>& fold : folds) held_out.insert(held_out.end(), fold.begin(), fold.end());
  std::sort(held_out.begin(), held_out.end());
  const arma::uvec rows = arma::conv_to<arma::uvec>::from(held_out);
  for (arma::mat& table : log_p) table = table.rows(rows);
  const arma::vec w = data.w.elem(rows);
  const double factor = candidates.front()->front()->classes() ? temperature(log_p, w, weights)
                                                               : committee_factor(log_p, w, weights, folds.size());
  if (factor == 1) return 1;
  for (FitsOfFolds* const fits : candidates)
    for (std::optional<Model>& model : *fits) widen(*model, factor);
  return factor;
}

}  // namespace moe
