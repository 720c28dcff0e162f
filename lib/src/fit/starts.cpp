#include "fit/starts.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>
#include <vector>

#include "base/parallel.hpp"
#include "fit/em_step.hpp"
#include "moe/numeric.hpp"
#include "moe/stop.hpp"
#include "objective/basis.hpp"
#include "objective/responsibilities.hpp"

namespace moe {
namespace {

/// Rows that a start looks at, at most: it need not be good to the last digit.
constexpr std::size_t kMostRows = 4000;
/// The share of a row that goes to the expert that it is given to; the others share the rest, so that none is left without rows.
constexpr double kOwn = 0.98;
/// Steps from responsibilities to parameters: the gate's grow without end where rows are told apart by the inputs.
constexpr int kSteps = 2;
constexpr int kLloyd = 10;
constexpr std::size_t kKinds = 5;
constexpr std::size_t kUsualStarts = 20;
constexpr std::size_t kGrown = 3;  // the start that grows from one expert on
/// Short runs of every other start: as many as this many rows allow, within bounds.
constexpr std::size_t kRowsInAll = 10000, kFewestTries = 5, kMostTries = 40;
constexpr int kLap = 10;                                       // steps by whose gain the later ones' are judged
constexpr int kShort = 15, kMoveShort = 60;                    // steps; a move is judged nearer to its end
constexpr std::size_t kMostMovedRows = 1000, kMostMoves = 12;  // of each pair of experts
/// Rows times parameters from which on each move is tried once, and its run cut short where it seems to lead nowhere: some pause on
/// their way.
constexpr arma::uword kDearMove = 100000;
/// In log-likelihood, where only some of the rows tell: less may be their chance.
constexpr double kGainOfSome = 3;
constexpr double kGain = 1e-6;  // of the value: less is no gain
/// A scale below this part of the target's, of fewer rows than this for each coefficient, is no expert but a coincidence.
constexpr double kTight = 0.01, kHandful = 4;
/// Less than this many rows whose sigma inputs make tight are nobody's.
constexpr double kSome = 0.5;
constexpr double kRidge = 1e-6;

Rows sample(const Rows& rows, std::size_t most, Random& random) {
  if (rows.count() <= most) return rows;
  arma::uvec chosen(most);
  for (arma::uword& row : chosen) row = random.below(rows.count());
  Rows result{rows.X.cols(chosen), rows.y.rows(chosen), rows.w.elem(chosen)};
  if (!rows.offset.is_empty()) result.offset = rows.offset.elem(chosen);
  if (!rows.trials.is_empty()) result.trials = rows.trials.elem(chosen);
  return result;
}

/// Inputs and targets as points, (d + T) x n, targets in units of their spread.
arma::mat points_of(const Model& model, const Rows& rows) {
  arma::mat targets = rows.y.t();
  if (!model.classes()) targets.each_col() /= model.standardization.target_typical;
  return arma::join_cols(arma::mat(rows.X.tail_rows(rows.X.n_rows - 1)), targets);
}

arma::mat random_centers(const arma::mat& points, arma::uword K, Random& random) {
  arma::mat centers(points.n_rows, K);
  for (arma::uword k = 0; k < K; ++k) centers.col(k) = points.col(random.below(points.n_cols));
  return centers;
}

/// The nearest center of each point.
arma::uvec nearest(const arma::mat& points, const arma::mat& centers) {
  arma::uvec result(points.n_cols);
  for (arma::uword n = 0; n < points.n_cols; ++n)
    result[n] = arma::sum(arma::square(centers.each_col() - points.col(n)), 0).index_min();
  return result;
}

arma::uvec k_means(const arma::mat& points, arma::uword K, Random& random) {
  arma::mat centers = random_centers(points, K, random);
  arma::uvec cluster = nearest(points, centers);
  for (int i = 0; i < kLloyd; ++i) {
    end_if_stopped();
    for (arma::uword k = 0; k < K; ++k)
      if (const arma::uvec own = arma::find(cluster == k); !own.is_empty())
        centers.col(k) = arma::mean(points.cols(own), 1);
    cluster = nearest(points, centers);
  }
  return cluster;
}

/// Segments between random quantiles along a random direction.
arma::uvec segments(const arma::mat& points, arma::uword K, Random& random) {
  arma::rowvec direction(points.n_rows);
  for (double& value : direction) value = random.normal();
  const arma::vec along = (direction * points).t();
  std::vector<double> cuts;
  for (arma::uword k = 1; k < K; ++k) cuts.push_back(along[random.below(along.n_elem)]);
  std::sort(cuts.begin(), cuts.end());
  arma::uvec result(along.n_elem);
  for (arma::uword n = 0; n < along.n_elem; ++n)
    result[n] = static_cast<arma::uword>(std::upper_bound(cuts.begin(), cuts.end(), along[n]) - cuts.begin());
  return result;
}

/// Each row to its expert, but for a little.
arma::mat responsibilities_of(const arma::uvec& cluster, arma::uword K) {
  arma::mat R(cluster.n_elem, K);
  R.fill(K > 1 ? (1 - kOwn) / static_cast<double>(K - 1) : 1);
  for (arma::uword n = 0; n < cluster.n_elem; ++n) R(n, cluster[n]) = K > 1 ? kOwn : 1;
  return R;
}

/// Each expert counts few rows, as many as determine its coefficients, and the others hardly.
arma::mat elemental(const Model& model, arma::uword rows, Random& random) {
  arma::mat R(rows, model.size());
  R.fill(1e-3);
  for (arma::uword k = 0; k < model.size(); ++k)
    for (arma::uword i = 0; i <= model.experts[k].network->last_inputs(); ++i) R(random.below(rows), k) = 1;
  return R;
}

/// 1 for random rows, twice as many as an expert has coefficients, else 0.
arma::uvec few(const Model& model, arma::uword k, arma::uword rows, Random& random) {
  arma::uvec result(rows, arma::fill::zeros);
  for (arma::uword i = 0; i < 2 * model.experts[k].network->last_inputs(); ++i) result[random.below(rows)] = 1;
  return result;
}

/// 1 for the rows nearest to a random one, a few times as many as an expert has coefficients, else 0.
arma::uvec neighbours(const Model& model, arma::uword k, const arma::mat& points, Random& random) {
  const arma::vec center = points.col(random.below(points.n_cols));
  const arma::rowvec distance = arma::sum(arma::square(points.each_col() - center), 0);
  const arma::uvec order = arma::sort_index(distance);
  const arma::uword most = (3 + random.below(6)) * model.experts[k].network->last_inputs();
  arma::uvec result(points.n_cols, arma::fill::zeros);
  result.elem(order.head(std::min<arma::uword>(most, order.n_elem))).ones();
  return result;
}

/// Which rows expert k is to take: a side of a cut, a few at random, a few close together.
arma::uvec part_of(const Model& model, arma::uword k, const arma::mat& points, std::size_t attempt, Random& random) {
  if (attempt % 3 == 0) return segments(points, 2, random);
  return attempt % 3 == 1 ? few(model, k, points.n_cols, random) : neighbours(model, k, points, random);
}

/// Begins an expert at targets that it is to explain, where its outputs have that offset.
void start_at(const arma::vec& y, double offset, const Expert& expert, arma::vec& theta) {
  arma::vec eta(expert.family->outputs());
  expert.family->start_at(y.memptr(), eta.memptr(), theta.memptr() + expert.psi);
  eta[0] -= offset;
  for (arma::uword out = 0; out < eta.n_elem && expert.network->has_intercept(); ++out)
    theta[expert.offset + expert.network->intercept(out)] = eta[out];
}

/// What offset all rows have, with weights w: that of a log mean so that exposures count as they are. 0 without offsets, which one
/// target alone has.
double common_offset(const Rows& rows, const Expert& expert, const arma::vec& w) {
  if (rows.offset.is_empty()) return 0;
  if (expert.family->link() != Family::Link::kLog) return arma::dot(w, rows.offset) / arma::accu(w);
  const double largest = rows.offset.max();
  return largest + std::log(arma::dot(w, arma::exp(rows.offset - largest)) / arma::accu(w));
}

/// Intercepts at which each expert explains the mean targets of its rows, every weight 0.
arma::vec flat(const Model& model, const Rows& rows, const arma::mat& R) {
  arma::vec theta(model.theta.n_elem, arma::fill::zeros);
  for (arma::uword k = 0; k < model.size(); ++k) {
    const Expert& expert = model.experts[k];
    const arma::vec w = rows.w % R.col(k);
    arma::vec y(model.targets());
    for (arma::uword t = 0; t < y.n_elem; ++t) y[t] = arma::dot(w, rows.y.col(t)) / arma::accu(w);
    if (model.classes()) y[0] = rows.y[w.index_max()];
    start_at(y, common_offset(rows, expert, w), expert, theta);
  }
  return theta;
}

/// A way to share rows out.
arma::mat shares(const Model& model, const arma::mat& points, std::size_t kind, Random& random) {
  const arma::uword K = model.size();
  if (kind == 0) return responsibilities_of(k_means(points, K, random), K);
  if (kind == 1) return responsibilities_of(segments(points, K, random), K);
  if (kind == 2) return elemental(model, points.n_cols, random);
  return responsibilities_of(nearest(points, random_centers(points, K, random)), K);
}

/// Short runs of EM on some of the rows (Biernacki, Celeux, Govaert 2003).
class ShortRuns {
 public:
  ShortRuns(const Model& model, const Rows& rows)
      : model_(model),
        rows_(rows),
        basis_(model, rows, 1),
        ridge_(ridge_of(model)),
        em_(model, rows, basis_, ridge_, 1) {}

