#include "predict/row_density.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <limits>

namespace moe {
namespace {

constexpr double kEndless = std::numeric_limits<double>::infinity();
/// The levels of the quantiles at which the line is cut, and into how many equal parts each cell is cut again.
constexpr double kCutLevels[] = {1e-9, 1e-7, 1e-5, 1e-3, 0.01,  0.05,    0.15,     0.3,     0.5,
                                 0.7,  0.85, 0.95, 0.99, 0.999, 0.99999, 1 - 1e-7, 1 - 1e-9};
constexpr int kCellParts = 3;
/// An expert with a smaller weight has no cuts of its own. With one that is smaller still it is left out.
constexpr double kWeightOfCuts = 1e-10, kLeastWeight = 1e-30;
/// Up to so many whole numbers are all compared.
constexpr double kMostCompared = 1000;
/// Of the golden sections of a turn: how short the last one is beside the first, and beside y.
constexpr double kTurnPart = 1e-9, kTurnDigits = 1e-15;
constexpr double kGolden = 0.3819660112501051;
/// The least positive number at which densities are computed, and the largest below 1. Where both are ends of the
/// range, both lie as far from their end, so that infinite densities can be compared.
constexpr double kNearZero = 1e-300, kNearOne = 1 - 0x1p-53;

}  // namespace

RowDensity::RowDensity(const Predictive& at, arma::uword t)
    : at_(at),
      t_(t),
      parts_(at.parts(t)),
      discrete_(at.discrete(t)),
      center_(at.model_.standardization.target_center[t]),
      scale_(at.model_.standardization.target_scale[t]) {}

bool RowDensity::go_to(arma::uword row) {
  row_ = row;
  active_.clear();
  turns_.clear();
  const arma::mat& log_g = at_.forward_.log_weights();
  for (std::size_t k = 0; k < parts_.size(); ++k) {
    const double log_weight = log_g(row, k);
    if (std::isnan(log_weight) || !parts_[k].eta.row(row).is_finite()) return false;
    if (log_weight > std::log(kLeastWeight))
      active_.push_back({k, log_weight, std::exp(log_weight), parts_[k].eta.row(row)});
  }
  find_range();
  find_turns();
  return turns_.size() > 1 &&
         std::all_of(turns_.begin(), turns_.end(), [](const Place& place) { return std::isfinite(place.y); });
}

bool RowDensity::possible(std::size_t k, double y) const {
  switch (parts_[k].marginal.family->support()) {
    case Support::kPositive:
      return y > 0;
    case Support::kUnitInterval:
      return y > 0 && y < 1;
    case Support::kCounts:
    case Support::kSuccesses:
      return y >= 0;
    default:
      return true;
  }
}

double RowDensity::log_p(double y) const {
  const arma::mat target(1, 1, arma::fill::value((y - center_) / scale_));
  std::array<double, 16> few;
  std::vector<double> many(active_.size() > few.size() ? active_.size() : 0);
  double* const terms = many.empty() ? few.data() : many.data();
  double most = -kEndless;
  arma::vec part;
  for (std::size_t i = 0; i < active_.size(); ++i) {
    const Active& expert = active_[i];
    const Family::Marginal& marginal = parts_[expert.k].marginal;
    terms[i] = -kEndless;
    if (!possible(expert.k, y)) continue;
    marginal.family->log_density(target, expert.eta, marginal.psi.data(), part);
    if (!std::isnan(part[0])) terms[i] = expert.log_weight + part[0];
    most = std::max(most, terms[i]);
  }
  if (std::isinf(most)) return most;
  double sum = 0;
  for (std::size_t i = 0; i < active_.size(); ++i) sum += std::exp(terms[i] - most);
  return most + std::log(sum);
}

double RowDensity::cdf(double y) const {
  const arma::vec target(1, arma::fill::value((y - center_) / scale_));
  arma::vec part;
  double sum = 0;
  for (const Active& expert : active_) {
    const Family::Marginal& marginal = parts_[expert.k].marginal;
    marginal.family->cdf(target, expert.eta, marginal.psi.data(), part);
    sum += expert.weight * part[0];
  }
  return sum;
}

void RowDensity::find_range() {
  least_ = kEndless;
  most_ = -kEndless;
  for (const Active& expert : active_) {
    const Support support = parts_[expert.k].marginal.family->support();
    least_ = std::min(least_, support == Support::kReal ? -kEndless : 0.0);
    most_ = std::max(most_, support == Support::kUnitInterval ? 1.0
                            : support == Support::kSuccesses  ? at_.block_.trials[row_]
                                                              : kEndless);
  }
  lowest_ = discrete_ ? 0.0 : std::isinf(least_) ? least_ : most_ == 1 ? 1 - kNearOne : kNearZero;
  highest_ = discrete_ || std::isinf(most_) ? most_ : kNearOne;
}

bool RowDensity::mixed_ranges() const {
  const auto support = [&](const Active& expert) { return parts_[expert.k].marginal.family->support(); };
  return std::any_of(active_.begin(), active_.end(),
                     [&](const Active& expert) { return support(expert) != support(active_.front()); });
}

std::vector<double> RowDensity::cuts() const {
  std::vector<double> all;
  arma::vec quantile;
  for (const Active& expert : active_) {
    const Family::Marginal& marginal = parts_[expert.k].marginal;
    if (expert.weight < kWeightOfCuts && active_.size() > 1) continue;
    std::array<double, std::size(kCutLevels)> ends;
    for (std::size_t i = 0; i < ends.size(); ++i) {
      marginal.family->quantile(kCutLevels[i], expert.eta, marginal.psi.data(), quantile);
      ends[i] = center_ + scale_ * quantile[0];
    }
    for (std::size_t i = 0; i + 1 < ends.size(); ++i)
      for (int part = 0; part < kCellParts; ++part)
        all.push_back(ends[i] + (ends[i + 1] - ends[i]) * part / kCellParts);
    all.push_back(ends.back());
  }
  // The ends of the range, and where the range of some experts ends within that of others.
  for (const double end : {0.0, kNearZero, kNearOne, lowest_, highest_})
    if (!discrete_ && std::isfinite(end) && (end == lowest_ || end == highest_ || mixed_ranges())) all.push_back(end);
  if (discrete_) {
    all.push_back(0);
    all.push_back(1);
    for (double& y : all) y = std::round(y);
    const auto [low, high] = std::minmax_element(all.begin(), all.end());
    if (const double from = *low, to = *high; to - from <= kMostCompared) {
      all.clear();
      for (double y = from; y <= to; ++y) all.push_back(y);
    }
  }
  for (double& y : all) y = std::min(std::max(y, lowest_), highest_);
  std::sort(all.begin(), all.end());
  all.erase(std::unique(all.begin(), all.end()), all.end());
  return all;
}

void RowDensity::find_turns() {
  std::vector<Place> places;
  for (const double y : cuts()) places.push_back({y, log_p(y)});
  turns_.push_back(places.front());
  double direction = 0;
  for (std::size_t i = 1; i < places.size(); ++i) {
    const double step = places[i].log_p - places[i - 1].log_p;
    if (step * direction < 0) turns_.push_back(refined(places[i - (i > 1 ? 2 : 1)], places[i - 1], places[i]));
    if (step != 0 && !std::isnan(step)) direction = step;
  }
  if (places.size() > 1) turns_.push_back(places.back());
}

/// The turn near `turn`, which lies above both of its neighbours, or below both.
RowDensity::Place RowDensity::refined(Place before, Place turn, Place after) const {
  const double sign = turn.log_p > after.log_p ? 1 : -1;
  return discrete_ ? whole_turn(before.y, after.y, sign) : sharper(before, turn, after, sign);
}

/// Golden sections. A cut that is as high as what they find is kept, as the middle of a symmetric peak is a quantile.
RowDensity::Place RowDensity::sharper(Place low, Place turn, Place high, double sign) const {
  const Place first = turn;
  const double width = kTurnPart * (high.y - low.y);
  while (high.y - low.y > width + kTurnDigits * std::abs(turn.y)) {
    const bool right = high.y - turn.y > turn.y - low.y;
    Place next{turn.y + kGolden * ((right ? high.y : low.y) - turn.y), 0};
    if (next.y == turn.y || next.y == low.y || next.y == high.y) break;
    next.log_p = log_p(next.y);
    const bool better = sign * (next.log_p - turn.log_p) > 0;
    if (better) {
      (right ? low : high) = turn;
      turn = next;
    } else {
      (right ? high : low) = next;
    }
  }
  return std::abs(turn.log_p - first.log_p) <= 4 * std::numeric_limits<double>::epsilon() ? first : turn;
}

/// The turn among the whole numbers from low to high.
RowDensity::Place RowDensity::whole_turn(double low, double high, double sign) const {
  while (high > low) {
    const double middle = std::floor(low + 0.5 * (high - low));
    if (sign * (log_p(middle + 1) - log_p(middle)) > 0)
      low = middle + 1;
    else
      high = middle;
  }
  return {low, log_p(low)};
}

double RowDensity::mode() const {
  double most = -kEndless;
  for (const Place& turn : turns_) most = std::max(most, turn.log_p);
  double y = 0;
  for (auto turn = turns_.rbegin(); turn != turns_.rend(); ++turn)
    if (turn->log_p >= most - kSameDensity) y = turn->y;
  while (discrete_ && y > lowest_ && log_p(y - 1) >= most - kSameDensity) --y;
  if (!discrete_ && y == lowest_) return least_;
  return !discrete_ && y == highest_ ? most_ : y;
}

}  // namespace moe
