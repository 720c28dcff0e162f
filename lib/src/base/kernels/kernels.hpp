// The innermost loops, over arrays of doubles. They are compiled for several kinds of processor, and kernels() chooses
// the fastest that this processor runs. The kinds give different last bits, as some fuse a multiplication with an
// addition: results are the same for any number of threads, but on one kind of processor only. Matrices are stored by
// columns. A row is an observation.
#pragma once

#include <cstddef>

namespace moe {

/// An output array may be the input array itself; otherwise arrays must not overlap. The result for an element depends
/// on its value only, not on its place. Largest errors in units in the last place, which the tests measure over the
/// whole range: exp 1, log 1, tanh 3, logistic 3. Subnormal numbers, infinities and NaN give what the functions of
/// std:: give.
struct Kernels {
  /// A standardised residual beyond this counts as this much, so that sums of squares over rows stay finite.
  static constexpr double kFarthest = 1e140;

  const char* name;
  void (*exp)(const double* in, std::size_t n, double* out);
  void (*log)(const double* in, std::size_t n, double* out);
  void (*tanh)(const double* in, std::size_t n, double* out);
  /// 1 / (1 + exp(-x)).
  void (*logistic)(const double* in, std::size_t n, double* out);
  /// out_i = max(x_i, 0). x_i becomes the slope there, 0 or 1.
  void (*relu)(double* x, std::size_t n, double* out);

  /// One step of Adam: m += rate1 (g - m), v += rate2 (g^2 - v), theta -= step m / (root sqrt(v) + epsilon).
  struct Adam {
    double rate1, rate2, step, root, epsilon;
  };
  void (*adam)(const double* gradient, std::size_t n, const Adam& rates, double* m, double* v, double* theta);

  /// gradient += weight theta, unless it is nullptr; returns the sum of weight theta^2.
  double (*add_penalty)(const double* weight, const double* theta, std::size_t n, double* gradient);

  /// out_n = at_zero - z^2 / 2, z = (y - mean) * precision.
  void (*normal)(const double* y, const double* mean, std::size_t n, double precision, double at_zero, double* out);
  /// d_mean_n = weight_n z precision; returns the sum of weight_n (z^2 - 1).
  double (*normal_score)(const double* y, const double* mean, const double* weight, std::size_t n, double precision,
                         double* d_mean);

  // Functions of each row n of a (b x K).
  /// out_n = log sum_k exp(a_nk).
  void (*log_sum_exp)(const double* a, std::size_t b, std::size_t K, double* out);
  /// The same, and shares_nk = exp(a_nk) / sum_j exp(a_nj), which are posterior weights.
  void (*shares)(const double* a, std::size_t b, std::size_t K, double* log_sum, double* shares);
  /// out_nk = log shares_nk.
  void (*log_softmax)(const double* a, std::size_t b, std::size_t K, double* out);
  /// Both the shares and their logarithms. `weights` must not be `a`.
  void (*softmax)(const double* a, std::size_t b, std::size_t K, double* log_weights, double* weights);
  /// Backpropagation through log_softmax: out_nk = d_nk - weights_nk sum_j d_nj.
  void (*softmax_backward)(const double* weights, const double* d, std::size_t b, std::size_t K, double* out);

  /// out_in = (X_in - center_i-1) / size_i-1 for all rows of X and out (p x b) but the first.
  void (*standardize)(const double* X, std::size_t p, std::size_t b, const double* center, const double* size,
                      double* out);
  /// out (b x p) = X' (X: p x b).
  void (*transpose)(const double* X, std::size_t p, std::size_t b, double* out);
  /// out (b x p) = diag(v) A.
  void (*scale)(const double* A, const double* v, std::size_t b, std::size_t p, double* out);
  /// C (b x m) = A (b x p) B, where element (i, j) of B is at B[i * row + j * column]. Unless `ahead` is nullptr, it
  /// meanwhile prefetches up to b x p doubles from `ahead` on, p for each row.
  void (*product)(const double* A, std::size_t b, std::size_t p, const double* B, std::size_t row, std::size_t column,
                  std::size_t m, double* C, const double* ahead);
  /// C (p x m) += A' D (A: b x p, D: b x m).
  void (*cross)(const double* A, const double* D, std::size_t b, std::size_t p, std::size_t m, double* C);
  /// A p x p matrix whose columns are `height` apart.
  struct Square {
    double* C;
    std::size_t height;
  };
  /// Adds A' diag(v_q) A to the upper triangle of each of q squares (A: b x p, v: b x q). Elements below the diagonal
  /// are undefined.
  void (*squares)(const double* A, std::size_t b, std::size_t p, const double* v, std::size_t q, const Square* out);
  /// Solves Z R = D for Z (b x p), where R (p x p) is upper triangular.
  void (*solve_upper)(const double* D, std::size_t b, std::size_t p, const double* R, double* Z);

  // A layer with m outputs that reads pieces of its inputs: see model/piece_layer.hpp. An input's m weights are
  // neighbours.
  /// Of an input with these pieces: T_0 = -sum_i w_i center_i / scale_i, T_i+1 = T_i + w_i / scale_i.
  void (*piece_tables)(const double* W, std::size_t pieces, std::size_t m, const double* center, const double* scale,
                       double* T);
  /// Backpropagation through it: adds to dW.
  void (*piece_table_scores)(const double* dT, std::size_t pieces, std::size_t m, const double* center,
                             const double* scale, double* dW);
  /// D ((plain + 2 coded) x b): of each row its `plain` inputs, and two numbers for each of the `coded` ones: that of a
  /// piece among all, and a factor.
  struct PieceRows {
    const double* D;
    std::size_t b, plain, coded;
  };
  /// R (m x b): sum_plain x w + sum_coded (T_piece + factor w_piece). The weights of plain inputs come first in W.
  void (*piece_sums)(const PieceRows& rows, const double* W, const double* T, std::size_t m, double* R);
  /// Backpropagation through it: adds to dW and dT.
  void (*piece_scores)(const PieceRows& rows, const double* R, std::size_t m, double* dW, double* dT);
};

/// The kernels for this processor.
const Kernels& kernels();
/// For tests: the i-th kind of kernels that this processor can run, the slowest first; nullptr beyond the last.
const Kernels* runnable_kernels(std::size_t i);

}  // namespace moe
