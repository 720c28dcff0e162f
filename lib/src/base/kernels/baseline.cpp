// The kernels for any processor.
#include <cstddef>

namespace moe {
namespace {
constexpr std::size_t kVector = 2, kTileColumns = 4, kCrossHeight = 2, kCrossWidth = 4, kSquareHeight = 5,
                      kSquareWidth = 2;
}
}  // namespace moe
#include "base/kernels/kernel_loops.hpp"

namespace moe {
const Kernels& baseline_kernels() {
  static constexpr Kernels kBaseline = made("baseline");
  return kBaseline;
}
}  // namespace moe
