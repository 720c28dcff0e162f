// The line search and the limited memory that lbfgs and owlqn share.
#pragma once

#include <armadillo>
#include <deque>
#include <functional>

#include "moe/solver.hpp"

namespace moe {

/// A point on a line: the value phi(step) = f(theta + step direction), its slope, and f's gradient there.
struct LinePoint {
  double step = 0, value = 0, slope = 0;
  arma::vec gradient;
};

using Line = std::function<LinePoint(double step)>;

/// The line search of Hager and Zhang (2005). Their approximate Wolfe condition compares slopes and not values, so it
/// makes progress even where values differ only by rounding. Returns a point that satisfies the conditions; or the best
/// one found where rounding prevents that; or `start` where no point is lower.
LinePoint line_search(const Line& line, const LinePoint& start, double step);

/// The limited memory: pairs of steps and differences of gradients, from which the quasi-Newton direction follows
/// (Nocedal 1980).
class QuasiNewton {
 public:
  /// Adds a pair, unless the curvature along the step is not positive.
  void add(arma::vec s, arma::vec y);
  bool empty() const { return pairs_.empty(); }
  void clear() { pairs_.clear(); }
  /// -H gradient, where H approximates the inverse of the second derivatives (two-loop recursion).
  arma::vec direction(const arma::vec& gradient);
  void save(SolverState& to) const;
  /// `size`: how many numbers a step has.
  void load(const SolverState& from, arma::uword size);
  /// The same memory in the subspace of the coordinates where `free` is 1 (it is 0 at the others).
  QuasiNewton restricted(const arma::vec& free) const;

 private:
  struct Pair {
    arma::vec s, y;
    double rho, alpha;
  };
  std::deque<Pair> pairs_;
};

}  // namespace moe
