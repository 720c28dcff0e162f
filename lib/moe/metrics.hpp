// How good a model is on rows that it may not have seen.
#pragma once

#include <armadillo>
#include <string>
#include <vector>

#include "moe/model.hpp"

namespace moe {

/// Every mean is weighted. NaN where a figure has no meaning: nll under an unnormalised gate, r2 of a constant target.
struct Metrics {
  arma::uword rows = 0;
  double weight = 0;
  std::string objective_name;
  double objective = 0;       ///< the objective that the model was trained with, without penalties
  double nll = 0;             ///< mean of -log p(y|x), natural logarithm, normalised density, data units
  double log_likelihood = 0;  ///< weighted sum
  struct OfNumber {
    double rmse = 0, mae = 0, r2 = 0, crps = 0;
    std::vector<std::pair<double, double>> coverage;  ///< level, share of rows inside the central interval
  };
  std::vector<OfNumber> numbers;  ///< of each target; none of a class
  // Classes:
  double accuracy = 0, brier = 0, auc = 0;
  arma::mat confusion;  ///< C x C weights: true class by row, predicted by column
  struct ByExpert {
    double share, responsibility, nll;
  };
  std::vector<ByExpert> experts;
};

/// Throws Error (data) where the data has no target.
Metrics evaluate(const Model& model, const Dataset& data);

/// Weighted sums over rows: log p(y|x) in data units, and -sum_k r_k log r_k (what ICL adds to BIC, halved).
struct LikelihoodSums {
  double log_likelihood = 0, entropy = 0;
};
/// NaN under an unnormalised gate.
LikelihoodSums likelihood_sums(const Model& model, const Rows& rows);

/// How the model's experts share the rows. The gate is a softmax.
FitStudy study_fit(const Model& model, const Rows& rows);

/// Area under the ROC curve of scores against two classes (1 = positive), ties counted half, weighted; NaN with one class only.
double area_under_curve(const arma::vec& score, const arma::vec& positive, const arma::vec& weight);

}  // namespace moe
