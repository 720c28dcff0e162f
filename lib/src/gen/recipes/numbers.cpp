// Recipes whose target is a number. They use portable arithmetic only (random.hpp), so the bytes are the same on every
// machine.
#include <algorithm>
#include <cmath>

#include "gen/recipes/process.hpp"

namespace moe::processes {
namespace {

double linear(const double* coefficients, const std::vector<double>& x) {
  double sum = coefficients[0];
  for (std::size_t j = 0; j < x.size(); ++j) sum += coefficients[1 + j] * x[j];
  return sum;
}

/// Draws an expert, and returns its linear predictor.
double pick_expert(const Mixture& mixture, Random& random, Row& row) {
  std::vector<double> weights(mixture.gate.n_cols);
  for (arma::uword k = 0; k < weights.size(); ++k) weights[k] = linear(mixture.gate.colptr(k), row.x);
  const double largest = *std::max_element(weights.begin(), weights.end());
  for (double& weight : weights) weight = portable::exp(weight - largest);
  const std::size_t k = random.index(weights);
  row.expert = static_cast<unsigned>(k + 1);
  return linear(mixture.experts.colptr(k), row.x);
}

/// Coefficients, (1 + d) x K: normal intercepts, and slopes such that the sum over independent inputs of unit variance
/// has the standard deviation `slopes`.
arma::mat random_coefficients(Random& parameters, const Settings& settings, double intercepts, double slopes) {
  arma::mat result(1 + settings.d, settings.K);
  const double each = slopes / std::sqrt(static_cast<double>(settings.d));
  for (arma::uword k = 0; k < settings.K; ++k)
    for (arma::uword j = 0; j <= settings.d; ++j) result(j, k) = (j == 0 ? intercepts : each) * parameters.normal();
  return result;
}

}  // namespace

Process uniform(const Settings&, Random&) {
  return {[](Random& random, Row& row) {
    draw_inputs(random, row, 0, 1);
    row.y = random.uniform();
  }};
}

Process two_lines(const Settings& settings, Random&) {
  const Mixture mixture{{{0, 0}, {2, -2}}, {{0, 1}, {2, -1}}, {settings.noise, settings.noise}};
  const auto draw = [mixture](Random& random, Row& row) {
    draw_inputs(random, row, -1, 1);
    const double line = pick_expert(mixture, random, row);
    row.y = line + mixture.sigma[row.expert - 1] * random.normal();
  };
  return {draw, mixture};
}

Process experts(const Settings& settings, Random& parameters) {
  Mixture mixture{
      random_coefficients(parameters, settings, 0.5, 3), random_coefficients(parameters, settings, 2, 2), {}};
  for (arma::uword k = 0; k < settings.K; ++k) mixture.sigma.push_back(settings.noise * parameters.uniform(0.5, 1.5));
  const auto draw = [mixture](Random& random, Row& row) {
    for (double& x : row.x) x = random.normal();
    const double plane = pick_expert(mixture, random, row);
    row.y = plane + mixture.sigma[row.expert - 1] * random.normal();
  };
  return {draw, mixture};
}

Process friedman1(const Settings& settings, Random&) {
  return {[noise = settings.noise](Random& random, Row& row) {
    draw_inputs(random, row, 0, 1);
    const auto& x = row.x;
    row.y = 10 * portable::sin_pi(x[0] * x[1]) + 20 * (x[2] - 0.5) * (x[2] - 0.5) + 10 * x[3] + 5 * x[4] +
            noise * random.normal();
  }};
}

Process sine(const Settings& settings, Random&) {
  return {[noise = settings.noise](Random& random, Row& row) {
    draw_inputs(random, row, 0, 1);
    row.y = portable::sin_pi(2 * row.x[0]) + noise * row.x[0] * random.normal();
  }};
}

Process inverse(const Settings& settings, Random&) {
  return {[reach = settings.noise * std::sqrt(3.0)](Random& random, Row& row) {
    row.y = random.uniform();
    row.x[0] = row.y + 0.3 * portable::sin_pi(2 * row.y) + random.uniform(-reach, reach);
  }};
}

Process step(const Settings& settings, Random&) {
  return {[noise = settings.noise](Random& random, Row& row) {
    draw_inputs(random, row, 0, 1);
    const bool right = row.x[0] >= 0.5;
    row.expert = right ? 2 : 1;
    row.y = (right ? 1 : 0) + noise * random.normal();
  }};
}

Process counts(const Settings& settings, Random& parameters) {
  constexpr double kTypicalLog = 2;
  Mixture mixture{
      random_coefficients(parameters, settings, 0.5, 3), random_coefficients(parameters, settings, 1, 1), {}};
  mixture.experts.row(0) += kTypicalLog;
  return {[mixture](Random& random, Row& row) {
    draw_inputs(random, row, -1, 1);
    row.y = static_cast<double>(random.poisson(portable::exp(pick_expert(mixture, random, row))));
  }};
}

}  // namespace moe::processes
