// Numbers as text; and the only place where log-probabilities are exponentiated, summed and normalised. Matrices are b
// x K: rows are observations, columns are experts or classes, and each column is contiguous.
#pragma once

#include <armadillo>
#include <optional>
#include <string>
#include <string_view>

namespace moe {

/// The number that is all of `text`, correctly rounded; nothing where it is none. Blanks around it and one leading +
/// are allowed. "inf" and "nan" are read in any spelling. A number that is too large gives inf, one that is too small 0
/// or a subnormal number.
std::optional<double> parse_number(std::string_view text);
/// The shortest decimal that reads back as the same bits.
std::string format_number(double value);
/// The same, appended.
void append_number(std::string& out, double value);

/// out_n = log sum_k exp(a_nk). Finite for any finite a.
void log_sum_exp(const arma::mat& a, arma::vec& out);
/// out_n = log |sum_k sign_nk exp(a_nk)| and out_sign_n = the sum's sign (-1, 0, 1); an empty `sign` is all +1.
void signed_log_sum_exp(const arma::mat& a, const arma::mat& sign, arma::vec& out, arma::vec& out_sign);
/// The same, with the share of each term: shares_nk = sign_nk exp(a_nk) / sum_j sign_nj exp(a_nj). They sum to 1 in
/// every row, however large the a are.
void signed_shares(const arma::mat& a, const arma::mat& sign, arma::vec& out, arma::vec& out_sign, arma::mat& shares);
/// out_nk = a_nk - log sum_j exp(a_nj).
void log_softmax(const arma::mat& a, arma::mat& out);
/// out_nk = exp(a_nk) / sum_j exp(a_nj).
void softmax(const arma::mat& a, arma::mat& out);
/// out_nk = sign_nk exp(a_nk - shift_n): weights from their logarithms. An empty `sign` means all +1.
void exp_shifted(const arma::mat& a, const arma::vec& shift, const arma::mat& sign, arma::mat& out);
/// 1 / (1 + exp(-x)) without overflow.
double logistic(double x);
/// log(1 + exp(x)) without overflow or cancellation.
double log1p_exp(double x);

double normal_log_density(double z);
double normal_cdf(double z);
/// E |Y| for a normal Y.
double mean_abs_normal(double mean, double sd);

}  // namespace moe
