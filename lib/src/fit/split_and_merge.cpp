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

constexpr int kMoveShort = 60;  // steps: a move is judged nearer to its end than a start
constexpr std::size_t kMostMovedRows = 1000;
/// Moves of each pair of experts: as many as this many rows allow, within bounds.
constexpr std::size_t kRowsOfMoves = 2000, kMostMoves = 12;
/// Rows times parameters from which on each move is tried once, and its run cut short where it seems to lead nowhere: some pause on
/// their way.
constexpr arma::uword kDearMove = 100000;
/// In log-likelihood, where only some of the rows tell: less may be their chance.
constexpr double kGainOfSome = 3;
constexpr double kGain = 1e-6;  // of the value: less is no gain

/// See moved_shares().
struct Move {
  arma::uword taken, split;
  std::vector<bool> side;
};

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
    if (!(values[i] < lowest) || spurious(model, ends[i], rows)) continue;
    lowest = values[i];
    best = std::move(ends[i]);
  }
  return best;
}

}  // namespace moe
