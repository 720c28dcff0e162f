#include "fit/newton_steps.hpp"

#include <cmath>
#include <utility>

#include "moe/stop.hpp"

namespace moe {
namespace {

constexpr int kHalvings = 30, kRoughHalvings = 3;
constexpr double kSlow = 0.5;        // rough derivatives that leave more than this of the gradient are too rough
constexpr int kPolishes = 3;         // at most, where they are rough
constexpr double kRounding = 1e-13;  // relative error that a value may carry
constexpr double kNothing = 1e-16;   // of the value, as a gain
/// Of each second derivative, and of the largest what is the least that counts as one.
constexpr double kFirstShift = 1e-11, kShiftGrowth = 10, kLastShift = 1e6, kLeastSecond = 1e-15;
/// Beyond this shift the second derivatives are negative in a direction, and eigenvalues tell which. None counts as smaller there.
constexpr double kMostShift = 1e-7;
/// A step that leaves more than this of a gradient that rounding alone may be as large as has come to its end.
constexpr double kHardly = 0.5;

/// The sizes of the second derivatives, none of them 0.
arma::vec sizes_of(const arma::mat& H) {
  const arma::vec sizes = arma::abs(H.diag());
  return arma::clamp(sizes, kLeastSecond * sizes.max(), arma::datum::inf);
}

/// Newton's step with the smallest shift below `most` that makes all second derivatives positive; empty where there is none.
arma::vec shifted_direction(const arma::mat& H, const arma::vec& g, double most) {
  const arma::vec size = sizes_of(H);
  for (double shift = kFirstShift; size.max() > 0 && shift < most; shift *= kShiftGrowth) {
    end_if_stopped();
    arma::mat shifted = H, R;
    shifted.diag() += shift * size;
    if (!arma::chol(R, shifted)) continue;
    return -arma::solve(arma::trimatu(R), arma::solve(arma::trimatl(R.t()), g, arma::solve_opts::fast),
                        arma::solve_opts::fast);
  }
  return {};
}

/// Newton's step by the eigenvalues' sizes: it goes down where the second derivatives are negative, as far as they tell, and takes no
/// other direction's step for that (Dauphin et al. 2014). A shift that makes all positive would leave hardly a step of those whose second
/// derivatives are small, as those of rare levels and of experts with few rows are. Empty where there are no eigenvalues.
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

/// Newton's step, and where the second derivatives are those of no minimum one that goes down all the same.
arma::vec downwards(const arma::mat& H, const arma::vec& g) {
  if (arma::vec step = shifted_direction(H, g, kMostShift); !step.is_empty()) return step;
  if (arma::vec step = direction_off_saddles(H, g); !step.is_empty()) return step;
  return newton_direction(H, g);
}

/// Newton's directions, by second derivatives over some rows for as long as they lead on.
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
  /// From now on over all rows.
  void refine() { rough_ = false; }

 private:
  SecondDerivatives& second_;
  bool rough_ = true;
};

/// One step more: it takes the last digits of a fit whose noise is large beside its signal, whose gain the value does not show.
bool polish(Problem& problem, SolverResult& at, Directions& directions, arma::vec& gradient) {
  const arma::vec whole = directions.from(at.theta, gradient);
  if (whole.is_empty()) return false;
  arma::vec theta = at.theta + whole, g;
  const double value = problem.evaluate(theta, g);
  if (!(value <= at.value + kRounding * std::abs(at.value) && arma::norm(g, "inf") < arma::norm(gradient, "inf")))
    return false;
  at.theta = std::move(theta);
  at.value = value;
  gradient = std::move(g);
  return true;
}

/// Whether all that a step could gain is far less than the value's own rounding.
bool at_rounding(SecondDerivatives& second, const SolverResult& at, const arma::vec& gradient) {
  arma::mat H;
  second.hessian(at.theta, H);
  const arma::vec whole = newton_direction(H, gradient);
  return !whole.is_empty() && -0.5 * arma::dot(gradient, whole) <= kNothing * std::abs(at.value);
}

/// Moves along `whole` to a point that is no higher; false where `halvings` lead to none.
bool step_along(const arma::vec& whole, int halvings, Problem& problem, SolverResult& at, arma::vec& gradient) {
  double part = 1;
  for (int i = 0; i < halvings && !whole.is_empty(); ++i, part *= 0.5) {
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

/// Moves to a point that is no higher; false where none is found.
bool step(Problem& problem, SolverResult& at, Directions& directions, arma::vec& gradient) {
  const double before = arma::norm(gradient, "inf");
  arma::vec whole = directions.from(at.theta, gradient);
  bool moved = step_along(whole, directions.rough() ? kRoughHalvings : kHalvings, problem, at, gradient);
  if (!directions.rough()) return moved;
  if (!moved || arma::norm(gradient, "inf") > kSlow * before) directions.refine();
  if (moved) return true;
  whole = directions.from(at.theta, gradient);
  return step_along(whole, kHalvings, problem, at, gradient);
}

}  // namespace

arma::vec newton_direction(const arma::mat& H, const arma::vec& g) { return shifted_direction(H, g, kLastShift); }

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
