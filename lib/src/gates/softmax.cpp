// softmax: g_k = exp(a_k) / sum_j exp(a_j).   d/da_k = D_k - g_k sum_j D_j, with D_k = g_k d loss / d g_k.
#include "moe/gate.hpp"
#include "moe/numeric.hpp"

namespace moe {
namespace {

class Softmax : public Gate {
 public:
  std::string name() const override { return "softmax"; }
  bool normalised() const override { return true; }
  double even_intercept(arma::uword) const override { return 0; }

  void forward(const arma::mat& logits, arma::mat& log_weights, arma::mat& signs) const override {
    signs.reset();
    log_softmax(logits, log_weights);
  }

  void backward(const arma::mat&, const arma::mat& log_weights, const arma::mat& d_log_weights,
                arma::mat& d_logits) const override {
    exp_shifted(log_weights, {}, {}, d_logits);
    const arma::vec total = arma::sum(d_log_weights, 1);
    for (arma::uword k = 0; k < d_logits.n_cols; ++k) d_logits.col(k) = d_log_weights.col(k) - d_logits.col(k) % total;
  }
};

}  // namespace

std::shared_ptr<const Gate> make_softmax_gate() { return std::make_shared<Softmax>(); }

}  // namespace moe
