// lbfgs: limited-memory BFGS (Nocedal 1980; Nocedal, Wright 2006, ch. 7) with the line search of Hager and Zhang (2005).
// (libLBFGS compares values in its own: near a maximum it ends with a rounding error well before the gradient is small, and it
// offers no way to leave in the middle of a search, which an undefined loss needs.)
#include <algorithm>
#include <cmath>
#include <limits>

#include "fit/quasi_newton.hpp"
#include "fit/solvers/solvers.hpp"
#include "moe/solver.hpp"

namespace moe {
namespace {

constexpr arma::uword kPasses = 1000;
constexpr double kTolerance = 1e-7;
constexpr double kNothing = 1e-16;  // of the value, as a gain: it is rounding
/// A gradient that has not fallen to this part of what it was for so many passes, where nothing is to be gained, is rounding.
constexpr double kHardly = 0.5;
constexpr double kStill = 10;
constexpr double kFirstStep = 0.1;  // length of the very first step: parameters are of order 1 in standardised units

class Lbfgs : public Solver {
 public:
  std::string name() const override { return "lbfgs"; }
  bool stochastic() const override { return false; }
  std::vector<std::string> options() const override { return {"tolerance"}; }

  SolverResult minimise(Problem& problem, arma::vec theta, const SolverOptions& options, Random&) const override {
    const double tolerance = options.tolerance > 0 ? options.tolerance : kTolerance;
    const arma::uword passes = options.epochs > 0 ? options.epochs : kPasses;
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
      still.passes = size < kHardly * still.least ? 0 : still.passes + 1;
      still.least = std::min(still.least, size);
      const bool at_rounding = expected_gain(memory, here) <= kNothing * std::abs(here.value);
      const bool nothing_left = still.passes >= kStill && (at_rounding || size <= problem.rounding(theta));
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
  /// The smallest size of the gradient so far, and for how many passes it has hardly fallen.
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

  /// By the curvature of the steps so far: infinite without any.
  static double expected_gain(QuasiNewton& memory, const LinePoint& here) {
    if (memory.empty()) return std::numeric_limits<double>::infinity();
    return -0.5 * arma::dot(here.gradient, memory.direction(here.gradient));
  }
  /// One iteration; false where no step makes progress any more.
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
        LinePoint next = line_search(line, here, fresh ? std::min(1.0, kFirstStep / arma::norm(direction)) : 1.0);
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
