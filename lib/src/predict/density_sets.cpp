// The sets in which a row's density is highest: where it is above a level, which is sought by the probability inside.
#include <algorithm>
#include <cmath>
#include <limits>

#include "predict/root.hpp"
#include "predict/row_density.hpp"

namespace moe {
namespace {

/// How far probabilities may miss a level, by rounding.
constexpr double kMassRounding = 1e-12;

}  // namespace

/// Moves the ends outwards until the density there is below the level, or the target's range ends.
void RowDensity::reach_below(double log_level) {
  const auto reach = [&](Place& end, double inner, double limit) {
    double step = std::max(std::abs(end.y - inner), discrete_ ? 1 : std::numeric_limits<double>::min());
    while (end.log_p >= log_level && end.y != limit && std::isfinite(step)) {
      end.y = limit > inner ? std::min(end.y + step, limit) : std::max(end.y - step, limit);
      end.log_p = log_p(end.y);
      step *= 2;
    }
  };
  const double first = turns_.front().y, last = turns_.back().y;
  reach(turns_.front(), last, lowest_);
  reach(turns_.back(), first, highest_);
}

/// Where the density takes the level between two places: of whole numbers the outermost one that is inside.
double RowDensity::crossing(const Place& outside, const Place& inside, double log_level) const {
  if (!discrete_)
    return root([&](double y) { return log_p(y) - log_level; }, outside.y, outside.log_p - log_level, inside.y,
                inside.log_p - log_level);
  double out = outside.y, in = inside.y;
  while (std::abs(in - out) > 1) {
    const double middle = std::floor(0.5 * (in + out));
    if (middle == in || middle == out) break;
    (log_p(middle) >= log_level ? in : out) = middle;
  }
  return in;
}

/// The set where the density is at least the level.
std::vector<Interval> RowDensity::above(double log_level) {
  reach_below(log_level);
  std::vector<Interval> set;
  double begin = discrete_ ? turns_.front().y : least_;
  bool inside = turns_.front().log_p >= log_level;
  for (std::size_t i = 0; i + 1 < turns_.size(); ++i) {
    const Place &here = turns_[i], &next = turns_[i + 1];
    if ((next.log_p >= log_level) == inside) continue;
    if (inside)
      set.push_back({begin, crossing(next, here, log_level)});
    else
      begin = crossing(here, next, log_level);
    inside = !inside;
  }
  if (inside) set.push_back({begin, discrete_ ? turns_.back().y : most_});
  return set;
}

double RowDensity::probability(const std::vector<Interval>& set) const {
  double sum = 0;
  for (const Interval& part : set) {
    const double low = discrete_ ? part.low - 1 : part.low;
    sum += (part.high == most_ ? 1 : cdf(part.high)) - (low < least_ || part.low == least_ ? 0 : cdf(low));
  }
  return sum;
}

std::vector<Interval> RowDensity::highest(double level) {
  double high = -std::numeric_limits<double>::infinity();
  for (const Place& turn : turns_) high = std::max(high, turn.log_p);
  high += 2 * kSameDensity * (1 + std::abs(high));
  const auto excess = [&](double log_level) { return probability(above(log_level)) - level; };
  // A level with too much inside, and one with too little.
  double low = high - 1, low_excess = excess(low), high_excess = -level;
  for (double step = 1; low_excess < 0 && low > -std::numeric_limits<double>::max(); step *= 2) {
    high = low;
    high_excess = low_excess;
    low -= step;
    low_excess = excess(low);
  }
  if (!discrete_) return above(root(excess, low, low_excess, high, high_excess));
  while (high - low > kSameDensity * std::max(1.0, std::abs(low))) {
    const double middle = 0.5 * (low + high);
    (excess(middle) >= -kMassRounding ? low : high) = middle;
  }
  return fewest(level, low, high);
}

/// Of whole numbers: those above the lower level, without those that are not above the higher one as far as the rest
/// reaches the probability. The largest go first.
std::vector<Interval> RowDensity::fewest(double level, double log_low, double log_high) {
  std::vector<Interval> set = above(log_low);
  double spare = probability(set) - level + kMassRounding;
  const auto goes = [&](double y) {
    const double at = log_p(y), p = std::exp(at);
    if (at >= log_high || p > spare) return false;
    spare -= p;
    return true;
  };
  for (std::size_t i = set.size(); i-- > 0;) {
    while (set[i].low <= set[i].high && goes(set[i].high)) --set[i].high;
    while (set[i].low <= set[i].high && goes(set[i].low)) ++set[i].low;
  }
  std::erase_if(set, [](const Interval& part) { return part.low > part.high; });
  return set;
}

}  // namespace moe
