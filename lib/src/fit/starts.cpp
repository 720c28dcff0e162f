// Starts of a fit. A start is compared with others by a short run of EM on a sample of rows, and only the best of some
// is fitted to the end (em-EM: Biernacki, Celeux, Govaert 2003). As no single way to begin is best for all data, starts
// take turns with the ways of row_shares.hpp, with random weights, and with growing from a single expert (Verbeek,
// Vlassis, Kroese 2003).
#include "fit/starts.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>
#include <vector>

#include "fit/row_shares.hpp"
#include "fit/short_runs.hpp"
#include "objective/responsibilities.hpp"

namespace moe {
namespace {

/// A start uses at most so many rows, as it need not be precise.
constexpr std::size_t kMostRows = 4000;
constexpr std::size_t kUsualStarts = 20;
constexpr std::size_t kGrown = 3;  // the number of the start that grows from a single expert
constexpr int kShort = 15;         // steps of a short run
/// Every other start is the best of several short runs: as many as this many rows allow, between bounds.
constexpr std::size_t kRowsInAll = 10000, kFewestTries = 5, kMostTries = 40;

}  // namespace

arma::vec random_start(const Model& model, const Rows& rows, Random& random) {
  arma::vec theta(model.theta.n_elem, arma::fill::zeros);
  const Branch& gate = model.gate_branch;
  gate.network->start(theta.memptr() + gate.offset, random);
  for (arma::uword k = 0; k < gate.network->outputs() && gate.network->has_intercept(); ++k)
    theta[gate.offset + gate.network->intercept(k)] = model.gate->even_intercept(model.size());
  for (const Expert& expert : model.experts) {
    expert.network->start(theta.memptr() + expert.offset, random);
    const arma::uword row = random.below(rows.count());
    start_at(rows.y.row(row).t(), rows.offset.is_empty() ? 0 : rows.offset[row], expert, theta);
  }
  return theta;
}

bool goes_aside(std::size_t index) { return index % (index < kUsualStarts ? 4 : 2) == 1; }

bool experts_alike(const Model& model) {
  const Expert& first = model.experts.front();
  return std::all_of(model.experts.begin(), model.experts.end(), [&](const Expert& expert) {
    return expert.network->spec() == first.network->spec() && expert.has_design_of(first) &&
           expert.family->spec() == first.family->spec();
  });
}

Model first_experts(const Model& model, arma::uword count) {
  ModelSpec spec = model.spec();
  spec.experts.resize(count);
  spec.expert_inputs.resize(count);
  spec.expert_families.clear();
  if (count == 1) spec.gate = "constant";
  Schema schema = model.schema;
  schema.supports.clear();
  return Model(schema, model.standardization, spec);
}

arma::vec all_like(const Model& model, const Model& single) {
  const Expert& one = single.experts.front();
  arma::vec theta(model.theta.n_elem, arma::fill::zeros);
  for (const Expert& expert : model.experts) {
    std::copy_n(single.theta.begin() + one.offset, one.network->parameters(), theta.begin() + expert.offset);
    std::copy_n(single.theta.begin() + one.psi_offset, one.family->dispersions(), theta.begin() + expert.psi_offset);
  }
  return theta;
}

namespace {

/// Grows from a single expert: in each round one expert is split, in the way that gives the best fit (Verbeek, Vlassis,
/// Kroese 2003). The fit with fewer experts is where the next one begins.
arma::vec grown_start(const Model& model, const Rows& rows, const arma::mat& points, Random& random) {
  arma::vec theta;
  arma::mat R(rows.count(), 1, arma::fill::ones);
  const std::size_t attempts = cost_in_rows(rows) > kMostRows / 4 ? 1 : 3;
  for (arma::uword size = 2; size <= model.size(); ++size) {
    const Model larger = size < model.size() ? first_experts(model, size) : model;
    const ShortRuns runs(larger, rows);
    arma::vec best;
    double lowest = std::numeric_limits<double>::infinity();
    for (std::size_t attempt = 0; attempt < attempts; ++attempt)
      for (arma::uword split = 0; split + 1 < size; ++split) {
        arma::vec end = runs.fitted_to(split_shares(R, split, part_of(larger, split, points, attempt, random)));
        const double value = runs.run(end, kShort);
        if (value < lowest) best = std::move(end), lowest = value;
      }
    if (!std::isfinite(lowest)) return {};
    theta = best;
    if (size < model.size()) R = responsibilities(larger, rows, theta);
  }
  return theta;
}

}  // namespace

arma::vec start(const Model& model, const Rows& all, bool fitted, std::size_t index, Random& random) {
  if (!fitted || model.size() == 1 || goes_aside(index)) return random_start(model, all, random);
  const Rows rows = sample(all, kMostRows, random);
  const arma::mat points = points_of(model, rows);
  if (index == kGrown && experts_alike(model)) {
    const arma::vec theta = grown_start(model, rows, points, random);
    return theta.is_finite() && !theta.is_empty() ? theta : random_start(model, all, random);
  }
  const ShortRuns runs(model, rows);
  arma::vec best;
  double lowest = std::numeric_limits<double>::infinity();
  const std::size_t tries =
      index % 2 == 0 ? std::clamp<std::size_t>(kRowsInAll / cost_in_rows(rows), kFewestTries, kMostTries) : 1;
  for (std::size_t i = 0; i < tries; ++i) {
    const std::size_t kind = (index / 2 + i) % (kWaysToShare + 1);
    arma::vec theta =
        kind == kWaysToShare ? random_start(model, rows, random) : runs.fitted_to(shares(model, points, kind, random));
    if (tries == 1) return theta.is_finite() ? theta : random_start(model, all, random);
    const double value = runs.run(theta, kShort);
    if (best.is_empty() || value < lowest) best = theta, lowest = value;
  }
  return std::isfinite(lowest) ? best : random_start(model, all, random);
}

}  // namespace moe
