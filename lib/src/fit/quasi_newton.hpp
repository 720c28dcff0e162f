// What lbfgs and owlqn share: the line search and the limited memory.
#pragma once

#include <armadillo>
#include <deque>
#include <functional>

#include "moe/solver.hpp"

namespace moe {

/// A point on a line: phi(step) = f(theta + step direction), its slope there, and f's gradient.
struct LinePoint {
  double step = 0, value = 0, slope = 0;
  arma::vec gradient;
};

using Line = std::function<LinePoint(double step)>;

/// Hager and Zhang's line search (2005): its approximate Wolfe condition compares slopes, not values, and so still makes progress
/// where values differ by rounding alone. A point that satisfies the conditions, or the best one seen where rounding leaves none;
/// `start` itself where no step is lower.
LinePoint line_search(const Line& line, const LinePoint& start, double step);

/// Pairs of steps and gradient differences, and the quasi-Newton direction that they make (Nocedal 1980).
class QuasiNewton {
 public:
  /// Left out where the curvature along the step is not positive.
  void add(arma::vec s, arma::vec y);
  bool empty() const { return pairs_.empty(); }
  void clear() { pairs_.clear(); }
  /// -H gradient (the two-loop recursion).
  arma::vec direction(const arma::vec& gradient);
  void save(SolverState& to) const;
  /// Of pairs of so many numbers each.
  void load(const SolverState& from, arma::uword size);
  /// The same in the subspace of the coordinates where `free` is 1; it is 0 at the others.
  QuasiNewton restricted(const arma::vec& free) const;

 private:
  struct Pair {
    arma::vec s, y;
    double rho, alpha;
  };
  std::deque<Pair> pairs_;
};

}  // namespace moe
