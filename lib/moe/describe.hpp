// A model in words and figures, coefficients in the data's own units: what `moe inspect` shows.
#pragma once

#include <armadillo>
#include <string>
#include <vector>

#include "moe/model.hpp"

namespace moe {

/// The coefficients of a branch with a linear or constant network, (1 + inputs) x outputs, row 0 the intercepts, in the data's
/// units: a step of 1 in an input moves output o by coefficients(j, o). Empty for other networks.
arma::mat expert_coefficients(const Model& model, arma::uword k);
/// The gate's logits; under a softmax the last expert is the reference, whose column is 0.
arma::mat gate_coefficients(const Model& model);
/// The names of the inputs that a branch reads.
std::vector<std::string> input_names(const Model& model, const Branch& branch);
/// An expert's standard deviation in data units; NaN for classes.
double expert_sigma(const Model& model, arma::uword k);

/// One JSON object; see `moe inspect --help` for its keys.
std::string describe_json(const Model& model);
/// An aligned table for people.
std::string describe_text(const Model& model);

}  // namespace moe
