// lbfgs: limited-memory BFGS (Nocedal 1980; Nocedal, Wright 2006, ch. 7) with the line search of Hager and Zhang (2005): its
// approximate Wolfe condition compares slopes, not values, and so still makes progress where values differ by rounding alone.
// (libLBFGS compares values: near a maximum it ends with a rounding error well before the gradient is small, and it offers no
// way to leave in the middle of a search, which an undefined loss needs.)
#include <algorithm>
#include <cmath>
#include <deque>

#include "moe/solver.hpp"

namespace moe {
namespace {

constexpr arma::uword kPasses = 1000;
constexpr double kTolerance = 1e-7;
constexpr std::size_t kMemory = 20;
constexpr int kSearch = 40;          // evaluations in one line search at most
constexpr double kArmijo = 1e-4;     // sufficient decrease
constexpr double kCurvature = 0.9;   // Wolfe's second condition
constexpr double kGrowth = 4;        // of a step that is still too short
constexpr double kRounding = 1e-12;  // relative error that a value may carry
constexpr double kFirstStep = 0.1;   // length of the very first step: parameters are of order 1 in standardised units

struct Point {
  double step = 0, value = 0, slope = 0;
  arma::vec gradient;
};

/// phi(step) = f(theta + step direction).
class Line {
 public:
  Line(Problem& problem, const arma::vec& theta, const arma::vec& direction)
      : problem_(problem), theta_(theta), direction_(direction) {}
  Point at(double step) {
    Point point;
    point.step = step;
    point.value = problem_.evaluate(theta_ + step * direction_, point.gradient);
    point.slope = arma::dot(point.gradient, direction_);
    return point;
  }

 private:
  Problem& problem_;
  const arma::vec& theta_;
  const arma::vec& direction_;
};

bool acceptable(const Point& start, const Point& point) {
  const bool wolfe =
      point.value <= start.value + kArmijo * point.step * start.slope && point.slope >= kCurvature * start.slope;
  const bool approximate = point.value <= start.value + kRounding * std::abs(start.value) &&
                           point.slope >= kCurvature * start.slope && point.slope <= (2 * kArmijo - 1) * start.slope;
  return wolfe || approximate;
}

/// Whether the minimum along the line lies before this point.
bool beyond(const Point& start, const Point& point) {
  return !(point.value <= start.value + kRounding * std::abs(start.value)) || point.slope >= 0;
}

/// The next trial between two points: the zero of the slope by the secant rule, kept off the ends; a bisection where the
/// far end's slope is no guide.
double between(const Point& low, const Point& high) {
  const double width = high.step - low.step;
  if (!(high.slope > 0) || !std::isfinite(high.slope)) return low.step + 0.5 * width;
  const double part = -low.slope / (high.slope - low.slope);
  return low.step + std::clamp(part, 0.05, 0.95) * width;
}

/// A point that satisfies the conditions, or the best one seen where rounding leaves none.
Point search(Line& line, const Point& start, double step) {
  Point low = start, high;
  bool bracketed = false;
  for (int trial = 0; trial < kSearch; ++trial) {
    Point point = line.at(step);
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

/// Pairs of steps and gradient differences, and the quasi-Newton direction that they make.
class Memory {
 public:
  void add(arma::vec s, arma::vec y) {
    const double curvature = arma::dot(s, y);
    if (!(curvature > 1e-16 * arma::norm(s) * arma::norm(y))) return;
    if (pairs_.size() == kMemory) pairs_.pop_front();
    pairs_.push_back({std::move(s), std::move(y), 1 / curvature, 0});
  }
  bool empty() const { return pairs_.empty(); }
  void clear() { pairs_.clear(); }

  /// -H gradient (the two-loop recursion).
  arma::vec direction(const arma::vec& gradient) {
    arma::vec q = -gradient;
    for (auto pair = pairs_.rbegin(); pair != pairs_.rend(); ++pair) {
      pair->alpha = pair->rho * arma::dot(pair->s, q);
      q -= pair->alpha * pair->y;
    }
    if (!pairs_.empty()) q *= 1 / (pairs_.back().rho * arma::dot(pairs_.back().y, pairs_.back().y));
    for (const Pair& pair : pairs_) q += (pair.alpha - pair.rho * arma::dot(pair.y, q)) * pair.s;
    return q;
  }

 private:
  struct Pair {
    arma::vec s, y;
    double rho, alpha;
  };
  std::deque<Pair> pairs_;
};

class Lbfgs : public Solver {
 public:
  std::string name() const override { return "lbfgs"; }
  bool stochastic() const override { return false; }

  SolverResult minimise(Problem& problem, arma::vec theta, const SolverOptions& options, Random&) const override {
    const double tolerance = options.tolerance > 0 ? options.tolerance : kTolerance;
    const arma::uword passes = options.epochs > 0 ? options.epochs : kPasses;
    Memory memory;
    Point here;
    here.value = problem.evaluate(theta, here.gradient);
    SolverResult result;
    while (true) {
      result.converged = arma::norm(here.gradient, "inf") <= tolerance;
      if (result.converged) result.stop = "gradient below tolerance";
      if (!problem.keep_going(result.passes, theta, here.value) || result.converged) break;
      if (result.passes == passes) {
        result.stop = "passes used up; --epochs allows more";
        break;
      }
      if (!step(problem, theta, here, memory)) {
        result.stop = "no step lowers the loss any more";
        break;
      }
      ++result.passes;
    }
    result.theta = std::move(theta);
    result.value = here.value;
    return result;
  }

 private:
  /// One iteration; false where no step makes progress any more.
  static bool step(Problem& problem, arma::vec& theta, Point& here, Memory& memory) {
    for (int attempt = 0; attempt < 2; ++attempt) {
      const bool fresh = memory.empty();
      const arma::vec direction = memory.direction(here.gradient);
      here.slope = arma::dot(here.gradient, direction);
      here.step = 0;
      if (here.slope < 0) {
        Line line(problem, theta, direction);
        Point next = search(line, here, fresh ? std::min(1.0, kFirstStep / arma::norm(direction)) : 1.0);
        if (next.step > 0) {
          memory.add(next.step * direction, next.gradient - here.gradient);
          theta += next.step * direction;
          here = std::move(next);
          return true;
        }
      }
      if (fresh) return false;
      memory.clear();
    }
    return false;
  }
};

}  // namespace

std::shared_ptr<const Solver> make_lbfgs() { return std::make_shared<Lbfgs>(); }

}  // namespace moe
