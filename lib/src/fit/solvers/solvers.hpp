// The list of all solvers that a user can name. To add a solver, write its file in this folder and put its name into
// this list.
#pragma once

#include "moe/registry.hpp"
#include "moe/solver.hpp"

#define MOE_SOLVERS(each) each(adam) each(adamw) each(sgd) each(lbfgs) each(newton) each(em) each(owlqn)

namespace moe {

struct SolverEntry {
  Word word;
  MakeSolver make;
};

#define MOE_DECLARE(name) SolverEntry name##_solver();
MOE_SOLVERS(MOE_DECLARE)
#undef MOE_DECLARE

}  // namespace moe
