// linear: g_k = a_k, of either sign, not normalised. d loss / d a_k = (g_k d loss / d g_k) / a_k.
#include <cmath>

#include "model/gates/gates.hpp"
#include "moe/gate.hpp"

namespace moe {
namespace {

/// A weight of exactly 0 counts as this much, so that its logarithm stays finite and the division above gives the
/// derivative.
constexpr double kSmallest = 1e-150;

double away_from_zero(double a) { return std::abs(a) < kSmallest ? std::copysign(kSmallest, a) : a; }

class Linear : public Gate {
 public:
  std::string name() const override { return "linear"; }
  bool normalised() const override { return false; }
  std::optional<Link> link() const override { return Link::kIdentity; }
  double even_intercept(arma::uword experts) const override { return 1.0 / static_cast<double>(experts); }

  void forward(const arma::mat& logits, arma::mat& log_weights, arma::mat& weights, arma::mat& signs) const override {
    log_weights.set_size(arma::size(logits));
    weights.set_size(arma::size(logits));
    signs.set_size(arma::size(logits));
    for (arma::uword i = 0; i < logits.n_elem; ++i) {
      const double a = away_from_zero(logits[i]);
      log_weights[i] = std::log(std::abs(a));
      weights[i] = a;
      signs[i] = a > 0 ? 1 : -1;
    }
  }

  void backward(const arma::mat&, const arma::mat& weights, const arma::mat& d_log_weights,
                arma::mat& d_logits) const override {
    d_logits = d_log_weights / weights;
  }
};

std::shared_ptr<const Gate> make_linear_gate() { return std::make_shared<Linear>(); }

}  // namespace

GateEntry linear_gate() {
  return {{"linear", "the raw outputs: the sum may be negative, and free to grow", {"linear"}}, make_linear_gate};
}

}  // namespace moe
