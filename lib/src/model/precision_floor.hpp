// The precision of a density whose spread is relative to its mean. Without a floor it would be exp(psi). With it, 1 /
// precision = floor^2 + exp(-psi), floor = 1e-4: as for a scale (scale_floor.hpp), the likelihood is bounded.
#pragma once

#include <cmath>

#include "model/expression.hpp"
#include "model/scale_floor.hpp"

namespace moe {

/// log precision at psi, which is a double or a Jet.
template <class T>
T floored_log_precision(const T& psi) {
  const double largest = -2 * std::log(kFloor);
  return largest - log1p_exp(largest - bounded(psi));
}

inline bool precision_on_floor(double psi) { return floored_log_precision(psi) > -2 * std::log(2 * kFloor); }

}  // namespace moe
