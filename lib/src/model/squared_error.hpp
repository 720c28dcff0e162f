// The squared distance |y - o|^2 in data units between a target and an expert's prediction, for the objectives that use
// it.
#pragma once

#include <armadillo>

#include "moe/family.hpp"

namespace moe {

/// mu: the expert's prediction (b x t). out_n: the squared distance in row n.
void squared_error(const Family& family, const arma::mat& y, const arma::mat& eta, const double* psi, arma::mat& mu,
                   arma::vec& out);
/// d_eta_n = weight_n d |y_n - o_n|^2 / d eta_n. `mu` is that of squared_error().
void squared_error_backward(const Family& family, const arma::mat& y, const arma::mat& eta, const arma::mat& mu,
                            const arma::vec& weight, arma::mat& d_eta);

}  // namespace moe
