// The line search of Hager and Zhang (2005), and the two-loop recursion of Nocedal (1980).
//
// A step is accepted by the Wolfe conditions, f(step) <= f(0) + c1 step f'(0) and f'(step) >= c2 f'(0); or, near a
// minimum, where values differ only by rounding, by the approximate ones, which replace the first by f'(step) <= (2 c1
// - 1) f'(0). Until the minimum is bracketed the step grows; then the secant rule or bisection narrows the bracket.
//
// The recursion applies the inverse BFGS matrix of the last kMemory pairs (s, y) to the gradient without forming it. It
// begins with the multiple s'y / y'y of the identity.
#include "fit/quasi_newton.hpp"

#include <algorithm>
#include <cmath>

namespace moe {
namespace {

constexpr std::size_t kMemory = 20;
constexpr int kSearch = 40;              // evaluations in one line search, at most
constexpr double kArmijo = 1e-4;         // sufficient decrease
constexpr double kCurvature = 0.9;       // Wolfe's second condition
constexpr double kGrowth = 4;            // growth of a step that is too short
constexpr double kLineRounding = 1e-12;  // relative rounding error of a value

bool acceptable(const LinePoint& start, const LinePoint& point) {
  const bool wolfe =
      point.value <= start.value + kArmijo * point.step * start.slope && point.slope >= kCurvature * start.slope;
  const bool approximate = point.value <= start.value + kLineRounding * std::abs(start.value) &&
                           point.slope >= kCurvature * start.slope && point.slope <= (2 * kArmijo - 1) * start.slope;
  return wolfe || approximate;
}

/// Whether the minimum along the line lies before this point.
bool beyond(const LinePoint& start, const LinePoint& point) {
  return !(point.value <= start.value + kLineRounding * std::abs(start.value)) || point.slope >= 0;
}

/// The next trial between two points: the zero of the slope by the secant rule, but not too near the ends; the middle
/// where the slope at the far end is no guide.
double between(const LinePoint& low, const LinePoint& high) {
  const double width = high.step - low.step;
  if (!(high.slope > 0) || !std::isfinite(high.slope)) return low.step + 0.5 * width;
  const double part = -low.slope / (high.slope - low.slope);
  return low.step + std::clamp(part, 0.05, 0.95) * width;
}

}  // namespace

LinePoint line_search(const Line& line, const LinePoint& start, double step) {
  LinePoint low = start, high;
  bool bracketed = false;
  for (int trial = 0; trial < kSearch; ++trial) {
    LinePoint point = line(step);
    if (acceptable(start, point)) return point;
    if (beyond(start, point)) {
      high = std::move(point);
      bracketed = true;
    } else {
      low = std::move(point);
    }
    step = bracketed ? between(low, high) : kGrowth * step;
  }
  return low;
}

void QuasiNewton::add(arma::vec s, arma::vec y) {
  const double curvature = arma::dot(s, y);
  if (!(curvature > 1e-16 * arma::norm(s) * arma::norm(y))) return;
  if (pairs_.size() == kMemory) pairs_.pop_front();
  pairs_.push_back({std::move(s), std::move(y), 1 / curvature, 0});
}

arma::vec QuasiNewton::direction(const arma::vec& gradient) {
  arma::vec q = -gradient;
  for (auto pair = pairs_.rbegin(); pair != pairs_.rend(); ++pair) {
    pair->alpha = pair->rho * arma::dot(pair->s, q);
    q -= pair->alpha * pair->y;
  }
  if (!pairs_.empty()) q *= 1 / (pairs_.back().rho * arma::dot(pairs_.back().y, pairs_.back().y));
  for (const Pair& pair : pairs_) q += (pair.alpha - pair.rho * arma::dot(pair.y, q)) * pair.s;
  return q;
}

void QuasiNewton::save(SolverState& to) const {
  to.set("pairs", static_cast<double>(pairs_.size()));
  for (std::size_t i = 0; i < pairs_.size(); ++i) {
    to.numbers["s" + std::to_string(i)] = pairs_[i].s;
    to.numbers["y" + std::to_string(i)] = pairs_[i].y;
  }
}

void QuasiNewton::load(const SolverState& from, arma::uword size) {
  const std::size_t count = std::min(kMemory, static_cast<std::size_t>(std::max(0.0, from.at("pairs"))));
  for (std::size_t i = 0; i < count; ++i)
    add(from.at("s" + std::to_string(i), size), from.at("y" + std::to_string(i), size));
}

QuasiNewton QuasiNewton::restricted(const arma::vec& free) const {
  QuasiNewton result;
  for (const Pair& pair : pairs_) result.add(pair.s % free, pair.y % free);
  return result;
}

}  // namespace moe
