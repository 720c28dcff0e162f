// Conformal calibration, in `moe calibrate` and in `moe train --conformal`.
#pragma once

#include <optional>

#include "command.hpp"
#include "moe/dataset.hpp"
#include "moe/model.hpp"

namespace cli {

/// --conformal PART, of commands that fit a model.
Option conformal_option();
/// Takes the rows of --conformal out of the table, so that the fit does not see them. Nothing without the option.
std::optional<moe::Dataset> hold_for_conformal(const Arguments& arguments, moe::TrainingTable& table);
/// Calibrates the model by rows that no fit has seen, and says up to which level its sets are finite.
void calibrate_by(moe::Model& model, const moe::Dataset& rows, bool by_expert, const Arguments& arguments);

}  // namespace cli
