// Numbers as text, and the one place where log-probabilities are exponentiated, summed and normalised.
// Matrices are b x K: a row an observation, a column an expert or class, each column contiguous.
#pragma once

#include <armadillo>
#include <optional>
#include <string>
#include <string_view>

namespace moe {

/// All of `text` (blanks round it and one leading + aside) as a double, exactly rounded; nothing where it is no number.
/// "inf" and "nan" in any spelling parse as such; a magnitude beyond the range gives inf, below it 0 or a subnormal.
std::optional<double> parse_number(std::string_view text);
/// The shortest decimal that reads back bit for bit.
std::string format_number(double value);
/// The same, appended.
void append_number(std::string& out, double value);

/// out_n = log sum_k exp(a_nk). Finite for any finite a.
void log_sum_exp(const arma::mat& a, arma::vec& out);
/// out_n = log |sum_k sign_nk exp(a_nk)| and out_sign_n = the sum's sign (-1, 0, 1); an empty `sign` is all +1.
void signed_log_sum_exp(const arma::mat& a, const arma::mat& sign, arma::vec& out, arma::vec& out_sign);
/// The same, and each term's share: shares_nk = sign_nk exp(a_nk) / sum_j sign_nj exp(a_nj), which sum to 1 in every row however
/// large the a are.
void signed_shares(const arma::mat& a, const arma::mat& sign, arma::vec& out, arma::vec& out_sign, arma::mat& shares);
/// out_nk = a_nk - log sum_j exp(a_nj).
void log_softmax(const arma::mat& a, arma::mat& out);
/// out_nk = exp(a_nk) / sum_j exp(a_nj).
void softmax(const arma::mat& a, arma::mat& out);
/// out_nk = sign_nk exp(a_nk - shift_n): weights from log weights; an empty `sign` is all +1.
void exp_shifted(const arma::mat& a, const arma::vec& shift, const arma::mat& sign, arma::mat& out);
/// 1 / (1 + exp(-x)) without overflow.
double logistic(double x);
/// log(1 + exp(x)) without overflow or loss.
double log1p_exp(double x);

double normal_log_density(double z);
double normal_cdf(double z);
/// E |Y| for a normal Y.
double mean_abs_normal(double mean, double sd);

}  // namespace moe
