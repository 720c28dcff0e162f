#include "newton_steps.hpp"

#include <cmath>

namespace moe {
namespace {

constexpr int kHalvings = 30;
constexpr double kRounding = 1e-13;                                         // relative error that a value may carry
constexpr double kFirstShift = 1e-11, kShiftGrowth = 10, kLastShift = 1e6;  // of a curvature of 1
/// Of the largest unit: a parameter that has next to no curvature is not to run away.
constexpr double kLeastUnit = 1e-10;

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

/// Whether all that a step could gain is less than the value's own rounding.
bool at_rounding(Problem& problem, const SolverResult& at, const arma::vec& gradient) {
  arma::mat H;
  problem.hessian(at.theta, H);
  const arma::vec whole = newton_direction(H, gradient);
  return !whole.is_empty() && -0.5 * arma::dot(gradient, whole) <= kRounding * std::abs(at.value);
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
  // Each parameter in units in which its own curvature is 1: a shift then suits all.
  arma::vec unit = arma::sqrt(arma::abs(H.diag()));
  const double size = unit.max();
  if (!(size > 0)) return {};
  unit.transform([&](double u) { return u > kLeastUnit * size ? u : kLeastUnit * size; });
  arma::mat scaled = H;
  scaled.each_col() /= unit;
  scaled.each_row() /= unit.t();
  const arma::vec slope = g / unit;
  for (double shift = kFirstShift; shift < kLastShift; shift *= kShiftGrowth) {
    arma::mat shifted = scaled, R;
    shifted.diag() += shift;
    if (!arma::chol(R, shifted)) continue;
    return -arma::solve(arma::trimatu(R), arma::solve(arma::trimatl(R.t()), slope, arma::solve_opts::fast),
                        arma::solve_opts::fast) /
           unit;
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
