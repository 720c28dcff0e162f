// The E step: how much of a row is each expert's, given its target.
#pragma once

#include "moe/model.hpp"

namespace moe {

/// rows x K: the posterior probabilities of the experts at theta, g_k p_k / sum_j g_j p_j.
arma::mat responsibilities(const Model& model, const Rows& rows, const arma::vec& theta);

}  // namespace moe
