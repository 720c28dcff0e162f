// What is chosen where a request says auto: the solver and the family.
#pragma once

#include <string>

#include "moe/model.hpp"
#include "moe/train.hpp"

namespace moe {

/// The family that maximises the likelihood: bernoulli for two classes, categorical for more, gaussian for a number.
std::string default_family(const Schema& schema);
/// Whether every network is a linear function of its design, whose matrix decides which parameters are aliased.
bool all_linear(const Model& model);
/// Whether every network is linear in its parameters: the same, or pieces:N:linear.
bool linear_in_parameters(const Model& model);
/// The name of the solver. For options.solver "auto" it is the one that suits the model and the number of rows. Throws
/// Error (usage) for a solver that cannot handle the penalty.
std::string resolved_solver(const Model& model, const TrainOptions& options, arma::uword rows);

}  // namespace moe
