// Solvers are tested with functions whose minimum is known.
#include "moe/solver.hpp"

#include <catch2/catch.hpp>
#include <cmath>

#include "moe/random.hpp"
#include "moe/registry.hpp"

namespace {

/// A function with second derivatives, which counts its evaluations.
class Function : public moe::Problem, public moe::SecondDerivatives {
 public:
  double evaluate(const arma::vec& theta, arma::vec& gradient) override {
    ++evaluations;
    return at(theta, gradient);
  }
  /// Computed by differences of the gradient, which is precise enough for steps.
  moe::SecondDerivatives* second_derivatives() override { return this; }
  void hessian(const arma::vec& theta, arma::mat& second) override {
    const double h = 1e-5;
    second.set_size(theta.n_elem, theta.n_elem);
    for (arma::uword i = 0; i < theta.n_elem; ++i) {
      arma::vec up = theta, down = theta, above, below;
      up[i] += h;
      down[i] -= h;
      at(up, above);
      at(down, below);
      second.col(i) = (above - below) / (2 * h);
    }
    second = 0.5 * (second + second.t());
  }
  virtual double at(const arma::vec& theta, arma::vec& gradient) const = 0;
  int evaluations = 0;
};

/// sum 100 (x_{i+1} - x_i^2)^2 + (1 - x_i)^2; the minimum, 0, is at all ones (Rosenbrock 1960).
class Rosenbrock : public Function {
 public:
  double at(const arma::vec& x, arma::vec& g) const override {
    double value = 0;
    g.zeros(x.n_elem);
    for (arma::uword i = 0; i + 1 < x.n_elem; ++i) {
      const double a = x[i + 1] - x[i] * x[i], b = 1 - x[i];
      value += 100 * a * a + b * b;
      g[i] += -400 * a * x[i] - 2 * b;
      g[i + 1] += 200 * a;
    }
    return value;
  }
};

/// sum c_i (x_i - i)^2 / 2 with condition number 1e6; the minimum, 0, is at x_i = i.
class Stretched : public Function {
 public:
  double at(const arma::vec& x, arma::vec& g) const override {
    const arma::vec c = arma::logspace(0, 6, x.n_elem), away = x - arma::regspace(0, static_cast<double>(x.n_elem) - 1);
    g = c % away;
    return 0.5 * arma::dot(g, away);
  }
};

/// (x1 + 10 x2)^2 + 5 (x3 - x4)^2 + (x2 - 2 x3)^4 + 10 (x1 - x4)^4; its second derivatives are singular at the minimum,
/// 0 (Powell 1962).
class Powell : public Function {
 public:
  double at(const arma::vec& x, arma::vec& g) const override {
    const double a = x[0] + 10 * x[1], b = x[2] - x[3], c = x[1] - 2 * x[2], d = x[0] - x[3];
    g = {2 * a + 40 * d * d * d, 20 * a + 4 * c * c * c, 10 * b - 8 * c * c * c, -10 * b - 40 * d * d * d};
    return a * a + 5 * b * b + c * c * c * c + 10 * d * d * d * d;
  }
};

/// |x - 3|^2 / 2: least, 0, at all threes.
class Bowl : public Function, public moe::EmSteps {
 public:
  moe::EmSteps* em() override { return this; }
  double at(const arma::vec& x, arma::vec& g) const override {
    g = x - 3;
    return 0.5 * arma::dot(g, g);
  }
  /// Halfway to the minimum: EM creeps.
  Improvement em_step(const arma::vec& x) override {
    arma::vec g;
    const double value = at(x, g);
    return {value, arma::norm(g, "inf"), x - 0.5 * g};
  }
};

moe::SolverResult solve(const std::string& name, Function& function, const arma::vec& start,
                        const moe::SolverOptions& options) {
  moe::Random random(1);
  return moe::make_solver(name)->minimise(function, start, options, random);
}

}  // namespace

