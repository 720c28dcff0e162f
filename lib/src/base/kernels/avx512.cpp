// The kernels for x86-64 with AVX-512. CMakeLists.txt gives the compiler the flags for them.
#ifdef __x86_64__
#include <cstddef>

namespace moe {
namespace {
constexpr std::size_t kVector = 8, kTileColumns = 8, kCrossHeight = 4, kCrossWidth = 4, kSquareHeight = 6,
                      kSquareWidth = 4;
}
}  // namespace moe
#include "base/kernels/kernel_loops.hpp"

namespace moe {
const Kernels& avx512_kernels() {
  static constexpr Kernels kAvx512 = made("avx512");
  return kAvx512;
}
}  // namespace moe
#endif
