// Fits that are interrupted and continued. A checkpoint is a model file with the best model so far and one more tensor
// and text, which other readers of model files ignore; src/fit/progress_numbers.hpp documents them.
#pragma once

#include <armadillo>
#include <map>
#include <string>

#include "moe/file.hpp"
#include "moe/model.hpp"

namespace moe {

/// The results of the parts of a fit by name: fits that have ended, and the state of solvers after their last pass.
using FitProgress = std::map<std::string, arma::vec>;

struct Checkpoint {
  Model model;
  FitProgress progress;  ///< empty for a plain model
  std::string words;     ///< the caller's own text: what it needs for going on
};

/// Like save_model() and load_model(). A plain model is a checkpoint without progress.
void save_checkpoint(const Checkpoint& checkpoint, const std::string& path);
Checkpoint load_checkpoint(const std::string& path);

/// A hash, as text (XXH3-64), of a table's names, classes and numbers.
std::string fingerprint(const Schema& schema, const Dataset& data);

}  // namespace moe
