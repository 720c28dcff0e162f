// adam (Kingma, Ba 2015): m <- b1 m + (1 - b1) g, v <- b2 v + (1 - b2) g^2, theta <- theta - rate m^ / (sqrt(v^) +
// eps), where m^ and v^ are m and v corrected for their start at 0.
#include <cmath>

#include "base/kernels/kernels.hpp"
#include "fit/solvers/solvers.hpp"
#include "fit/stochastic.hpp"

namespace moe {
namespace {

constexpr double kBeta1 = 0.9, kBeta2 = 0.999, kEpsilon = 1e-8;  // the values in the paper
constexpr double kAdamRate = 0.01;
constexpr arma::uword kAdamEpochs = 200;

class Moments : public Stepper {
 public:
  explicit Moments(arma::uword size) : m_(size, arma::fill::zeros), v_(size, arma::fill::zeros) {}
  void step(arma::vec& theta, const arma::vec& gradient, double rate) override {
    power1_ *= kBeta1;
    power2_ *= kBeta2;
    const Kernels::Adam rates{1 - kBeta1, 1 - kBeta2, rate / (1 - power1_), 1 / std::sqrt(1 - power2_), kEpsilon};
    kernels().adam(gradient.memptr(), theta.n_elem, rates, m_.memptr(), v_.memptr(), theta.memptr());
  }
  void save(SolverState& to) const override {
    to.numbers["m"] = m_;
    to.numbers["v"] = v_;
    to.set("power1", power1_);
    to.set("power2", power2_);
  }
  void load(const SolverState& from) override {
    m_ = from.at("m", m_.n_elem);
    v_ = from.at("v", v_.n_elem);
    power1_ = from.at("power1");
    power2_ = from.at("power2");
  }

 private:
  arma::vec m_, v_;
  double power1_ = 1, power2_ = 1;
};

class Adam : public Solver {
 public:
  std::string name() const override { return "adam"; }
  bool stochastic() const override { return true; }
  std::vector<std::string> options() const override { return {"learning-rate", "batch", "schedule"}; }

  SolverResult minimise(Problem& problem, arma::vec theta, const SolverOptions& options,
                        Random& random) const override {
    Moments moments(theta.n_elem);
    return run_epochs(problem, std::move(theta), options, kAdamRate, kAdamEpochs, random, moments);
  }
};

std::shared_ptr<const Solver> make_adam() { return std::make_shared<Adam>(); }

}  // namespace

SolverEntry adam_solver() {
  return {{"adam", "mini-batches, a step size for each parameter (Kingma, Ba 2015)", {"adam"}}, make_adam};
}

}  // namespace moe
