// What `moe train` prints at the end.
#pragma once

#include "moe/train.hpp"

namespace cli {

/// Whether some experts describe probabilities of counts and some densities.
bool mixes_measures(const std::vector<const moe::Model*>& models);

/// Prints rows, solver, passes, objective, log-likelihood, seconds.
void summarise(const moe::Model& model, const moe::TrainReport& report);
void warn_of_constant(const moe::Model& model);
/// Prints what is worth to know of the table: of its targets, equal columns, rows left out.
void note_table(const moe::Model& model, const std::vector<moe::FarValues>& far_values,
                const moe::TrainingTable& table);
/// Prints warnings, also where nothing else is to be printed.
void warn(const moe::Model& model, const moe::TrainReport& report, const moe::TrainingTable& table);

}  // namespace cli
