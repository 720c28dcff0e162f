// A recipe is a function that draws rows. The recipes are in numbers.cpp and classes.cpp, and the table of their names
// is in ../recipe.cpp.
#pragma once

#include <armadillo>
#include <functional>
#include <optional>
#include <vector>

#include "moe/random.hpp"

namespace moe::processes {

/// The options of a recipe, with defaults filled in.
struct Settings {
  arma::uword d, K;
  double noise;
};

struct Row {
  std::vector<double> x;  ///< d
  double y = 0;
  unsigned expert = 1;  ///< which of the experts 1..K drew the row
};

/// Linear experts under a linear softmax gate. Each column is [intercept; slopes].
struct Mixture {
  arma::mat gate, experts;    ///< (1 + d) x K
  std::vector<double> sigma;  ///< K
};

struct Process {
  std::function<void(Random&, Row&)> draw;
  std::optional<Mixture> truth = std::nullopt;  ///< the truth, where a model can represent it
};

/// `parameters`: the stream for the recipe's own parameters. Its rows come from another stream.
using Maker = Process(const Settings& settings, Random& parameters);

Maker uniform, two_lines, experts, friedman1, sine, inverse, step, counts;
Maker exclusive_or, spirals, checkerboard, blobs;

inline void draw_inputs(Random& random, Row& row, double low, double high) {
  for (double& x : row.x) x = random.uniform(low, high);
}

}  // namespace moe::processes
