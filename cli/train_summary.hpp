// What `moe train` says when it is done.
#pragma once

#include "moe/train.hpp"

namespace cli {

/// Rows, solver, passes, objective, log-likelihood, seconds.
/// Whether some experts describe probabilities of counts and some densities.
bool mixes_measures(const std::vector<const moe::Model*>& models);

void summarise(const moe::Model& model, const moe::TrainReport& report);
/// What a user must know even where nothing else is said.
void warn(const moe::Model& model, const moe::TrainReport& report, const moe::TrainingTable& table);

}  // namespace cli
