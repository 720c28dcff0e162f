// Fits that are broken off and go on. A checkpoint is a model file, the best model so far, with a tensor and a text more, which other
// readers of model files pass over; src/progress_numbers.hpp documents them.
#pragma once

#include <armadillo>
#include <map>
#include <string>

#include "moe/file.hpp"
#include "moe/model.hpp"

namespace moe {

/// What the parts of a fit have come to, by their names: fits that are over, and solvers' states after their last pass.
using FitProgress = std::map<std::string, arma::vec>;

struct Checkpoint {
  Model model;
  FitProgress progress;  ///< empty: a plain model
  std::string words;     ///< the caller's own: what it must know to go on
};

/// As save_model() and load_model(); a plain model is a checkpoint without progress.
void save_checkpoint(const Checkpoint& checkpoint, const std::string& path);
Checkpoint load_checkpoint(const std::string& path);

/// A number, as text, that tables with other names, classes or numbers do not share but by chance (XXH3-64).
std::string fingerprint(const Schema& schema, const Dataset& data);

}  // namespace moe
