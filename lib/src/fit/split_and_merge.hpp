// Moves from one maximum to another: one expert gives its rows to the others and takes a part of one that another had.
#pragma once

#include "moe/model.hpp"
#include "moe/random.hpp"

namespace moe {

/// Parameters that lie higher than theta, as a short run tells (split and merge: Ueda, Nakano, Ghahramani, Hinton 2000); every pair of
/// experts is tried. Empty where none is found that is not spurious.
arma::vec split_and_merge(const Model& model, const Rows& rows, const arma::vec& theta, unsigned threads,
                          Random& random);

}  // namespace moe
