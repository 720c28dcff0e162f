// Newton's method: theta <- theta - H^-1 g, where H are the second derivatives over a subsample of rows, later over all
// rows. Three cases are told apart by a Cholesky decomposition of H:
// - H is positive definite, perhaps after a tiny shift: an ordinary step.
// - H is indefinite (a saddle point): the eigenvalues are replaced by their absolute values (Dauphin et al. 2014).
// - The eigenvalues cannot be computed: a shift large enough to make H positive definite. The step is halved until the
//   value does not rise. The method has converged where no component of g is above the tolerance, or where what remains
//   of g is rounding.
#include "fit/newton_steps.hpp"

#include <cmath>
#include <utility>

#include "moe/stop.hpp"

namespace moe {
namespace {

constexpr int kNewtonHalvings = 30, kRoughHalvings = 3;
// Second derivatives from a subsample are too rough if a step leaves more than this part of the gradient.
constexpr double kSlow = 0.5;
constexpr int kPolishes = 3;               // at most, with rough second derivatives
constexpr double kNewtonRounding = 1e-13;  // relative rounding error of a value
constexpr double kNothing = 1e-16;         // as a part of the value: a smaller gain is rounding
/// The shift as a part of each second derivative: its first value, growth and limit. A second derivative counts as at
/// least kLeastSecond of the largest.
constexpr double kNewtonFirstShift = 1e-11, kNewtonShiftGrowth = 10, kNewtonLastShift = 1e6, kLeastSecond = 1e-15;
/// If a larger shift is needed, the second derivatives are negative in some direction, and eigenvectors are used. No
/// eigenvalue counts as smaller than this.
constexpr double kMostShift = 1e-7;
/// Where rounding errors may be as large as the gradient, a step that leaves more than this part of it is the last one.
constexpr double kHardly = 0.5;

/// The absolute values of the second derivatives, bounded away from 0.
arma::vec sizes_of(const arma::mat& H) {
  const arma::vec sizes = arma::abs(H.diag());
  return arma::clamp(sizes, kLeastSecond * sizes.max(), arma::datum::inf);
}

/// Newton's direction with the smallest shift below `most` that makes the matrix positive definite; empty where there
/// is none.
arma::vec shifted_direction(const arma::mat& H, const arma::vec& g, double most) {
  const arma::vec size = sizes_of(H);
  for (double shift = kNewtonFirstShift; size.max() > 0 && shift < most; shift *= kNewtonShiftGrowth) {
    end_if_stopped();
    arma::mat shifted = H, R;
    shifted.diag() += shift * size;
    if (!arma::chol(R, shifted)) continue;
    return -arma::solve(arma::trimatu(R), arma::solve(arma::trimatl(R.t()), g, arma::solve_opts::fast),
                        arma::solve_opts::fast);
  }
  return {};
}

/// Newton's direction with the absolute values of the eigenvalues (saddle-free Newton: Dauphin et al. 2014). It goes
/// down also where second derivatives are negative, and leaves the steps in other directions as they are. A shift that
/// makes all eigenvalues positive would almost stop the directions with small second derivatives, such as those of rare
/// levels and of experts with few rows. Empty where the eigenvalues cannot be computed.
arma::vec direction_off_saddles(const arma::mat& H, const arma::vec& g) {
  const arma::vec root = arma::sqrt(sizes_of(H));
  if (!(root.max() > 0)) return {};
  arma::vec value;
  arma::mat vectors, scaled = arma::symmatu(H);
  scaled.each_col() /= root;
  scaled.each_row() /= root.t();
  if (!arma::eig_sym(value, vectors, scaled)) return {};
  const arma::vec along = vectors.t() * (g / root);
  return -(vectors * (along / arma::clamp(arma::abs(value), kMostShift, arma::datum::inf))) / root;
}

/// Newton's direction at a minimum; elsewhere a direction that goes down, too.
arma::vec downwards(const arma::mat& H, const arma::vec& g) {
  if (arma::vec step = shifted_direction(H, g, kMostShift); !step.is_empty()) return step;
  if (arma::vec step = direction_off_saddles(H, g); !step.is_empty()) return step;
  return newton_direction(H, g);
}

/// Newton's directions. Second derivatives come from a subsample of rows as long as that makes progress.
class Directions {
 public:
  explicit Directions(SecondDerivatives& second) : second_(second) {}
  arma::vec from(const arma::vec& theta, const arma::vec& gradient) {
    arma::mat H;
    rough_ = rough_ && second_.subsampled_hessian(theta, H);
    if (!rough_) second_.hessian(theta, H);
    return downwards(H, gradient);
  }
  bool rough() const { return rough_; }
  /// From now on second derivatives come from all rows.
  void refine() { rough_ = false; }

