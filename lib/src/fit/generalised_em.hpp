// A step of generalised expectation maximisation (Dempster, Laird, Rubin 1977), for networks that have no weighted fit: E as ever,
// and in M some passes of lbfgs over the expected log-likelihood of the complete data, which any rise of raises the likelihood.
#pragma once

#include "fit/em_step.hpp"
#include "moe/objective.hpp"

namespace moe {

class GeneralisedEm {
 public:
  /// Keeps references to all.
  GeneralisedEm(const Model& model, const Rows& rows, const Penalty& penalty, unsigned threads);

  /// As EmStep's; `slope` is in theta's own coordinates.
  EmStep::Result run(const arma::vec& theta) const;

 private:
  const Model& model_;
  const Rows& rows_;
  const Penalty& penalty_;
  unsigned threads_;
};

}  // namespace moe
