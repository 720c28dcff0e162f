// The continuous ranked probability score of a mixture at the target y: the integral of (F(t) - 1{t >= y})^2 over t, which
// equals E |Y - y| - E |Y - Y'| / 2 (Gneiting, Raftery 2007). For normal experts both expectations are sums in closed
// form. For counts the integral is a sum over the jumps of F. Otherwise it is computed by quadrature. Its panels follow
// the quantiles of all experts, as narrow experts may lie far apart, but experts that are alike share panels.
#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>
#include <set>
#include <vector>

#include "moe/numeric.hpp"
#include "moe/predict.hpp"

namespace moe {
namespace {

/// Between the quantiles at neighbouring levels an expert's distribution function is smooth enough for the quadrature
/// below.
constexpr double kLevels[] = {1e-9, 1e-7, 1e-5, 1e-3, 0.01,  0.05,    0.15,     0.3,     0.5,
                              0.7,  0.85, 0.95, 0.99, 0.999, 0.99999, 1 - 1e-7, 1 - 1e-9};
constexpr arma::uword kLevelCount = std::size(kLevels);
/// Gauss-Legendre quadrature with 6 points on (-1, 1).
constexpr double kPoints[] = {0.2386191860831969, 0.6612093864662645, 0.9324695142031521};
constexpr double kPointWeights[] = {0.4679139345726910, 0.3607615730481386, 0.1713244923791704};
/// With more jumps than this, several jumps are treated as one.
constexpr double kMostJumps = 1000;
/// An expert with a smaller weight changes no digit, and needs no panels of its own.
constexpr double kNoWeight = 1e-10;

/// The place of an expert's quantile, and the distance to its next one.
struct Mark {
  double at, before, after;  // 0: no quantile on that side
};

/// Marks of all experts with a weight, sorted. quantiles: kLevelCount x K, g: K weights.
std::vector<Mark> marks_of(const arma::mat& quantiles, const arma::rowvec& g) {
  std::vector<Mark> marks;
  for (arma::uword k = 0; k < quantiles.n_cols; ++k) {
    if (!(std::abs(g[k]) > kNoWeight)) continue;
    const double* q = quantiles.colptr(k);
    for (arma::uword i = 0; i < kLevelCount; ++i)
      marks.push_back({q[i], i == 0 ? 0 : q[i] - q[i - 1], i + 1 == kLevelCount ? 0 : q[i + 1] - q[i]});
  }
  std::sort(marks.begin(), marks.end(), [](const Mark& a, const Mark& b) { return a.at < b.at; });
  return marks;
}

/// The ends of panels from the first mark or y to the last. A panel is no wider than the distance between neighbouring
/// quantiles of any expert has there, and y is an end.
std::vector<double> panel_ends(const std::vector<Mark>& marks, double y) {
  std::vector<double> ends;
  std::multiset<double> widths;  // of the experts' distances between quantiles, at the current place
  double place = std::min(y, marks.front().at), narrowest = std::numeric_limits<double>::infinity();
  ends.push_back(place);
  const auto go_to = [&](double next) {
    const double allowed = widths.empty() ? std::numeric_limits<double>::infinity() : *widths.begin();
    if (next - ends.back() > std::min(narrowest, allowed) && place > ends.back()) {
      ends.push_back(place);
      narrowest = std::numeric_limits<double>::infinity();
    }
    narrowest = std::min(narrowest, allowed);
    place = next;
  };
  const auto close = [&] {
    if (place > ends.back()) ends.push_back(place);
    narrowest = std::numeric_limits<double>::infinity();
  };
  bool passed = y <= place;
  for (const Mark& mark : marks) {
    if (!passed && y <= mark.at) {
      go_to(y);
      close();
      passed = true;
    }
    if (mark.at > place) go_to(mark.at);
    if (mark.before > 0) widths.erase(widths.find(mark.before));
    if (mark.after > 0) widths.insert(mark.after);
  }
  close();
  if (!passed) ends.push_back(y);
  return ends;
}

/// Points and weights of a quadrature over the panels.
struct Quadrature {
  arma::vec at, weight;
  explicit Quadrature(const std::vector<double>& ends) {
    const arma::uword panels = ends.size() - 1, points = 2 * std::size(kPoints);
    at.set_size(panels * points);
    weight.set_size(panels * points);
    arma::uword place = 0;
    for (arma::uword i = 0; i < panels; ++i) {
      const double half = 0.5 * (ends[i + 1] - ends[i]), middle = ends[i] + half;
      for (std::size_t j = 0; j < std::size(kPoints); ++j)
        for (const double side : {-1.0, 1.0}) {
          at[place] = middle + side * kPoints[j] * half;
          weight[place++] = kPointWeights[j] * half;
        }
    }
  }
};

}  // namespace

arma::vec Predictive::crps(arma::uword t) const {
  const std::vector<Part> parts = this->parts(t);
  const bool normal =
      std::all_of(parts.begin(), parts.end(), [](const Part& part) { return part.marginal.family->normal(); });
  return normal ? normal_crps(t) : numeric_crps(t);
}

arma::vec Predictive::normal_crps(arma::uword t) const {
  const double unit = unit_of(t);
  const arma::mat g = weights(), mu = expert_means(t) / unit;
  const arma::vec y = in_data_units(block_.y.col(t), t) / unit;
  arma::mat variance(rows(), model_.size());
  arma::vec expert_variance;
  for (arma::uword k = 0; k < model_.size(); ++k) {
    const Part expert = part(k, t);
    expert.marginal.family->variance(expert.eta, expert.marginal.psi.data(), expert_variance);
    variance.col(k) = std::pow(model_.standardization.target_scale[t] / unit, 2) * expert_variance;
  }
  arma::vec result(rows(), arma::fill::zeros);
  for (arma::uword n = 0; n < rows(); ++n)
    for (arma::uword k = 0; k < model_.size(); ++k) {
      result[n] += g(n, k) * mean_abs_normal(mu(n, k) - y[n], std::sqrt(variance(n, k)));
      for (arma::uword j = 0; j <= k; ++j)
        result[n] -= (j == k ? 0.5 : 1.0) * g(n, k) * g(n, j) *
                     mean_abs_normal(mu(n, k) - mu(n, j), std::sqrt(variance(n, k) + variance(n, j)));
    }
  return unit * result;
}

arma::vec Predictive::numeric_crps(arma::uword t) const {
  if (discrete(t)) return discrete_crps(t);
  const std::vector<Part> parts = this->parts(t);
  const Standardization& units = model_.standardization;
  const arma::mat g = weights();
  const arma::vec y = in_data_units(block_.y.col(t), t);
  arma::cube quantiles(kLevelCount, parts.size(), rows());
  arma::vec quantile, expert_cdf;
  for (arma::uword k = 0; k < parts.size(); ++k)
    for (arma::uword i = 0; i < kLevelCount; ++i) {
      parts[k].marginal.family->quantile(kLevels[i], parts[k].eta, parts[k].marginal.psi.data(), quantile);
      quantile = in_data_units(quantile, t);
      for (arma::uword n = 0; n < rows(); ++n) quantiles(i, k, n) = quantile[n];
    }
  arma::vec result(rows());
  for (arma::uword n = 0; n < rows(); ++n) {
    const Quadrature quadrature(panel_ends(marks_of(quantiles.slice(n), g.row(n)), y[n]));
    const arma::vec at = (quadrature.at - units.target_center[t]) / units.target_scale[t];
    arma::vec cdf(at.n_elem, arma::fill::zeros);
    for (arma::uword k = 0; k < parts.size(); ++k) {
      if (g(n, k) == 0) continue;
      const arma::mat eta = arma::repmat(parts[k].eta.row(n), at.n_elem, 1);
      parts[k].marginal.family->cdf(at, eta, parts[k].marginal.psi.data(), expert_cdf);
      cdf += g(n, k) * expert_cdf;
    }
    cdf -= arma::conv_to<arma::vec>::from(quadrature.at >= y[n]);
    result[n] = arma::dot(quadrature.weight, arma::square(cdf));
  }
  return result;
}

// Sums over the jumps from y downwards and upwards; many jumps are taken in groups, each represented by its middle.
arma::vec Predictive::discrete_crps(arma::uword t) const {
  const std::vector<Part> parts = this->parts(t);
  const arma::vec y = in_data_units(block_.y.col(t), t);
  arma::vec result(rows(), arma::fill::zeros);
  const auto add = [&](const arma::vec& at, const arma::vec& width) {
    result += width % arma::square(cdf(parts, at, t) - arma::conv_to<arma::vec>::from(at >= y));
  };
  const arma::vec low = arma::min(quantile(kLevels[0], t), y), high = arma::max(quantile(1 - kLevels[0], t), y);
  const arma::vec stride = arma::max(arma::ceil((high - low) / kMostJumps), arma::ones(rows()));
  const arma::vec middle = arma::floor(0.5 * (stride - 1));
  for (double i = 0; arma::any(y + i * stride < high); ++i)
    add(y + i * stride + middle, stride % arma::conv_to<arma::vec>::from(y + i * stride < high));
  for (double i = 1; arma::any(y - (i - 1) * stride > low); ++i)
    add(y - i * stride + middle, stride % arma::conv_to<arma::vec>::from(y - (i - 1) * stride > low));
  return result;
}

}  // namespace moe
