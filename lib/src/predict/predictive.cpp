// Predictive: the distribution of the target given the inputs, p(y | x) = sum_k g_k(x) p_k(y | x), and what follows
// from it: mean, variance, distribution function, quantiles and probabilities of classes.
#include <algorithm>
#include <cmath>
#include <utility>

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

void Predictive::at(const Dataset& block) { at(block, block.rows()); }

void Predictive::at(const Dataset& block, arma::uword asked) {
  model_.standardize(block, block_);
  block_.first = block.first;
  asked_ = asked;
  forward_.run(model_.theta, block_, block.X.end());
}

void Predictive::at_rows(Rows block) {
  block_ = std::move(block);
  asked_ = block_.count();
  forward_.run(model_.theta, block_);
}

arma::vec Predictive::in_data_units(const arma::vec& y, arma::uword t) const {
  return model_.standardization.target_center[t] + model_.standardization.target_scale[t] * y;
}

Predictive::Part Predictive::part(arma::uword k, arma::uword t) const {
  const Expert& expert = model_.experts[k];
  const arma::mat eta = forward_.eta(k);
  if (model_.targets() == 1) return {expert.family->marginal(0, psi(k)), eta};
  Part result{expert.family->marginal(t, psi(k)), {}};
  const arma::uword first = result.marginal.first_output;
  result.eta = eta.cols(first, first + result.marginal.family->outputs() - 1);
  return result;
}

std::vector<Predictive::Part> Predictive::parts(arma::uword t) const {
  std::vector<Part> result;
  for (arma::uword k = 0; k < model_.size(); ++k) result.push_back(part(k, t));
  return result;
}

arma::mat Predictive::weights() const { return forward_.weights(); }

arma::mat Predictive::expert_means(arma::uword t) const {
  arma::mat result(rows(), model_.size()), mu;
  for (arma::uword k = 0; k < model_.size(); ++k) {
    model_.experts[k].family->mean(forward_.eta(k), psi(k), mu);
    result.col(k) = in_data_units(mu.col(model_.targets() > 1 ? t : mu.n_cols - 1), t);
  }
  return result;
}

arma::vec Predictive::mean(arma::uword t) const {
  const arma::mat& g = forward_.weights();
  const double center = model_.standardization.target_center[t], scale = model_.standardization.target_scale[t];
  arma::vec result(rows(), arma::fill::zeros);
  arma::mat mu;
  for (arma::uword k = 0; k < model_.size(); ++k) {
    model_.experts[k].family->mean(forward_.eta(k), psi(k), mu);
    result += g.col(k) % (center + scale * mu.col(model_.targets() > 1 ? t : mu.n_cols - 1));
  }
  return result;
}

arma::mat Predictive::expert_variances(arma::uword t) const {
  arma::mat result(rows(), model_.size());
  arma::vec variance;
  for (arma::uword k = 0; k < model_.size(); ++k) {
    const Part expert = part(k, t);
    expert.marginal.family->variance(expert.eta, expert.marginal.psi.data(), variance);
    result.col(k) = variance;
  }
  return result;
}

arma::vec Predictive::sd(arma::uword t) const {
  const arma::mat g = weights(), mu = expert_means(t), within = expert_variances(t);
  const arma::vec center = arma::sum(g % mu, 1);
  const double unit = unit_of(t), scale = model_.standardization.target_scale[t] / unit;
  arma::vec variance(rows(), arma::fill::zeros);
  for (arma::uword k = 0; k < model_.size(); ++k) {
    const arma::vec far = scale * scale * within.col(k) + arma::square((mu.col(k) - center) / unit);
    for (arma::uword n = 0; n < rows(); ++n)  // an infinite variance counts even where the weight underflows to 0
      variance[n] += std::isinf(within(n, k)) ? within(n, k) : g(n, k) * far[n];
  }
  return unit * arma::sqrt(variance);
}

double Predictive::unit_of(arma::uword t) const {
  return std::scalbn(1.0, std::ilogb(model_.standardization.target_scale[t]));
}

arma::mat Predictive::probabilities() const {
  const arma::mat g = weights();
  arma::mat result, mu;
  for (arma::uword k = 0; k < model_.size(); ++k) {
    model_.experts[k].family->mean(forward_.eta(k), psi(k), mu);
    if (k == 0) result.zeros(arma::size(mu));
    result += mu.each_col() % g.col(k);
  }
  result.clamp(0, 1);  // the sum of the weights may differ from 1 by rounding
  if (result.n_cols == 1) result.insert_cols(0, 1 - result);
  return result;
}

arma::uvec Predictive::label() const { return arma::index_max(probabilities(), 1); }

