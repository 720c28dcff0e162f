// Newton's steps with exact second derivatives, shifted where they are not positive definite (Nocedal, Wright 2006, alg. 3.3), and
// halved until the value does not rise: how newton and em end.
#pragma once

#include "moe/solver.hpp"

namespace moe {

/// From at.theta until no component of the gradient is larger than `tolerance`, or `passes` are done; the problem has second
/// derivatives. Fills at's value, converged and stop, and counts on at.passes.
void newton_steps(Problem& problem, SolverResult& at, double tolerance, arma::uword passes);

}  // namespace moe
