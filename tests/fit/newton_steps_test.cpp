// Newton's last steps, on functions of one number whose iterates are known.
#include "fit/newton_steps.hpp"

#include <catch2/catch.hpp>
#include <cmath>

namespace {

/// A function with value, slope and second derivative, and with what a subsample of rows says of the latter.
class Curve : public moe::Problem, public moe::SecondDerivatives {
 public:
  explicit Curve(double subsample = 0) : subsample_(subsample) {}
  void hessian(const arma::vec& theta, arma::mat& second) override {
    second = arma::mat(1, 1).fill(curvature(theta[0]));
  }
  /// `subsample` times the true second derivative; 0: there is no subsample.
  bool subsampled_hessian(const arma::vec& theta, arma::mat& second) override {
    second = arma::mat(1, 1).fill(subsample_ * curvature(theta[0]));
    return subsample_ > 0;
  }

 private:
  virtual double curvature(double x) const = 0;
  double subsample_;
};

/// exp(x) - x, whose minimum is at 0. Newton's step from x is exp(-x) - 1, which leaves about x^2 / 2.
class Exponential : public Curve {
 public:
  using Curve::Curve;
  double evaluate(const arma::vec& x, arma::vec& g) override {
    g = {std::expm1(x[0])};
    return std::exp(x[0]) - x[0];
  }

 private:
  double curvature(double x) const override { return std::exp(x); }
};

/// 1 + x^2 / 2.
class Parabola : public Curve {
 public:
  using Curve::Curve;
  double evaluate(const arma::vec& x, arma::vec& g) override {
    g = x;
    return 1 + 0.5 * x[0] * x[0];
  }

 private:
  double curvature(double) const override { return 1; }
};

/// Where the steps end that begin at x after some passes. They converge where the slope is below 0.01.
moe::SolverResult end_of(Curve& curve, double x, arma::uword passes) {
  moe::SolverResult at;
  at.theta = {x};
  at.passes = passes;
  moe::newton_steps(curve, curve, at, 0.01, 100);
  CHECK(at.converged);
  CHECK(at.stop == "gradient below tolerance");
  return at;
}

}  // namespace

TEST_CASE("Newton's method ends with one more step, which the tolerance does not ask for", "[solver][newton]") {
  // The iterates x + exp(-x) - 1 from 1, by Python's decimal with 50 digits:
  // 0.36788, 0.060080, 0.0017692, 1.56411079e-6. The slope at the third is below 0.01.
  Exponential curve;
  const moe::SolverResult at = end_of(curve, 1, 0);
  CHECK(at.passes == 3);
  CHECK(at.theta[0] == Approx(1.56411079e-6).epsilon(1e-6));
  // After passes of another solver that came near enough, one step from 0.001 leaves 0.001^2 / 2.
  CHECK(end_of(curve, 0.001, 7).theta[0] == Approx(4.998e-7).epsilon(1e-3));
  // A fit that begins at its end changes nothing.
  CHECK(end_of(curve, 0.001, 0).theta[0] == 0.001);
}

TEST_CASE("with second derivatives from a subsample the last steps are several", "[solver][newton]") {
  // Second derivatives 5 % too large leave a twentieth of x in each step, so that from 0.001 three of them leave about
  // 0.001 / 21^3, and one 0.001 / 21.
  Parabola curve(1.05);
  CHECK(end_of(curve, 0.001, 1).theta[0] == Approx(0.001 / (21.0 * 21 * 21)).epsilon(1e-6));
}

TEST_CASE("a last step that leads away is not taken", "[solver][newton]") {
  // Second derivatives a tenth of the true ones send x to -9 x.
  Parabola curve(0.1);
  CHECK(end_of(curve, 1e-3, 1).theta[0] == 1e-3);  // the value would rise by 4e-5
  CHECK(end_of(curve, 1e-8, 1).theta[0] == 1e-8);  // the value would not show it, but the slope does
}
