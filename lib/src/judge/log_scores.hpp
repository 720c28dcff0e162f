// The log score: log p(y|x) of each row.
#pragma once

#include <armadillo>

#include "moe/model.hpp"

namespace moe {

/// log p(y_n | x_n) of each row, in data units. The gate must be normalised.
arma::vec log_scores(const Model& model, const Rows& rows);
/// The same with parameters theta in place of the model's.
arma::vec log_scores(const Model& model, const arma::vec& theta, const Rows& rows);

}  // namespace moe
