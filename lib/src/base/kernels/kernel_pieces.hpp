// A layer that reads pieces of its inputs: see model/piece_layer.hpp. The weights of a piece, one for each output, are
// neighbours, so that the loops over outputs are loops over vectors.
#pragma once

#include "base/kernels/kernel_vectors.hpp"
#include "base/kernels/kernels.hpp"

namespace moe {
namespace {

constexpr Size kOutputVectors = 8;  // vectors of outputs whose sums stay in registers

void piece_tables(const double* W, Size pieces, Size m, const double* center, const double* scale, double* T) {
  for_rows(m, [&](Size o, Lanes lanes) {
    V sum{};
    for (Size i = 0; i < pieces; ++i) sum -= lanes.get(W + i * m + o) * (center[i] / scale[i]);
    for (Size i = 0; i < pieces; ++i) {
      lanes.put(T + i * m + o, sum);
      sum += lanes.get(W + i * m + o) * (1 / scale[i]);
    }
  });
}

void piece_table_scores(const double* dT, Size pieces, Size m, const double* center, const double* scale, double* dW) {
  for_rows(m, [&](Size o, Lanes lanes) {
    V all{}, later{};
    for (Size i = 0; i < pieces; ++i) all += lanes.get(dT + i * m + o);
    for (Size i = pieces; i-- > 0;) {
      double* const d = dW + i * m + o;
      lanes.put(d, lanes.get(d) + (later - all * center[i]) * (1 / scale[i]));
      later += lanes.get(dT + i * m + o);
    }
  });
}

/// Sums of row n for kVectors vectors of outputs, the first of which begins at output o.
template <Size kVectors>
MOE_INLINE void piece_sums_of_row(const Kernels::PieceRows& rows, Size n, const double* W, const double* T, Size m,
                                  Size o, Lanes last, double* to) {
  const Lanes lanes = kVectors == 1 ? last : Lanes{kVector};
  V sum[kVectors] = {};
  const double* D = rows.D + n * (rows.plain + 2 * rows.coded);
  for (Size p = 0; p < rows.plain; ++p, ++D, W += m)
    for (Size r = 0; r < kVectors; ++r) sum[r] += lanes.get(W + o + r * kVector) * *D;
  for (Size c = 0; c < rows.coded; ++c, D += 2) {
    const Size place = static_cast<Size>(D[0]) * m + o;
    const double part = D[1];
    for (Size r = 0; r < kVectors; ++r)
      sum[r] += lanes.get(T + place + r * kVector) + lanes.get(W + place + r * kVector) * part;
  }
  for (Size r = 0; r < kVectors; ++r) lanes.put(to + o + r * kVector, sum[r]);
}

void piece_sums(const Kernels::PieceRows& rows, const double* W, const double* T, Size m, double* R) {
  for (Size n = 0; n < rows.b; ++n, R += m) {
    Size o = 0;
    for (; o + kOutputVectors * kVector <= m; o += kOutputVectors * kVector)
      piece_sums_of_row<kOutputVectors>(rows, n, W, T, m, o, Lanes{kVector}, R);
    for (; o < m; o += kVector) piece_sums_of_row<1>(rows, n, W, T, m, o, Lanes{m - o < kVector ? m - o : kVector}, R);
  }
}

template <Size kVectors>
MOE_INLINE void piece_scores_of_row(const Kernels::PieceRows& rows, Size n, const double* from, Size m, Size o,
                                    Lanes last, double* dW, double* dT) {
  const Lanes lanes = kVectors == 1 ? last : Lanes{kVector};
  V d[kVectors];
  for (Size r = 0; r < kVectors; ++r) d[r] = lanes.get(from + o + r * kVector);
  const double* D = rows.D + n * (rows.plain + 2 * rows.coded);
  for (Size p = 0; p < rows.plain; ++p, ++D, dW += m)
    for (Size r = 0; r < kVectors; ++r) {
      double* const to = dW + o + r * kVector;
      lanes.put(to, lanes.get(to) + d[r] * *D);
    }
  for (Size c = 0; c < rows.coded; ++c, D += 2) {
    const Size place = static_cast<Size>(D[0]) * m + o;
    const double part = D[1];
    for (Size r = 0; r < kVectors; ++r) {
      double *const table = dT + place + r * kVector, *const weight = dW + place + r * kVector;
      lanes.put(table, lanes.get(table) + d[r]);
      lanes.put(weight, lanes.get(weight) + d[r] * part);
    }
  }
}

void piece_scores(const Kernels::PieceRows& rows, const double* R, Size m, double* dW, double* dT) {
  for (Size n = 0; n < rows.b; ++n, R += m) {
    Size o = 0;
    for (; o + kOutputVectors * kVector <= m; o += kOutputVectors * kVector)
      piece_scores_of_row<kOutputVectors>(rows, n, R, m, o, Lanes{kVector}, dW, dT);
    for (; o < m; o += kVector)
      piece_scores_of_row<1>(rows, n, R, m, o, Lanes{m - o < kVector ? m - o : kVector}, dW, dT);
  }
}

}  // namespace
}  // namespace moe
