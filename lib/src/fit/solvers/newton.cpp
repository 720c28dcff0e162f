// newton: lbfgs until the gradient is small, then Newton's method with exact second derivatives.
#include <cmath>

#include "fit/newton_steps.hpp"
#include "fit/solvers/solvers.hpp"
#include "moe/error.hpp"
#include "moe/solver.hpp"

namespace moe {
namespace {

constexpr double kNewtonTolerance = 1e-9;
constexpr double kNewtonNear = 1e-2;  // Newton's method takes over below this largest gradient component
constexpr arma::uword kNewtonPasses = 1000;

class Newton : public Solver {
 public:
  std::string name() const override { return "newton"; }
  bool stochastic() const override { return false; }
  std::vector<std::string> options() const override { return {"tolerance"}; }

  SolverResult minimise(Problem& problem, arma::vec theta, const SolverOptions& options,
                        Random& random) const override {
    SecondDerivatives* const second = problem.second_derivatives();
    if (second == nullptr)
      throw Error(ErrorKind::kUsage,
                  "--solver newton: it needs linear networks, a softmax gate, the objective likelihood and a smooth "
                  "family: expected lbfgs");
    const double tolerance = options.tolerance > 0 ? options.tolerance : kNewtonTolerance;
    SolverOptions first = options;
    first.tolerance = std::max(kNewtonNear, tolerance);
    SolverResult result = make_solver("lbfgs")->minimise(problem, std::move(theta), first, random);
    if (result.converged)
      newton_steps(problem, *second, result, tolerance, options.epochs > 0 ? options.epochs : kNewtonPasses);
    return result;
  }
};

std::shared_ptr<const Solver> make_newton() { return std::make_shared<Newton>(); }

}  // namespace

SolverEntry newton_solver() {
  return {{"newton",
           "lbfgs, then Newton's steps with second derivatives: linear networks, softmax, likelihood",
           {"newton"}},
          make_newton};
}

}  // namespace moe
