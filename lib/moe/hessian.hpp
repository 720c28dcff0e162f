// Second derivatives of the likelihood, exact: the observed information of a model whose networks are linear.
#pragma once

#include <armadillo>

#include "moe/model.hpp"

namespace moe {

/// Whether the family's density has second derivatives everywhere.
bool has_derivatives(const Family& family);
/// Whether likelihood_hessian() knows this model: linear or constant networks, a softmax gate, a family with derivatives.
bool has_hessian(const Model& model);

/// Rows whose second derivatives are to be held at once: many classes and targets have many.
arma::uword rows_at_once(const Model& model);

/// Second derivatives in theta of the mean of -log p(y|x) over rows (Louis 1982: with r the responsibilities and s the scores of
/// the complete data, -E_r[second] - E_r[s s'] + E_r[s] E_r[s]'). P x P. Same bits for any number of threads.
arma::mat likelihood_hessian(const Model& model, const arma::vec& theta, const Rows& rows, unsigned threads);

/// The sum over rows of w^2 s s', s the first derivatives in theta of a row's log p(y|x). P x P. Bits as above.
arma::mat score_products(const Model& model, const arma::vec& theta, const Rows& rows, unsigned threads);

}  // namespace moe
