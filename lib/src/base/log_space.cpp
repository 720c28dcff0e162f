// The functions of numeric.hpp that take matrices: log-sum-exp, softmax and what follows from them, row by row. The
// largest element of a row is subtracted before exp is taken, so that nothing overflows: log sum_k exp a_k = m + log
// sum_k exp(a_k - m), m = max_k a_k. Columns are contiguous in memory, so each loop runs down a column.
#include <cmath>

#include "base/kernels/kernels.hpp"
#include "base/special.hpp"
#include "moe/numeric.hpp"

namespace moe {
namespace {

/// out_n = max_k a_nk.
void row_maximum(const arma::mat& a, arma::vec& out) {
  out = a.col(0);
  for (arma::uword k = 1; k < a.n_cols; ++k) {
    const double* column = a.colptr(k);
    for (arma::uword n = 0; n < a.n_rows; ++n) out[n] = std::max(out[n], column[n]);
  }
}

}  // namespace

void log_sum_exp(const arma::mat& a, arma::vec& out) {
  out.set_size(a.n_rows);
  if (a.n_cols == 1)
    out = a.col(0);
  else
    kernels().log_sum_exp(a.memptr(), a.n_rows, a.n_cols, out.memptr());
}

void signed_log_sum_exp(const arma::mat& a, const arma::mat& sign, arma::vec& out, arma::vec& out_sign) {
  if (sign.is_empty()) {
    log_sum_exp(a, out);
    out_sign.ones(a.n_rows);
    return;
  }
  arma::mat shares;
  signed_shares(a, sign, out, out_sign, shares);
}

void signed_shares(const arma::mat& a, const arma::mat& sign, arma::vec& out, arma::vec& out_sign, arma::mat& shares) {
  out_sign.set_size(a.n_rows);
  if (sign.is_empty()) {
    out.set_size(a.n_rows);
    shares.set_size(arma::size(a));
    kernels().shares(a.memptr(), a.n_rows, a.n_cols, out.memptr(), shares.memptr());
    for (arma::uword n = 0; n < a.n_rows; ++n) out_sign[n] = std::isnan(out[n]) ? 0 : 1;
    return;
  }
  arma::vec peak;
  row_maximum(a, peak);
  exp_shifted(a, peak, sign, shares);
  out = arma::sum(shares, 1);
  shares.each_col() /= out;
  for (arma::uword n = 0; n < a.n_rows; ++n) {
    out_sign[n] = out[n] > 0 ? 1 : out[n] < 0 ? -1 : 0;
    out[n] = peak[n] + std::log(std::abs(out[n]));
  }
}

void log_softmax(const arma::mat& a, arma::mat& out) {
  out.set_size(arma::size(a));
  kernels().log_softmax(a.memptr(), a.n_rows, a.n_cols, out.memptr());
}

void softmax(const arma::mat& a, arma::mat& out) {
  arma::vec log_sum(a.n_rows);
  out.set_size(arma::size(a));
  kernels().shares(a.memptr(), a.n_rows, a.n_cols, log_sum.memptr(), out.memptr());
}

void exp_shifted(const arma::mat& a, const arma::vec& shift, const arma::mat& sign, arma::mat& out) {
  out.set_size(arma::size(a));
  if (!shift.is_empty())
    for (arma::uword k = 0; k < a.n_cols; ++k)
      for (arma::uword n = 0; n < a.n_rows; ++n) out(n, k) = a(n, k) - shift[n];
  kernels().exp(shift.is_empty() ? a.memptr() : out.memptr(), a.n_elem, out.memptr());
  if (!sign.is_empty()) out %= sign;
}

double logistic(double x) {
  if (x >= 0) return 1 / (1 + std::exp(-x));
  const double e = std::exp(x);
  return e / (1 + e);
}

double log1p_exp(double x) { return x > 0 ? x + std::log1p(std::exp(-x)) : std::log1p(std::exp(x)); }

double normal_log_density(double z) { return -0.5 * z * z - kLogSqrtTwoPi; }

double normal_cdf(double z) { return 0.5 * std::erfc(-z * M_SQRT1_2); }

double mean_abs_normal(double mean, double sd) {
  const double z = mean / sd;
  return 2 * sd * std::exp(normal_log_density(z)) + mean * (2 * normal_cdf(z) - 1);
}

}  // namespace moe
