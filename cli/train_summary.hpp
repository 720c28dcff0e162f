// What `moe train` prints at the end.
#pragma once

#include "moe/train.hpp"

namespace cli {

/// Whether some experts describe probabilities of counts and some densities.
bool mixes_measures(const std::vector<const moe::Model*>& models);

/// Prints rows, solver, passes, objective, log-likelihood, seconds.
void summarise(const moe::Model& model, const moe::TrainReport& report);
std::string constant_note(const moe::Model& model);
/// What is worth to know of the table: of its targets, equal columns, rows left out.
std::vector<std::string> notes_on_table(const moe::Model& model, const std::vector<moe::FarValues>& far_values,
                                        const moe::TrainingTable& table);
/// Warnings and notes, which are said also where nothing else is.
std::vector<std::string> warnings(const moe::Model& model, const moe::TrainReport& report,
                                  const moe::TrainingTable& table);

}  // namespace cli
