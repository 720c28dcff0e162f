// Short runs of EM, by which starts and moves are compared (Biernacki, Celeux, Govaert 2003).
#pragma once

#include <limits>

#include "fit/em_step.hpp"
#include "objective/basis.hpp"

namespace moe {

class ShortRuns {
 public:
  /// Keeps references to both.
  ShortRuns(const Model& model, const Rows& rows);

  /// The parameters that these responsibilities lead to.
  arma::vec fitted_to(const arma::mat& R) const;
  /// Goes on from theta; returns the value there. Ends early where even as many gains as the last steps' would not take the value
  /// below `to_beat`.
  double run(arma::vec& theta, int steps, double to_beat = std::numeric_limits<double>::infinity()) const;

 private:
  const Model& model_;
  const Rows& rows_;
  Basis basis_;
  arma::vec ridge_;
  EmStep em_;
};

/// Begins an expert at targets that it is to explain, where its outputs have that offset.
void start_at(const arma::vec& y, double offset, const Expert& expert, arma::vec& theta);

/// How many rows' steps cost as much as these do: many inputs do, too.
std::size_t cost_in_rows(const Rows& rows);

}  // namespace moe
