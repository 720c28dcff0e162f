// Weighted least absolute deviations, whose minimum passes through as many rows as it has coefficients.
#pragma once

#include <armadillo>

namespace moe {

/// The beta that minimises sum_n v_n |y_n - x_n' beta|, exactly (x_n: columns of X, of full row rank; v >= 0). `beta` is where the
/// search begins: the nearer, the sooner it ends. From vertex to vertex, each step the whole way down one edge (Barrodale, Roberts
/// 1973).
arma::vec least_absolute(const arma::mat& X, const arma::vec& y, const arma::vec& v, const arma::vec& beta);

/// sum_n v_n |y_n - x_n' beta|.
double absolute_deviation(const arma::mat& X, const arma::vec& y, const arma::vec& v, const arma::vec& beta);

}  // namespace moe
