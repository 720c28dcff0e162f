// Split and merge (Ueda, Nakano, Ghahramani, Hinton 2000): EM only finds a local maximum, in which two experts may
// share a group of rows while another expert must explain two groups. A move merges two experts and splits the merged
// rows anew, in a random way. It is judged by a short run of EM on a sample of rows, against a run of the same length
// without a move.
#include "fit/split_and_merge.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>
#include <vector>

#include "base/parallel.hpp"
#include "fit/row_shares.hpp"
#include "fit/short_runs.hpp"
#include "fit/spurious.hpp"
#include "objective/responsibilities.hpp"

namespace moe {
namespace {

constexpr int kMoveShort = 60;  // steps; a move is compared nearer to its end than a start
constexpr std::size_t kMostMovedRows = 1000;
/// How many moves of each pair of experts are tried: as many as this many rows allow, between bounds.
constexpr std::size_t kRowsOfMoves = 2000, kMostMoves = 12;
/// From this many rows times parameters on, each move is tried only once, and its run is stopped early if it seems
/// hopeless. (Some runs pause on their way, and would be stopped wrongly.)
constexpr arma::uword kDearMove = 100000;
/// The least gain of log-likelihood where only a sample of rows is used: a smaller one may be chance.
constexpr double kGainOfSome = 3;
constexpr double kGain = 1e-6;  // the least gain, as a part of the value

/// See moved_shares().
struct Move {
  arma::uword taken, split;
  std::vector<bool> side;
};

}  // namespace

arma::vec split_and_merge(const Model& model, const Rows& all, const arma::vec& theta, unsigned threads, Random& random,
                          bool floor_by_hand) {
  const Rows rows = sample(all, kMostMovedRows, random);
  const arma::mat points = points_of(model, rows), R = responsibilities(model, rows, theta);
  const ShortRuns runs(model, rows);
  arma::vec best;
  arma::vec stays = theta;  // the sample moves theta, too, so moves must beat where it goes by itself
  double lowest = runs.run(stays, kMoveShort);
  lowest -= rows.count() < all.count() ? kGainOfSome / static_cast<double>(rows.count()) : kGain * std::abs(lowest);
  const bool dear = rows.count() * theta.n_elem >= kDearMove;
  const std::size_t attempts = dear ? 1 : std::clamp<std::size_t>(kRowsOfMoves / cost_in_rows(rows), 1, kMostMoves);
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
    ends[i] = runs.fitted_to(moved_shares(R, moves[i].taken, moves[i].split, moves[i].side));
    values[i] = runs.run(ends[i], kMoveShort, to_beat);
    if (!(values[i] < lowest)) ends[i].reset();
  });
  for (std::size_t i = 0; i < moves.size(); ++i) {
    if (!(values[i] < lowest) || spurious(model, ends[i], rows, floor_by_hand)) continue;
    lowest = values[i];
    best = std::move(ends[i]);
  }
  return best;
}

}  // namespace moe
