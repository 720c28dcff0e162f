// Weights of models by what they say of rows that they have not seen: the maximum of sum_n v_n log sum_m w_m p_nm over
// the simplex (Yao, Vehtari, Simpson and Gelman 2018). The function is concave.
// EM's step w_m <- mean_n of w_m p_nm / sum_j w_j p_nj climbs it from any point with all w above 0.
#include "fit/stacking.hpp"

#include <cmath>
#include <numeric>
#include <tuple>
#include <utility>

#include "moe/automatic.hpp"
#include "moe/numeric.hpp"

namespace moe {
namespace {

constexpr int kMostSteps = 2000;
/// EM ends where no weight moves by more.
constexpr double kSettled = 1e-7;

/// A column with a smaller weight is dropped, unless the mean log density falls by more than kMostLost without all such
/// columns.
constexpr double kLeastWeight = 0.02, kNextToNothing = 0.001, kMostLost = 0.005;
/// A weight below this one counts as this, so that its logarithm is finite.
constexpr double kTinyWeight = 1e-6;

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

arma::vec log_mixture(const arma::mat& log_p, const arma::vec& weights) {
  arma::vec result;
  log_sum_exp((log_p.each_row() + arma::log(weights).t()).eval(), result);
  return result;
}

Stack stack(const arma::mat& log_p, const arma::vec& v) {
  const auto weighed = [&](const std::vector<std::size_t>& columns) {
    const arma::mat own = log_p.cols(arma::conv_to<arma::uvec>::from(columns));
    const arma::vec weights = stacking_weights(own, v);
    return std::pair(weights, arma::dot(v, log_mixture(own, weights)) / arma::accu(v));
  };
  Stack result{std::vector<std::size_t>(log_p.n_cols), {}};
  std::iota(result.kept.begin(), result.kept.end(), std::size_t{0});
  double score = 0;
  std::tie(result.weights, score) = weighed(result.kept);
  for (const double least : {kNextToNothing, kLeastWeight})
    for (;;) {  // until each column has enough, or those without are missed
      std::vector<std::size_t> enough;
      for (std::size_t i = 0; i < result.kept.size(); ++i)
        if (result.weights[i] >= least) enough.push_back(result.kept[i]);
      if (enough.size() == result.kept.size()) break;
      const auto [weights, lower] = weighed(enough);
      if (lower < score - kMostLost) break;
      result = {std::move(enough), weights};
    }
  result.weights = arma::clamp(result.weights, kTinyWeight, 1);
  result.weights /= arma::accu(result.weights);
  return result;
}

}  // namespace moe
