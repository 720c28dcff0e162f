// softmax: g_k = exp(a_k) / sum_j exp(a_j). d loss / d a_k = D_k - g_k sum_j D_j, with D_k = g_k d loss / d g_k.
#include "base/kernels/kernels.hpp"
#include "model/gates/gates.hpp"
#include "moe/gate.hpp"

namespace moe {
namespace {

class Softmax : public Gate {
 public:
  std::string name() const override { return "softmax"; }
  bool normalised() const override { return true; }
  std::optional<Link> link() const override { return Link::kSoftmax; }
  arma::uword redundant_outputs() const override { return 1; }
  double even_intercept(arma::uword) const override { return 0; }

  void forward(const arma::mat& logits, arma::mat& log_weights, arma::mat& weights, arma::mat& signs) const override {
    signs.reset();
    log_weights.set_size(arma::size(logits));
    weights.set_size(arma::size(logits));
    kernels().softmax(logits.memptr(), logits.n_rows, logits.n_cols, log_weights.memptr(), weights.memptr());
  }

  void backward(const arma::mat&, const arma::mat& weights, const arma::mat& d_log_weights,
                arma::mat& d_logits) const override {
    d_logits.set_size(arma::size(weights));
    kernels().softmax_backward(weights.memptr(), d_log_weights.memptr(), weights.n_rows, weights.n_cols,
                               d_logits.memptr());
  }
};

std::shared_ptr<const Gate> make_softmax_gate() { return std::make_shared<Softmax>(); }

}  // namespace

GateEntry softmax_gate() {
  return {{"softmax", "positive weights that sum to 1: the mixture is a density", {"softmax"}}, make_softmax_gate};
}

}  // namespace moe