TEST_CASE("full-batch solvers find known minima", "[solver]") {
  const std::string name = GENERATE("lbfgs", "newton");
  INFO(name);
  moe::SolverOptions options;
  options.tolerance = 1e-9;
  Rosenbrock rosenbrock;
  arma::vec start = {-1.2, 1, -1.2, 1, -1.2, 1, -1.2, 1};
  const moe::SolverResult valley = solve(name, rosenbrock, start, options);
  CHECK(valley.converged);
  CHECK(arma::norm(valley.theta - 1, "inf") < 1e-8);
  CHECK(rosenbrock.evaluations < 150);
  Stretched stretched;
  const moe::SolverResult line = solve(name, stretched, arma::vec(15, arma::fill::zeros), options);
  CHECK(line.converged);
  CHECK(arma::norm(line.theta - arma::regspace(0, 14), "inf") < 1e-8);
  Powell powell;
  const moe::SolverResult flat = solve(name, powell, {3, -1, 0, 1}, options);
  CHECK(flat.converged);
  CHECK(flat.value < 1e-11);
}

TEST_CASE("lbfgs ends where it is told to, and says whether it converged", "[solver]") {
  Rosenbrock function;
  moe::SolverOptions options;
  options.epochs = 3;
  const moe::SolverResult result = solve("lbfgs", function, {-1.2, 1}, options);
  CHECK(result.passes == 3);
  CHECK_FALSE(result.converged);
  const moe::SolverResult at_once = solve("lbfgs", function, {1, 1}, {});
  CHECK(at_once.passes == 0);
  CHECK(at_once.converged);
}

TEST_CASE("adam's first steps are those of Kingma and Ba's algorithm", "[solver]") {
  // One parameter with gradient 1 at the first step and 2 at the second, computed by hand from Algorithm 1.
  class Ramp : public Function {
   public:
    double at(const arma::vec& x, arma::vec& g) const override {
      g = {x[0] < -0.05 ? 2.0 : 1.0};
      return x[0];
    }
  } ramp;
  moe::SolverOptions options;
  options.learning_rate = 0.1;
  options.epochs = 2;
  const double first = -0.1 * 1 / (1 + 1e-8);
  const double m = 0.9 * 0.1 + 0.1 * 2, v = 0.999 * 0.001 + 0.001 * 4;
  const double second = -0.1 * (m / (1 - 0.81)) / (std::sqrt(v / (1 - 0.998001)) + 1e-8);
  CHECK(solve("adam", ramp, {0.0}, options).theta[0] == Approx(first + second).epsilon(1e-12));
}

TEST_CASE("adamw's weights shrink beside the steps of adam", "[solver]") {
  // (x - 3)^2 / 2 + 0.2 x^2 / 2, and y^2 / 2 without a penalty. Algorithm 2 of Loshchilov and Hutter, with the decay times the
  // learning rate, as everybody's programs have it.
  class Penalised : public Function {
   public:
    double at(const arma::vec& x, arma::vec& g) const override {
      g = {x[0] - 3 + 0.2 * x[0], x[1]};
      return 0.5 * (x[0] - 3) * (x[0] - 3) + 0.1 * x[0] * x[0] + 0.5 * x[1] * x[1];
    }
    arma::vec l2_weights() const override { return {0.2, 0}; }
  } penalised;
  moe::SolverOptions options;
  options.learning_rate = 0.1;
  options.epochs = 7;
  double x = 1, y = 2, m[2] = {0, 0}, v[2] = {0, 0};
  for (int step = 1; step <= 7; ++step) {
    const double g[2] = {x - 3, y};
    double move[2];
    for (int i = 0; i < 2; ++i) {
      m[i] = 0.9 * m[i] + 0.1 * g[i];
      v[i] = 0.999 * v[i] + 0.001 * g[i] * g[i];
      move[i] = (m[i] / (1 - std::pow(0.9, step))) / (std::sqrt(v[i] / (1 - std::pow(0.999, step))) + 1e-8);
    }
    x -= 0.1 * (move[0] + 0.2 * x);
    y -= 0.1 * move[1];
  }
  const arma::vec theta = solve("adamw", penalised, {1.0, 2.0}, options).theta;
  CHECK(theta[0] == Approx(x).epsilon(1e-12));
  CHECK(theta[1] == Approx(y).epsilon(1e-12));
}

