#include "judge/criteria.hpp"

#include <cmath>

namespace moe {

void set_criteria(const LikelihoodSums& sums, FitSummary& fit) {
  const auto parameters = static_cast<double>(fit.parameters);
  fit.log_likelihood = sums.log_likelihood;
  fit.aic = -2 * sums.log_likelihood + 2 * parameters;
  fit.bic = -2 * sums.log_likelihood + std::log(fit.weight) * parameters;
  fit.icl = fit.bic + 2 * sums.entropy;
}

}  // namespace moe
