// adam (Kingma, Ba 2015): m <- b1 m + (1 - b1) g, v <- b2 v + (1 - b2) g^2, theta <- theta - rate m^ / (sqrt(v^) +
// eps), where m^ and v^ are m and v corrected for their start at 0.
//
// adamw (Loshchilov, Hutter 2019): g leaves out the l2 penalty, and theta shrinks beside, by rate l2 theta in each step. So
// the penalty is not divided by sqrt(v^): weights with large gradients shrink as others do.
#include <cmath>
#include <utility>

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
  /// `decay`: the penalty's factors that adamw takes out of the gradient; empty for adam.
  explicit Moments(arma::uword size, arma::vec decay = {})
      : decay_(std::move(decay)), m_(size, arma::fill::zeros), v_(size, arma::fill::zeros) {}
  void step(arma::vec& theta, const arma::vec& gradient, double rate) override {
    if (decay_.is_empty()) return move(theta, gradient, rate);
    const arma::vec pull = decay_ % theta;
    move(theta, gradient - pull, rate);
    theta -= rate * pull;
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
  void move(arma::vec& theta, const arma::vec& gradient, double rate) {
    power1_ *= kBeta1;
    power2_ *= kBeta2;
    const Kernels::Adam rates{1 - kBeta1, 1 - kBeta2, rate / (1 - power1_), 1 / std::sqrt(1 - power2_), kEpsilon};
    kernels().adam(gradient.memptr(), theta.n_elem, rates, m_.memptr(), v_.memptr(), theta.memptr());
  }

  arma::vec decay_, m_, v_;
  double power1_ = 1, power2_ = 1;
};

class Adam : public Solver {
 public:
  explicit Adam(bool decoupled) : decoupled_(decoupled) {}
  std::string name() const override { return decoupled_ ? "adamw" : "adam"; }
  bool stochastic() const override { return true; }
  std::vector<std::string> options() const override { return {"learning-rate", "batch", "schedule"}; }

  SolverResult minimise(Problem& problem, arma::vec theta, const SolverOptions& options,
                        Random& random) const override {
    Moments moments(theta.n_elem, decoupled_ ? problem.l2_weights() : arma::vec());
    return run_epochs(problem, std::move(theta), options, kAdamRate, kAdamEpochs, random, moments);
  }

 private:
  bool decoupled_;
};

std::shared_ptr<const Solver> make_adam() { return std::make_shared<Adam>(false); }
std::shared_ptr<const Solver> make_adamw() { return std::make_shared<Adam>(true); }

}  // namespace

SolverEntry adam_solver() {
  return {{"adam", "mini-batches, a step size for each parameter (Kingma, Ba 2015)", {"adam"}}, make_adam};
}

SolverEntry adamw_solver() {
  return {{"adamw", "adam, with weights that shrink beside the steps (Loshchilov, Hutter 2019)", {"adamw"}},
          make_adamw};
}

}  // namespace moe
