// adam: m <- b1 m + (1 - b1) g, v <- b2 v + (1 - b2) g^2, theta <- theta - rate m^ / (sqrt(v^) + eps), m^ and v^ freed of
// their start at 0 (Kingma, Ba 2015).
#include <cmath>

#include "kernels/kernels.hpp"
#include "stochastic.hpp"

namespace moe {
namespace {

constexpr double kBeta1 = 0.9, kBeta2 = 0.999, kEpsilon = 1e-8;  // the paper's
constexpr double kRate = 0.01;
constexpr arma::uword kEpochs = 200;

class Adam : public Solver {
 public:
  std::string name() const override { return "adam"; }
  bool stochastic() const override { return true; }

  SolverResult minimise(Problem& problem, arma::vec theta, const SolverOptions& options,
                        Random& random) const override {
    arma::vec m(theta.n_elem, arma::fill::zeros), v(theta.n_elem, arma::fill::zeros);
    double power1 = 1, power2 = 1;
    const auto update = [&](arma::vec& at, const arma::vec& gradient, double rate) {
      power1 *= kBeta1;
      power2 *= kBeta2;
      const Kernels::Adam by{1 - kBeta1, 1 - kBeta2, rate / (1 - power1), 1 / std::sqrt(1 - power2), kEpsilon};
      kernels().adam(gradient.memptr(), at.n_elem, by, m.memptr(), v.memptr(), at.memptr());
    };
    return run_epochs(problem, std::move(theta), options, kRate, kEpochs, random, update);
  }
};

}  // namespace

std::shared_ptr<const Solver> make_adam() { return std::make_shared<Adam>(); }

}  // namespace moe
