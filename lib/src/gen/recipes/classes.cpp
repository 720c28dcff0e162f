// Recipes whose target is a class. They use portable arithmetic only (random.hpp), so the bytes are the same on every
// machine.
#include <algorithm>
#include <cmath>

#include "gen/recipes/process.hpp"

namespace moe::processes {
namespace {

/// Adds noise to the inputs, after the class has been decided by the inputs without noise.
void blur_inputs(Random& random, Row& row, double noise) {
  for (double& x : row.x) x += noise * random.normal();
}

}  // namespace

Process exclusive_or(const Settings& settings, Random&) {
  return {[noise = settings.noise](Random& random, Row& row) {
    draw_inputs(random, row, -1, 1);
    row.y = (row.x[0] > 0) != (row.x[1] > 0) ? 1 : 0;
    blur_inputs(random, row, noise);
  }};
}

Process spirals(const Settings& settings, Random&) {
  return {[noise = settings.noise](Random& random, Row& row) {
    constexpr double kHalfTurns = 3;
    row.y = static_cast<double>(random.below(2));
    row.expert = 1 + static_cast<unsigned>(row.y);
    const double radius = std::sqrt(random.uniform());
    row.x[0] = radius * portable::cos_pi(kHalfTurns * radius + row.y);
    row.x[1] = radius * portable::sin_pi(kHalfTurns * radius + row.y);
    blur_inputs(random, row, noise);
  }};
}

Process checkerboard(const Settings& settings, Random&) {
  return {[noise = settings.noise](Random& random, Row& row) {
    draw_inputs(random, row, 0, 4);
    row.y = std::fmod(std::floor(row.x[0]) + std::floor(row.x[1]), 2);
    blur_inputs(random, row, noise);
  }};
}

Process blobs(const Settings& settings, Random& parameters) {
  arma::mat centers(settings.d, settings.K);
  for (double& center : centers) center = parameters.uniform(-5, 5);
  return {[centers, noise = settings.noise](Random& random, Row& row) {
    const std::uint64_t k = random.below(centers.n_cols);
    row.y = static_cast<double>(k);
    row.expert = static_cast<unsigned>(k + 1);
    std::copy_n(centers.colptr(k), row.x.size(), row.x.begin());
    blur_inputs(random, row, noise);
  }};
}

}  // namespace moe::processes
