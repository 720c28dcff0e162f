// Short runs of EM, with which starts and moves are compared (em-EM: Biernacki, Celeux, Govaert 2003).
#pragma once

#include <limits>

#include "fit/em_step.hpp"
#include "objective/basis.hpp"

namespace moe {

class ShortRuns {
 public:
  /// Keeps references to both.
  ShortRuns(const Model& model, const Rows& rows);

  /// The parameters that a few M steps with these responsibilities give.
  arma::vec fitted_to(const arma::mat& R) const;
  /// Goes on from theta, and returns the value at the end. Stops early if even with gains as large as the last ones the
  /// value would not fall below `to_beat`.
  double run(arma::vec& theta, int steps, double to_beat = std::numeric_limits<double>::infinity()) const;

 private:
  const Model& model_;
  const Rows& rows_;
  Basis basis_;
  arma::vec ridge_;
  EmStep em_;
};

/// Sets an expert's parameters such that it explains the targets y, given the offset of its outputs.
void start_at(const arma::vec& y, double offset, const Expert& expert, arma::vec& theta);

/// The cost of a step over these rows, in rows of a table with few inputs.
std::size_t cost_in_rows(const Rows& rows);

}  // namespace moe
