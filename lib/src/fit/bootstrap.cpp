// The bootstrap (Efron 1979). A mixture's likelihood does not change if its experts are permuted, so a replicate may
// have them in any order. Each replicate is fitted from the model's theta, and its experts are then matched with the
// model's: without that, standard errors would measure the exchange of labels.
#include "moe/bootstrap.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "base/parallel.hpp"
#include "fit/spurious.hpp"
#include "fit/starts.hpp"
#include "judge/reported.hpp"
#include "moe/error.hpp"
#include "moe/predict.hpp"
#include "moe/random.hpp"
#include "moe/train.hpp"

namespace moe {
namespace {

constexpr std::uint64_t kStreams = std::uint64_t{1} << 40;
constexpr arma::uword kMostInAllOrders = 6;
constexpr double kInfinity = std::numeric_limits<double>::infinity();

using Order = std::vector<arma::uword>;  // for each place, the expert that comes there

// --- Labels ----------------------------------------------------------------------------------------------------------

/// theta in a unique form: where a vector can be added to all outputs of a branch, the parameters of the reference
/// output become 0.
arma::vec anchored(const Model& model, arma::vec theta) {
  for (arma::uword b = 0; b <= model.size(); ++b) {
    const auto reference = reference_output(model, b);
    if (!reference) continue;
    const Branch& branch = branch_of(model, b);
    arma::mat W(theta.memptr() + branch.offset, branch.network->last_inputs(), branch.network->outputs(), false, true);
    W.each_col() -= arma::vec(W.col(*reference));
  }
  return theta;
}

/// The places of an expert's parameters in theta; last those of psi, if it has psi of its own.
arma::uvec places_of(const Model& model, arma::uword k) {
  const Expert& expert = model.experts[k];
  const arma::uvec network = arma::regspace<arma::uvec>(0, expert.network->parameters() - 1) + expert.offset;
  const arma::uword psi = expert.family->shared_dispersion() ? 0 : expert.family->dispersions();
  if (psi == 0) return network;
  return arma::join_cols(network, arma::regspace<arma::uvec>(0, psi - 1) + expert.psi_offset);
}

bool same_kind(const Expert& a, const Expert& b) {
  return a.network->spec() == b.network->spec() && a.family->spec() == b.family->spec() &&
         arma::size(a.columns) == arma::size(b.columns) && arma::all(a.columns == b.columns);
}

/// Distances of theta's experts (columns) from those of the model (rows); infinite between experts of different kinds.
arma::mat distances(const Model& model, const Uncertainty& uncertainty, const arma::vec& theta) {
  const arma::vec anchor = anchored(model, model.theta);
  arma::vec error(anchor.n_elem, arma::fill::ones);
  if (uncertainty.known()) error = arma::sqrt(arma::sum(arma::square(uncertainty.factor), 1));
  error.replace(0, kInfinity);  // parameters that were not estimated do not count
  arma::mat result(model.size(), model.size());
  result.fill(kInfinity);
  for (arma::uword i = 0; i < model.size(); ++i)
    for (arma::uword j = 0; j < model.size(); ++j) {
      if (!same_kind(model.experts[i], model.experts[j])) continue;
      const arma::uvec to = places_of(model, i), from = places_of(model, j);
      result(i, j) = arma::accu(arma::square((anchor.elem(to) - theta.elem(from)) / error.elem(to)));
    }
  return result;
}

Order nearest_order(const arma::mat& distance) {
  Order order(distance.n_rows), best;
  std::iota(order.begin(), order.end(), arma::uword{0});
  double least = kInfinity;
  do {
    double sum = 0;
    for (arma::uword k = 0; k < order.size(); ++k) sum += distance(k, order[k]);
    if (best.empty() || sum < least) best = order, least = sum;
  } while (std::next_permutation(order.begin(), order.end()));
  return best;
}

/// Matches the nearest pair first, then the nearest of the remaining ones.
Order greedy_order(arma::mat distance) {
  Order order(distance.n_rows);
  for (arma::uword k = 0; k < order.size(); ++k) {
    arma::uvec open = arma::find_finite(distance);
    const arma::uword at = open[arma::vec(distance.elem(open)).index_min()];
    const arma::uvec place = arma::ind2sub(arma::size(distance), at);
    order[place[0]] = place[1];
    distance.row(place[0]).fill(kInfinity);
    distance.col(place[1]).fill(kInfinity);
  }
  return order;
}

arma::vec reordered(const Model& model, const arma::vec& theta, const Order& order) {
  arma::vec result = theta;
  const Branch& gate = model.gate_branch;
  const arma::uword height = gate.network->last_inputs();
  for (arma::uword k = 0; k < order.size(); ++k) {
    result.elem(places_of(model, k)) = theta.elem(places_of(model, order[k]));
    result.subvec(gate.offset + gate.network->intercept(k), arma::size(height, 1)) =
        theta.subvec(gate.offset + gate.network->intercept(order[k]), arma::size(height, 1));
  }
  return result;
}

// --- Replicates ------------------------------------------------------------------------------------------------------

/// Draws rows by changing their weights: a row that is drawn twice gets twice its weight.
void resample_rows(Random& random, Dataset& data) {
  const arma::uvec counting = arma::find(data.w > 0);
  arma::vec times(data.rows(), arma::fill::zeros);
  for (arma::uword i = 0; i < counting.n_elem; ++i) times[counting[random.below(counting.n_elem)]] += 1;
  data.w %= times;
}

void draw_targets(const Model& model, Random& random, Dataset& data) {
  Predictive predictive(model);
  predictive.at(data);
  arma::mat target;
  arma::uvec expert;
  predictive.draw(random, target, expert);
  data.y = target;
}

/// What all replicates share.
struct Resampling {
  const Model& model;
  const Dataset& data;
  const BootstrapOptions& options;
  bool spurious;  // whether the model is spurious itself; its replicates may then be, too
};

/// The theta of a replicate; empty where its fit failed, or ended in a spurious maximum.
arma::vec refitted(const Resampling& from, arma::uword replicate) {
  const Model& model = from.model;
  Dataset data = from.data;
  Random random(from.options.seed, kStreams + replicate);
  if (from.options.parametric)
    draw_targets(model, random, data);
  else
    resample_rows(random, data);
  TrainOptions options;
  if (!model.fit.objective.empty()) options.objective = model.fit.objective;
  options.penalty = penalty_of(model.fit);
  options.errors = false;
  options.firth = model.fit.firth;
  try {
    const Model fit =
        train({.schema = model.schema, .spec = model.spec(), .data = data, .options = options, .start = &model}).model;
    const bool dropped = !from.spurious && spurious(model, fit.theta, model.standardize(std::move(data)));
    return dropped ? arma::vec() : fit.theta;
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::kFit) throw;
    return {};
  }
}

void check(const Model& model, const BootstrapOptions& options) {
  for (arma::uword b = 0; b <= model.size(); ++b)
    if (!branch_of(model, b).network->is_linear())
      throw Error(ErrorKind::kUsage, "--bootstrap: network '" + branch_of(model, b).network->spec() +
                                         "' has no coefficients to tell errors of: expected linear networks");
  if (options.parametric) require_density(model, "--parametric");
}

}  // namespace

