// Floors of scales. They follow from how finely the target is given, and from the residuals of one linear fit. The raw
// spread of the target is no guide to its noise: times of a whole day may lie within a second of a line.
#pragma once

#include "moe/model.hpp"

namespace moe {

/// The largest step such that all differences between the values (n) are multiples of it, but for rounding errors.
/// Returns 0 where there is none, or all values are equal.
double step_between(const arma::vec& values);
/// step_between() for each target (T).
arma::vec steps_between(const arma::mat& y);

/// The smallest scale that a fit of the model to the rows may find for each target, in model units. A smaller one
/// describes rounding errors or a few rows, not noise. `steps`: steps_between() of the targets in data units.
/// `guarded`: whether training discards ends with an expert on a few rows, so that the floor need not prevent them.
arma::vec least_scales(const Model& model, const Rows& rows, const arma::vec& steps, bool guarded);

}  // namespace moe
