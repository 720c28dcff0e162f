// log p of a Poisson count, for the families that are made of it.
#pragma once

#include <cmath>

#include "jet.hpp"

namespace moe {

/// -y (m - 1 - log m) - log(2 pi y) / 2 - (Stirling's error of y), m = mean / y: no large terms cancel (Loader 2000).
template <class T>
T poisson_log_p(double y, const T& log_mean) {
  if (y == 0) return -exp(log_mean);
  const T x = log_mean - std::log(y);
  return y * (x - expm1(x)) - (0.5 * std::log(2 * M_PI * y) + stirling_error_of_count(y));
}

}  // namespace moe
