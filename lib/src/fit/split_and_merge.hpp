// Moves from one maximum to another: an expert gives away its rows, and takes a part of another expert's.
#pragma once

#include "moe/model.hpp"
#include "moe/random.hpp"

namespace moe {

/// Parameters with a higher likelihood than theta by a short run of EM (split and merge: Ueda, Nakano, Ghahramani,
/// Hinton 2000). All pairs of experts are tried. Empty where none is found that is not spurious. `floor_by_hand`: see
/// spurious().
arma::vec split_and_merge(const Model& model, const Rows& rows, const arma::vec& theta, unsigned threads,
                          Random& random, bool floor_by_hand);

}  // namespace moe
