// Ways to divide the rows among experts, with which a start or a move begins.
#pragma once

#include <vector>

#include "moe/model.hpp"
#include "moe/random.hpp"

namespace moe {

/// The rows, or `most` of them, drawn with replacement, if there are more.
Rows sample(const Rows& rows, std::size_t most, Random& random);
/// Inputs and targets as points, (d + T) x n. Targets are in units of their spread.
arma::mat points_of(const Model& model, const Rows& rows);

/// Divides the rows among the experts (rows x K), in way 0 to kWaysToShare - 1.
constexpr std::size_t kWaysToShare = 4;
arma::mat shares(const Model& model, const arma::mat& points, std::size_t way, Random& random);
/// Which rows expert k is to take: 1 or 0. By turns one side of a cut, a few random rows, and a few neighbours.
arma::uvec part_of(const Model& model, arma::uword k, const arma::mat& points, std::size_t attempt, Random& random);

/// A new expert, the last one, takes the rows `side` from expert `split`.
arma::mat split_shares(const arma::mat& R, arma::uword split, const arma::uvec& side);
/// Expert `taken` gives its rows to `split`, and then takes the rows `side` of both.
arma::mat moved_shares(arma::mat R, arma::uword taken, arma::uword split, const std::vector<bool>& side);

}  // namespace moe
