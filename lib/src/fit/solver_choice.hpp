// Which solver a model is fitted by.
#pragma once

#include <string>

#include "moe/model.hpp"
#include "moe/train.hpp"

namespace moe {

/// Whether every network is linear in its parameters.
bool all_linear(const Model& model);
/// The solver's name, where options.solver is "auto" the one that suits the model and so many rows. Throws Error (usage) for one that
/// cannot do what the penalty asks.
std::string resolved_solver(const Model& model, const TrainOptions& options, arma::uword rows);

}  // namespace moe
