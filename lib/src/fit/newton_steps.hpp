// Newton's method with exact second derivatives, with which newton, em and owlqn end. With many rows, a subsample gives
// the second derivatives as long as that makes progress. Where they are not positive definite they are shifted
// (Nocedal, Wright 2006, alg. 3.3), and a step is halved until the value does not rise.
#pragma once

#include "moe/solver.hpp"

namespace moe {

/// -(H + shift)^-1 g with the smallest shift that makes the matrix positive definite; empty where there is none.
arma::vec newton_direction(const arma::mat& H, const arma::vec& g);

/// Goes from at.theta until no component of the gradient is larger than `tolerance`, or the number of passes reaches
/// `passes`. `second`: the problem's second derivatives. Sets at's value, converged and stop, and counts on in
/// at.passes.
void newton_steps(Problem& problem, SecondDerivatives& second, SolverResult& at, double tolerance, arma::uword passes);

}  // namespace moe
