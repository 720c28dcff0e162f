// The loop over epochs and mini-batches that adam and sgd share.
#pragma once

#include "moe/solver.hpp"

namespace moe {

/// How a solver moves theta, and what it remembers of earlier steps.
class Stepper {
 public:
  virtual ~Stepper() = default;
  /// Moves theta, given the gradient of a batch and the current learning rate.
  virtual void step(arma::vec& theta, const arma::vec& gradient, double rate) = 0;
  virtual void save(SolverState& to) const = 0;
  virtual void load(const SolverState& from) = 0;
};

/// Throws Error (usage) for an unknown schedule.
void check_schedule(const std::string& schedule);

/// A pass is an epoch, and its value is the mean over its batches. `rate` and `epochs` are used where the options say
/// 0. Throws Error (usage) for an unknown schedule.
SolverResult run_epochs(Problem& problem, arma::vec theta, const SolverOptions& options, double rate,
                        arma::uword epochs, Random& random, Stepper& stepper);

}  // namespace moe
