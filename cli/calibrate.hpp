// Conformal calibration, in `moe calibrate` and in `moe train --conformal`.
#pragma once

#include <optional>

#include "command.hpp"
#include "moe/dataset.hpp"
#include "moe/model.hpp"

namespace cli {

/// --conformal and what belongs to it, of commands that fit a model.
std::vector<Option> conformal_options();
/// Throws Error (usage) where these options contradict each other, or the table has no category of that name.
void check_conformal(const Arguments& arguments, const moe::Schema& schema);
/// The scores of rows that the model has not seen, in the groups that the options ask for.
moe::Conformal calibrated_by(const Arguments& arguments, const moe::Model& model, const moe::Dataset& rows);
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
