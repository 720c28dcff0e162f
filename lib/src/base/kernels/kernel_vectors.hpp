// Vectors of doubles, as wide as the processor's (kVector, which the including file sets), and loops over them.
#pragma once

#ifdef __AVX512F__
#include <immintrin.h>  // its functions are local to each file
#endif

#include <cstddef>

namespace moe {
namespace {

// A call would cost more time than most of these functions take.
#define MOE_INLINE [[gnu::always_inline]] inline
#define MOE_INLINED __attribute__((always_inline))  // the same for a lambda

using Size = std::size_t;

constexpr Size kBytes = kVector * sizeof(double);
constexpr Size kVectors = 2;  // vectors of rows in one tile of product()
using V __attribute__((vector_size(kBytes))) = double;
using U __attribute__((vector_size(kBytes))) = unsigned long long;

template <class T>
T load(const double* from) {
  T to;
  __builtin_memcpy(&to, from, sizeof to);
  return to;
}

template <class T>
void store(double* to, T value) {
  __builtin_memcpy(to, &value, sizeof value);
}

MOE_INLINE V all(double x) { return x - V{}; }
MOE_INLINE V absolute(V x) { return (V)((U)x & ~(U)all(-0.0)); }
#ifdef __AVX512F__
constexpr __mmask8 kAllLanes = 0xff;
MOE_INLINE V larger(V a, V b) { return _mm512_maskz_max_pd(kAllLanes, a, b); }
MOE_INLINE V smaller(V a, V b) { return _mm512_maskz_min_pd(kAllLanes, a, b); }
#else
MOE_INLINE V larger(V a, V b) { return a > b ? a : b; }  // returns b where either is NaN
MOE_INLINE V smaller(V a, V b) { return a < b ? a : b; }
#endif

MOE_INLINE V square_root(V x) {
  V to;
  for (Size i = 0; i < kVector; ++i) to[i] = __builtin_sqrt(x[i]);
  return to;
}

/// Up to kVector neighbours in a column. Lanes from `count` on read as 0 and are not written.
struct Lanes {
  Size count;
#ifdef __AVX512F__
  MOE_INLINE V get(const double* from) const {
    return count == kVector ? load<V>(from) : _mm512_maskz_loadu_pd(mask(), from);
  }
  MOE_INLINE void put(double* to, V value) const {
    if (count == kVector) return store(to, value);
    _mm512_mask_storeu_pd(to, mask(), value);
  }
  __mmask8 mask() const { return static_cast<__mmask8>((1U << count) - 1); }
#else
  MOE_INLINE V get(const double* from) const {
    if (count == kVector) return load<V>(from);
    V to{};
    __builtin_memcpy(&to, from, count * sizeof(double));
    return to;
  }
  MOE_INLINE void put(double* to, V value) const {
    if (count == kVector) return store(to, value);
    __builtin_memcpy(to, &value, count * sizeof(double));
  }
#endif
};

template <class Work>
MOE_INLINE void for_rows(Size b, const Work& work) {
  Size n = 0;
  for (; n + kVector <= b; n += kVector) work(n, Lanes{kVector});
  if (n < b) work(n, Lanes{b - n});
}

/// The sum of the n numbers of x: adds its halves first, then the halves of the result.
template <Size n, class T>
MOE_INLINE double total(T x) {
  if constexpr (n == 8)
    return total<4>(__builtin_shufflevector(x, x, 0, 1, 2, 3) + __builtin_shufflevector(x, x, 4, 5, 6, 7));
  else if constexpr (n == 4)
    return total<2>(__builtin_shufflevector(x, x, 0, 1) + __builtin_shufflevector(x, x, 2, 3));
  else
    return x[0] + x[1];
}

/// How many doubles a T holds, which is a vector or a double.
template <class T>
constexpr Size kLanes = kVector;
template <>
constexpr Size kLanes<double> = 1;

}  // namespace
}  // namespace moe
