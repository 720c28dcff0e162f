// Exact second derivatives of the likelihood: the observed information of a model with linear networks.
#pragma once

#include <armadillo>

#include "moe/model.hpp"

namespace moe {

/// Whether the family's density has second derivatives everywhere.
bool has_derivatives(const Family& family);
/// Whether likelihood_hessian() can be used: linear or constant networks, a softmax gate, and families with second
/// derivatives.
bool has_hessian(const Model& model);

/// How many rows' second derivatives can be held at once: with many classes or targets there are many of them.
arma::uword rows_at_once(const Model& model);

/// The second derivatives in theta of the mean of -log p(y|x) over rows, P x P. With responsibilities r and scores s of
/// the complete data they are -E_r[second] - E_r[s s'] + E_r[s] E_r[s]' (Louis 1982). The bits are the same for any
/// number of threads.
arma::mat likelihood_hessian(const Model& model, const arma::vec& theta, const Rows& rows, unsigned threads);

/// The sum over rows of w^2 s s' (P x P), where s is the gradient in theta of a row's log p(y|x). Bits as above.
arma::mat score_products(const Model& model, const arma::vec& theta, const Rows& rows, unsigned threads);

}  // namespace moe
