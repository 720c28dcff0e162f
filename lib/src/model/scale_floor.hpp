// The scale of a density on the real line: scale^2 = floor^2 + exp(2 psi), so that no expert can shrink onto a single row and take
// the likelihood to infinity. floor = 1e-4 of the target's `spread`, a number of the model that training chooses (floors.hpp).
#pragma once

#include <algorithm>
#include <cmath>

#include "model/expression.hpp"

namespace moe {

/// Of the spread in a model, which is the target's own in files from before floors followed from residuals.
constexpr double kFloor = 1e-4;
/// Residuals beyond this many scales count as this many: the density's logarithm and its sum over rows stay finite.
constexpr double kFarthest = 1e140;

/// The scale at psi, a double or a Jet.
template <class T>
T floored_scale(const T& psi, double spread) {
  return hypot(kFloor * spread, bounded_exp(psi));
}

/// The psi at which the scale is `scale`.
inline double floored_psi(double scale, double spread) {
  const double floor = kFloor * spread;
  return 0.5 * std::log(std::max((scale - floor) * (scale + floor), 1e-4 * floor * floor));
}

inline bool scale_on_floor(double scale, double spread) { return scale < 2 * kFloor * spread; }

}  // namespace moe
