// owlqn minimises f(theta) + sum l1_i |theta_i| by steps that stay within one orthant, where the sum is linear (Andrew,
// Gao 2007). At first they are quasi-Newton steps in the free parameters, then Newton steps where f has second
// derivatives (Byrd, Chin, Nocedal, Oztoprak 2016). A parameter that would change its sign stops at exactly 0. It
// leaves 0 where f falls faster than the penalty grows.
#include <algorithm>
#include <cmath>
#include <utility>

#include "fit/newton_steps.hpp"
#include "fit/quasi_newton.hpp"
#include "fit/solvers/solvers.hpp"
#include "moe/solver.hpp"

namespace moe {
namespace {

constexpr arma::uword kOwlqnPasses = 1000;
constexpr double kOwlqnTolerance = 1e-7;
constexpr double kOwlqnFirstStep =
    0.1;  // length of the very first step: in standardised units parameters are of order 1
/// Newton's method takes over where no component of the slope is larger than kOwlqnNear, or after kOwlqnFar steps: if
/// an expert has a tiny spread, slopes stay steep to the end.
constexpr double kOwlqnNear = 1e-2;
constexpr int kOwlqnFar = 50;
constexpr arma::uword kMostForNewton = 200;  // the most parameters for Newton's method

double sign(double value) { return value > 0 ? 1 : value < 0 ? -1 : 0; }

class Search {
 public:
  Search(Problem& problem, arma::vec theta) : problem_(problem), theta_(std::move(theta)), l1_(problem.l1_weights()) {
    if (l1_.is_empty()) l1_.zeros(theta_.n_elem);
    here_.value = problem.evaluate(theta_, here_.gradient);
    settle();
  }

  const arma::vec& theta() const { return theta_; }
  double value() const { return here_.value; }
  /// The largest component of the steepest descent; 0 at a minimum.
  double slope() const { return arma::norm(slopes_, "inf"); }

  /// One iteration. False where no step makes progress.
  bool step() {
    if ((slope() <= kOwlqnNear || steps_++ >= kOwlqnFar) && go(newton(), 1)) return true;
    QuasiNewton memory = memory_.restricted(free_);
    const bool fresh = memory.empty();
    const double first = std::min(1.0, kOwlqnFirstStep / arma::norm(slopes_));
    if (go(memory.direction(slopes_), fresh ? first : 1)) return true;
    memory_.clear();
    return !fresh && go(-slopes_, first);
  }

 private:
  /// The slopes in the direction in which each parameter can move: the steeper one where both are possible, and 0 where
  /// both go up.
  void settle() {
    slopes_ = here_.gradient;
    orthant_.zeros(theta_.n_elem);
    free_.ones(theta_.n_elem);
    for (arma::uword i = 0; i < theta_.n_elem; ++i) {
      if (!(l1_[i] > 0)) continue;
      const double left = here_.gradient[i] - l1_[i], right = here_.gradient[i] + l1_[i];
      orthant_[i] = theta_[i] != 0 ? sign(theta_[i]) : right < 0 ? 1 : left > 0 ? -1 : 0;
      slopes_[i] = orthant_[i] > 0 ? right : orthant_[i] < 0 ? left : 0;
      free_[i] = orthant_[i] != 0 ? 1 : 0;
    }
  }

  /// Newton's direction in the free parameters; empty where there is none.
  arma::vec newton() {
    arma::mat H;
    SecondDerivatives* const second = theta_.n_elem > kMostForNewton ? nullptr : problem_.second_derivatives();
    if (second == nullptr) return {};
    second->hessian(theta_, H);
    const arma::uvec free = arma::find(free_ > 0);
    const arma::vec step = newton_direction(H.submat(free, free), slopes_.elem(free));
    if (step.is_empty()) return {};
    arma::vec whole(theta_.n_elem, arma::fill::zeros);
    whole.elem(free) = step;
    return whole;
  }

  arma::vec moved(const arma::vec& step) const {
    arma::vec to = theta_ + step;
    for (arma::uword i = 0; i < to.n_elem; ++i)
      if (l1_[i] > 0 && !(to[i] * orthant_[i] > 0)) to[i] = 0;
    return to;
  }

  /// Moves along a direction, each parameter at most to the border of its orthant. False where that makes no progress.
  bool go(arma::vec direction, double first) {
    if (direction.is_empty()) return false;
    // A parameter at 0 may only leave it downhill. Only components that go up are removed, so the rest of the direction
    // still goes down.
    for (arma::uword i = 0; i < direction.n_elem; ++i)
      if (l1_[i] > 0 && theta_[i] == 0 && !(direction[i] * slopes_[i] < 0)) direction[i] = 0;
    here_.step = 0;
    here_.slope = arma::dot(slopes_, direction);
    if (!(here_.slope < 0)) return false;
    const Line line = [&](double step) {
      LinePoint point;
      point.step = step;
      const arma::vec at = moved(step * direction);
      point.value = problem_.evaluate(at, point.gradient);
      for (arma::uword i = 0; i < at.n_elem; ++i)
        if (!(l1_[i] > 0) || at[i] != 0) point.slope += (point.gradient[i] + l1_[i] * orthant_[i]) * direction[i];
      return point;
    };
    LinePoint next = line_search(line, here_, first);
    if (!(next.step > 0)) return false;
    arma::vec theta = moved(next.step * direction);
    memory_.add(theta - theta_, next.gradient - here_.gradient);
    theta_ = std::move(theta);
    here_ = std::move(next);
    settle();
    return true;
  }

  Problem& problem_;
  arma::vec theta_, l1_;
  LinePoint here_;
  arma::vec slopes_, orthant_, free_;
  QuasiNewton memory_;
  int steps_ = 0;
};

class Owlqn : public Solver {
 public:
  std::string name() const override { return "owlqn"; }
  bool stochastic() const override { return false; }
  std::vector<std::string> options() const override { return {"tolerance"}; }
  bool sparse() const override { return true; }

  SolverResult minimise(Problem& problem, arma::vec theta, const SolverOptions& options, Random&) const override {
    const double tolerance = options.tolerance > 0 ? options.tolerance : kOwlqnTolerance;
    const arma::uword passes = options.epochs > 0 ? options.epochs : kOwlqnPasses;
    Search search(problem, std::move(theta));
    SolverResult result;
    while (true) {
      result.converged = search.slope() <= tolerance;
      if (result.converged) result.stop = "gradient below tolerance";
      if (!problem.keep_going(result.passes, search.theta(), search.value()) || result.converged) break;
      if (result.passes == passes) {
        result.stop = "passes used up; --epochs allows more";
        break;
      }
      if (!search.step()) {
        result.converged = search.slope() <= problem.rounding(search.theta());
        result.stop = result.converged ? kRoundingIsLeft : "no step lowers the loss any more";
        break;
      }
      ++result.passes;
    }
    result.theta = search.theta();
    result.value = search.value();
    return result;
  }
};

std::shared_ptr<const Solver> make_owlqn() { return std::make_shared<Owlqn>(); }

}  // namespace

SolverEntry owlqn_solver() {
  return {{"owlqn", "all rows at once, weights to 0 exactly under --l1 and --gate-l1 (Andrew, Gao 2007)", {"owlqn"}},
          make_owlqn};
}

}  // namespace moe
