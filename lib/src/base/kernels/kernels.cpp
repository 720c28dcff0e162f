#include "base/kernels/kernels.hpp"

#include <vector>

namespace moe {

const Kernels& baseline_kernels();
#ifdef __x86_64__
const Kernels& avx2_kernels();
const Kernels& avx512_kernels();
#endif

namespace {

std::vector<const Kernels*> runnable() {
  std::vector<const Kernels*> result{&baseline_kernels()};
#ifdef __x86_64__
  // These questions also ask whether the operating system saves the vector registers.
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) result.push_back(&avx2_kernels());
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl"))
    result.push_back(&avx512_kernels());
#endif
  return result;
}

}  // namespace

const Kernels* runnable_kernels(std::size_t i) {
  static const std::vector<const Kernels*> kAll = runnable();
  return i < kAll.size() ? kAll[i] : nullptr;
}

const Kernels& kernels() {
  static const Kernels& kBest = *runnable().back();
  return kBest;
}

}  // namespace moe
