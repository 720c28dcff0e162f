// What a fit's summary says of the likelihood.
#pragma once

#include "moe/metrics.hpp"

namespace moe {

/// Sets the log-likelihood, AIC, BIC and ICL. The summary must know its parameters and its weight already.
void set_criteria(const LikelihoodSums& sums, FitSummary& fit);

}  // namespace moe
