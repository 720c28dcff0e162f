// lbfgs: limited-memory BFGS (Nocedal 1980; Nocedal, Wright 2006, ch. 7) with the line search of Hager and Zhang
// (2005). libLBFGS is no alternative: its line search compares values, and so ends with a rounding error near a
// maximum, well before the gradient is small; and it cannot be left in the middle of a search, which is necessary where
// the loss is undefined.
#include <algorithm>
#include <cmath>
#include <limits>

#include "fit/quasi_newton.hpp"
#include "fit/solvers/solvers.hpp"
#include "moe/solver.hpp"

namespace moe {
namespace {

constexpr arma::uword kLbfgsPasses = 1000;
constexpr double kLbfgsTolerance = 1e-7;
constexpr double kLbfgsNothing = 1e-16;  // as a part of the value: a smaller gain is rounding
/// If the gradient does not fall to kLbfgsHardly of its size within kLbfgsStill passes, and nothing can be gained, it
/// consists of rounding errors.
constexpr double kLbfgsHardly = 0.5;
constexpr double kLbfgsStill = 10;
constexpr double kLbfgsFirstStep =
    0.1;  // length of the very first step: in standardised units parameters are of order 1

class Lbfgs : public Solver {
 public:
  std::string name() const override { return "lbfgs"; }
  bool stochastic() const override { return false; }
  std::vector<std::string> options() const override { return {"tolerance"}; }

  SolverResult minimise(Problem& problem, arma::vec theta, const SolverOptions& options, Random&) const override {
    const double tolerance = options.tolerance > 0 ? options.tolerance : kLbfgsTolerance;
    const arma::uword passes = options.epochs > 0 ? options.epochs : kLbfgsPasses;
    QuasiNewton memory;
    LinePoint here;
    SolverResult result;
    Stillness still;
    if (const SolverState* begun = problem.begun())
      load(*begun, theta, here, memory, still, result);
    else
      here.value = problem.evaluate(theta, here.gradient);
    while (true) {
      problem.keep([&](SolverState& state) { save(theta, here, memory, still, result, state); });
      const double size = arma::norm(here.gradient, "inf");
      still.passes = size < kLbfgsHardly * still.least ? 0 : still.passes + 1;
      still.least = std::min(still.least, size);
      const bool at_rounding = expected_gain(memory, here) <= kLbfgsNothing * std::abs(here.value);
      const bool nothing_left = still.passes >= kLbfgsStill && (at_rounding || size <= problem.rounding(theta));
      result.converged = size <= tolerance || nothing_left;
      if (result.converged) result.stop = size <= tolerance ? "gradient below tolerance" : kRoundingIsLeft;
      if (!problem.keep_going(result.passes, theta, here.value) || result.converged) break;
      if (result.passes == passes) {
        result.stop = "passes used up; --epochs allows more";
        break;
      }
      if (!step(problem, theta, here, memory)) {
        result.converged = at_rounding || size <= problem.rounding(theta);
        result.stop = result.converged ? kRoundingIsLeft : "no step lowers the loss any more";
        break;
      }
      ++result.passes;
    }
    result.theta = std::move(theta);
    result.value = here.value;
    return result;
  }

 private:
  /// The smallest size of the gradient so far, and for how many passes it has not fallen clearly below that.
  struct Stillness {
    double least = std::numeric_limits<double>::max(), passes = 0;
  };
  static void save(const arma::vec& theta, const LinePoint& here, const QuasiNewton& memory, const Stillness& still,
                   const SolverResult& result, SolverState& to) {
    to.numbers["theta"] = theta;
    to.numbers["gradient"] = here.gradient;
    to.set("value", here.value);
    to.set("passes", static_cast<double>(result.passes));
    to.set("least", still.least);
    to.set("still", still.passes);
    memory.save(to);
  }
  static void load(const SolverState& from, arma::vec& theta, LinePoint& here, QuasiNewton& memory, Stillness& still,
                   SolverResult& result) {
    here.gradient = from.at("gradient", theta.n_elem);
    theta = from.at("theta", theta.n_elem);
    here.value = from.at("value");
    result.passes = static_cast<arma::uword>(from.at("passes"));
    still = {from.at("least"), from.at("still")};
    memory.load(from, theta.n_elem);
  }

  /// The expected gain of a step, by the curvature of earlier steps; infinite if there are none.
  static double expected_gain(QuasiNewton& memory, const LinePoint& here) {
    if (memory.empty()) return std::numeric_limits<double>::infinity();
    return -0.5 * arma::dot(here.gradient, memory.direction(here.gradient));
  }
  /// One iteration. False where no step makes progress.
  static bool step(Problem& problem, arma::vec& theta, LinePoint& here, QuasiNewton& memory) {
    for (int attempt = 0; attempt < 2; ++attempt) {
      const bool fresh = memory.empty();
      const arma::vec direction = memory.direction(here.gradient);
      here.slope = arma::dot(here.gradient, direction);
      here.step = 0;
      if (here.slope < 0) {
        const Line line = [&](double step) {
          LinePoint point;
          point.step = step;
          point.value = problem.evaluate(theta + step * direction, point.gradient);
          point.slope = arma::dot(point.gradient, direction);
          return point;
        };
        LinePoint next = line_search(line, here, fresh ? std::min(1.0, kLbfgsFirstStep / arma::norm(direction)) : 1.0);
        if (next.step > 0) {
          memory.add(next.step * direction, next.gradient - here.gradient);
          theta += next.step * direction;
          here = std::move(next);
          return true;
        }
      }
      if (fresh) return false;
      memory.clear();
    }
    return false;
  }
};

std::shared_ptr<const Solver> make_lbfgs() { return std::make_shared<Lbfgs>(); }

}  // namespace

SolverEntry lbfgs_solver() {
  return {{"lbfgs", "all rows at once, quasi-Newton (Nocedal 1980)", {"lbfgs"}}, make_lbfgs};
}

}  // namespace moe
