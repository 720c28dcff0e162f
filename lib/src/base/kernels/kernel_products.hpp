// Products of thin matrices by columns: tiles of them that registers hold.
#pragma once

#include "base/kernels/kernel_vectors.hpp"
#include "base/kernels/kernels.hpp"

namespace moe {
namespace {

constexpr Size kLine = 8;        // doubles in a line of the cache
constexpr int kSecondLevel = 2;  // for __builtin_prefetch

/// Before n doubles are read that come from memory, where the processor's own prefetching ends with each page: the second-level
/// cache, no nearer one, begins to fetch those that are two pages ahead.
MOE_INLINE void fetch_ahead(const double* from, Size n) {
  constexpr Size kAhead = 1024;
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
  const double* ahead;  // of the rows' numbers that are wanted next, or nullptr
};

/// Tile j / kColumns of a strip of kRows rows fetches its share of as many numbers as the strip's own rows have: a line of the
/// cache for each step of its sums, so that memory answers while they are made.
template <Size kRows, Size kColumns>
const double* share_ahead(const Product& of, Size j) {
  const Size share = j / kColumns;
  return of.ahead != nullptr && share < kRows / kLine ? of.ahead + share * of.p * kLine : nullptr;
}

/// kRows vectors of rows (T: a vector, or one double) and kColumns columns of C from j on.
template <class T, Size kRows, Size kColumns>
void tile(const Product& of, Size j) {
  T sum[kColumns][kRows] = {};
  const double* B = of.B + j * of.column;
  const double* ahead = share_ahead<kRows * kLanes<T>, kColumns>(of, j);
  for (Size i = 0; i < of.p; ++i, B += of.row) {
    T a[kRows];
    for (Size r = 0; r < kRows; ++r) a[r] = load<T>(of.A + i * of.b + r * kLanes<T>);
    if (ahead != nullptr) __builtin_prefetch(ahead + i * kLine, 0, kSecondLevel);
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

void product(const double* A, Size b, Size p, const double* B, Size row, Size column, Size m, double* C,
             const double* ahead) {
  if (p == 1) return outer_product(A, b, B, column, m, C);
  const auto at = [&](Size n) {
    return Product{A + n, b, p, B, row, column, C + n, ahead == nullptr ? nullptr : ahead + n * p};
  };
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
    for (Size r = 0; r < kHeight; ++r) of.C[(j + c) * of.p + i + r] += total<kVector>(sum[c][r]);
}

template <Size kHeight, Size kWidth>
void columns(const Cross& of, Size i, Size j) {
  for (; j + kWidth <= of.m; j += kWidth) sums<kHeight, kWidth>(of, i, j);
  if constexpr (kWidth > 1)
    if (j < of.m) columns<kHeight, kWidth / 2>(of, i, j);
}

template <Size kHeight>
void rows(const Cross& of, Size i) {
  for (; i + kHeight <= of.p; i += kHeight) columns<kHeight, kCrossWidth>(of, i, 0);
  if constexpr (kHeight > 1)
    if (i < of.p) rows<kHeight / 2>(of, i);
}

void cross(const double* A, const double* D, Size b, Size p, Size m, double* C) {
  rows<kCrossHeight>({A, D, b, p, m, C}, 0);
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

}  // namespace
}  // namespace moe
