// A step of generalised EM (Dempster, Laird, Rubin 1977), for networks without a weighted fit. The E step is as usual.
// The M step takes some passes of lbfgs on the expected log-likelihood of the complete data; whatever raises that
// raises the likelihood.
#pragma once

#include "fit/em_step.hpp"
#include "moe/objective.hpp"

namespace moe {

class GeneralisedEm {
 public:
  /// Keeps references to all arguments.
  GeneralisedEm(const Model& model, const Rows& rows, const Penalty& penalty, unsigned threads);

  /// Like EmStep::run(); `slope` is in theta's own coordinates.
  EmStep::Result run(const arma::vec& theta) const;

 private:
  const Model& model_;
  const Rows& rows_;
  const Penalty& penalty_;
  unsigned threads_;
};

}  // namespace moe
