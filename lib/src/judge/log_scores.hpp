// The log score: log p(y|x) of each row, and its mean.
#pragma once

#include <armadillo>

#include "moe/model.hpp"

namespace moe {

/// log p(y_n | x_n) of each row, in data units. The gate must be normalised.
arma::vec log_scores(const Model& model, const Rows& rows);

struct MeanScore {
  double mean = 0, error = 0;
};
/// The weighted mean, and its standard error from the differences between the values.
MeanScore mean_score(const arma::vec& scores, const arma::vec& w);

}  // namespace moe
