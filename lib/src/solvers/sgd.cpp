// sgd: v <- momentum v - rate g, theta <- theta + v (Polyak 1964).
#include "stochastic.hpp"

namespace moe {
namespace {

constexpr double kRate = 0.01;
constexpr arma::uword kEpochs = 200;

class Sgd : public Solver {
 public:
  std::string name() const override { return "sgd"; }
  bool stochastic() const override { return true; }

  SolverResult minimise(Problem& problem, arma::vec theta, const SolverOptions& options,
                        Random& random) const override {
    arma::vec velocity(theta.n_elem, arma::fill::zeros);
    const auto update = [&](arma::vec& at, const arma::vec& gradient, double rate) {
      velocity = options.momentum * velocity - rate * gradient;
      at += velocity;
    };
    return run_epochs(problem, std::move(theta), options, kRate, kEpochs, random, update);
  }
};

}  // namespace

std::shared_ptr<const Solver> make_sgd() { return std::make_shared<Sgd>(); }

}  // namespace moe
