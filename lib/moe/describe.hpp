// A model in words and figures, coefficients in the data's own units: what `moe inspect` shows.
#pragma once

#include <armadillo>
#include <optional>
#include <string>
#include <vector>

#include "moe/coefficient_names.hpp"
#include "moe/inference.hpp"
#include "moe/model.hpp"

namespace moe {

/// The coefficients of a branch with a linear or constant network, rows as coefficient_names() has them, in the data's
/// units: a step of 1 in an input moves output o by coefficients(j, o). Empty for other networks.
arma::mat expert_coefficients(const Model& model, arma::uword k);
/// The gate's logits; under a softmax the last expert is the reference, whose column is 0.
arma::mat gate_coefficients(const Model& model);
/// An expert's sigma and its like, in data units.
std::vector<Family::Figure> expert_figures(const Model& model, arma::uword k);

/// What the fit's guards found, a sentence each: starved experts, a gate that is a step, a sigma on its floor.
std::vector<std::string> guard_notes(const Model& model);

/// One JSON object; see `moe inspect --help` for its keys. Errors are those of the fit, or of `inference`, with intervals of that
/// level.
std::string describe_json(const Model& model);
std::string describe_json(const Model& model, const std::optional<Inference>& inference, double level);
/// An aligned table for people.
std::string describe_text(const Model& model);
std::string describe_text(const Model& model, const std::optional<Inference>& inference, double level);

}  // namespace moe
