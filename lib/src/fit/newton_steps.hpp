// Newton's steps with second derivatives, of some of many rows for as long as those lead on, shifted where they are not positive
// definite (Nocedal, Wright 2006, alg. 3.3), and halved until the value does not rise: how newton, em and owlqn end.
#pragma once

#include "moe/solver.hpp"

namespace moe {

/// -(H + shift)^-1 g with the smallest shift of its kind that makes the matrix positive definite; nothing where none does.
arma::vec newton_direction(const arma::mat& H, const arma::vec& g);

/// From at.theta until no component of the gradient is larger than `tolerance`, or `passes` are done; `second` is the
/// problem's. Fills at's value, converged and stop, and counts on at.passes.
void newton_steps(Problem& problem, SecondDerivatives& second, SolverResult& at, double tolerance, arma::uword passes);

}  // namespace moe
