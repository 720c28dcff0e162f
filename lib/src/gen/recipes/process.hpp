// What a recipe is made of: a function that draws its rows. The recipes stand in numbers.cpp and classes.cpp, ../recipe.cpp
// has the table of their names.
#pragma once

#include <armadillo>
#include <functional>
#include <optional>
#include <vector>

#include "moe/random.hpp"

namespace moe::processes {

/// The options, defaults filled in.
struct Settings {
  arma::uword d, K;
  double noise;
};

struct Row {
  std::vector<double> x;  ///< d
  double y = 0;
  unsigned expert = 1;  ///< which of 1..K drew it
};

/// Linear experts behind a softmax gate that is linear too. Columns are [intercept; slopes].
struct Mixture {
  arma::mat gate, experts;    ///< (1 + d) x K
  std::vector<double> sigma;  ///< K
};

struct Process {
  std::function<void(Random&, Row&)> draw;
  std::optional<Mixture> truth = std::nullopt;  ///< where a model of ours can be what draws
};

/// `parameters` is what a recipe describes itself from; rows come from a stream of their own.
using Maker = Process(const Settings& settings, Random& parameters);

Maker uniform, two_lines, experts, friedman1, sine, inverse, step, counts;
Maker exclusive_or, spirals, checkerboard, blobs;

inline void draw_inputs(Random& random, Row& row, double low, double high) {
  for (double& x : row.x) x = random.uniform(low, high);
}

}  // namespace moe::processes
