// The units of a model: what its inputs and targets are shifted and scaled by, and the floors of its scales.
#pragma once

#include <string>
#include <vector>

#include "moe/model.hpp"

namespace moe {

/// The rows of positive weight. Others must have no influence, not even through the largest value of a column.
Dataset counted_rows(const Dataset& data);

/// Subtracts offsets from the targets, where all families allow it. The spread of the target is then that of what the
/// experts must explain.
void take_offsets(const Model& model, Dataset& data);

/// A model with units that follow from the data. The target is standardised if every family allows it. Nothing is
/// centred if a branch has no intercept. `probe`: the same model in the data's own units.
Model unfitted(const Schema& schema, ModelSpec spec, const Model& probe, const Dataset& data, bool standardize);

/// Where a network of the spec has pieces and the spec has no knots, sets them: quantiles of each input's rows, in
/// these units. Throws Error (usage) where two networks have other numbers of pieces.
void settle_knots(ModelSpec& spec, const Dataset& data, const Standardization& units);

/// `units` with the floors of scales that follow from the rows. The model has standardised these already.
Standardization with_floors(Standardization units, const Model& model, const Rows& rows, const arma::vec& steps,
                            const std::string& solver);
/// The same with these floors, one for each target in data units.
Standardization with_floors(Standardization units, const std::vector<double>& floors);

}  // namespace moe
