// A zero of a function between two places where it has different signs (Chandrupatla 1997): bisection, and inverse
// quadratic interpolation where that is safe.
#pragma once

#include <cmath>
#include <limits>

namespace moe {

/// The place with the smaller |f| of two neighbouring ones between which f changes its sign. f_a = f(a), f_b = f(b).
template <class Function>
double root(const Function& f, double a, double f_a, double b, double f_b) {
  double c = a, f_c = f_a, part = 0.5;
  for (;;) {
    const double best = std::abs(f_a) < std::abs(f_b) ? a : b, f_best = std::abs(f_a) < std::abs(f_b) ? f_a : f_b;
    const double near = std::numeric_limits<double>::epsilon() * std::abs(best) + std::numeric_limits<double>::min();
    const double least = near / std::abs(b - a);
    if (f_best == 0 || !(least < 0.5)) return best;
    const double x = a + std::fmin(std::fmax(part, least), 1 - least) * (b - a), f_x = f(x);
    if ((f_x > 0) == (f_a > 0)) {
      c = a;
      f_c = f_a;
    } else {
      c = b;
      f_c = f_b;
      b = a;
      f_b = f_a;
    }
    a = x;
    f_a = f_x;
    const double xi = (a - b) / (c - b), phi = (f_a - f_b) / (f_c - f_b);
    part = 0.5;
    if (phi * phi < xi && (1 - phi) * (1 - phi) < 1 - xi)
      part = f_a / (f_b - f_a) * f_c / (f_b - f_c) + (c - a) / (b - a) * f_a / (f_c - f_a) * f_b / (f_c - f_b);
  }
}

}  // namespace moe
