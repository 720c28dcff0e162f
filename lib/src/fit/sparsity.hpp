// The weights that an l1 penalty leaves.
#pragma once

#include "moe/model.hpp"
#include "moe/objective.hpp"

namespace moe {

/// Where a vector can be added to all last outputs of a branch without changing the density (softmax), chooses it such
/// that the penalty is smallest: l1 sum |w_k| + l2 / 2 sum w_k^2 has a single minimum, for l2 = 0 in the limit of a
/// vanishing l2.
void balance(const Model& model, const arma::vec& l1, const arma::vec& l2, arma::vec& theta);

/// How many of a branch's weights with an l1 penalty are not 0.
WeightCount count_weights(const Branch& branch, const arma::vec& theta, const arma::vec& l1);

/// How many degrees of freedom the l1 penalty has removed from the model: weights of 0 do not count (Zou, Hastie,
/// Tibshirani 2007).
arma::uword removed_parameters(const Model& model, const arma::vec& l1);

}  // namespace moe