  /// The parameters that these responsibilities lead to.
  arma::vec fitted_to(const arma::mat& R) const {
    arma::vec theta = flat(model_, rows_, R);
    for (int i = 0; i < kSteps; ++i) theta = em_.run(theta, &R).target;
    return theta;
  }
  /// Goes on from theta; returns the value there. Ends early where even as many gains as the last steps' would not take the value
  /// below `to_beat`.
  double run(arma::vec& theta, int steps, double to_beat = std::numeric_limits<double>::infinity()) const {
    EmStep::Result here = em_.run(theta);
    double before = here.value;
    for (int i = 0; i < steps; ++i) {
      EmStep::Result there = em_.run(here.target);
      if (!(there.value <= here.value)) break;
      theta = std::move(here.target);
      here = std::move(there);
      if ((i + 1) % kLap != 0) continue;
      const double gain = before - here.value, laps = static_cast<double>(steps - i - 1) / kLap;
      if (here.value - laps * gain > to_beat) break;
      before = here.value;
    }
    return theta.is_finite() ? here.value : std::numeric_limits<double>::infinity();
  }

 private:
  static arma::vec ridge_of(const Model& model) {
    arma::vec ridge(model.theta.n_elem, arma::fill::zeros);
    const auto mark = [&](const Branch& branch) { branch.network->mark_weights(ridge.memptr() + branch.offset); };
    mark(model.gate_branch);
    for (const Expert& expert : model.experts) mark(expert);
    return kRidge * ridge;
  }

