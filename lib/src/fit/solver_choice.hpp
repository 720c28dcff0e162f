// The choice of the solver for a model.
#pragma once

#include <string>

#include "moe/model.hpp"
#include "moe/train.hpp"

namespace moe {

/// Whether every network is linear in its parameters.
bool all_linear(const Model& model);
/// The name of the solver. For options.solver "auto" it is the one that suits the model and the number of rows. Throws
/// Error (usage) for a solver that cannot handle the penalty.
std::string resolved_solver(const Model& model, const TrainOptions& options, arma::uword rows);

}  // namespace moe
