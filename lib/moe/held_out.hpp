// Looks whether a fit says more about rows that it has not seen than a single linear expert does.
#pragma once

#include <armadillo>
#include <optional>

#include "moe/train.hpp"

namespace moe {

/// Mean log p(y|x) of the same rows, in data units, by weight. None of the fits has seen these rows.
struct HeldOutCheck {
  arma::uword rows = 0;   ///< how many were held out
  double score = 0;       ///< of the model's kind
  double one = 0;         ///< of one linear expert, with the same family, inputs and penalty
  double difference = 0;  ///< one - score
  double error = 0;       ///< the standard error of the difference, from the differences between rows
  /// Whether one linear expert is better, by more than half that error.
  bool over_fits() const { return difference > 0.5 * error; }
};

/// Whether check_held_out() may keep the rows of this request: in large tables the check would cost too much.
bool may_check_held_out(const FitRequest& request);

/// Fits the request again without one fold of 5, and one linear expert to the same rows, and compares both on that fold. `fit` is
/// what train() made of the request. A solver of all rows begins where the fit ended, so that this costs a
/// fraction of a fit from many starts. adam and sgd begin anew. Nothing where it would cost too much, by a count of passes over the rows;
/// where the fit is one linear expert, has families that differ, or does not maximise a likelihood; where there are fewer than 25 rows;
/// or where a fit fails.
std::optional<HeldOutCheck> check_held_out(const FitRequest& request, const FitResult& fit);

}  // namespace moe
