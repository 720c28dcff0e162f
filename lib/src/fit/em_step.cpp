// The M step of EM for mixtures of experts (Jordan, Jacobs 1994); em_step.hpp has the whole step, em_statistics.cpp the
// E step. With the sums of the E step, each branch makes one Newton step J step = score on its part of the expected
// log-likelihood, in orthonormal coordinates. The penalty adds a ridge to J and a pull to the score. Where J is not
// positive definite, the smallest shift of its diagonal is added that makes it so.
//
// For a gaussian the Newton step is weighted least squares, and the sum of squared residuals after the step follows
// from the sums before it: S(theta + step) = S(theta) - (2 step' score - step' J step) / precision. So sigma needs no
// second pass.
#include "fit/em_step.hpp"

#include <algorithm>
#include <cmath>

#include "base/parallel.hpp"
#include "fit/absolute_deviations.hpp"
#include "fit/em_statistics.hpp"
#include "moe/hessian.hpp"
#include "moe/numeric.hpp"
#include "moe/stop.hpp"
#include "objective/responsibilities.hpp"

namespace moe {
namespace {

/// As parts of the largest second derivative: the shift that is always added, its growth while the matrix is not
/// positive definite, and its limit.
constexpr double kFirstShift = 1e-13, kShiftGrowth = 100, kLastShift = 1e8;
/// As a part of a sum of absolute deviations: a smaller gain is rounding.
constexpr double kNoGain = 1e-13;
/// As a part of a sum of squares: a smaller difference of such sums is rounding.
constexpr double kCancelled = 1e-14;
/// The longest step of a dispersion, in logarithms: far from the maximum Newton's method overshoots.
constexpr double kLongestDispersion = 2;
/// The longest step of linear predictors, on average over rows, where the M step is not least squares: rows whose
/// target is certain have almost no curvature.
constexpr double kLongestPredictor = 5;

/// J^-1 score, with the smallest shift of J that makes it positive definite and the step no longer than `longest`. The
/// result is 0 where J is 0.
arma::vec newton_step(const arma::mat& J, const arma::vec& score, double longest = arma::datum::inf) {
  const double size = arma::abs(J.diag()).max();
  if (!(size > 0)) return arma::zeros(score.n_elem);
  for (double shift = kFirstShift * size; shift > 0 && shift < kLastShift * size; shift *= kShiftGrowth) {
    end_if_stopped();
    arma::mat shifted = arma::symmatu(J), U;
    shifted.diag() += shift;
    if (!arma::chol(U, shifted)) continue;
    arma::vec step = arma::solve(arma::trimatu(U), arma::solve(arma::trimatl(U.t()), score, arma::solve_opts::fast),
                                 arma::solve_opts::fast);
    if (arma::norm(step) <= longest) return step;
  }
  return arma::zeros(score.n_elem);
}

/// By how much a step (p x T) reduces the sum of products of residuals, T x T. `score` (p x T) and `information` are
/// sums over the same rows. All targets have the same design.
arma::mat gained_products(const arma::mat& step, const arma::mat& score, const arma::mat& information,
                          const arma::mat& precision) {
  const arma::mat G = arma::symmatu(information.submat(0, 0, step.n_rows - 1, step.n_rows - 1));
  if (step.n_cols == 1) {
    const double gained = (2 * arma::dot(step, score) - arma::dot(step, G * step)) / precision[0];
    return arma::mat(1, 1).fill(gained);
  }
  const arma::mat cross = step.t() * score * arma::inv(precision);
  return cross + cross.t() - step.t() * (G / precision[0]) * step;
}

/// The largest derivative. In orthonormal coordinates, columns have a sum of squares of 1, so the scores of coefficients
/// need no scaling. Those of dispersions, which follow them, are sums over rows.
double largest_slope(const arma::vec& score, arma::uword coefficients, double weight) {
  arma::vec slopes = arma::abs(score);
  slopes.tail(score.n_elem - coefficients) /= std::sqrt(weight);
  return slopes.max();
}

/// Whether the family has a curvature(), so that there is a weighted least-squares step for it.
bool has_curvature(const Family& family) {
  const std::vector<double> psi(family.dispersions() + 1, 0);
  const arma::mat y(1, family.targets(), arma::fill::ones);
  const arma::mat eta(1, family.outputs() + (family.reads_trials() ? 1 : 0), arma::fill::ones);
  arma::mat scores, seconds;
  family.curvature(y, eta, psi.data(), scores, seconds);
  return !seconds.is_empty();
}

}  // namespace

bool EmStep::knows(const Model& model) {
  return model.gate->multinomial() && model.gate_branch.network->is_linear() &&
         std::all_of(model.experts.begin(), model.experts.end(),
                     [](const Expert& expert) { return expert.network->is_linear() && has_curvature(*expert.family); });
}

void EmStep::move_gate(const Statistics& from, const arma::vec& theta, Result& result) const {
  const Branch& gate = model_.gate_branch;
  const arma::uword h = gate.network->last_inputs(), free = model_.size() - 1, design = basis_.design_of(0);
  if (free == 0) return;
  const arma::mat coefficients(const_cast<double*>(theta.memptr()) + gate.offset, h, free + 1, false, true);
  const arma::mat ridge = weight_ * arma::mat(const_cast<double*>(penalty_.memptr()) + gate.offset, h, free + 1, false);
  const arma::mat pull = basis_.derivatives(design, ridge % coefficients), inverse = basis_.inverse(design);
  arma::vec score = from.gate.score - arma::vectorise(pull.head_cols(free));
  const arma::mat curved = inverse.t() * arma::diagmat(ridge.col(0)) * inverse;
  arma::mat step(h, free);
  if (!from.gate.information.is_empty()) {
    arma::mat J = from.gate.information;
    for (arma::uword a = 0; a < free; ++a) J.submat(a * h, a * h, arma::size(h, h)) += curved;
    step = arma::reshape(newton_step(J, score), h, free);
  } else {
    // The inverse of Boehning's bound for the logits but the last: 2 (I + 11').
    const arma::mat S = arma::reshape(score, h, free);
    step = 2 * (S.each_col() + arma::sum(S, 1)) / (1 + 2 * arma::trace(curved) / static_cast<double>(h));
  }
  result.slope = std::max(result.slope, arma::abs(score).max());
  arma::mat to(result.target.memptr() + gate.offset, h, free + 1, false, true);
  to.head_cols(free) += basis_.coefficients(design, step);
  // A vector can be added to all logits. With mean 0, the weights and their penalty are smallest.
  to.each_col() -= arma::vec(arma::mean(to, 1));
}

void EmStep::move_experts(const Statistics& from, const arma::vec& theta, Result& result) const {
  arma::mat pooled_products(model_.targets(), model_.targets(), arma::fill::zeros);
  double pooled_mass = 0;
  const Family& first = *model_.experts.front().family;
  arma::vec pooled_score(first.dispersions(), arma::fill::zeros);
  for (arma::uword k = 0; k < model_.size(); ++k) {
    if (nonsmooth(k)) continue;
    end_if_stopped();
    const Expert& expert = model_.experts[k];
    const Fit& fit = from.experts[k];
    const arma::uword m = expert.network->outputs(), p = expert.network->last_inputs(),
                      design = basis_.design_of(k + 1);
    const arma::mat coefficients(const_cast<double*>(theta.memptr()) + expert.offset, p, m, false, true);
    const arma::mat ridge = weight_ * arma::mat(const_cast<double*>(penalty_.memptr()) + expert.offset, p, m, false);
    const arma::uword dispersions = expert.family->dispersions();
    const bool closed = closed_[k];
    arma::vec score = fit.score;
    score.head(m * p) -= arma::vectorise(basis_.derivatives(design, ridge % coefficients));
    arma::mat J = fit.information;
    if (arma::any(ridge.col(0) > 0)) {
      const arma::mat inverse = basis_.inverse(design);
      for (arma::uword i = 0; i < m; ++i)
        J.submat(i * p, i * p, arma::size(p, p)) += inverse.t() * arma::diagmat(ridge.col(i)) * inverse;
    }
    const arma::uword moved = closed ? m * p : score.n_elem;
    const double longest = closed ? arma::datum::inf : kLongestPredictor * std::sqrt(weight_);
    arma::vec step = newton_step(J.submat(0, 0, arma::size(moved, moved)), score.head(moved), longest);
    const bool shared = expert.family->shared_dispersion();
    result.slope = std::max(result.slope, largest_slope(score.head(shared ? m * p : score.n_elem), m * p, weight_));
    if (shared) pooled_score += score.tail(dispersions);
    const arma::vec own_step = step.head(m * p);
    arma::mat to(result.target.memptr() + expert.offset, p, m, false, true);
    to += basis_.coefficients(design, arma::reshape(own_step, p, m));
    if (!closed) {
      const arma::vec tail = arma::clamp(step.tail(moved - m * p), -kLongestDispersion, kLongestDispersion);
      for (arma::uword i = 0; i < tail.n_elem; ++i) result.target[expert.psi_offset + i] += tail[i];
      continue;
    }
    // The products of residuals after the step follow from the sums, without another pass.
    const arma::mat gained = gained_products(arma::reshape(own_step, p, m), arma::reshape(fit.score.head(m * p), p, m),
                                             fit.information, fit.precision);
    arma::mat products = fit.products - gained;
    // If the curvature comes from a subsample, that is inaccurate for a long step. Then psi follows from the residuals
    // before the step.
    if (fit.curved < fit.mass && 2 * gained[0] > fit.products[0]) products = fit.products;
    // A difference of sums is accurate to rounding only. In an exact fit, the scale then falls further in later steps.
    products.diag() = arma::max(products.diag(), kCancelled * fit.products.diag());
    std::vector<double> psi(theta.begin() + expert.psi_offset, theta.begin() + expert.psi_offset + dispersions);
    psi.push_back(0);  // so that its data() is valid
    pooled_products += products;
    pooled_mass += fit.mass;
    if (fit.mass > 0) expert.family->fit_dispersion(products / fit.mass, psi.data());
    if (shared) continue;
    for (arma::uword i = 0; i < dispersions; ++i) result.target[expert.psi_offset + i] = psi[i];
  }
  if (!first.shared_dispersion()) return;
  // At a maximum, the experts' scores of what they share are 0 in sum only.
  result.slope = std::max(result.slope, arma::abs(pooled_score).max() / std::sqrt(weight_));
  first.fit_dispersion(pooled_products / pooled_mass, result.target.memptr() + model_.experts.front().psi_offset);
}

bool EmStep::nonsmooth(arma::uword k) const {
  const Expert& expert = model_.experts[k];
  std::vector<double> psi(expert.family->dispersions());
  return expert.family->fit_absolute(1, psi.data()) &&
         !arma::any(penalty_.subvec(expert.offset, arma::size(expert.network->parameters(), 1)) > 0);
}

arma::uvec EmStep::nonsmooth() const {
  std::vector<arma::uword> result;
  for (arma::uword k = 0; k < model_.size(); ++k)
    for (arma::uword i = 0; nonsmooth(k) && i < model_.experts[k].network->parameters(); ++i)
      result.push_back(model_.experts[k].offset + i);
  return arma::uvec(result);
}

void EmStep::move_nonsmooth(arma::uword k, const arma::vec& r, const arma::vec& theta, Result& result) const {
  const Expert& expert = model_.experts[k];
  const arma::uword p = expert.network->parameters(), design = basis_.design_of(k + 1);
  arma::uvec free = arma::regspace<arma::uvec>(0, p - 1);
  free.shed_rows(basis_.dependent(design));
  arma::mat D;
  basis_.whiten(design, rows_.X, D);
  D = D.rows(free);
  arma::vec y = rows_.y.col(0);
  if (!rows_.offset.is_empty()) y -= rows_.offset;
  const arma::vec v = rows_.w % r;
  const double mass = arma::accu(v);
  if (!(mass > 0)) return;
  const arma::vec from = basis_.orthonormal(design, theta.subvec(expert.offset, arma::size(p, 1)));
  arma::vec to = from;
  to.elem(free) = least_absolute(D, y, v, from.elem(free));
  const double before = absolute_deviation(D, y, v, from.elem(free));
  double after = absolute_deviation(D, y, v, to.elem(free));
  const double length = arma::norm(to - from);
  std::vector<double> psi(expert.family->dispersions());
  expert.family->fit_absolute(before / mass, psi.data());
  if (before - after > kNoGain * before) {
    // The slope on the way there, with the scale that is the best one at its beginning.
    result.slope = std::max(result.slope, (before - after) / length * mass / before);
    result.target.subvec(expert.offset, arma::size(p, 1)) = basis_.coefficients(design, to);
  } else {
    after = before;
  }
  expert.family->fit_absolute(after / mass, psi.data());
  std::copy(psi.begin(), psi.end(), result.target.begin() + expert.psi_offset);
}

EmStep::Result EmStep::run(const arma::vec& theta, const arma::mat* given) const {
  arma::mat computed;
  bool any = false;
  for (arma::uword k = 0; k < model_.size(); ++k) any = any || nonsmooth(k);
  if (any && given == nullptr) {
    computed = responsibilities(model_, rows_, theta);
    given = &computed;
  }
  const Statistics statistics = collect(theta, given);
  Result result;
  result.value = statistics.loss / weight_ + 0.5 * arma::accu(penalty_ % theta % theta);
  result.target = theta;
  move_gate(statistics, theta, result);
  move_experts(statistics, theta, result);
  for (arma::uword k = 0; k < model_.size(); ++k) {
    if (!nonsmooth(k)) continue;
    result.slope = std::max(result.slope, std::abs(statistics.experts[k].score.back()) / std::sqrt(weight_));
    move_nonsmooth(k, given->col(k), theta, result);
  }
  result.slope /= std::sqrt(weight_);
  return result;
}

void EmStep::save(SolverState& to) const {
  to.set("stride", static_cast<double>(stride_));
  arma::vec& whole = to.numbers["whole"];
  whole.set_size(whole_.size());
  std::copy(whole_.begin(), whole_.end(), whole.begin());
}

void EmStep::load(const SolverState& from) {
  stride_ = static_cast<arma::uword>(std::clamp(from.at("stride"), 1.0, static_cast<double>(stride_)));
  const arma::vec& whole = from.at("whole", whole_.size());
  for (std::size_t k = 0; k < whole_.size(); ++k) whole_[k] = whole[k] != 0;
}

}  // namespace moe
