// Conformal calibration, in `moe calibrate` and in `moe train --conformal`.
#pragma once

#include <optional>

#include "command.hpp"
#include "moe/dataset.hpp"
#include "moe/model.hpp"

namespace cli {

/// --conformal, of commands that fit a model.
Option conformal_option();
/// Whether the fits of folds are to calibrate their committee by the rows that they have not seen: --conformal folds.
bool conformal_by_folds(const Arguments& arguments);
/// Throws Error (usage) for --conformal folds, where a single model is fitted.
void refuse_folds_of_one_fit(const Arguments& arguments);
/// Takes the rows of --conformal PART out of the table, so that the fit does not see them. Nothing without the option.
std::optional<moe::Dataset> hold_for_conformal(const Arguments& arguments, moe::TrainingTable& table);
/// Says how many rows have calibrated the model and for which levels they are enough. It is silent under --quiet and
/// for a model that is not calibrated.
void say_calibration(const Arguments& arguments, const moe::Model& model);

}  // namespace cli