TEST_CASE("sgd carries momentum, and schedules bring the rate down", "[solver]") {
  class Slope : public Function {
   public:
    double at(const arma::vec& x, arma::vec& g) const override {
      g = {1.0};
      return x[0];
    }
  } slope;
  moe::SolverOptions options;
  options.learning_rate = 1;
  options.momentum = 0.5;
  options.epochs = 3;
  CHECK(solve("sgd", slope, {0.0}, options).theta[0] == Approx(-(1 + 1.5 + 1.75)));
  options.momentum = 0;
  options.schedule = "linear";
  CHECK(solve("sgd", slope, {0.0}, options).theta[0] == Approx(-(1 + 2.0 / 3 + 1.0 / 3)));
  options.schedule = "cosine";
  CHECK(solve("sgd", slope, {0.0}, options).theta[0] == Approx(-(1 + 0.75 + 0.25)));
  options.schedule = "cosinus";
  CHECK_THROWS_WITH(solve("sgd", slope, {0.0}, options), Catch::Contains("cosine"));
}

TEST_CASE("every solver comes down a well-shaped valley", "[solver]") {
  for (const moe::Word& word : moe::solver_words()) {
    INFO(word.name);
    Bowl bowl;
    moe::SolverOptions options;
    options.epochs = 3000;
    CHECK(arma::norm(solve(word.name, bowl, {0, 10, -5}, options).theta - 3, "inf") < 1e-3);
  }
}

TEST_CASE("em creeps as far as its neighbourhood reaches, and Newton's step does the rest", "[solver]") {
  // The slope is 8 / 2^n after n of its steps: below 1e-3 at n = 13; below 0.1 at n = 7, where that is asked for.
  Bowl bowl;
  moe::SolverOptions options;
  CHECK(solve("em", bowl, {11}, options).passes == 13 + 1);
  options.tolerance = 0.1;
  const moe::SolverResult loose = solve("em", bowl, {11}, options);
  CHECK(loose.converged);
  CHECK(loose.passes == 7);
}

TEST_CASE("full-batch solvers say why they end", "[solver]") {
  /// |x1| + |x2|: least, 0, where both are 0; the gradient there is that of the right side and says otherwise.
  class Kink : public Function, public moe::EmSteps {
   public:
    moe::EmSteps* em() override { return this; }
    double at(const arma::vec& x, arma::vec& g) const override {
      g = {x[0] < 0 ? -1.0 : 1.0, x[1] < 0 ? -1.0 : 1.0};
      return std::abs(x[0]) + std::abs(x[1]);
    }
    Improvement em_step(const arma::vec& x) override {
      arma::vec g;
      const double value = at(x, g);
      return {value, 1, x - g};
    }
  };
  for (const moe::Word& word : moe::solver_words()) {
    if (moe::make_solver(word.name)->stochastic()) continue;
    INFO(word.name);
    Kink kink;
    const moe::SolverResult nowhere = solve(word.name, kink, {0, 0}, {});
    CHECK(nowhere.stop == "no step lowers the loss any more");
    CHECK_FALSE(nowhere.converged);
    CHECK(nowhere.passes == 0);
    CHECK(arma::approx_equal(nowhere.theta, arma::vec{0, 0}, "absdiff", 0));
    Bowl bowl;
    const moe::SolverResult at_once = solve(word.name, bowl, {3, 3}, {});
    CHECK(at_once.stop == "gradient below tolerance");
    CHECK(at_once.converged);
    Rosenbrock rosenbrock;
    moe::SolverOptions options;
    options.epochs = 1;
    if (word.name == "em") continue;  // it knows no step there
    const moe::SolverResult cut = solve(word.name, rosenbrock, {-1.2, 1}, options);
    CHECK(cut.stop == "passes used up; --epochs allows more");
    CHECK_FALSE(cut.converged);
    CHECK(cut.passes == 1);
  }
}