  const Model& model_;
  const Rows& rows_;
  Basis basis_;
  arma::vec ridge_;
  EmStep em_;
};

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

/// How many rows' steps cost as much as these do: many inputs do, too.
std::size_t cost_in_rows(const Rows& rows) {
  const std::size_t inputs = rows.X.n_rows;
  return std::max<std::size_t>(rows.count(), inputs * inputs / 20);
}

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
    std::copy_n(single.theta.begin() + one.psi, one.family->dispersions(), theta.begin() + expert.psi);
  }
  return theta;
}

namespace {

/// Expert `split` shares its rows with a new one, the last, which takes `side` of them.
arma::mat split_shares(const arma::mat& R, arma::uword split, const arma::uvec& side) {
  arma::mat result = arma::join_rows(R, R.col(split));
  for (arma::uword n = 0; n < R.n_rows; ++n) {
    const double taken = side[n] == 1 ? kOwn : 1 - kOwn;
    result(n, R.n_cols) *= taken;
    result(n, split) *= 1 - taken;
  }
  return result;
}

/// From one expert on, the best of the fits in which one of those of the model before is split (Verbeek, Vlassis, Kroese 2003): what fewer
/// experts reach is where more begin.
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
    const std::size_t kind = (index / 2 + i) % kKinds;
    arma::vec theta =
        kind == kKinds - 1 ? random_start(model, rows, random) : runs.fitted_to(shares(model, points, kind, random));
    if (tries == 1) return theta.is_finite() ? theta : random_start(model, all, random);
    const double value = runs.run(theta, kShort);
    if (best.is_empty() || value < lowest) best = theta, lowest = value;
  }
  return std::isfinite(lowest) ? best : random_start(model, all, random);
}

