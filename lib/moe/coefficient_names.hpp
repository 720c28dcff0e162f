// The names of a model's coefficients in reports.
#pragma once

#include <string>
#include <vector>

#include "moe/model.hpp"

namespace moe {

/// The names of the inputs that a branch reads.
std::vector<std::string> input_names(const Model& model, const Branch& branch);
/// The names of the rows of a table of its coefficients: "(intercept)", "x", "x^2", ..
std::vector<std::string> coefficient_names(const Model& model, const Branch& branch);
/// The names of the columns of a table of an expert's coefficients.
std::vector<std::string> output_names(const Model& model, arma::uword k);

}  // namespace moe
