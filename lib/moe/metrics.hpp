// How good a model is on rows, for example on rows that it has not seen.
#pragma once

#include <armadillo>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "moe/model.hpp"
#include "moe/scores.hpp"

namespace moe {

/// All means are weighted. A figure is NaN where it has no meaning: nll under an unnormalised gate, r2 of a constant
/// target.
struct Metrics {
  arma::uword rows = 0;
  double weight = 0;
  std::string objective_name;
  double objective = 0;       ///< the objective of the model's training, without penalties
  double nll = 0;             ///< mean of -log p(y|x), natural logarithm, in data units
  double log_likelihood = 0;  ///< the weighted sum of log p(y|x)
  struct OfNumber {
    double rmse = 0, mae = 0, r2 = 0, crps = 0;
    std::vector<std::pair<double, double>> coverage;  ///< level, share of rows inside the central interval
    /// The step in which the rows give the target: all their values are this far apart, or multiples of it. NaN where
    /// they show none, and for counts.
    double rounding_step = std::numeric_limits<double>::quiet_NaN();
    /// The mean of log P(y - step / 2 < Y <= y + step / 2): of the values that are rounded to y. It is at most 0. NaN
    /// without a step.
    double rounding_log_p = std::numeric_limits<double>::quiet_NaN();
  };
  std::vector<OfNumber> numbers;  ///< one for each target; none for classes
  // Classes:
  double accuracy = 0, brier = 0, auc = 0;
  arma::mat confusion;  ///< C x C weights: true classes in rows, predicted classes in columns
  std::vector<ExpertScore> experts;
};

/// The figures of scores.hpp in one struct, without errors. Throws Error (data) where the data have no target.
Metrics evaluate(const Model& model, const Dataset& data);

/// The objective of the model's training at these rows, without penalties: its name and its value.
std::pair<std::string, double> objective_at(const Model& model, const Dataset& data);

/// Weighted sums over rows of log p(y|x) in data units, and of the entropy -sum_k r_k log r_k; twice that is what ICL
/// adds to BIC.
struct LikelihoodSums {
  double log_likelihood = 0, entropy = 0;
};
/// NaN under an unnormalised gate.
LikelihoodSums likelihood_sums(const Model& model, const Rows& rows);

/// Studies how the model's experts share the rows. The gate must be a softmax.
FitStudy study_fit(const Model& model, const Rows& rows);

}  // namespace moe