namespace {

/// Expert `taken` gives its rows to the others and takes `side` of those that `split` has then.
struct Move {
  arma::uword taken, split;
  std::vector<bool> side;
};

arma::mat moved(arma::mat R, const Move& move) {
  const arma::vec both = R.col(move.split) + R.col(move.taken);  // merged, where nothing better is known
  for (arma::uword n = 0; n < R.n_rows; ++n) {
    R(n, move.taken) = (move.side[n] ? kOwn : 1 - kOwn) * both[n];
    R(n, move.split) = both[n] - R(n, move.taken);
  }
  return R;
}

}  // namespace

arma::vec split_and_merge(const Model& model, const Rows& all, const arma::vec& theta, unsigned threads,
                          Random& random) {
  const Rows rows = sample(all, kMostMovedRows, random);
  const arma::mat points = points_of(model, rows), R = responsibilities(model, rows, theta);
  const ShortRuns runs(model, rows);
  arma::vec best;
  arma::vec stays = theta;  // some of the rows alone pull it off, too
  double lowest = runs.run(stays, kMoveShort);
  lowest -= rows.count() < all.count() ? kGainOfSome / static_cast<double>(rows.count()) : kGain * std::abs(lowest);
  const bool dear = rows.count() * theta.n_elem >= kDearMove;
  const std::size_t attempts = dear ? 1 : std::clamp<std::size_t>(kRowsInAll / 5 / cost_in_rows(rows), 1, kMostMoves);
  std::vector<Move> moves;
  for (std::size_t attempt = 0; attempt < attempts; ++attempt)
    for (arma::uword taken = 0; taken < model.size(); ++taken)
      for (arma::uword split = 0; split < model.size(); ++split)
        if (split != taken) {
          const arma::uvec side = part_of(model, taken, points, attempt, random);
          moves.push_back({taken, split, std::vector<bool>(side.begin(), side.end())});
        }
  const double to_beat = dear ? lowest : std::numeric_limits<double>::infinity();
  std::vector<arma::vec> ends(moves.size());
  std::vector<double> values(moves.size());
  parallel_for(moves.size(), threads, [&](std::size_t i) {
    ends[i] = runs.fitted_to(moved(R, moves[i]));
    values[i] = runs.run(ends[i], kMoveShort, to_beat);
    if (!(values[i] < lowest)) ends[i].reset();
  });
  for (std::size_t i = 0; i < moves.size(); ++i) {
    if (!(values[i] < lowest) || spurious(model, ends[i], rows)) continue;
    lowest = values[i];
    best = std::move(ends[i]);
  }
  return best;
}