 private:
  SecondDerivatives& second_;
  bool rough_ = true;
};

/// One more full step after convergence. Where the noise is large compared with the signal, it gains digits of theta
/// that the value does not show.
bool polish(Problem& problem, SolverResult& at, Directions& directions, arma::vec& gradient) {
  const arma::vec whole = directions.from(at.theta, gradient);
  if (whole.is_empty()) return false;
  arma::vec theta = at.theta + whole, g;
  const double value = problem.evaluate(theta, g);
  if (!(value <= at.value + kNewtonRounding * std::abs(at.value) && arma::norm(g, "inf") < arma::norm(gradient, "inf")))
    return false;
  at.theta = std::move(theta);
  at.value = value;
  gradient = std::move(g);
  return true;
}

/// Whether the expected gain of a step is far less than the rounding error of the value.
bool at_rounding(SecondDerivatives& second, const SolverResult& at, const arma::vec& gradient) {
  arma::mat H;
  second.hessian(at.theta, H);
  const arma::vec whole = newton_direction(H, gradient);
  return !whole.is_empty() && -0.5 * arma::dot(gradient, whole) <= kNothing * std::abs(at.value);
}

/// Moves along `whole` to a point that is not higher. False where so many halvings find none.
bool step_along(const arma::vec& whole, int halvings, Problem& problem, SolverResult& at, arma::vec& gradient) {
  double part = 1;
  for (int i = 0; i < halvings && !whole.is_empty(); ++i, part *= 0.5) {
    arma::vec theta = at.theta + part * whole, g;
    const double value = problem.evaluate(theta, g);
    if (!(value <= at.value + kNewtonRounding * std::abs(at.value))) continue;
    if (value >= at.value && arma::norm(g, "inf") >= arma::norm(gradient, "inf")) return false;
    at.theta = std::move(theta);
    at.value = value;
    gradient = std::move(g);
    return true;
  }
  return false;
}

/// Moves to a point that is not higher. False where none is found.
bool step(Problem& problem, SolverResult& at, Directions& directions, arma::vec& gradient) {
  const double before = arma::norm(gradient, "inf");
  arma::vec whole = directions.from(at.theta, gradient);
  bool moved = step_along(whole, directions.rough() ? kRoughHalvings : kNewtonHalvings, problem, at, gradient);
  if (!directions.rough()) return moved;
  if (!moved || arma::norm(gradient, "inf") > kSlow * before) directions.refine();
  if (moved) return true;
  whole = directions.from(at.theta, gradient);
  return step_along(whole, kNewtonHalvings, problem, at, gradient);
}

}  // namespace

arma::vec newton_direction(const arma::mat& H, const arma::vec& g) { return shifted_direction(H, g, kNewtonLastShift); }

void newton_steps(Problem& problem, SecondDerivatives& second, SolverResult& at, double tolerance, arma::uword passes) {
  arma::vec gradient;
  at.value = problem.evaluate(at.theta, gradient);
  Directions directions(second);
  at.converged = false;
  at.stop = "passes used up; --epochs allows more";
  double before = arma::datum::inf;
  for (;;) {
    if (arma::norm(gradient, "inf") <= tolerance) {
      for (int i = 0; at.passes > 0 && i < (directions.rough() ? kPolishes : 1); ++i)
        if (!polish(problem, at, directions, gradient)) break;
      at.converged = true;
      at.stop = "gradient below tolerance";
      return;
    }
    const double slope = arma::norm(gradient, "inf");
    const bool stays = slope > kHardly * std::exchange(before, slope);
    if (stays && slope <= problem.rounding(at.theta)) {
      at.converged = true;
      at.stop = kRoundingIsLeft;
      return;
    }
    if (at.passes >= passes) return;
    if (!step(problem, at, directions, gradient)) {
      at.converged = slope <= problem.rounding(at.theta) || at_rounding(second, at, gradient);
      at.stop = at.converged ? kRoundingIsLeft : "no step lowers the loss any more";
      return;
    }
    ++at.passes;
    if (!problem.keep_going(at.passes, at.theta, at.value)) return;
  }
}

}  // namespace moe
