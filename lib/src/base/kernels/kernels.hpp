// The innermost loops over arrays of doubles, compiled for several processors; the best that this one runs is chosen once. Bits
// differ between them, as some fuse a multiplication with an addition: a result is the same for any number of threads, on one
// kind of processor. Matrices are by columns, a row an observation.
#pragma once

#include <cstddef>

namespace moe {

/// Arrays may be the same for in and out, and must not overlap else. Each element's result depends on its value alone, not on
/// where it stands. Largest errors in units of the last place, measured by the tests over the whole range: exp 1, log 1,
/// tanh 3, logistic 3; subnormal numbers, infinities and NaN as std:: has them.
struct Kernels {
  /// Residuals of normal densities beyond this many standard deviations count as this many: sums over rows stay finite.
  static constexpr double kFarthest = 1e140;

  const char* name;
  void (*exp)(const double* in, std::size_t n, double* out);
  void (*log)(const double* in, std::size_t n, double* out);
  void (*tanh)(const double* in, std::size_t n, double* out);
  /// 1 / (1 + exp(-x)).
  void (*logistic)(const double* in, std::size_t n, double* out);
  /// out_i = max(x_i, 0); x becomes its slope, 0 or 1.
  void (*relu)(double* x, std::size_t n, double* out);

  /// A step of Adam: m += rate1 (g - m), v += rate2 (g^2 - v), theta -= step m / (root sqrt(v) + epsilon).
  struct Adam {
    double rate1, rate2, step, root, epsilon;
  };
  void (*adam)(const double* gradient, std::size_t n, const Adam& by, double* m, double* v, double* theta);

  /// out_n = at_zero - z^2 / 2, z = (y - mean) * precision.
  void (*normal)(const double* y, const double* mean, std::size_t n, double precision, double at_zero, double* out);
  /// d_mean_n = weight_n z precision; returns the sum of weight_n (z^2 - 1).
  double (*normal_score)(const double* y, const double* mean, const double* weight, std::size_t n, double precision,
                         double* d_mean);

  // a: b x K. Per row:
  /// out_n = log sum_k exp(a_nk).
  void (*log_sum_exp)(const double* a, std::size_t b, std::size_t K, double* out);
  /// The same, and shares_nk = exp(a_nk) / sum_j exp(a_nj).
  void (*shares)(const double* a, std::size_t b, std::size_t K, double* log_sum, double* shares);
  /// out_nk = log of that share.
  void (*log_softmax)(const double* a, std::size_t b, std::size_t K, double* out);
  /// Both that share and its log; `weights` is not `a`.
  void (*softmax)(const double* a, std::size_t b, std::size_t K, double* log_weights, double* weights);
  /// Its transposed derivative for the logs: out_nk = d_nk - weights_nk sum_j d_nj.
  void (*softmax_backward)(const double* weights, const double* d, std::size_t b, std::size_t K, double* out);

  /// out_in = (X_in - center_i-1) / size_i-1 (X and out p x b), without their first rows.
  void (*standardize)(const double* X, std::size_t p, std::size_t b, const double* center, const double* size,
                      double* out);
  /// out (b x p) = X' (X: p x b).
  void (*transpose)(const double* X, std::size_t p, std::size_t b, double* out);
  /// out (b x p) = diag(v) A.
  void (*scale)(const double* A, const double* v, std::size_t b, std::size_t p, double* out);
  /// C (b x m) = A (b x p) B, where B's element i, j is at B[i * row + j * column]. Meanwhile up to b x p doubles from `ahead` on
  /// come nearer, in the order of rows of p, unless that is nullptr.
  void (*product)(const double* A, std::size_t b, std::size_t p, const double* B, std::size_t row, std::size_t column,
                  std::size_t m, double* C, const double* ahead);
  /// C (p x m) += A' D (A: b x p, D: b x m).
  void (*cross)(const double* A, const double* D, std::size_t b, std::size_t p, std::size_t m, double* C);
  /// A p x p matrix, its columns `height` apart.
  struct Square {
    double* C;
    std::size_t height;
  };
  /// The upper triangle of each of q squares += A' diag(v_q) A (A: b x p, v: b x q); what is below need not be right.
  void (*squares)(const double* A, std::size_t b, std::size_t p, const double* v, std::size_t q, const Square* to);
  /// Z R = D for Z (b x p), R (p x p) upper.
  void (*solve_upper)(const double* D, std::size_t b, std::size_t p, const double* R, double* Z);
};

/// Those of this processor.
const Kernels& kernels();
/// All that it can run, for tests: the i-th, the slowest first, or nullptr.
const Kernels* runnable_kernels(std::size_t i);

}  // namespace moe
