// log p of a Poisson count, for all families that contain one.
#pragma once

#include <cmath>

#include "model/expression.hpp"

namespace moe {

/// log p = -y (m - 1 - log m) - log(2 pi y) / 2 - (Stirling's error of y), with m = mean / y. In this form no large
/// terms cancel (Loader 2000).
template <class T, class Y>
T poisson_log_p(const Y& y, const T& log_mean) {
  const auto some = [&]() -> T {
    return -(y * exp_remainder(T(log_mean - log(y)))) - (0.5 * log(2.0 * M_PI * y) + stirling_error_of_count(y));
  };
  return if_positive(y, some, [&]() -> T { return -exp(log_mean); });
}

}  // namespace moe
