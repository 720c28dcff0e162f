#include <algorithm>

#include "moe/error.hpp"
#include "moe/numeric.hpp"
#include "moe/predict.hpp"
#include "moe/random.hpp"

namespace moe {

void require_density(const Model& model, const std::string& what) {
  if (model.gate->normalised()) return;
  throw Error(
      ErrorKind::kUsage,
      what + ": under --gate-link " + model.gate->name() +
          " the weights do not sum to 1, so that the model is no density: expected a model with a softmax gate");
}

Predictive::Predictive(const Model& model) : model_(model), forward_(model) {}

void Predictive::at(const Dataset& block) {
  block_ = model_.standardize(block);
  forward_.run(model_.theta, block_.X);
}

arma::vec Predictive::in_data_units(const arma::vec& y) const {
  return model_.standardization.target_center + model_.standardization.target_scale * y;
}

arma::mat Predictive::weights() const {
  arma::mat result;
  exp_shifted(forward_.log_weights(), {}, forward_.signs(), result);
  return result;
}

arma::mat Predictive::expert_means() const {
  arma::mat result(rows(), model_.size()), mu;
  for (arma::uword k = 0; k < model_.size(); ++k) {
    model_.experts[k].family->mean(forward_.eta(k), mu);
    result.col(k) = in_data_units(mu.tail_cols(1));
  }
  return result;
}

arma::vec Predictive::mean() const { return arma::sum(weights() % expert_means(), 1); }

arma::vec Predictive::sd() const {
  const arma::mat g = weights(), mu = expert_means();
  const arma::vec center = arma::sum(g % mu, 1);
  arma::vec variance(rows(), arma::fill::zeros);
  for (arma::uword k = 0; k < model_.size(); ++k) {
    const Expert& expert = model_.experts[k];
    const double sigma = model_.standardization.target_scale * expert.family->sd(model_.theta.memptr() + expert.psi);
    variance += g.col(k) % (sigma * sigma + arma::square(mu.col(k) - center));
  }
  return arma::sqrt(variance);
}

arma::mat Predictive::probabilities() const {
  const arma::mat g = weights();
  arma::mat result, mu;
  for (arma::uword k = 0; k < model_.size(); ++k) {
    model_.experts[k].family->mean(forward_.eta(k), mu);
    if (k == 0) result.zeros(arma::size(mu));
    result += mu.each_col() % g.col(k);
  }
  result.clamp(0, 1);  // the weights' sum may be off 1 by rounding
  if (result.n_cols == 1) result.insert_cols(0, 1 - result);
  return result;
}

arma::uvec Predictive::label() const { return arma::index_max(probabilities(), 1); }

arma::uvec Predictive::most_responsible() const { return arma::index_max(weights(), 1); }

arma::vec Predictive::cdf(const arma::vec& target) const {
  const arma::vec y = (target - model_.standardization.target_center) / model_.standardization.target_scale;
  const arma::mat g = weights();
  arma::vec result(rows(), arma::fill::zeros), part;
  for (arma::uword k = 0; k < model_.size(); ++k) {
    const Expert& expert = model_.experts[k];
    expert.family->cdf(y, forward_.eta(k), model_.theta.memptr() + expert.psi, part);
    result += g.col(k) % part;
  }
  return result;
}

// A mixture's quantile lies between those of its experts; a bisection halves that bracket down to neighbouring doubles.
arma::vec Predictive::quantile(double p) const {
  arma::vec low(rows()), high(rows()), part;
  for (arma::uword k = 0; k < model_.size(); ++k) {
    const Expert& expert = model_.experts[k];
    expert.family->quantile(p, forward_.eta(k), model_.theta.memptr() + expert.psi, part);
    part = in_data_units(part);
    low = k == 0 ? part : arma::min(low, part);
    high = k == 0 ? part : arma::max(high, part);
  }
  for (bool open = true; open;) {
    const arma::vec middle = low + 0.5 * (high - low);
    const arma::vec below = cdf(middle);
    open = false;
    for (arma::uword n = 0; n < rows(); ++n) {
      if (!(low[n] < middle[n] && middle[n] < high[n])) continue;
      open = true;
      (below[n] < p ? low[n] : high[n]) = middle[n];
    }
  }
  return low + 0.5 * (high - low);
}

// CRPS = E |Y - y| - E |Y - Y'| / 2 (Gneiting, Raftery 2007), each a sum over experts.
arma::vec Predictive::crps() const {
  const arma::mat g = weights();
  arma::vec result(rows(), arma::fill::zeros), part;
  for (arma::uword k = 0; k < model_.size(); ++k) {
    const Expert& a = model_.experts[k];
    const double* psi = model_.theta.memptr() + a.psi;
    a.family->mean_distance(block_.y.col(0), forward_.eta(k), psi, part);
    result += g.col(k) % part;
    for (arma::uword j = 0; j <= k; ++j) {
      const Expert& b = model_.experts[j];
      a.family->mean_distance_between(forward_.eta(k), psi, forward_.eta(j), model_.theta.memptr() + b.psi, part);
      result -= (j == k ? 0.5 : 1.0) * (g.col(k) % g.col(j) % part);
    }
  }
  return model_.standardization.target_scale * result;
}

arma::mat Predictive::expert_log_densities() const {
  arma::mat result(rows(), model_.size());
  arma::vec part;
  for (arma::uword k = 0; k < model_.size(); ++k) {
    const Expert& expert = model_.experts[k];
    expert.family->log_density(block_.y, forward_.eta(k), model_.theta.memptr() + expert.psi, part);
    result.col(k) = part;
  }
  return result;
}

arma::vec Predictive::log_density() const {
  arma::vec result;
  log_sum_exp(forward_.log_weights() + expert_log_densities(), result);
  return result;
}

arma::mat Predictive::responsibilities() const {
  arma::mat log_responsibilities, result;
  log_softmax(forward_.log_weights() + expert_log_densities(), log_responsibilities);
  exp_shifted(log_responsibilities, {}, {}, result);
  return result;
}

void Predictive::draw(Random& random, arma::vec& target, arma::uvec& expert) const {
  const arma::mat g = weights();
  target.set_size(rows());
  expert.set_size(rows());
  std::vector<double> row(model_.size());
  for (arma::uword n = 0; n < rows(); ++n) {
    for (arma::uword k = 0; k < model_.size(); ++k) row[k] = g(n, k);
    expert[n] = random.index(row);
    const Expert& drawn = model_.experts[expert[n]];
    const double y = drawn.family->draw(forward_.eta(expert[n]), n, model_.theta.memptr() + drawn.psi, random);
    target[n] = model_.classes() ? y : model_.target_in_data_units(y);
  }
}

}  // namespace moe
