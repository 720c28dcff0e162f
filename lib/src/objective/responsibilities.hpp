// The E step: the posterior probability of each expert given a row with its target.
#pragma once

#include "moe/model.hpp"

namespace moe {

/// rows x K: the posterior probabilities of the experts at theta, g_k p_k / sum_j g_j p_j.
arma::mat responsibilities(const Model& model, const Rows& rows, const arma::vec& theta);

}  // namespace moe
