// Functions of whole arrays (exp, log, tanh, logistic), normal densities, and log-sum-exp of rows.
//
// exp: x = n log 2 + r, and exp x = 2^n (1 + r + r^2 P(r)).
// log: x = 2^k m with m in [sqrt 1/2, sqrt 2). With f = m - 1 and s = f / (2 + f),
//      log m = f - f^2/2 + s (f^2/2 + s^2 Q(s^2)), and log x = k log 2 + log m.
// The polynomials P and Q interpolate at Chebyshev nodes. Their errors are below 2e-17 relative to the results.
#pragma once

#include "base/kernels/kernel_vectors.hpp"
#include "base/kernels/kernels.hpp"

namespace moe {
namespace {

// --- Elementary functions --------------------------------------------------------------------------------------------

constexpr double kLog2E = 1.4426950408889634;
// K log 2 in two parts; kLog2High times any |k| <= 2000 is exact.
constexpr double kLog2High = 0x1.62e42feep-1, kLog2Low = 0x1.a39ef35793c76p-33;
constexpr double kRound = 0x1.8p52;  // a number rounds to a whole one where this is added and subtracted again
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

/// x = n log 2 + r: returns expm1(r), and in n the whole number in two's complement. |x| must be below 2000.
MOE_INLINE V reduced(V x, U& n) {
  const V shifted = x * kLog2E + kRound;
  n = (U)shifted - (U)all(kRound);
  const V whole = shifted - kRound, high = x - whole * kLog2High;
  const V r = high - whole * kLog2Low, rest = (high - r) - whole * kLog2Low;
  return r + (r * r * polynomial(kP, r) + rest);
}

/// 2^n for a whole number n in -1022 .. 1023.
V power(U n) { return (V)((n + 1023) << 52); }

/// e 2^n. A subnormal result is rounded only once.
MOE_INLINE V scaled(V e, U n) {
#ifdef __AVX512F__
  return _mm512_maskz_scalef_pd(kAllLanes, e, (V)(n + (U)all(kRound)) - kRound);
#else
  // 2^n may be out of range where the result is not, so it is applied in two halves.
  const U half = ((n + 2048) >> 1) - 1024;
  return e * power(half) * power(n - half);
#endif
}

MOE_INLINE V exp_of(V x) {
  constexpr double kLeast = -746, kMost = 710;  // below, exp is 0; above, it is infinite; NaN passes both comparisons
  U n;
  const V e = 1 + reduced(larger(all(kLeast), smaller(all(kMost), x)), n);
  return scaled(e, n);
}

MOE_INLINE V log_of(V x) {
  constexpr unsigned long long kHalfRoot = 0x3fe6a09e667f3bcdULL;  // the bits of sqrt(1/2)
  constexpr double kCount = 0x1p52;                                // its last bits count whole numbers: one bit is one
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
  constexpr double kOne = 20;  // tanh of a larger number rounds to 1
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

void adam(const double* gradient, Size n, const Kernels::Adam& rates, double* m, double* v, double* theta) {
  for_rows(n, [&](Size i, Lanes lanes) {
    const V g = lanes.get(gradient + i), mean = lanes.get(m + i), square = lanes.get(v + i);
    const V new_mean = mean + rates.rate1 * (g - mean), new_square = square + rates.rate2 * (g * g - square);
    lanes.put(m + i, new_mean);
    lanes.put(v + i, new_square);
    lanes.put(theta + i,
              lanes.get(theta + i) - rates.step * new_mean / (rates.root * square_root(new_square) + rates.epsilon));
  });
}

double add_penalty(const double* weight, const double* theta, Size n, double* gradient) {
  V sum{};
  for_rows(n, [&](Size i, Lanes lanes) {
    const V at = lanes.get(theta + i), slope = lanes.get(weight + i) * at;
    if (gradient != nullptr) lanes.put(gradient + i, lanes.get(gradient + i) + slope);
    sum += slope * at;
  });
  return total<kVector>(sum);
}

// --- Normal densities ------------------------------------------------------------------------------------------------

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

// --- Rows of log terms -----------------------------------------------------------------------------------------------

V peak(const double* a, Size b, Size K, Lanes lanes) {
  V most = lanes.get(a);
  for (Size k = 1; k < K; ++k) most = larger(lanes.get(a + k * b), most);
  return most;
}

/// The largest of a row's terms, and the sum of exp(term - peak). The function below writes these exps to `exps` unless
/// that is null.
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

/// Calls `then` with each row's peak, the sum of exp(term - peak), and the logarithm of that sum. A single logarithm
/// would keep the processor waiting, so the logarithms of kGroup vectors of rows are computed at the same time.
template <class Then>
MOE_INLINE void for_log_sums(const double* a, Size b, Size K, double* exps, const Then& then) {
  constexpr Size kGroup = 4, kRows = kGroup * kVector;
  PeakAndSum sums[kGroup]{};
  V log[kGroup];
  for (Size first = 0; first < b; first += kRows) {
    const Size rows = b - first < kRows ? b - first : kRows;
    for_rows(rows, [&](Size n, Lanes lanes) {
      sums[n / kVector] = peak_and_sum(a + first + n, b, K, lanes, exps == nullptr ? exps : exps + first + n);
    });
    for (Size g = 0; g < kGroup; ++g) log[g] = log_of(sums[g].sum);
    for_rows(rows, [&](Size n, Lanes lanes) { then(first + n, lanes, sums[n / kVector], log[n / kVector]); });
  }
}

MOE_INLINE void divide(double* exps, Size b, Size K, Lanes lanes, V sum) {
  const V inverse = 1 / sum;
  for (Size k = 0; k < K; ++k) lanes.put(exps + k * b, lanes.get(exps + k * b) * inverse);
}

/// Subtracts the peak first: the sum peak + log would lose the digits of a small log beside a large peak.
MOE_INLINE void subtract(const double* a, Size b, Size K, Lanes lanes, V peak, V log, double* out) {
  for (Size k = 0; k < K; ++k) lanes.put(out + k * b, (lanes.get(a + k * b) - peak) - log);
}

void log_sum_exp(const double* a, Size b, Size K, double* out) {
  for_log_sums(a, b, K, nullptr,
               [&](Size n, Lanes lanes, const PeakAndSum& sums, V log) { lanes.put(out + n, sums.peak + log); });
}

void shares(const double* a, Size b, Size K, double* log_sum, double* out) {
  for_log_sums(a, b, K, out, [&](Size n, Lanes lanes, const PeakAndSum& sums, V log) {
    lanes.put(log_sum + n, sums.peak + log);
    divide(out + n, b, K, lanes, sums.sum);
  });
}

void log_softmax(const double* a, Size b, Size K, double* out) {
  for_log_sums(a, b, K, nullptr, [&](Size n, Lanes lanes, const PeakAndSum& sums, V log) {
    subtract(a + n, b, K, lanes, sums.peak, log, out + n);
  });
}

void softmax(const double* a, Size b, Size K, double* log_weights, double* weights) {
  for_log_sums(a, b, K, weights, [&](Size n, Lanes lanes, const PeakAndSum& sums, V log) {
    subtract(a + n, b, K, lanes, sums.peak, log, log_weights + n);
    divide(weights + n, b, K, lanes, sums.sum);
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

}  // namespace
}  // namespace moe
