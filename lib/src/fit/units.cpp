#include "fit/units.hpp"

#include <algorithm>
#include <cmath>

#include "fit/solver_choice.hpp"
#include "fit/spurious.hpp"
#include "model/floors.hpp"
#include "model/scale_floor.hpp"
#include "moe/error.hpp"
#include "moe/train.hpp"

namespace moe {
namespace {

/// Whether training discards ends in which an expert sits on a few rows: see spurious().
bool guarded(const Model& model, const std::string& solver) {
  return !make_solver(solver)->stochastic() && all_linear(model) && !tells_scales(model);
}

/// What of the data a model allows to be shifted and scaled. `together`: with other models, in common units.
Standardization::Parts parts_of(const Model& model, bool standardize, bool together = false) {
  Standardization::Parts parts{standardize, standardize, model.gate_branch.network->has_intercept()};
  for (const Expert& expert : model.experts) {
    // Without an intercept, the logarithm of a scale cannot follow the units of the target.
    const bool follows = expert.network->has_intercept() || expert.family->outputs() == model.targets();
    const Family& family = *expert.family;
    parts.target = parts.target && follows && (together ? family.any_units() : family.location_scale());
    parts.centers = parts.centers && expert.network->has_intercept();
  }
  return parts;
}

/// The values of x that have at least this weight each, in ascending order. `order`: the rows in that of their values.
std::vector<double> heavy_values(const arma::vec& x, const arma::vec& w, const arma::uvec& order, double least) {
  std::vector<double> result;
  double weight = 0;
  for (arma::uword i = 0; i < order.n_elem; ++i) {
    weight += w[order[i]];
    if (i + 1 < order.n_elem && x[order[i + 1]] == x[order[i]]) continue;
    if (weight >= least) result.push_back(x[order[i]]);
    weight = 0;
  }
  return result;
}

/// `count` quantiles of the rows in `order`, from the least value to the largest.
std::vector<double> quantiles_of(const arma::vec& x, const arma::vec& w, const arma::uvec& order, std::size_t count) {
  const double total = arma::accu(w.elem(order));
  std::vector<double> result;
  arma::uword at = 0;
  double below = w[order[0]];
  for (std::size_t i = 0; i < count; ++i) {
    const bool last = i + 1 == count;
    const double wanted = total * static_cast<double>(i) / static_cast<double>(count - 1);
    while (below < wanted && at + 1 < order.n_elem) below += w[order[++at]];
    result.push_back(x[last ? order[order.n_elem - 1] : order[at]]);
  }
  return result;
}

/// At most `pieces` + 1 values of x in ascending order, the least and the largest included, in these units: those that
/// have the weight of a piece or more by themselves, as 0 has among sums that are mostly nothing; and quantiles of the
/// others. None where there are fewer than three.
std::vector<double> quantile_knots(const arma::vec& x, const arma::vec& w, arma::uword pieces, double center,
                                   double scale) {
  const arma::uvec order = arma::stable_sort_index(x);
  const double least = arma::accu(w) / static_cast<double>(pieces);
  std::vector<double> knots = heavy_values(x, w, order, least);
  std::vector<arma::uword> others;
  for (const arma::uword n : order)
    if (!std::binary_search(knots.begin(), knots.end(), x[n])) others.push_back(n);
  if (!others.empty()) {
    const std::size_t count = std::max<std::size_t>(pieces + 1 - std::min<std::size_t>(knots.size(), pieces - 1), 2);
    const std::vector<double> quantiles = quantiles_of(x, w, arma::uvec(others), count);
    knots.insert(knots.end(), quantiles.begin(), quantiles.end());
  }
  for (double& knot : knots) knot = (knot - center) / scale;
  std::sort(knots.begin(), knots.end());
  knots.erase(std::unique(knots.begin(), knots.end()), knots.end());
  return knots.size() < 3 ? std::vector<double>{} : knots;
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

void settle_knots(ModelSpec& spec, const Dataset& data, const Standardization& units) {
  std::vector<std::string> networks = spec.experts;
  networks.push_back(spec.gate);
  std::optional<arma::uword> pieces;
  for (const std::string& network : networks) {
    const std::optional<arma::uword> own = number_of_pieces(network);
    if (own && pieces && *own != *pieces)
      throw Error(ErrorKind::kUsage, "networks with " + std::to_string(*pieces) + " and " + std::to_string(*own) +
                                         " pieces: expected the same number in all of a model");
    if (own) pieces = own;
  }
  if (!pieces || !spec.knots.empty()) return;
  for (arma::uword j = 0; j < units.input_center.n_elem; ++j)
    spec.knots.push_back(
        quantile_knots(data.X.row(j + 1).t(), data.w, *pieces, units.input_center[j], units.input_scale[j]));
}

Model unfitted(const Schema& schema, ModelSpec spec, const Model& probe, const Dataset& data, bool standardize) {
  Standardization units = Standardization::of(data, schema.classes(), parts_of(probe, standardize));
  settle_knots(spec, data, units);
  return Model(schema, std::move(units), spec);
}

Standardization with_floors(Standardization units, const Model& model, const Rows& rows, const arma::vec& steps,
                            const std::string& solver) {
  const arma::vec least = least_scales(model, rows, steps, guarded(model, solver));
  for (arma::uword t = 0; t < least.n_elem; ++t)
    if (arma::range(rows.y.col(t)) > 0) units.target_spread[t] = least[t] / kFloor;
  return units;
}

Standardization with_floors(Standardization units, const std::vector<double>& floors) {
  for (arma::uword t = 0; t < floors.size(); ++t) units.target_spread[t] = floors[t] / units.target_scale[t] / kFloor;
  return units;
}

Standardization common_units(const Schema& schema, const Dataset& table, const std::vector<ModelSpec>& specs) {
  Dataset data = arma::any(table.w == 0) ? counted_rows(table) : table;
  const Standardization none = Standardization::none(schema.inputs.size(), schema.targets.size());
  Standardization::Parts parts;
  for (const ModelSpec& spec : specs) {
    const Standardization::Parts own = parts_of(Model(schema, none, spec), true, true);
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
