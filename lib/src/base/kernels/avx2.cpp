// The kernels for x86-64 with AVX2 and FMA. CMakeLists.txt gives the compiler the flags for them.
#ifdef __x86_64__
#include <cstddef>

namespace moe {
namespace {
constexpr std::size_t kVector = 4, kTileColumns = 4, kCrossHeight = 3, kCrossWidth = 4, kSquareHeight = 5,
                      kSquareWidth = 2;
}
}  // namespace moe
#include "base/kernels/kernel_loops.hpp"

namespace moe {
const Kernels& avx2_kernels() {
  static constexpr Kernels kAvx2 = made("avx2");
  return kAvx2;
}
}  // namespace moe
#endif
