// Chooses l2 penalties by cross-validation.
#pragma once

#include <armadillo>
#include <cmath>
#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "moe/objective.hpp"
#include "moe/train.hpp"

namespace moe {

struct PenaltyOptions {
  /// Which penalties are chosen. Both have the same value; one that is not chosen stays as the request has it.
  bool experts = true, gate = true;
  /// The values to score, each 0 or more; empty: 0 and values from 1e-5 to 10, fewer of them where each costs a whole
  /// fit. A penalty of the gate is never below its default, which is Penalty{0, 1e-12}.gate.
  std::vector<double> path{};
  bool above_zero = false;  ///< whether 0 is scored, but not chosen
  arma::uword folds = 5;    ///< at least 2; rows are dealt out as for select()
  /// Rows with the same number stay in the same fold (n of them); empty: each row by itself.
  std::vector<std::size_t> groups{};
};

/// A value of the path.
struct PenaltyScore {
  double value = 0;
  Penalty penalty{};      ///< with which the request was fitted
  double score = NAN;     ///< mean log p(y|x) of the rows held out, in data units, by weight
  double error = NAN;     ///< its standard error, from the differences between rows
  std::string failure{};  ///< why a fit failed, or ""; the score is then NaN, and the value is not chosen
};

struct PenaltyChoice {
  std::vector<PenaltyScore> path;  ///< from the weakest to the strongest
  std::size_t best = 0;            ///< the place of the chosen one in the path
};

/// Told after each fit how many of how many are done, one call at a time.
using PenaltyObserver = std::function<void(std::size_t done, std::size_t fits)>;

/// Fits the request without each fold and with each value, and chooses the value with the best score. A fit begins at the
/// end of its neighbour on the path. Every fit begins anew where the solver is adam or sgd, where --validation or --patience stops it
/// early, or where there are more inputs than rows. The observer and the start of the request are not used. The same result
/// for any number of threads. Throws Error: usage for a path with a negative value, --firth, a `start`, or a gate whose weights
/// do not sum to 1, and as cross_validation_folds() does; where no value can be scored, that of the first fit that failed. Throws
/// Stopped where the caller's StopScope ends the work.
PenaltyChoice choose_penalty(const FitRequest& request, const PenaltyOptions& options, const PenaltyObserver& observer);

}  // namespace moe
