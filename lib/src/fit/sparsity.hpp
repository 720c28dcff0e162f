// What an l1 penalty leaves of a model's weights.
#pragma once

#include "moe/model.hpp"
#include "moe/objective.hpp"

namespace moe {

/// Where a branch's last outputs may all move together without changing the density (a softmax's), moves each of their weights to
/// where the penalty is least: l1 sum |w_k| + l2 / 2 sum w_k^2 has one minimum there, and without l2 the one that a vanishing l2
/// would choose.
void balance(const Model& model, const arma::vec& l1, const arma::vec& l2, arma::vec& theta);

/// How many of a branch's weights that have an l1 penalty are not 0.
WeightCount count_weights(const Branch& branch, const arma::vec& theta, const arma::vec& l1);

/// Of the model's degrees of freedom, how many its l1 penalty took away: a weight that is 0 is not counted (Zou, Hastie, Tibshirani
/// 2007).
arma::uword removed_parameters(const Model& model, const arma::vec& l1);

}  // namespace moe
