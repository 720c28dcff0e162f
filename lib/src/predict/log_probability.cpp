// log P(low < Y <= high) of a mixture: log sum_k g_k P_k. P_k is the difference of the expert's distribution function
// where that keeps its digits. Elsewhere, in tails and in intervals that are short beside the expert's scale, it is the
// integral of the density by Gauss-Legendre quadrature, in logarithms.
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <vector>

#include "moe/numeric.hpp"
#include "moe/predict.hpp"

namespace moe {
namespace {

/// A difference of the distribution function above this part of its upper end has lost few of its digits.
constexpr double kKept = 1e-4;
/// Quadrature is exact enough where an interval and its halves agree to this part.
constexpr double kAgreement = 1e-9;
/// Parts of an interval whose logarithm is that much below the largest part's add no digit.
constexpr double kNoDigit = 40;
constexpr int kMostHalvings = 60;
/// Of more whole numbers than this in an interval, the most probable ones are added up.
constexpr arma::uword kMostNumbers = 1000;
/// Gauss-Legendre quadrature with 3 points on (-1, 1), and the same on both halves of it.
constexpr std::size_t kFewPoints = 3;
constexpr std::array<double, kFewPoints> kPlaces{-0.7745966692414834, 0, 0.7745966692414834};
constexpr std::array<double, kFewPoints> kShares{5.0 / 9, 8.0 / 9, 5.0 / 9};

double log_sum(double a, double b) {
  const double most = std::max(a, b);
  return std::isinf(most) ? most : most + std::log1p(std::exp(std::min(a, b) - most));
}

/// An expert's density of one target, in logarithms and in data units.
class LogDensity {
 public:
  explicit LogDensity(const Family::Marginal& marginal) : marginal_(marginal) {}

  /// log of the integral of the density between low and high (b, model units), row by row.
  arma::vec integral(const arma::vec& low, const arma::vec& high, const arma::mat& eta) const {
    const arma::vec half = 0.5 * (high - low);
    arma::vec sum, log_p;
    sum.set_size(low.n_elem);
    sum.fill(-std::numeric_limits<double>::infinity());
    for (std::size_t i = 0; i < kFewPoints; ++i) {
      marginal_.family->log_density(low + (1 + kPlaces[i]) * half, eta, marginal_.psi.data(), log_p);
      for (arma::uword n = 0; n < sum.n_elem; ++n) sum[n] = log_sum(sum[n], std::log(kShares[i]) + log_p[n]);
    }
    return sum + arma::log(half * marginal_.family->target().scale);
  }

  /// The same of one row, whose interval is halved until both halves agree with the whole.
  double refined(double low, double high, const arma::rowvec& eta, double whole, double& largest, int depth) const {
    const double middle = low + 0.5 * (high - low);
    const arma::vec parts = integral({low, middle}, {middle, high}, arma::join_cols(eta, eta));
    largest = std::max({largest, parts[0], parts[1]});
    const double sum = log_sum(parts[0], parts[1]);
    if (std::abs(sum - whole) <= kAgreement || depth == kMostHalvings || !(low < middle && middle < high)) return sum;
    std::array<double, 2> found{parts[0], parts[1]};
    const std::size_t first = parts[0] >= parts[1] ? 0 : 1;
    for (const std::size_t i : {first, 1 - first})
      if (parts[i] > largest - kNoDigit)
        found[i] = refined(i == 0 ? low : middle, i == 0 ? middle : high, eta, parts[i], largest, depth + 1);
    return log_sum(found[0], found[1]);
  }

  /// log of the sum of the probabilities of the whole numbers in (low, high].
  double sum(double low, double high, const arma::rowvec& eta) const {
    arma::vec numbers = arma::regspace(std::floor(low) + 1, std::floor(high)), log_p;
    if (numbers.is_empty()) return -std::numeric_limits<double>::infinity();
    const auto at = [&](const arma::vec& y) {
      marginal_.family->log_density(y, arma::repmat(eta, y.n_elem, 1), marginal_.psi.data(), log_p);
    };
    at({numbers.front(), numbers.back()});
    const bool upwards = log_p[0] < log_p[1];
    if (numbers.n_elem > kMostNumbers)
      numbers = upwards ? arma::vec(numbers.tail(kMostNumbers)) : arma::vec(numbers.head(kMostNumbers));
    at(numbers);
    return log_p.max() + std::log(arma::accu(arma::exp(log_p - log_p.max())));
  }

 private:
  const Family::Marginal& marginal_;
};

/// The part of an interval in which a target of this kind may be, in data units.
void keep_to(Support support, arma::vec& low, arma::vec& high) {
  if (support == Support::kPositive || support == Support::kUnitInterval) low = arma::max(low, arma::zeros(low.n_elem));
  if (support == Support::kUnitInterval) high = arma::min(high, arma::ones(high.n_elem));
}

}  // namespace

arma::vec Predictive::log_probability(const arma::vec& low, const arma::vec& high, arma::uword t) const {
  const Standardization& units = model_.standardization;
  arma::mat log_p(rows(), model_.size());
  arma::vec below, up_to;
  for (arma::uword k = 0; k < model_.size(); ++k) {
    const Part expert = part(k, t);
    const Family& family = *expert.marginal.family;
    arma::vec from = low, to = high;
    keep_to(family.support(), from, to);
    from = (from - units.target_center[t]) / units.target_scale[t];
    to = (to - units.target_center[t]) / units.target_scale[t];
    family.cdf(from, expert.eta, expert.marginal.psi.data(), below);
    family.cdf(to, expert.eta, expert.marginal.psi.data(), up_to);
    log_p.col(k) = arma::log(up_to - below);
    std::vector<arma::uword> few_digits;
    for (arma::uword n = 0; n < rows(); ++n)
      if (!(up_to[n] - below[n] > kKept * up_to[n])) few_digits.push_back(n);
    if (few_digits.empty()) continue;
    const arma::uvec lost(few_digits);
    const LogDensity density(expert.marginal);
    const arma::mat eta = expert.eta.rows(lost);
    if (family.discrete()) {
      for (arma::uword i = 0; i < lost.n_elem; ++i)
        log_p(lost[i], k) = density.sum(from[lost[i]], to[lost[i]], eta.row(i));
      continue;
    }
    const arma::vec a = from.elem(lost), b = to.elem(lost), whole = density.integral(a, b, eta);
    for (arma::uword i = 0; i < lost.n_elem; ++i) {
      double largest = whole[i];
      log_p(lost[i], k) = density.refined(a[i], b[i], eta.row(i), whole[i], largest, 0);
    }
  }
  arma::vec result;
  log_sum_exp(forward_.log_weights() + log_p, result);
  return result;
}

}  // namespace moe
