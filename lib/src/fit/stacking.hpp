// Which models a mixture of models keeps, and with which weights. log_p (n x M): log densities of rows that the fits of
// M models have not seen; v: n weights of the rows.
#pragma once

#include <armadillo>
#include <vector>

namespace moe {

/// log sum_m w_m p_nm of each row; weights may be 0.
arma::vec log_mixture(const arma::mat& log_p, const arma::vec& weights);

struct Stack {
  std::vector<std::size_t> kept;  ///< columns of log_p
  arma::vec weights;              ///< of these; above 0, with the sum 1
};
/// The stacking weights, without the columns whose weights are so small that the mean log density is about the same
/// without them.
Stack stack(const arma::mat& log_p, const arma::vec& v);

}  // namespace moe
