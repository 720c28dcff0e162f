// Products of matrices that are long and thin (rows of a block x inputs), stored by columns. Each is cut into tiles
// that are so small that the processor keeps a tile's sums in registers: each number that is loaded serves several
// sums. What is left at the edges is done in tiles of half the width or height, down to one.
#pragma once

#include "base/kernels/kernel_vectors.hpp"
#include "base/kernels/kernels.hpp"

namespace moe {
namespace {

constexpr Size kLine = 8;        // doubles in a cache line
constexpr int kSecondLevel = 2;  // the locality argument of __builtin_prefetch: the second-level cache

/// Called before n doubles are read from main memory. The processor's own prefetching stops at each page. So the
/// second-level cache (not the first one, which is small) begins here to fetch the numbers two pages ahead.
MOE_INLINE void fetch_ahead(const double* from, Size n) {
  constexpr Size kAhead = 1024;
  for (Size i = 0; i < n; i += kLine) __builtin_prefetch(from + kAhead + i, 0, kSecondLevel);
}

/// Writes four rows of X (p x b) from n on, and four inputs from i on, transposed into out (b x p).
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

/// The operands of product(). A and C point to the tile's first row.
struct Product {
  const double* A;
  Size b, p;
  const double* B;
  Size row, column;
  double* C;
  const double* ahead;  // numbers that will be wanted next, one for each of A's; or nullptr
};

/// The numbers that tile j / kColumns is to prefetch. A strip of kRows rows prefetches as many numbers as its own rows
/// have, and each of its tiles a share of them: one cache line in each step of its sums, so that the memory works
/// meanwhile.
template <Size kRows, Size kColumns>
const double* share_ahead(const Product& operands, Size j) {
  const Size share = j / kColumns;
  return operands.ahead != nullptr && share < kRows / kLine ? operands.ahead + share * operands.p * kLine : nullptr;
}

/// kRows vectors of rows (T is a vector, or one double), and kColumns columns of C from j on.
template <class T, Size kRows, Size kColumns>
void tile(const Product& operands, Size j) {
  T sum[kColumns][kRows] = {};
  const double* B = operands.B + j * operands.column;
  const double* ahead = share_ahead<kRows * kLanes<T>, kColumns>(operands, j);
  for (Size i = 0; i < operands.p; ++i, B += operands.row) {
    T a[kRows];
    for (Size r = 0; r < kRows; ++r) a[r] = load<T>(operands.A + i * operands.b + r * kLanes<T>);
    if (ahead != nullptr) __builtin_prefetch(ahead + i * kLine, 0, kSecondLevel);
    for (Size c = 0; c < kColumns; ++c)
      for (Size r = 0; r < kRows; ++r) sum[c][r] += a[r] * B[c * operands.column];
  }
  for (Size c = 0; c < kColumns; ++c)
    for (Size r = 0; r < kRows; ++r) store(operands.C + (j + c) * operands.b + r * kLanes<T>, sum[c][r]);
}

/// All columns from j on: kColumns at a time, then fewer.
template <class T, Size kRows, Size kColumns>
void strip(const Product& operands, Size j, Size m) {
  for (; j + kColumns <= m; j += kColumns) tile<T, kRows, kColumns>(operands, j);
  if constexpr (kColumns > 1)
    if (j < m) strip<T, kRows, kColumns / 2>(operands, j, m);
}

/// A has one column only. C is written column by column: many columns at a time may fall on the same cache lines.
void outer_product(const double* A, Size b, const double* B, Size column, Size m, double* C) {
  for (Size j = 0; j < m; ++j, C += b)
    for_rows(b, [&](Size n, Lanes lanes) { lanes.put(C + n, lanes.get(A + n) * B[j * column]); });
}

void product(const double* A, Size b, Size p, const double* B, Size row, Size column, Size m, double* C,
             const double* ahead) {
  if (p == 1) return outer_product(A, b, B, column, m, C);
  const auto at = [&](Size n) {
    return Product{A + n, b, p, B, row, column, C + n, ahead == nullptr ? nullptr : ahead + n * p};
  };
  // Vectors of rows where C has one column only: enough sums that none waits for itself.
  constexpr Size kAlone = 4 * kVectors;
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
};

/// A tile of kHeight x kWidth elements of C, from row i and column j on.
template <Size kHeight, Size kWidth>
void sums(const Cross& operands, Size i, Size j) {
  const double *A = operands.A + i * operands.b, *D = operands.D + j * operands.b;
  V sum[kWidth][kHeight] = {};
  const auto add = [&](Size n, Lanes lanes) MOE_INLINED {
    V a[kHeight];
    for (Size r = 0; r < kHeight; ++r) a[r] = lanes.get(A + r * operands.b + n);
    for (Size c = 0; c < kWidth; ++c) {
      const V d = lanes.get(D + c * operands.b + n);
      for (Size r = 0; r < kHeight; ++r) sum[c][r] += a[r] * d;
    }
  };
  for_rows(operands.b, add);
  for (Size c = 0; c < kWidth; ++c)
    for (Size r = 0; r < kHeight; ++r) operands.C[(j + c) * operands.p + i + r] += total<kVector>(sum[c][r]);
}

template <Size kHeight, Size kWidth>
void columns(const Cross& operands, Size i, Size j) {
  for (; j + kWidth <= operands.m; j += kWidth) sums<kHeight, kWidth>(operands, i, j);
  if constexpr (kWidth > 1)
    if (j < operands.m) columns<kHeight, kWidth / 2>(operands, i, j);
}

template <Size kHeight>
void rows(const Cross& operands, Size i) {
  for (; i + kHeight <= operands.p; i += kHeight) columns<kHeight, kCrossWidth>(operands, i, 0);
  if constexpr (kHeight > 1)
    if (i < operands.p) rows<kHeight / 2>(operands, i);
}

void cross(const double* A, const double* D, Size b, Size p, Size m, double* C) {
  rows<kCrossHeight>({A, D, b, p, m, C}, 0);
}

struct Squares {
  const double* A;
  Size b, p;
  const double* v;
  const Kernels::Square* out;
};

/// A tile of kHeight x kWidth elements from row i and column j on, of kWeights squares at once.
template <Size kHeight, Size kWidth, Size kWeights>
void square_tile(const Squares& operands, Size i, Size j, Size first) {
  const double *A = operands.A + i * operands.b, *D = operands.A + j * operands.b, *v = operands.v + first * operands.b;
  V sum[kWeights][kWidth][kHeight] = {};
  const auto add = [&](Size n, Lanes lanes) MOE_INLINED {
    V d[kWeights][kWidth];
    for (Size q = 0; q < kWeights; ++q)
      for (Size c = 0; c < kWidth; ++c) d[q][c] = lanes.get(v + q * operands.b + n) * lanes.get(D + c * operands.b + n);
    for (Size r = 0; r < kHeight; ++r) {
      const V a = lanes.get(A + r * operands.b + n);
      for (Size q = 0; q < kWeights; ++q)
        for (Size c = 0; c < kWidth; ++c) sum[q][c][r] += a * d[q][c];
    }
  };
  for_rows(operands.b, add);
  for (Size q = 0; q < kWeights; ++q) {
    const Kernels::Square& square = operands.out[first + q];
    for (Size c = 0; c < kWidth; ++c)
      for (Size r = 0; r < kHeight; ++r) square.C[(j + c) * square.height + i + r] += total<kVector>(sum[q][c][r]);
  }
}

/// Columns j .. j + kWidth - 1, from row i down to the diagonal.
template <Size kHeight, Size kWidth, Size kWeights>
void square_rows(const Squares& operands, Size i, Size j, Size first) {
  for (; i + kHeight <= j + kWidth; i += kHeight) square_tile<kHeight, kWidth, kWeights>(operands, i, j, first);
  if constexpr (kHeight > 1)
    if (i < j + kWidth) square_rows<kHeight - 1, kWidth, kWeights>(operands, i, j, first);
}

template <Size kWidth, Size kWeights>
void square_columns(const Squares& operands, Size j, Size first) {
  for (; j + kWidth <= operands.p; j += kWidth) square_rows<kSquareHeight, kWidth, kWeights>(operands, 0, j, first);
  if constexpr (kWidth > 1)
    if (j < operands.p) square_columns<kWidth / 2, kWeights>(operands, j, first);
}

/// kWeights squares at a time, each with as many columns as then fit into registers.
template <Size kWeights>
void square_weights(const Squares& operands, Size first, Size q) {
  for (; first + kWeights <= q; first += kWeights)
    square_columns<kSquareWidth / kWeights, kWeights>(operands, 0, first);
  if constexpr (kWeights > 1)
    if (first < q) square_weights<kWeights / 2>(operands, first, q);
}

void squares(const double* A, Size b, Size p, const double* v, Size q, const Kernels::Square* out) {
  square_weights<kSquareWidth>({A, b, p, v, out}, 0, q);
}

/// The operands of solve_upper(). D and Z point to the tile's first row.
struct Triangle {
  const double* D;
  Size b, p;
  const double* R;
  double* Z;
};

/// kRows vectors of rows and kColumns columns of Z, from j on. The columns before j are solved already.
template <class T, Size kRows, Size kColumns>
void solved_tile(const Triangle& operands, Size j) {
  const double* R = operands.R + j * operands.p;
  T sum[kColumns][kRows];
  for (Size c = 0; c < kColumns; ++c)
    for (Size r = 0; r < kRows; ++r) sum[c][r] = load<T>(operands.D + (j + c) * operands.b + r * kLanes<T>);
  for (Size i = 0; i < j; ++i) {
    T z[kRows];
    for (Size r = 0; r < kRows; ++r) z[r] = load<T>(operands.Z + i * operands.b + r * kLanes<T>);
    for (Size c = 0; c < kColumns; ++c)
      for (Size r = 0; r < kRows; ++r) sum[c][r] -= z[r] * R[c * operands.p + i];
  }
  for (Size c = 0; c < kColumns; ++c) {
    const double inverse = 1 / R[c * operands.p + j + c];
    for (Size r = 0; r < kRows; ++r) {
      const T z = sum[c][r] * inverse;
      store(operands.Z + (j + c) * operands.b + r * kLanes<T>, z);
      for (Size later = c + 1; later < kColumns; ++later) sum[later][r] -= z * R[later * operands.p + j + c];
    }
  }
}

template <class T, Size kRows, Size kColumns>
void solved_strip(const Triangle& operands, Size j) {
  for (; j + kColumns <= operands.p; j += kColumns) solved_tile<T, kRows, kColumns>(operands, j);
  if constexpr (kColumns > 1)
    if (j < operands.p) solved_strip<T, kRows, kColumns / 2>(operands, j);
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

}  // namespace
}  // namespace moe
