// The loops behind kernels.hpp, included by one file for each kind of processor, which says how wide its vectors are. No
// header of functions is included, lest the linker take a copy of one that was compiled for another processor.
//
// exp: x = n log 2 + r, exp x = 2^n (1 + r + r^2 P(r)). log: x = 2^k m, m in [sqrt 1/2, sqrt 2), with f = m - 1 and s = f / (2 + f)
// log m = f - f^2/2 + s (f^2/2 + s^2 Q(s^2)). P and Q interpolate at Chebyshev's nodes; their errors are below 2e-17 relative to
// the results.
#pragma once

#ifdef __AVX512F__
#include <immintrin.h>  // its functions are each file's own
#endif

#include "kernels.hpp"

namespace moe {
namespace {

// A call would cost more than what most of these compute.
#define MOE_INLINE [[gnu::always_inline]] inline
#define MOE_INLINED __attribute__((always_inline))  // of a lambda

using Size = std::size_t;

constexpr Size kBytes = kVector * sizeof(double);
constexpr Size kVectors = 2;  // of rows in a tile of product()
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
MOE_INLINE V larger(V a, V b) { return a > b ? a : b; }  // b where either is NaN
MOE_INLINE V smaller(V a, V b) { return a < b ? a : b; }
#endif

// --- Elementary functions ---------------------------------------------------------------------------------------------

constexpr double kLog2E = 1.4426950408889634;
constexpr double kLog2High = 0x1.62e42feep-1, kLog2Low = 0x1.a39ef35793c76p-33;  // the first times 2000 is exact
constexpr double kRound = 0x1.8p52;                                              // added and taken off again, rounds
constexpr double kP[] = {2.5100424157005066788e-8, 2.7620138719733995569e-7, 2.7557268378684192873e-6,
                         2.4801521190217727651e-5, 1.9841269863105968748e-4, 1.3888888917281793308e-3,
                         8.3333333333300513464e-3, 4.1666666666623991516e-2, 0.16666666666666667456,
                         0.50000000000000010262};
constexpr double kQ[] = {0.14617128399807299883, 0.15331666676597174341, 0.18182890778026130313, 0.22222211112104947364,
                         0.28571428626114518292, 0.39999999999899197894, 0.66666666666666696969};

template <Size N>
MOE_INLINE V polynomial(const double (&c)[N], V x) {
  V sum = all(c[0]);
  for (Size i = 1; i < N; ++i) sum = sum * x + c[i];
  return sum;
}

/// x = n log 2 + r: returns expm1(r), and n as a small whole number in two's complement. |x| < 2000.
MOE_INLINE V reduced(V x, U& n) {
  const V shifted = x * kLog2E + kRound;
  n = (U)shifted - (U)all(kRound);
  const V whole = shifted - kRound, high = x - whole * kLog2High;
  const V r = high - whole * kLog2Low, rest = (high - r) - whole * kLog2Low;
  return r + (r * r * polynomial(kP, r) + rest);
}

/// 2^n, of a whole number in -1022 .. 1023.
V power(U n) { return (V)((n + 1023) << 52); }

/// e 2^n, rounded once where it is subnormal.
MOE_INLINE V scaled(V e, U n) {
#ifdef __AVX512F__
  return _mm512_maskz_scalef_pd(kAllLanes, e, (V)(n + (U)all(kRound)) - kRound);
#else
  // In two halves, as 2^n may be beyond the range where the result is not.
  const U half = ((n + 2048) >> 1) - 1024;
  return e * power(half) * power(n - half);
#endif
}

MOE_INLINE V exp_of(V x) {
  constexpr double kLeast = -746, kMost = 710;  // beyond, exp is 0 and infinite; NaN passes both
  U n;
  const V e = 1 + reduced(larger(all(kLeast), smaller(all(kMost), x)), n);
  return scaled(e, n);
}

MOE_INLINE V log_of(V x) {
  constexpr unsigned long long kHalfRoot = 0x3fe6a09e667f3bcdULL;  // the bits of sqrt(1/2)
  constexpr double kCount = 0x1p52;                                // its last bits count whole numbers
  const V normal = x < 0x1p-1022 ? x * 0x1p54 : x;
  const U bits = (U)normal - kHalfRoot + 0x3ff0000000000000ULL;
  const V k = (V)((bits >> 52) | (U)all(kCount)) - (x < 0x1p-1022 ? all(kCount + 1023 + 54) : all(kCount + 1023));
  const V f = (V)((bits & 0x000fffffffffffffULL) + kHalfRoot) - 1;
  const V s = f / (2 + f), z = s * s, half = 0.5 * f * f;
  V result = k * kLog2High - ((half - (s * (half + z * polynomial(kQ, z)) + k * kLog2Low)) - f);
  result = x < __builtin_inf() ? result : x;
  result = x < 0 ? all(__builtin_nan("")) : result;
  return x == 0 ? all(-__builtin_inf()) : result;
}

MOE_INLINE V tanh_of(V x) {
  constexpr double kOne = 20;  // beyond, it is 1
  const V size = absolute(x);
  U n;
  const V e = reduced(2 * (size > kOne ? all(kOne) : size), n), scale = power(n);
  const V m = scale * e + (scale - 1);  // expm1(2 |x|)
  return (V)((U)(m / (m + 2)) | ((U)x & (U)all(-0.0)));
}

MOE_INLINE V logistic_of(V x) {
  const V e = exp_of(-absolute(x));
  return (x < 0 ? e : all(1)) / (1 + e);
}

/// Up to kVector neighbours of a column; what is beyond `count` reads as 0.
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

template <V function(V)>
void map(const double* in, Size n, double* out) {
  for_rows(n, [&](Size i, Lanes lanes) { lanes.put(out + i, function(lanes.get(in + i))); });
}

void relu(double* x, Size n, double* out) {
  for_rows(n, [&](Size i, Lanes lanes) {
    const V in = lanes.get(x + i);
    lanes.put(out + i, in > 0 ? in : V{});
    lanes.put(x + i, in > 0 ? all(1) : V{});
  });
}

/// The sum of x's n numbers, halves first.
template <Size n, class T>
MOE_INLINE double total(T x) {
  if constexpr (n == 8)
    return total<4>(__builtin_shufflevector(x, x, 0, 1, 2, 3) + __builtin_shufflevector(x, x, 4, 5, 6, 7));
  else if constexpr (n == 4)
    return total<2>(__builtin_shufflevector(x, x, 0, 1) + __builtin_shufflevector(x, x, 2, 3));
  else
    return x[0] + x[1];
}

// --- Normal densities -------------------------------------------------------------------------------------------------

MOE_INLINE V standardized(V y, V mean, double precision) {
  const V z = (y - mean) * precision;
  return z > Kernels::kFarthest ? all(Kernels::kFarthest) : z < -Kernels::kFarthest ? all(-Kernels::kFarthest) : z;
}

void normal(const double* y, const double* mean, Size n, double precision, double at_zero, double* out) {
  for_rows(n, [&](Size i, Lanes lanes) {
    const V z = standardized(lanes.get(y + i), lanes.get(mean + i), precision);
    lanes.put(out + i, at_zero - 0.5 * z * z);
  });
}

double normal_score(const double* y, const double* mean, const double* weight, Size n, double precision,
                    double* d_mean) {
  V sum{};
  for_rows(n, [&](Size i, Lanes lanes) {
    const V z = standardized(lanes.get(y + i), lanes.get(mean + i), precision), w = lanes.get(weight + i);
    lanes.put(d_mean + i, w * z * precision);
    sum += w * (z * z - 1);
  });
  return total<kVector>(sum);
}

// --- Rows of log terms ------------------------------------------------------------------------------------------------

V peak(const double* a, Size b, Size K, Lanes lanes) {
  V most = lanes.get(a);
  for (Size k = 1; k < K; ++k) most = larger(lanes.get(a + k * b), most);
  return most;
}

/// Of a row vector's terms, and their exps below it written to `exps` if that is not null.
struct PeakAndSum {
  V peak, sum;
};

MOE_INLINE PeakAndSum peak_and_sum(const double* a, Size b, Size K, Lanes lanes, double* exps) {
  PeakAndSum result{peak(a, b, K, lanes), V{}};
  for (Size k = 0; k < K; ++k) {
    const V e = exp_of(lanes.get(a + k * b) - result.peak);
    result.sum += e;
    if (exps != nullptr) lanes.put(exps + k * b, e);
  }
  return result;
}

/// `then` gets each row's peak, the sum of its exps below that and the sum's logarithm. A logarithm alone would be waited for: those
/// of kGroup vectors of rows are computed beside one another.
template <class Then>
MOE_INLINE void for_log_sums(const double* a, Size b, Size K, double* exps, const Then& then) {
  constexpr Size kGroup = 4, kRows = kGroup * kVector;
  PeakAndSum of[kGroup]{};
  V log[kGroup];
  for (Size first = 0; first < b; first += kRows) {
    const Size rows = b - first < kRows ? b - first : kRows;
    for_rows(rows, [&](Size n, Lanes lanes) {
      of[n / kVector] = peak_and_sum(a + first + n, b, K, lanes, exps == nullptr ? exps : exps + first + n);
    });
    for (Size g = 0; g < kGroup; ++g) log[g] = log_of(of[g].sum);
    for_rows(rows, [&](Size n, Lanes lanes) { then(first + n, lanes, of[n / kVector], log[n / kVector]); });
  }
}

MOE_INLINE void divide(double* exps, Size b, Size K, Lanes lanes, V sum) {
  const V inverse = 1 / sum;
  for (Size k = 0; k < K; ++k) lanes.put(exps + k * b, lanes.get(exps + k * b) * inverse);
}

/// The peak first: taken together with the sum's logarithm, a large one would swallow it.
MOE_INLINE void subtract(const double* a, Size b, Size K, Lanes lanes, V peak, V log, double* out) {
  for (Size k = 0; k < K; ++k) lanes.put(out + k * b, (lanes.get(a + k * b) - peak) - log);
}

void log_sum_exp(const double* a, Size b, Size K, double* out) {
  for_log_sums(a, b, K, nullptr,
               [&](Size n, Lanes lanes, const PeakAndSum& of, V log) { lanes.put(out + n, of.peak + log); });
}

void shares(const double* a, Size b, Size K, double* log_sum, double* to) {
  for_log_sums(a, b, K, to, [&](Size n, Lanes lanes, const PeakAndSum& of, V log) {
    lanes.put(log_sum + n, of.peak + log);
    divide(to + n, b, K, lanes, of.sum);
  });
}

void log_softmax(const double* a, Size b, Size K, double* out) {
  for_log_sums(a, b, K, nullptr, [&](Size n, Lanes lanes, const PeakAndSum& of, V log) {
    subtract(a + n, b, K, lanes, of.peak, log, out + n);
  });
}

void softmax(const double* a, Size b, Size K, double* log_weights, double* weights) {
  for_log_sums(a, b, K, weights, [&](Size n, Lanes lanes, const PeakAndSum& of, V log) {
    subtract(a + n, b, K, lanes, of.peak, log, log_weights + n);
    divide(weights + n, b, K, lanes, of.sum);
  });
}

void softmax_backward(const double* weights, const double* d, Size b, Size K, double* out) {
  for_rows(b, [&](Size n, Lanes lanes) {
    V sum{};
    for (Size k = 0; k < K; ++k) sum += lanes.get(d + n + k * b);
    for (Size k = 0; k < K; ++k) {
      const Size at = n + k * b;
      lanes.put(out + at, lanes.get(d + at) - lanes.get(weights + at) * sum);
    }
  });
}

/// How many doubles a T, a vector or one of them, holds.
template <class T>
constexpr Size kLanes = kVector;
template <>
constexpr Size kLanes<double> = 1;

// --- Products ---------------------------------------------------------------------------------------------------------

/// Before n doubles are read that come from memory, where the processor's own prefetching ends with each page: the second-level
/// cache, no nearer one, begins to fetch those that are two pages ahead.
MOE_INLINE void fetch_ahead(const double* from, Size n) {
  constexpr Size kAhead = 1024, kLine = 8;
  constexpr int kSecondLevel = 2;
  for (Size i = 0; i < n; i += kLine) __builtin_prefetch(from + kAhead + i, 0, kSecondLevel);
}

/// X (p x b), rows from n on and inputs from i on, into out (b x p), four by four.
void transpose_tile(const double* X, Size p, Size b, Size n, Size i, double* out) {
  using Four __attribute__((vector_size(4 * sizeof(double)))) = double;
  const double* from = X + n * p + i;
  const Four r0 = load<Four>(from), r1 = load<Four>(from + p), r2 = load<Four>(from + 2 * p),
             r3 = load<Four>(from + 3 * p);
  const Four a = __builtin_shufflevector(r0, r1, 0, 4, 2, 6), c = __builtin_shufflevector(r0, r1, 1, 5, 3, 7);
  const Four d = __builtin_shufflevector(r2, r3, 0, 4, 2, 6), e = __builtin_shufflevector(r2, r3, 1, 5, 3, 7);
  double* to = out + i * b + n;
  store(to, __builtin_shufflevector(a, d, 0, 1, 4, 5));
  store(to + b, __builtin_shufflevector(c, e, 0, 1, 4, 5));
  store(to + 2 * b, __builtin_shufflevector(a, d, 2, 3, 6, 7));
  store(to + 3 * b, __builtin_shufflevector(c, e, 2, 3, 6, 7));
}

void transpose(const double* X, Size p, Size b, double* out) {
  const Size tiled_rows = kVector < 4 ? 0 : b - b % 4, tiled = p - p % 4;
  for (Size n = 0; n < tiled_rows; n += 4) {
    fetch_ahead(X + n * p, 4 * p);
    for (Size i = 0; i < tiled; i += 4) transpose_tile(X, p, b, n, i, out);
    for (Size i = tiled; i < p; ++i)
      for (Size k = n; k < n + 4; ++k) out[i * b + k] = X[k * p + i];
  }
  for (Size i = 0; i < p; ++i)
    for (Size n = tiled_rows; n < b; ++n) out[i * b + n] = X[n * p + i];
}

void standardize(const double* X, Size p, Size b, const double* center, const double* size, double* out) {
  for (Size n = 0; n < b; ++n, X += p, out += p) {
    fetch_ahead(X, p);
    for_rows(p - 1, [&](Size j, Lanes lanes) {
      lanes.put(out + 1 + j, (lanes.get(X + 1 + j) - lanes.get(center + j)) / lanes.get(size + j));
    });
  }
}

void scale(const double* A, const double* v, Size b, Size p, double* out) {
  for (Size j = 0; j < p; ++j, A += b, out += b)
    for_rows(b, [&](Size n, Lanes lanes) { lanes.put(out + n, lanes.get(v + n) * lanes.get(A + n)); });
}

/// The operands of product(), A and C at the tile's rows.
struct Product {
  const double* A;
  Size b, p;
  const double* B;
  Size row, column;
  double* C;
};

/// kRows vectors of rows (T: a vector, or one double) and kColumns columns of C from j on.
template <class T, Size kRows, Size kColumns>
void tile(const Product& of, Size j) {
  T sum[kColumns][kRows] = {};
  const double* B = of.B + j * of.column;
  for (Size i = 0; i < of.p; ++i, B += of.row) {
    T a[kRows];
    for (Size r = 0; r < kRows; ++r) a[r] = load<T>(of.A + i * of.b + r * kLanes<T>);
    for (Size c = 0; c < kColumns; ++c)
      for (Size r = 0; r < kRows; ++r) sum[c][r] += a[r] * B[c * of.column];
  }
  for (Size c = 0; c < kColumns; ++c)
    for (Size r = 0; r < kRows; ++r) store(of.C + (j + c) * of.b + r * kLanes<T>, sum[c][r]);
}

/// All columns from j on, kColumns at a time and then fewer.
template <class T, Size kRows, Size kColumns>
void strip(const Product& of, Size j, Size m) {
  for (; j + kColumns <= m; j += kColumns) tile<T, kRows, kColumns>(of, j);
  if constexpr (kColumns > 1)
    if (j < m) strip<T, kRows, kColumns / 2>(of, j, m);
}

/// A's only column times each of B's: column by column, as that many columns at a time may fall on the same lines of the cache.
void outer_product(const double* A, Size b, const double* B, Size column, Size m, double* C) {
  for (Size j = 0; j < m; ++j, C += b)
    for_rows(b, [&](Size n, Lanes lanes) { lanes.put(C + n, lanes.get(A + n) * B[j * column]); });
}

void product(const double* A, Size b, Size p, const double* B, Size row, Size column, Size m, double* C) {
  if (p == 1) return outer_product(A, b, B, column, m, C);
  const auto at = [&](Size n) { return Product{A + n, b, p, B, row, column, C + n}; };
  constexpr Size kAlone = 4 * kVectors;  // vectors of rows of a single column: as many sums as take turns
  Size n = 0;
  for (; m == 1 && n + kAlone * kVector <= b; n += kAlone * kVector) strip<V, kAlone, 1>(at(n), 0, m);
  for (; n + kVectors * kVector <= b; n += kVectors * kVector) strip<V, kVectors, kTileColumns>(at(n), 0, m);
  for (; n + kVector <= b; n += kVector) strip<V, 1, kTileColumns>(at(n), 0, m);
  for (; n < b; ++n) strip<double, 1, kTileColumns>(at(n), 0, m);
}

struct Cross {
  const double *A, *D;
  Size b, p, m;
  double* C;
  Size height;
  bool upper;
};

/// kHeight x kWidth sums of C from i, j on.
template <Size kHeight, Size kWidth>
void sums(const Cross& of, Size i, Size j) {
  const double *A = of.A + i * of.b, *D = of.D + j * of.b;
  V sum[kWidth][kHeight] = {};
  const auto add = [&](Size n, Lanes lanes) MOE_INLINED {
    V a[kHeight];
    for (Size r = 0; r < kHeight; ++r) a[r] = lanes.get(A + r * of.b + n);
    for (Size c = 0; c < kWidth; ++c) {
      const V d = lanes.get(D + c * of.b + n);
      for (Size r = 0; r < kHeight; ++r) sum[c][r] += a[r] * d;
    }
  };
  for_rows(of.b, add);
  for (Size c = 0; c < kWidth; ++c)
    for (Size r = 0; r < kHeight; ++r) of.C[(j + c) * of.height + i + r] += total<kVector>(sum[c][r]);
}

template <Size kHeight, Size kWidth>
void columns(const Cross& of, Size i, Size j) {
  for (; j + kWidth <= of.m; j += kWidth)
    if (!of.upper || j + kWidth > i) sums<kHeight, kWidth>(of, i, j);
  if constexpr (kWidth > 1)
    if (j < of.m) columns<kHeight, kWidth / 2>(of, i, j);
}

template <Size kHeight>
void rows(const Cross& of, Size i) {
  for (; i + kHeight <= of.p; i += kHeight) columns<kHeight, kCrossWidth>(of, i, 0);
  if constexpr (kHeight > 1)
    if (i < of.p) rows<kHeight / 2>(of, i);
}

void cross(const double* A, const double* D, Size b, Size p, Size m, double* C, Size height, bool upper) {
  rows<kCrossHeight>({A, D, b, p, m, C, height, upper}, 0);
}

struct Squares {
  const double* A;
  Size b, p;
  const double* v;
  const Kernels::Square* to;
};

/// kHeight x kWidth elements from i, j on, of kWeights squares.
template <Size kHeight, Size kWidth, Size kWeights>
void square_tile(const Squares& of, Size i, Size j, Size first) {
  const double *A = of.A + i * of.b, *D = of.A + j * of.b, *v = of.v + first * of.b;
  V sum[kWeights][kWidth][kHeight] = {};
  const auto add = [&](Size n, Lanes lanes) MOE_INLINED {
    V d[kWeights][kWidth];
    for (Size q = 0; q < kWeights; ++q)
      for (Size c = 0; c < kWidth; ++c) d[q][c] = lanes.get(v + q * of.b + n) * lanes.get(D + c * of.b + n);
    for (Size r = 0; r < kHeight; ++r) {
      const V a = lanes.get(A + r * of.b + n);
      for (Size q = 0; q < kWeights; ++q)
        for (Size c = 0; c < kWidth; ++c) sum[q][c][r] += a * d[q][c];
    }
  };
  for_rows(of.b, add);
  for (Size q = 0; q < kWeights; ++q) {
    const Kernels::Square& to = of.to[first + q];
    for (Size c = 0; c < kWidth; ++c)
      for (Size r = 0; r < kHeight; ++r) to.C[(j + c) * to.height + i + r] += total<kVector>(sum[q][c][r]);
  }
}

/// Columns j .. j + kWidth - 1 from row i down to the diagonal.
template <Size kHeight, Size kWidth, Size kWeights>
void square_rows(const Squares& of, Size i, Size j, Size first) {
  for (; i + kHeight <= j + kWidth; i += kHeight) square_tile<kHeight, kWidth, kWeights>(of, i, j, first);
  if constexpr (kHeight > 1)
    if (i < j + kWidth) square_rows<kHeight - 1, kWidth, kWeights>(of, i, j, first);
}

template <Size kWidth, Size kWeights>
void square_columns(const Squares& of, Size j, Size first) {
  for (; j + kWidth <= of.p; j += kWidth) square_rows<kSquareHeight, kWidth, kWeights>(of, 0, j, first);
  if constexpr (kWidth > 1)
    if (j < of.p) square_columns<kWidth / 2, kWeights>(of, j, first);
}

/// kWeights at a time, and as many columns of the squares as registers hold then.
template <Size kWeights>
void square_weights(const Squares& of, Size first, Size q) {
  for (; first + kWeights <= q; first += kWeights) square_columns<kSquareWidth / kWeights, kWeights>(of, 0, first);
  if constexpr (kWeights > 1)
    if (first < q) square_weights<kWeights / 2>(of, first, q);
}

void squares(const double* A, Size b, Size p, const double* v, Size q, const Kernels::Square* to) {
  square_weights<kSquareWidth>({A, b, p, v, to}, 0, q);
}

/// The operands of solve_upper(), D and Z at the tile's rows.
struct Triangle {
  const double* D;
  Size b, p;
  const double* R;
  double* Z;
};

/// kRows vectors of rows and kColumns columns of Z from j on; earlier ones are there already.
template <class T, Size kRows, Size kColumns>
void solved_tile(const Triangle& of, Size j) {
  const double* R = of.R + j * of.p;
  T sum[kColumns][kRows];
  for (Size c = 0; c < kColumns; ++c)
    for (Size r = 0; r < kRows; ++r) sum[c][r] = load<T>(of.D + (j + c) * of.b + r * kLanes<T>);
  for (Size i = 0; i < j; ++i) {
    T z[kRows];
    for (Size r = 0; r < kRows; ++r) z[r] = load<T>(of.Z + i * of.b + r * kLanes<T>);
    for (Size c = 0; c < kColumns; ++c)
      for (Size r = 0; r < kRows; ++r) sum[c][r] -= z[r] * R[c * of.p + i];
  }
  for (Size c = 0; c < kColumns; ++c) {
    const double inverse = 1 / R[c * of.p + j + c];
    for (Size r = 0; r < kRows; ++r) {
      const T z = sum[c][r] * inverse;
      store(of.Z + (j + c) * of.b + r * kLanes<T>, z);
      for (Size later = c + 1; later < kColumns; ++later) sum[later][r] -= z * R[later * of.p + j + c];
    }
  }
}

template <class T, Size kRows, Size kColumns>
void solved_strip(const Triangle& of, Size j) {
  for (; j + kColumns <= of.p; j += kColumns) solved_tile<T, kRows, kColumns>(of, j);
  if constexpr (kColumns > 1)
    if (j < of.p) solved_strip<T, kRows, kColumns / 2>(of, j);
}

void solve_upper(const double* D, Size b, Size p, const double* R, double* Z) {
  constexpr Size kRows = 4,
                 kColumns = kTileColumns / 2;  // each column waits for the one before: more rows than in a product
  const auto at = [&](Size n) { return Triangle{D + n, b, p, R, Z + n}; };
  Size n = 0;
  for (; n + kRows * kVector <= b; n += kRows * kVector) solved_strip<V, kRows, kColumns>(at(n), 0);
  for (; n + kVector <= b; n += kVector) solved_strip<V, 1, kColumns>(at(n), 0);
  for (; n < b; ++n) solved_strip<double, 1, kColumns>(at(n), 0);
}

constexpr Kernels made(const char* name) {
  return {name,        map<exp_of>, map<log_of>, map<tanh_of>, map<logistic_of>, relu,      normal, normal_score,
          log_sum_exp, shares,      log_softmax, softmax,      softmax_backward, standardize, transpose, scale,  product,
          cross,       squares,     solve_upper};
}

}  // namespace
}  // namespace moe
