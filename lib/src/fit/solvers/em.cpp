// em: expectation maximisation, whose steps are halved until the objective does not rise, followed by Newton's method
// (or by lbfgs, where there are no second derivatives) until the gradient is small. EM finds the neighbourhood of a
// maximum reliably, but converges slowly there. Where the objective has kinks, only EM moves the parameters that have
// them, lbfgs moves the others, and the two alternate.
#include <cmath>

#include "fit/newton_steps.hpp"
#include "fit/solvers/solvers.hpp"
#include "moe/error.hpp"
#include "moe/solver.hpp"

namespace moe {
namespace {

constexpr double kEmTolerance = 1e-9;
constexpr double kEmNear = 1e-3;  // Newton's method takes over below this largest gradient component
constexpr arma::uword kEmPasses = 1000;
constexpr arma::uword kMostSteps = 500;  // after so many steps the other methods take over in any case
constexpr int kEmHalvings = 30;
constexpr double kEmRounding = 1e-14;  // relative rounding error of a value
constexpr int kTurns = 100;            // how often lbfgs and EM alternate
constexpr double kEmStill = 1e-10;     // a smaller step of a parameter is none

/// A problem in which some parameters are fixed. Its passes count on from those before.
class Held : public Problem {
 public:
  Held(Problem& problem, const arma::uvec& held) : problem_(problem), held_(held) {}
  void count_from(arma::uword passes) { before_ = passes; }
  double rounding(const arma::vec& theta) const override { return problem_.rounding(theta); }
  double evaluate(const arma::vec& theta, arma::vec& gradient) override {
    const double value = problem_.evaluate(theta, gradient);
    gradient.elem(held_).zeros();
    return value;
  }
  bool keep_going(arma::uword pass, const arma::vec& theta, double value) override {
    return pass == 0 || problem_.keep_going(before_ + pass, theta, value);
  }

 private:
  Problem& problem_;
  const arma::uvec& held_;
  arma::uword before_ = 0;
};

class Em : public Solver {
 public:
  std::string name() const override { return "em"; }
  bool stochastic() const override { return false; }
  std::vector<std::string> options() const override { return {"tolerance"}; }

  SolverResult minimise(Problem& problem, arma::vec theta, const SolverOptions& options,
                        Random& random) const override {
    SolverResult result;
    if (const SolverState* begun = problem.begun()) {
      theta = begun->at("theta", theta.n_elem);
      result.passes = static_cast<arma::uword>(begun->at("passes"));
    }
    EmSteps* const em = problem.em();
    if (em == nullptr)
      throw Error(ErrorKind::kUsage,
                  "--solver em: it needs a softmax gate and the objective likelihood: expected lbfgs");
    EmSteps::Improvement here = em->em_step(theta);
    const double tolerance = options.tolerance > 0 ? options.tolerance : kEmTolerance;
    const arma::uword passes = options.epochs > 0 ? options.epochs : kEmPasses;
    result.theta = std::move(theta);
    climb(problem, *em, result, here, std::max(kEmNear, tolerance), std::min(passes, kMostSteps));
    if (result.stop == "stopped") return result;
    if (SecondDerivatives* const second = problem.second_derivatives()) {
      newton_steps(problem, *second, result, tolerance, passes);
      return result;
    }
    settle(problem, *em, result, here, tolerance, passes, random);
    return result;
  }

 private:
  static void climb(Problem& problem, EmSteps& em, SolverResult& at, EmSteps::Improvement& here, double near,
                    arma::uword passes) {
    at.value = here.value;
    if (!problem.keep_going(at.passes, at.theta, at.value)) at.stop = "stopped";
    while (at.stop.empty() && here.slope > near && at.passes < passes) {
      if (here.slope <= problem.rounding(at.theta)) return;
      if (!step(em, at, here)) return;
      ++at.passes;
      problem.keep([&](SolverState& state) {
        state.numbers["theta"] = at.theta;
        state.set("passes", static_cast<double>(at.passes));
      });
      if (!problem.keep_going(at.passes, at.theta, at.value)) at.stop = "stopped";
    }
  }

  /// Alternates between lbfgs for the smooth parameters and EM for those with kinks.
  static void settle(Problem& problem, EmSteps& em, SolverResult& at, EmSteps::Improvement& here, double tolerance,
                     arma::uword passes, Random& random) {
    const arma::uvec nonsmooth = em.nonsmooth();
    Held held(problem, nonsmooth);
    for (int turn = 0; turn < kTurns; ++turn) {
      if (at.passes >= passes) {
        at.stop = "passes used up; --epochs allows more";
        return;
      }
      SolverOptions options;
      options.tolerance = tolerance;
      options.epochs = passes - at.passes;
      const arma::uword before = at.passes;
      held.count_from(before);
      at = make_solver("lbfgs")->minimise(held, std::move(at.theta), options, random);
      at.passes += before;
      if (nonsmooth.is_empty() || at.stop.empty() || at.passes >= passes) return;
      here = em.em_step(at.theta);
      if (arma::all(arma::abs(here.target.elem(nonsmooth) - at.theta.elem(nonsmooth)) < kEmStill)) return;
      at.converged = false;
      at.stop = "no step lowers the loss any more";
      if (!step(em, at, here)) return;
      ++at.passes;
      if (!problem.keep_going(at.passes, at.theta, at.value)) return;
    }
  }

  /// Moves towards here.target. False where nothing on the way is lower.
  static bool step(EmSteps& em, SolverResult& at, EmSteps::Improvement& here) {
    arma::vec whole = here.target - at.theta;
    double part = 1;
    for (int i = 0; i < kEmHalvings; ++i, part *= 0.5) {
      const arma::vec theta = at.theta + part * whole;
      EmSteps::Improvement there = em.em_step(theta);
      if (!(there.value <= at.value + kEmRounding * std::abs(at.value))) {
        if (!em.refine()) continue;
        here = em.em_step(at.theta);
        whole = here.target - at.theta;
        part = 2;  // so that the whole step comes next
        continue;
      }
      at.theta = theta;
      at.value = there.value;
      here = std::move(there);
      return true;
    }
    return false;
  }
};

std::shared_ptr<const Solver> make_em() { return std::make_shared<Em>(); }

}  // namespace

SolverEntry em_solver() {
  return {{"em",
           "expectation maximisation, then newton's steps; generalised for MLPs: softmax, likelihood (Jordan, Jacobs "
           "1994)",
           {"em"}},
          make_em};
}

}  // namespace moe
