// Weights of models by what they say of rows that they have not seen: the maximum of sum_n v_n log sum_m w_m p_nm over
// the simplex (Yao, Vehtari, Simpson and Gelman 2018). The function is concave.
// EM's step w_m <- mean_n of w_m p_nm / sum_j w_j p_nj climbs it from any point with all w above 0.
#include <cmath>

#include "moe/automatic.hpp"
#include "moe/numeric.hpp"

namespace moe {
namespace {

constexpr int kMostSteps = 2000;
/// EM ends where no weight moves by more.
constexpr double kSettled = 1e-7;

}  // namespace

arma::vec stacking_weights(const arma::mat& log_p, const arma::vec& v) {
  arma::vec weights(log_p.n_cols, arma::fill::value(1.0 / static_cast<double>(log_p.n_cols)));
  arma::mat shares;
  for (int step = 0; step < kMostSteps; ++step) {
    softmax(log_p.each_row() + arma::log(weights).t(), shares);
    const arma::vec next = shares.t() * v / arma::accu(v);
    const double moved = arma::abs(next - weights).max();
    weights = next;
    if (moved < kSettled) break;
  }
  return weights;
}

}  // namespace moe
