// A distribution with heavy tails has extreme values, too, but these are not all far from the next ones. So there must
// be a gap: all values are within a distance of the median, but for a few that are beyond a multiple of it.
#include "fit/far_values.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

#include "model/quartiles.hpp"

namespace moe {
namespace {

/// A far value is this many distances between the quartiles from the median, and this many times as far as those that
/// are not far.
constexpr double kFarInQuartiles = 100, kGapToOthers = 10;
/// At most this part of the values is far.
constexpr double kFewFarValues = 0.05;
/// Of fewer values the quartiles say little.
constexpr arma::uword kFewestForQuartiles = 20;

std::optional<FarValues> far_of(const arma::vec& y, const arma::vec& w) {
  const Quartiles quartiles = quartiles_of(y, w);
  if (y.n_elem < kFewestForQuartiles || !(quartiles.distance() > 0)) return std::nullopt;
  const arma::vec distance = arma::abs(y - quartiles.middle);
  if (!(distance.max() > kFarInQuartiles * quartiles.distance())) return std::nullopt;
  const arma::uvec order = arma::stable_sort_index(distance, "descend");
  for (arma::uword i = 0; i + 1 < y.n_elem && static_cast<double>(i) < kFewFarValues * static_cast<double>(y.n_elem);
       ++i) {
    const double at = distance[order[i]];
    if (!(at > kFarInQuartiles * quartiles.distance())) break;
    if (distance[order[i + 1]] * kGapToOthers > at) continue;
    return FarValues{0, y[order[0]], order[0] + 1, i + 1, distance[order[0]] / quartiles.distance()};
  }
  return std::nullopt;
}

}  // namespace

std::vector<FarValues> far_values(const arma::mat& y, const arma::vec& w) {
  const arma::uvec counted = arma::find(w > 0);
  std::vector<FarValues> result;
  for (arma::uword t = 0; t < y.n_cols && !counted.is_empty(); ++t) {
    const arma::vec values = y.col(t);
    std::optional<FarValues> far = far_of(values.elem(counted), w.elem(counted));
    if (!far) continue;
    far->target = t;
    far->row = counted[far->row - 1] + 1;
    result.push_back(*far);
  }
  return result;
}

}  // namespace moe
