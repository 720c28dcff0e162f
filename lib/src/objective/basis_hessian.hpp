// The second derivatives of hessian.hpp in the coefficients of a basis, where a design's own columns cost no digits.
#pragma once

#include "moe/hessian.hpp"
#include "objective/basis.hpp"

namespace moe {

/// As in hessian.hpp, in the coefficients of the basis's orthonormal columns.
arma::mat likelihood_hessian(const Model& model, const arma::vec& theta, const Rows& rows, unsigned threads,
                             const Basis& basis);
arma::mat score_products(const Model& model, const arma::vec& theta, const Rows& rows, unsigned threads,
                         const Basis& basis);

}  // namespace moe
