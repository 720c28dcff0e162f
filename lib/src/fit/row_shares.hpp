// Ways to share the rows out among the experts, from which a start or a move begins.
#pragma once

#include <vector>

#include "moe/model.hpp"
#include "moe/random.hpp"

namespace moe {

/// At most so many of the rows, drawn with replacement.
Rows sample(const Rows& rows, std::size_t most, Random& random);
/// Inputs and targets as points, (d + T) x n, targets in units of their spread.
arma::mat points_of(const Model& model, const Rows& rows);

/// Ways to share rows out, 0 to kWaysToShare - 1: rows x K.
constexpr std::size_t kWaysToShare = 4;
arma::mat shares(const Model& model, const arma::mat& points, std::size_t way, Random& random);
/// Which rows expert k is to take, 1, or not, 0: by turns a side of a cut, a few at random, a few close together.
arma::uvec part_of(const Model& model, arma::uword k, const arma::mat& points, std::size_t attempt, Random& random);

/// Expert `split` shares its rows with a new one, the last, which takes `side` of them.
arma::mat split_shares(const arma::mat& R, arma::uword split, const arma::uvec& side);
/// Expert `taken` gives its rows to the others and takes `side` of those that `split` has then.
arma::mat moved_shares(arma::mat R, arma::uword taken, arma::uword split, const std::vector<bool>& side);

}  // namespace moe
