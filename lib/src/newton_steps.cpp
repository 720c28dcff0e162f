#include "newton_steps.hpp"

#include <cmath>

namespace moe {
namespace {

constexpr int kHalvings = 30;
constexpr double kRounding = 1e-13;                                         // relative error that a value may carry
constexpr double kNothing = 1e-20;                                          // of the value, as a gain
constexpr double kFirstShift = 1e-11, kShiftGrowth = 10, kLastShift = 1e6;  // of the largest one

/// One step more: it takes the last digits of a fit whose noise is large beside its signal, whose gain the value does not show.
void polish(Problem& problem, SolverResult& at, const arma::vec& gradient) {
  arma::mat H;
  problem.hessian(at.theta, H);
  const arma::vec whole = newton_direction(H, gradient);
  if (whole.is_empty()) return;
  const arma::vec theta = at.theta + whole;
  arma::vec g;
  const double value = problem.evaluate(theta, g);
  if (!(value <= at.value + kRounding * std::abs(at.value) && arma::norm(g, "inf") < arma::norm(gradient, "inf")))
    return;
  at.theta = theta;
  at.value = value;
}

/// Whether all that a step could gain is far less than the value's own rounding.
bool at_rounding(Problem& problem, const SolverResult& at, const arma::vec& gradient) {
  arma::mat H;
  problem.hessian(at.theta, H);
  const arma::vec whole = newton_direction(H, gradient);
  return !whole.is_empty() && -0.5 * arma::dot(gradient, whole) <= kNothing * std::abs(at.value);
}

/// Moves to a point that is no higher; false where none is found.
bool step(Problem& problem, SolverResult& at, arma::vec& gradient) {
  arma::mat H;
  problem.hessian(at.theta, H);
  const arma::vec whole = newton_direction(H, gradient);
  if (whole.is_empty()) return false;
  double part = 1;
  for (int i = 0; i < kHalvings; ++i, part *= 0.5) {
    arma::vec theta = at.theta + part * whole, g;
    const double value = problem.evaluate(theta, g);
    if (!(value <= at.value + kRounding * std::abs(at.value))) continue;
    if (value >= at.value && arma::norm(g, "inf") >= arma::norm(gradient, "inf")) return false;
    at.theta = std::move(theta);
    at.value = value;
    gradient = std::move(g);
    return true;
  }
  return false;
}

}  // namespace

arma::vec newton_direction(const arma::mat& H, const arma::vec& g) {
  const double size = arma::abs(H.diag()).max();
  for (double shift = kFirstShift * size; shift > 0 && shift < kLastShift * size; shift *= kShiftGrowth) {
    arma::mat shifted = H, R;
    shifted.diag() += shift;
    if (!arma::chol(R, shifted)) continue;
    return -arma::solve(arma::trimatu(R), arma::solve(arma::trimatl(R.t()), g, arma::solve_opts::fast),
                        arma::solve_opts::fast);
  }
  return {};
}

void newton_steps(Problem& problem, SolverResult& at, double tolerance, arma::uword passes) {
  arma::vec gradient;
  at.value = problem.evaluate(at.theta, gradient);
  at.converged = false;
  at.stop = "passes used up; --epochs allows more";
  for (;;) {
    if (arma::norm(gradient, "inf") <= tolerance) {
      if (at.passes > 0) polish(problem, at, gradient);
      at.converged = true;
      at.stop = "gradient below tolerance";
      return;
    }
    if (at.passes >= passes) return;
    if (!step(problem, at, gradient)) {
      at.converged = at_rounding(problem, at, gradient);
      at.stop = at.converged ? "all that is left to gain is rounding" : "no step lowers the loss any more";
      return;
    }
    ++at.passes;
    if (!problem.keep_going(at.passes, at.theta, at.value)) return;
  }
}

}  // namespace moe
