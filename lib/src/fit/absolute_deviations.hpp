// Weighted least absolute deviations. A minimum passes exactly through as many rows as there are coefficients: a
// vertex.
#pragma once

#include <armadillo>

namespace moe {

/// The beta that minimises sum_n v_n |y_n - x_n' beta|, exactly (x_n: columns of X, of full row rank; v >= 0). It goes
/// from vertex to vertex, and each step goes along an edge as far as the sum falls (Barrodale, Roberts 1973). The
/// search begins at `beta`; a near beginning saves steps.
arma::vec least_absolute(const arma::mat& X, const arma::vec& y, const arma::vec& v, const arma::vec& beta);

/// sum_n v_n |y_n - x_n' beta|.
double absolute_deviation(const arma::mat& X, const arma::vec& y, const arma::vec& v, const arma::vec& beta);

}  // namespace moe