namespace {

/// The sum of the shares `r` over rows that differ: a row that stands there twice, or weighs as much, is one coincidence.
double distinct_rows(const Rows& rows, const arma::vec& r) {
  constexpr double kShare = 1e-3;
  const auto less = [&](arma::uword a, arma::uword b) {
    for (arma::uword t = 0; t < rows.y.n_cols; ++t)
      if (rows.y(a, t) != rows.y(b, t)) return rows.y(a, t) < rows.y(b, t);
    return std::lexicographical_compare(rows.X.begin_col(a), rows.X.end_col(a), rows.X.begin_col(b), rows.X.end_col(b));
  };
  arma::uvec own = arma::find(r > kShare);
  std::sort(own.begin(), own.end(), less);
  double sum = 0;
  for (arma::uword i = 0; i < own.n_elem; ++i)
    if (i == 0 || less(own[i - 1], own[i])) sum += r[own[i]];
  return sum;
}

/// How many different values of the target an expert's rows have. Each value counts by its row with the largest share `r`. A constant
/// fits one value exactly; an exact fit of many values is a line, not a coincidence.
double distinct_targets(const Rows& rows, const arma::vec& r) {
  const auto less = [&](arma::uword a, arma::uword b) {
    for (arma::uword t = 0; t < rows.y.n_cols; ++t)
      if (rows.y(a, t) != rows.y(b, t)) return rows.y(a, t) < rows.y(b, t);
    return false;
  };
  std::vector<arma::uword> order(rows.count());
  std::iota(order.begin(), order.end(), arma::uword{0});
  std::sort(order.begin(), order.end(), less);
  double sum = 0, largest = 0;
  for (std::size_t i = 0; i < order.size(); ++i) {
    largest = std::max(largest, r[order[i]]);
    if (i + 1 < order.size() && !less(order[i], order[i + 1])) continue;
    sum += std::exchange(largest, 0);
  }
  return sum;
}

/// Of how many rows, as far as they are expert k's, sigma is tight though its inputs tell it.
double tight_rows(const Model& model, const arma::vec& theta, const Rows& rows, arma::uword k, const arma::vec& r) {
  const Expert& expert = model.experts[k];
  arma::vec tight(rows.count(), arma::fill::zeros), variance;
  ForwardPass forward(model);
  constexpr arma::uword kBlock = 512;
  for (arma::uword first = 0; first < rows.count(); first += kBlock) {
    const Rows block = rows.slice(first, std::min(rows.count(), first + kBlock) - 1);
    forward.run(theta, block);
    for (arma::uword t = 0; t < model.targets(); ++t) {
      const Family::Marginal own = expert.family->marginal(t, theta.memptr() + expert.psi);
      if (own.family->outputs() == 1) continue;
      const arma::uword last_output = own.first_output + own.family->outputs() - 1;
      own.family->variance(forward.eta(k).cols(own.first_output, last_output), own.psi.data(), variance);
      const double least = kTight * own.family->target().typical;
      for (arma::uword n = 0; n < block.count(); ++n)
        if (variance[n] < least * least) tight[first + n] = r[first + n];
    }
  }
  return distinct_rows(rows, tight);
}

}  // namespace

bool spurious(const Model& model, const arma::vec& theta, const Rows& rows) {
  std::vector<arma::uword> suspects;
  for (arma::uword k = 0; k < model.size(); ++k) {
    const double* psi = theta.memptr() + model.experts[k].psi;
    const Family& family = *model.experts[k].family;
    if (family.on_floor(psi) || family.least_scale(psi) < kTight || tells_scale(model, k)) suspects.push_back(k);
  }
  if (suspects.empty() || model.size() == 1) return false;
  const arma::mat R = responsibilities(model, rows, theta);
  for (const arma::uword k : suspects) {
    const bool told = tells_scale(model, k);
    const double few = kHandful * static_cast<double>(model.experts[k].network->last_inputs() + model.targets() - 1);
    // An expert on its floor is accepted where it fits rows of many different values exactly. A few values are rounding, or one repeated.
    if (model.experts[k].family->on_floor(theta.memptr() + model.experts[k].psi) &&
        distinct_targets(rows, R.col(k)) < few)
      return true;
    const double own = told ? tight_rows(model, theta, rows, k, R.col(k)) : distinct_rows(rows, R.col(k));
    if (own < few && (!told || own >= kSome)) return true;
  }
  return false;
}

bool tells_scale(const Model& model, arma::uword k) {
  return !model.classes() && model.experts[k].family->location_scale() &&
         model.experts[k].family->outputs() > model.targets();
}

}  // namespace moe
