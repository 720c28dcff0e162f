// What `moe train` prints at the end.
#pragma once

#include "moe/train.hpp"

namespace cli {

/// Rows, solver, passes, objective, log-likelihood, seconds.
/// Whether some experts describe probabilities of counts and some densities.
bool mixes_measures(const std::vector<const moe::Model*>& models);

void summarise(const moe::Model& model, const moe::TrainReport& report);
/// Prints warnings, also where nothing else is to be printed.
void warn(const moe::Model& model, const moe::TrainReport& report, const moe::TrainingTable& table);

}  // namespace cli