arma::vec aligned(const Model& model, const Uncertainty& uncertainty, const arma::vec& theta) {
  const arma::mat distance = distances(model, uncertainty, anchored(model, theta));
  const Order order = model.size() <= kMostInAllOrders ? nearest_order(distance) : greedy_order(distance);
  return anchored(model, reordered(model, anchored(model, theta), order));
}

Inference bootstrap(const Model& model, const Dataset& data, const BootstrapOptions& options) {
  check(model, options);
  const Uncertainty known = model.fit.uncertainty.value_or(Uncertainty{});
  const Resampling from{model, data, options, spurious(model, model.theta, model.standardize(data))};
  std::vector<arma::vec> thetas(options.replicates);
  parallel_for(thetas.size(), options.threads, [&](std::size_t i) {
    thetas[i] = refitted(from, i);
    if (!thetas[i].is_empty()) thetas[i] = aligned(model, known, thetas[i]);
  });
  std::erase_if(thetas, [](const arma::vec& theta) { return theta.is_empty(); });
  if (thetas.size() < 2)
    throw Error(ErrorKind::kFit, "--bootstrap: " + std::to_string(thetas.size()) + " of " +
                                     std::to_string(options.replicates) +
                                     " replicates could be fitted: expected two or more");
  Inference result{options.parametric ? "parametric bootstrap" : "bootstrap", {}};
  result.failed = options.replicates - thetas.size();
  result.replicates.set_size(model.theta.n_elem, thetas.size());
  for (arma::uword i = 0; i < thetas.size(); ++i) result.replicates.col(i) = thetas[i];
  result.uncertainty.factor = result.replicates.each_col() - arma::mean(result.replicates, 1);
  result.uncertainty.factor /= std::sqrt(static_cast<double>(thetas.size() - 1));
  // Parameters that the fit did not estimate have no errors.
  for (arma::uword i = 0; i < model.theta.n_elem && known.known(); ++i)
    if (arma::all(known.factor.row(i) == 0)) result.uncertainty.factor.row(i).zeros();
  return result;
}

}  // namespace moe
