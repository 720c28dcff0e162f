// The objective in the form that solvers see. Everything is divided by the objective's unit, so that tolerances mean
// the same for all targets. With linear networks, solvers move in phi, the orthonormal coordinates of a Basis, in which
// the curvature does not depend on correlations between inputs; gradients and second derivatives are converted
// accordingly.
#include "fit/fit_problem.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>
#include <numeric>
#include <utility>

#include "moe/error.hpp"
#include "moe/hessian.hpp"
#include "moe/random.hpp"

namespace moe {
namespace {

/// Under an unnormalised gate, weights begin with the sum 1. If all of the gate's intercepts grow together, the loss of
/// a mixture falls by the same amount, without end. A tenfold sum is therefore on its way to infinity (or to 0 where
/// the loss is a sum of errors).
const double kRunaway = std::log(10.0);

/// The least number of rows of the subsample for second derivatives, in all and for each parameter.
constexpr arma::uword kRowsForHessian = 1 << 16, kRowsForParameter = 128;

/// A scale as a part of the target's standard deviation. For larger scales, rounding errors are far below any
/// tolerance.
constexpr double kSmallScale = 1e-3;
/// How many rounding errors of the target's largest size a residual may contain.
constexpr double kRoundings = 16;
/// A gradient component below this has converged.
constexpr double kNoSlope = 1e-9;

std::string figure(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.4g", value);
  return text;
}

}  // namespace

arma::uword rows_for_hessian(arma::uword parameters) {
  return std::max(kRowsForHessian, kRowsForParameter * parameters);
}

FitProblem::FitProblem(const FitData& data, Watch watch)
    : data_(data),
      unit_(data.objective.unit(data.model)),
      pass_(data.model, data.objective, data.penalty, data.threads),
      validation_pass_(data.model, data.objective, Penalty{}, data.threads),
      watch_(std::move(watch)),
      order_(data.rows.count()),
      best_value_(std::numeric_limits<double>::infinity()) {
  std::iota(order_.begin(), order_.end(), 0);
  const bool likelihood = data.objective.is_likelihood() && data.model.gate->normalised();
  if (likelihood && !EmStep::knows(data.model))
    generalised_em_.emplace(data.model, data.rows, data.penalty, data.threads);
  if (data.basis != nullptr) {
    coordinates_.emplace(data.model, *data.basis, arma::accu(data.rows.w));
    if (likelihood && EmStep::knows(data.model))
      em_.emplace(data.model, data.rows, *data.basis, pass_.penalty_weights(), data.threads);
  }
  if (data.reduces_gate_bias) gate_prior_.emplace(data.model, data.rows, *data.basis);
  if (data.begun != nullptr) load(*data.begun);
}

void FitProblem::keep(const std::function<void(SolverState&)>& fill) {
  if (!data_.keeper) return;
  SolverState state;
  fill(state);
  if (state.at("passes") == 0) return;  // every run begins there, so nothing is lost
  if (em_) em_->save(state);
  state.set("since_best", static_cast<double>(since_best_));
  state.set("best_pass", static_cast<double>(best_pass_));
  if (best_theta_) {
    state.set("best_value", best_value_);
    state.numbers["best_theta"] = *best_theta_;
  }
  data_.keeper(std::move(state));
}

void FitProblem::load(const SolverState& from) {
  evaluated_ = true;
  if (em_) em_->load(from);
  since_best_ = static_cast<arma::uword>(from.at("since_best"));
  best_pass_ = static_cast<arma::uword>(from.at("best_pass"));
  if (!from.numbers.contains("best_theta")) return;
  best_value_ = from.at("best_value");
  best_theta_ = from.at("best_theta", data_.model.theta.n_elem);
}

void FitProblem::fail(const std::string& what) const {
  throw Error(ErrorKind::kFit,
              what + ", at pass " + std::to_string(passes_ + 1) + ": under --gate-link " + data_.model.gate->name() +
                  " the objective '" + data_.objective.name() +
                  "' is not a likelihood: expected --gate-link softmax, whose weights are positive and sum to 1");
}

double FitProblem::checked(const PassResult& result) {
  const bool mixture = data_.objective.is_mixture();
  last_ = result;
  // Under a normalised gate the sum is positive; only an overflow can make it seem otherwise.
  if (result.undefined > 0 && !data_.model.gate->normalised())
    fail(
        "the loss is not defined: the gate's weights times the experts' densities sum to 0 or less, which has no "
        "logarithm");
  if (!std::isfinite(result.value))
    throw Error(ErrorKind::kFit, "the loss is not a finite number, at pass " + std::to_string(passes_ + 1) +
                                     ": expected smaller penalties, or under adam and sgd a smaller --learning-rate");
  if (data_.model.gate->normalised() || data_.objective.bounded_without_normalised_gate()) return result.value;
  const std::string sum = figure(std::exp(result.mean_log_sum));
  if (mixture && result.mean_log_sum > kRunaway)
    fail("the loss runs to minus infinity as the gate's sum grows: the loss is " + figure(result.value) +
         ", the weights sum to " + sum + " on (geometric) average");
  if (!mixture && result.value < 0)
    fail("the loss runs to minus infinity: it is " + figure(result.value) +
         ", as negative weights make errors count as gains");
  if (!mixture && result.mean_log_sum < -kRunaway)
    fail("the loss runs to 0 whatever the experts predict: the gate's weights sum to " + sum +
         " on (geometric) average");
  return result.value;
}

void FitProblem::require_minimum() const {
  if (data_.model.gate->normalised() || data_.objective.bounded_without_normalised_gate()) return;
  const std::string sum = figure(std::exp(last_.mean_log_sum));
  fail("the loss was still running to " + std::string(data_.objective.is_mixture() ? "minus infinity" : "its end") +
       " when the passes were used up: it is " + figure(last_.value) + ", the weights sum to " + sum +
       " on (geometric) average and began at 1");
}

double FitProblem::evaluate(const arma::vec& at, arma::vec& gradient) {
  const PassResult result = pass_.run(theta(at), data_.rows, &gradient);
  if (coordinates_) gradient = coordinates_->gradient(gradient);
  // A line search may try a point so far away that sigma overflows, and comes back from there.
  const bool first = !std::exchange(evaluated_, true);
  if (!first && data_.model.gate->normalised() && !std::isfinite(result.value))
    return std::numeric_limits<double>::infinity();
  double value = checked(result);
  if (gate_prior_) {
    const double weight = arma::accu(data_.rows.w);
    value -= gate_prior_->add_to(theta(at), -1 / std::sqrt(weight), gradient) / weight;
  }
  gradient /= unit_;
  return value / unit_;
}

SecondDerivatives* FitProblem::second_derivatives() {
  return data_.objective.is_likelihood() && has_hessian(data_.model) ? this : nullptr;
}

void FitProblem::hessian(const arma::vec& at, arma::mat& second) { hessian_over(data_.rows, at, second); }

bool FitProblem::subsampled_hessian(const arma::vec& at, arma::mat& second) {
  const arma::uword stride = data_.rows.count() / rows_for_hessian(at.n_elem);
  if (stride < 2) return false;
  if (some_.count() == 0) {
    std::vector<std::size_t> chosen;
    for (arma::uword row = 0; row < data_.rows.count(); row += stride) chosen.push_back(row);
    data_.rows.gather(chosen.data(), chosen.size(), some_);
  }
  if (!(arma::accu(some_.w) > 0)) return false;
  hessian_over(some_, at, second);
  return true;
}

void FitProblem::hessian_over(const Rows& rows, const arma::vec& at, arma::mat& second) {
  second = likelihood_hessian(data_.model, theta(at), rows, data_.threads);
  second.diag() += pass_.penalty_weights();
  second /= unit_;
  if (coordinates_) second = coordinates_->hessian(second);
}

EmSteps::Improvement FitProblem::em_step(const arma::vec& at) {
  const EmStep::Result result = em_ ? em_->run(theta(at)) : generalised_em_->run(theta(at));
  evaluated_ = true;
  return {result.value / unit_, result.slope / unit_, seen(result.target)};
}

double FitProblem::rounding(const arma::vec& at) const {
  // A score is the residual in scales, divided by the scale, so a rounding error of the residual is multiplied by 1 /
  // scale^2.
  const arma::vec theta = this->theta(at);
  const arma::uword K = data_.model.size();
  arma::vec steepness(K, arma::fill::zeros);
  for (arma::uword k = 0; k < K; ++k) {
    const Expert& expert = data_.model.experts[k];
    const double scale = expert.family->least_scale(theta.memptr() + expert.psi_offset);
    if (scale < kSmallScale) steepness[k] = 1 / scale;
  }
  const double steepest = steepness.max(), spread = data_.model.standardization.target_typical.min();
  if (!(steepest > 0)) return 0;
  const double once = kRoundings * arma::datum::eps * arma::abs(data_.rows.y).max() / (spread * spread) / unit_;
  if (steepness.min() == steepest) return once * steepest * steepest;
  // One expert's rounding errors must not hide that another expert has not converged. The derivatives of others have
  // rounding errors only through the responsibilities.
  arma::vec gradient, bounds(theta.n_elem);
  pass_.run(theta, data_.rows, &gradient);
  if (coordinates_) gradient = coordinates_->gradient(gradient);
  bounds.fill(once * steepest);
  for (arma::uword k = 0; k < K; ++k) {
    const Expert& expert = data_.model.experts[k];
    const double bound = once * steepest * std::max(1.0, steepness[k] * steepness[k] / steepest);
    bounds.subvec(expert.offset, arma::size(expert.network->parameters(), 1)).fill(bound);
    if (const arma::uword own_psi = expert.family->dispersions(); own_psi > 0)
      bounds.subvec(expert.psi_offset, arma::size(own_psi, 1)).fill(bound);
  }
  const bool all = arma::all(arma::abs(gradient) / unit_ <= arma::clamp(bounds, kNoSlope, arma::datum::inf));
  return all ? once * steepest * steepest : 0;
}

arma::uword FitProblem::shuffle(Random& random) {
  for (std::size_t i = order_.size(); i > 1; --i) std::swap(order_[i - 1], order_[random.below(i)]);
  const arma::uword batch = data_.batch == 0 ? order_.size() : std::min<arma::uword>(data_.batch, order_.size());
  return (order_.size() + batch - 1) / batch;
}

double FitProblem::evaluate_batch(arma::uword batch, const arma::vec& at, arma::vec& gradient) {
  const arma::uword size = data_.batch == 0 ? order_.size() : std::min<arma::uword>(data_.batch, order_.size());
  const arma::uword first = batch * size, count = std::min(size, static_cast<arma::uword>(order_.size()) - first);
  data_.rows.gather(order_.data() + first, count, gathered_);
  if (arma::accu(gathered_.w) == 0) {
    gradient.zeros(at.n_elem);
    return 0;
  }
  const auto run = [&](const arma::vec& theta) { return pass_.run(theta, gathered_, &gradient); };
  const PassResult result = coordinates_ ? run(coordinates_->theta(at)) : run(at);  // avoids a copy of theta
  if (coordinates_) gradient = coordinates_->gradient(gradient);
  if (unit_ != 1) gradient /= unit_;
  return checked(result) / unit_;
}

bool FitProblem::keep_going(arma::uword pass, const arma::vec& at, double value) {
  const arma::vec theta = this->theta(at);
  passes_ = pass;
  value *= unit_;
  std::optional<double> validation;
  if (data_.validation != nullptr) validation = validation_pass_.run(theta, *data_.validation, nullptr).value;
  if (validation || data_.patience > 0) {
    const double judged = validation.value_or(value);
    ++since_best_;
    if (judged < best_value_) {
      best_value_ = judged;
      best_theta_ = theta;
      since_best_ = 0;
      best_pass_ = pass;
    }
    out_of_patience_ = data_.patience > 0 && since_best_ >= data_.patience;
  }
  return watch_(pass, theta, value, validation) && !out_of_patience_;
}

}  // namespace moe
