// The scale of a density on the real line: scale^2 = floor^2 + exp(2 psi). Without the floor an expert could shrink
// onto a single row, and the likelihood would be unbounded. The floor is 1e-4 of the target's `spread`, a number that
// training sets (floors.hpp).
#pragma once

#include <algorithm>
#include <cmath>

#include "model/expression.hpp"

namespace moe {

/// The floor as a part of a model's `spread`. In files from before floors followed from residuals, that is the target's
/// own spread.
constexpr double kFloor = 1e-4;
/// A residual beyond so many scales counts as this many, so that log densities and their sums over rows stay finite.
constexpr double kFarthest = 1e140;

/// The scale at psi, which is a double or a Jet.
template <class T>
T floored_scale(const T& psi, double spread) {
  return hypot(kFloor * spread, bounded_exp(psi));
}

/// The psi at which floored_scale() is `scale`.
inline double floored_psi(double scale, double spread) {
  const double floor = kFloor * spread;
  return 0.5 * std::log(std::max((scale - floor) * (scale + floor), 1e-4 * floor * floor));
}

inline bool scale_on_floor(double scale, double spread) { return scale < 2 * kFloor * spread; }

}  // namespace moe
