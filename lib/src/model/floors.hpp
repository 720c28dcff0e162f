// What the floors of scales follow from: how finely the target is given, and how far it lies from one linear fit. Its raw spread says
// nothing of its noise: a day's times may lie within a second of a line.
#pragma once

#include "moe/model.hpp"

namespace moe {

/// The greatest step that all values (n) are apart by multiples of, within their rounding; 0 where there is none, or they are equal.
double step_between(const arma::vec& values);
/// The same of each target, T.
arma::vec steps_between(const arma::mat& y);

/// The smallest scales that a fit of the model to the rows may find, one a target, in model units: below them a density tells of
/// nothing but rounding, or of a few rows. `steps`: see steps_between(), of the targets in data units. `guarded`: whether ends with
/// an expert on a few rows are set aside, so that the floor need not prevent them.
arma::vec least_scales(const Model& model, const Rows& rows, const arma::vec& steps, bool guarded);

}  // namespace moe
