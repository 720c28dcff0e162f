// A fit and the log densities of rows that it has not seen. Where these rows also tell a solver when to stop, their own
// scores would flatter the fit. So each half of them is scored at the pass that the other half thinks best.
#pragma once

#include "moe/train.hpp"

namespace moe {

struct JudgedFit {
  Model model;
  arma::vec log_p;  ///< log p(y|x) of the rows held out, in data units
};

/// Fits the request without `held`. A solver with mini-batches keeps the parameters of the pass that is best for all of
/// `held`. `groups`: rows of `held` with the same number are in the same half; empty: each row by itself. `crossed`:
/// whether the halves judge each other; else the scores are those of the parameters that are kept, which ranks fits
/// that stop in the same way with less noise. Throws as train() does, and Error (fit) where a score is not a finite
/// number.
JudgedFit judged_fit(FitRequest request, const Dataset& held, const std::vector<std::size_t>& groups, bool crossed);

}  // namespace moe
