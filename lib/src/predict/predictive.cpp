// Predictive: the distribution of the target given the inputs, p(y | x) = sum_k g_k(x) p_k(y | x), and what follows
// from it: mean, variance, distribution function, quantiles, probabilities of classes, and the CRPS.
#include <algorithm>
#include <cmath>
#include <iterator>

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
  model_.standardize(block, block_);
  forward_.run(model_.theta, block_, block.X.end());
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

arma::vec Predictive::sd(arma::uword t) const {
  const arma::mat g = weights(), mu = expert_means(t);
  const arma::vec center = arma::sum(g % mu, 1);
  const double unit = unit_of(t), scale = model_.standardization.target_scale[t] / unit;
  arma::vec variance(rows(), arma::fill::zeros), expert_variance;
  for (arma::uword k = 0; k < model_.size(); ++k) {
    const Part expert = part(k, t);
    expert.marginal.family->variance(expert.eta, expert.marginal.psi.data(), expert_variance);
    const arma::vec far = scale * scale * expert_variance + arma::square((mu.col(k) - center) / unit);
    for (arma::uword n = 0; n < rows(); ++n)  // an infinite variance counts even where the weight underflows to 0
      variance[n] += std::isinf(expert_variance[n]) ? expert_variance[n] : g(n, k) * far[n];
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

arma::vec Predictive::crps(arma::uword t) const {
  const std::vector<Part> parts = this->parts(t);
  const bool normal =
      std::all_of(parts.begin(), parts.end(), [](const Part& part) { return part.marginal.family->normal(); });
  return normal ? normal_crps(t) : numeric_crps(t);
}

// CRPS = E |Y - y| - E |Y - Y'| / 2 (Gneiting, Raftery 2007). For normal experts both are sums in closed form.
arma::vec Predictive::normal_crps(arma::uword t) const {
  const double unit = unit_of(t);
  const arma::mat g = weights(), mu = expert_means(t) / unit;
  const arma::vec y = in_data_units(block_.y.col(t), t) / unit;
  arma::mat variance(rows(), model_.size());
  arma::vec expert_variance;
  for (arma::uword k = 0; k < model_.size(); ++k) {
    const Part expert = part(k, t);
    expert.marginal.family->variance(expert.eta, expert.marginal.psi.data(), expert_variance);
    variance.col(k) = std::pow(model_.standardization.target_scale[t] / unit, 2) * expert_variance;
  }
  arma::vec result(rows(), arma::fill::zeros);
  for (arma::uword n = 0; n < rows(); ++n)
    for (arma::uword k = 0; k < model_.size(); ++k) {
      result[n] += g(n, k) * mean_abs_normal(mu(n, k) - y[n], std::sqrt(variance(n, k)));
      for (arma::uword j = 0; j <= k; ++j)
        result[n] -= (j == k ? 0.5 : 1.0) * g(n, k) * g(n, j) *
                     mean_abs_normal(mu(n, k) - mu(n, j), std::sqrt(variance(n, k) + variance(n, j)));
    }
  return unit * result;
}

namespace {

/// Between the quantiles at neighbouring levels an expert's distribution function is smooth enough for the quadrature
/// below.
constexpr double kLevels[] = {1e-9, 1e-7, 1e-5, 1e-3, 0.01,  0.05,    0.15,     0.3,     0.5,
                              0.7,  0.85, 0.95, 0.99, 0.999, 0.99999, 1 - 1e-7, 1 - 1e-9};
/// Gauss-Legendre quadrature with 6 points on (-1, 1).
constexpr double kPoints[] = {0.2386191860831969, 0.6612093864662645, 0.9324695142031521};
constexpr double kPointWeights[] = {0.4679139345726910, 0.3607615730481386, 0.1713244923791704};
/// With more jumps than this, several jumps are treated as one.
constexpr double kMostJumps = 1000;

}  // namespace

// The CRPS by its definition, the integral of (F(t) - 1{t >= y})^2 over t. For counts it is a sum over the jumps of F.
// Otherwise it is computed by quadrature between the quantiles of all experts, as narrow experts may lie far apart.
arma::vec Predictive::numeric_crps(arma::uword t) const {
  const std::vector<Part> parts = this->parts(t);
  const arma::vec y = in_data_units(block_.y.col(t), t);
  arma::vec result(rows(), arma::fill::zeros);
  const auto add = [&](const arma::vec& at, const arma::vec& width) {
    result += width % arma::square(cdf(parts, at, t) - arma::conv_to<arma::vec>::from(at >= y));
  };
  if (discrete(
          // Sums over the jumps from y downwards and upwards; many jumps are taken in groups, each represented by its
          // middle.
          t)) {
    const arma::vec low = arma::min(quantile(kLevels[0], t), y), high = arma::max(quantile(1 - kLevels[0], t), y);
    const arma::vec stride = arma::max(arma::ceil((high - low) / kMostJumps), arma::ones(rows()));
    const arma::vec middle = arma::floor(0.5 * (stride - 1));
    for (double i = 0; arma::any(y + i * stride < high); ++i)
      add(y + i * stride + middle, stride % arma::conv_to<arma::vec>::from(y + i * stride < high));
    for (double i = 1; arma::any(y - (i - 1) * stride > low); ++i)
      add(y - i * stride + middle, stride % arma::conv_to<arma::vec>::from(y - (i - 1) * stride > low));
    return result;
  }
  arma::mat ends(rows(), model_.size() * std::size(kLevels) + 1);
  arma::vec end;
  for (arma::uword k = 0; k < parts.size(); ++k)
    for (std::size_t i = 0; i < std::size(kLevels); ++i) {
      parts[k].marginal.family->quantile(kLevels[i], parts[k].eta, parts[k].marginal.psi.data(), end);
      ends.col(k * std::size(kLevels) + i) = in_data_units(end, t);
    }
  ends.tail_cols(1) = y;
  ends = arma::sort(ends, "ascend", 1);
  for (arma::uword i = 0; i + 1 < ends.n_cols; ++i) {
    const arma::vec half = 0.5 * (ends.col(i + 1) - ends.col(i)), middle = ends.col(i) + half;
    for (std::size_t j = 0; j < std::size(kPoints); ++j)
      for (const double side : {-1.0, 1.0}) add(middle + side * kPoints[j] * half, kPointWeights[j] * half);
  }
  return result;
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
