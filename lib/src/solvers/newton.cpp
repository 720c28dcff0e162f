// newton: lbfgs to the neighbourhood of a minimum, then Newton's steps with exact second derivatives, shifted where they are
// not positive definite (Nocedal, Wright 2006, alg. 3.3), and halved until the value does not rise.
#include <cmath>

#include "moe/error.hpp"
#include "moe/solver.hpp"

namespace moe {
namespace {

constexpr double kTolerance = 1e-9;
constexpr double kNear = 1e-2;  // largest gradient component at which Newton's steps take over
constexpr arma::uword kPasses = 1000;
constexpr int kHalvings = 30;
constexpr double kRounding = 1e-13;                                         // relative error that a value may carry
constexpr double kFirstShift = 1e-11, kShiftGrowth = 10, kLastShift = 1e6;  // of the largest one

/// -(H + shift)^-1 g with the smallest shift of its kind that makes the matrix positive definite; nothing where none does.
arma::vec direction(const arma::mat& H, const arma::vec& g) {
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

class Newton : public Solver {
 public:
  std::string name() const override { return "newton"; }
  bool stochastic() const override { return false; }

  SolverResult minimise(Problem& problem, arma::vec theta, const SolverOptions& options,
                        Random& random) const override {
    arma::mat H;
    if (!problem.hessian(theta, H))
      throw Error(
          ErrorKind::kUsage,
          "--solver newton: it needs linear networks, a softmax gate and the objective likelihood: expected lbfgs");
    const double tolerance = options.tolerance > 0 ? options.tolerance : kTolerance;
    SolverOptions first = options;
    first.tolerance = std::max(kNear, tolerance);
    SolverResult result = make_solver("lbfgs")->minimise(problem, std::move(theta), first, random);
    if (!result.converged) return result;
    arma::vec gradient;
    result.value = problem.evaluate(result.theta, gradient);
    result.converged = false;
    result.stop = "passes used up; --epochs allows more";
    const arma::uword passes = options.epochs > 0 ? options.epochs : kPasses;
    for (;;) {
      if (arma::norm(gradient, "inf") <= tolerance) {
        result.converged = true;
        result.stop = "gradient below tolerance";
        break;
      }
      if (result.passes >= passes) break;
      if (!step(problem, result, gradient)) {
        result.stop = "no step lowers the loss any more";
        break;
      }
      ++result.passes;
      if (!problem.keep_going(result.passes, result.theta, result.value)) break;
    }
    return result;
  }

 private:
  /// Moves to a point that is no higher; false where none is found.
  static bool step(Problem& problem, SolverResult& at, arma::vec& gradient) {
    arma::mat H;
    problem.hessian(at.theta, H);
    const arma::vec whole = direction(H, gradient);
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
};

}  // namespace

std::shared_ptr<const Solver> make_newton() { return std::make_shared<Newton>(); }

}  // namespace moe
