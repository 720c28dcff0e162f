// sgd: v <- momentum v - rate g, theta <- theta + v (Polyak 1964).
#include "fit/solvers/solvers.hpp"
#include "fit/stochastic.hpp"

namespace moe {
namespace {

constexpr double kSgdRate = 0.01;
constexpr arma::uword kSgdEpochs = 200;

class Velocity : public Stepper {
 public:
  Velocity(arma::uword size, double momentum) : v_(size, arma::fill::zeros), momentum_(momentum) {}
  void step(arma::vec& theta, const arma::vec& gradient, double rate) override {
    v_ = momentum_ * v_ - rate * gradient;
    theta += v_;
  }
  void save(SolverState& to) const override { to.numbers["v"] = v_; }
  void load(const SolverState& from) override { v_ = from.at("v", v_.n_elem); }

 private:
  arma::vec v_;
  double momentum_;
};

class Sgd : public Solver {
 public:
  std::string name() const override { return "sgd"; }
  bool stochastic() const override { return true; }
  std::vector<std::string> options() const override { return {"learning-rate", "batch", "schedule", "momentum"}; }

  SolverResult minimise(Problem& problem, arma::vec theta, const SolverOptions& options,
                        Random& random) const override {
    Velocity velocity(theta.n_elem, options.momentum);
    return run_epochs(problem, std::move(theta), options, kSgdRate, kSgdEpochs, random, velocity);
  }
};

std::shared_ptr<const Solver> make_sgd() { return std::make_shared<Sgd>(); }

}  // namespace

SolverEntry sgd_solver() { return {{"sgd", "mini-batches, gradient descent with momentum", {"sgd"}}, make_sgd}; }

}  // namespace moe
