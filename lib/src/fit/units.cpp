#include "fit/units.hpp"

#include <algorithm>
#include <cmath>

#include "fit/solver_choice.hpp"
#include "fit/spurious.hpp"
#include "model/floors.hpp"
#include "model/scale_floor.hpp"
#include "moe/train.hpp"

namespace moe {
namespace {

/// Whether training discards ends in which an expert sits on a few rows: see spurious().
bool guarded(const Model& model, const std::string& solver) {
  return !make_solver(solver)->stochastic() && all_linear(model) && !tells_scales(model);
}

/// What of the data a model allows to be shifted and scaled.
Standardization::Parts parts_of(const Model& model, bool standardize) {
  Standardization::Parts parts{standardize, standardize, model.gate_branch.network->has_intercept()};
  for (const Expert& expert : model.experts) {
    // Without an intercept, the logarithm of a scale cannot follow the units of the target.
    const bool follows = expert.network->has_intercept() || expert.family->outputs() == model.targets();
    parts.target = parts.target && expert.family->location_scale() && follows;
    parts.centers = parts.centers && expert.network->has_intercept();
  }
  return parts;
}

}  // namespace

Dataset counted_rows(const Dataset& data) {
  const arma::uvec rows = arma::find(data.w > 0);
  return take_rows(data, {rows.begin(), rows.end()});
}

void take_offsets(const Model& model, Dataset& data) {
  const bool shifts = std::all_of(model.experts.begin(), model.experts.end(),
                                  [](const Expert& expert) { return expert.family->location_scale(); });
  if (!shifts || data.offset.is_empty()) return;
  data.y -= data.offset;
  data.offset.reset();
}

Model unfitted(const Schema& schema, const ModelSpec& spec, const Model& probe, const Dataset& data, bool standardize) {
  return Model(schema, Standardization::of(data, schema.classes(), parts_of(probe, standardize)), spec);
}

Standardization with_floors(Standardization units, const Model& model, const Rows& rows, const arma::vec& steps,
                            const std::string& solver) {
  const arma::vec least = least_scales(model, rows, steps, guarded(model, solver));
  for (arma::uword t = 0; t < least.n_elem; ++t)
    if (arma::range(rows.y.col(t)) > 0) units.target_spread[t] = least[t] / kFloor;
  return units;
}

Standardization common_units(const Schema& schema, const Dataset& table, const std::vector<ModelSpec>& specs) {
  Dataset data = arma::any(table.w == 0) ? counted_rows(table) : table;
  const Standardization none = Standardization::none(schema.inputs.size(), schema.targets.size());
  Standardization::Parts parts;
  for (const ModelSpec& spec : specs) {
    const Standardization::Parts own = parts_of(Model(schema, none, spec), true);
    parts.target = parts.target && own.target;
    parts.centers = parts.centers && own.centers;
  }
  if (parts.target) take_offsets(Model(schema, none, specs.front()), data);
  Standardization units = Standardization::of(data, schema.classes(), parts);
  if (schema.classes()) return units;
  const Model model(schema, units, specs.front());
  const arma::vec steps = steps_between(data.y);
  units = with_floors(units, model, model.standardize(std::move(data)), steps, "adam");
  for (arma::uword t = 0; t < steps.n_elem; ++t)
    units.target_spread[t] =
        std::max(units.target_spread[t], steps[t] / std::sqrt(12.0) / units.target_scale[t] / kFloor);
  return units;
}

}  // namespace moe
