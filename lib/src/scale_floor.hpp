// Scales that cannot fall below a floor: scale^2 = floor^2 + exp(2 psi), so that no expert can shrink onto a single row and take
// the likelihood to infinity.
#pragma once

#include <algorithm>
#include <cmath>

namespace moe {

/// Of the target's spread. Fits of real data with a signal a thousand times their noise are common; a scale below this is an
/// expert that sits on a handful of rows.
constexpr double kScaleFloor = 1e-4;

/// The psi at which the scale is `scale`, for a target of that spread; a scale on its floor or below gives one just above.
inline double scale_psi(double scale, double spread) {
  const double floor = kScaleFloor * spread;
  return 0.5 * std::log(std::max((scale - floor) * (scale + floor), 1e-4 * floor * floor));
}

}  // namespace moe
