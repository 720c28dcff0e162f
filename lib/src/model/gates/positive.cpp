// positive: g_k = exp(a_k), not normalised. d loss / d a_k = g_k d loss / d g_k.
#include <cmath>

#include "model/gates/gates.hpp"
#include "moe/gate.hpp"
#include "moe/numeric.hpp"

namespace moe {
namespace {

class Positive : public Gate {
 public:
  std::string name() const override { return "positive"; }
  bool normalised() const override { return false; }
  std::optional<Link> link() const override { return Link::kExp; }
  double even_intercept(arma::uword experts) const override { return -std::log(static_cast<double>(experts)); }

  void forward(const arma::mat& logits, arma::mat& log_weights, arma::mat& weights, arma::mat& signs) const override {
    signs.reset();
    log_weights = logits;
    exp_shifted(logits, {}, {}, weights);
  }

  void backward(const arma::mat&, const arma::mat&, const arma::mat& d_log_weights,
                arma::mat& d_logits) const override {
    d_logits = d_log_weights;
  }
};

std::shared_ptr<const Gate> make_positive_gate() { return std::make_shared<Positive>(); }

}  // namespace

GateEntry positive_gate() {
  return {{"positive", "exp of each output: positive, but the sum is free to grow", {"positive"}}, make_positive_gate};
}

}  // namespace moe