arma::uvec Predictive::most_responsible() const { return arma::index_max(weights(), 1); }

arma::vec Predictive::cdf(const arma::vec& target, arma::uword t) const { return cdf(parts(t), target, t); }

arma::vec Predictive::cdf(const std::vector<Part>& parts, const arma::vec& target, arma::uword t) const {
  const Standardization& units = model_.standardization;
  const arma::vec y = (target - units.target_center[t]) / units.target_scale[t];
  const arma::mat g = weights();
  arma::vec result(rows(), arma::fill::zeros), expert_cdf;
  for (arma::uword k = 0; k < parts.size(); ++k) {
    parts[k].marginal.family->cdf(y, parts[k].eta, parts[k].marginal.psi.data(), expert_cdf);
    result += g.col(k) % expert_cdf;
  }
  return result;
}

// The quantile of a mixture lies between the smallest and the largest quantile of its experts. Bisection halves this
// bracket down to neighbouring doubles. Where the distribution function jumps over p, the upper end is the quantile.
arma::vec Predictive::quantile(double p, arma::uword t) const {
  const std::vector<Part> parts = this->parts(t);
  arma::vec low(rows()), high(rows()), quantile;
  for (arma::uword k = 0; k < parts.size(); ++k) {
    parts[k].marginal.family->quantile(p, parts[k].eta, parts[k].marginal.psi.data(), quantile);
    quantile = in_data_units(quantile, t);
    low = k == 0 ? quantile : arma::min(low, quantile);
    high = k == 0 ? quantile : arma::max(high, quantile);
  }
  const bool jumps = discrete(t);
  if (jumps) low -= arma::conv_to<arma::vec>::from(low < high);
  for (bool open = true; open;) {
    arma::vec middle = low + 0.5 * (high - low);
    if (jumps) middle = arma::floor(middle);
    const arma::vec below = cdf(parts, middle, t);
    open = false;
    for (arma::uword n = 0; n < rows(); ++n) {
      if (!(low[n] < middle[n] && middle[n] < high[n])) continue;
      open = true;
      (below[n] < p ? low[n] : high[n]) = middle[n];
    }
  }
  return jumps ? high : arma::vec(low + 0.5 * (high - low));
}

bool Predictive::discrete(arma::uword t) const {
  return std::all_of(model_.experts.begin(), model_.experts.end(), [&](const Expert& expert) {
    const Support support = expert.family->supports()[t];
    return support == Support::kCounts || support == Support::kSuccesses;
  });
}

arma::mat Predictive::expert_log_densities() const {
  arma::mat result(rows(), model_.size());
  arma::vec part;
  for (arma::uword k = 0; k < model_.size(); ++k) {
    model_.experts[k].family->log_density(block_.y, forward_.eta(k), psi(k), part);
    result.col(k) = part;
  }
  return result;
}

arma::vec Predictive::log_density() const {
  arma::vec result;
  log_sum_exp(forward_.log_weights() + expert_log_densities(), result);
  return result;
}

arma::vec Predictive::log_density_of(arma::uword t) const {
  arma::mat log_p(rows(), model_.size());
  arma::vec part, result;
  for (arma::uword k = 0; k < model_.size(); ++k) {
    const Part expert = this->part(k, t);
    expert.marginal.family->log_density(block_.y.col(t), expert.eta, expert.marginal.psi.data(), part);
    log_p.col(k) = part;
  }
  log_sum_exp(forward_.log_weights() + log_p, result);
  return result;
}

arma::mat Predictive::responsibilities() const {
  arma::mat result;
  softmax(forward_.log_weights() + expert_log_densities(), result);
  return result;
}

void Predictive::draw(Random& random, arma::mat& target, arma::uvec& expert) const {
  const arma::mat g = weights();
  target.set_size(rows(), model_.targets());
  expert.set_size(rows());
  std::vector<double> row(model_.size());
  std::vector<arma::mat> eta;  // kept, as it is a copy for families that read trials
  for (arma::uword k = 0; k < model_.size(); ++k) eta.push_back(forward_.eta(k));
  arma::vec y(model_.targets());
  for (arma::uword n = 0; n < rows(); ++n) {
    for (arma::uword k = 0; k < model_.size(); ++k) row[k] = g(n, k);
    expert[n] = random.index(row);
    const arma::uword k = expert[n];
    model_.experts[k].family->draw_at(eta[k], n, psi(k), random, y.memptr());
    for (arma::uword t = 0; t < y.n_elem; ++t)
      target(n, t) = model_.classes() ? y[t] : model_.target_in_data_units(y[t], t);
  }
}

}  // namespace moe
