// The bias reduction of a softmax gate with linear networks (Firth 1993; for a single expert see firth.hpp). The fit
// maximises
//
//     sum_n w_n log p(y_n | x_n) + log |I| / 2,        I = sum_n w_n (diag(g_n) - g_n g_n') (x) x_n x_n'
//
// I is the information on the gate that the rows would have if their experts were known; the last expert is the
// reference. The prior keeps the gate's coefficients finite where inputs separate its classes, which are the experts
// (Heinze, Schemper 2002).
#pragma once

#include "moe/model.hpp"
#include "objective/basis.hpp"

namespace moe {

class GatePrior {
 public:
  /// Keeps references to all three. The gate must be a softmax with a linear network.
  GatePrior(const Model& model, const Rows& rows, const Basis& basis);
  /// log |I| / 2 at theta, up to a constant; minus infinity where I is not positive definite. Adds `share` times its
  /// derivative, in the orthonormal coordinates of the basis, to `gradient`.
  double add_to(const arma::vec& theta, double share, arma::vec& gradient) const;

 private:
  const Model& model_;
  const Rows& rows_;
  const Basis& basis_;
  arma::uvec columns_;  // the columns of the gate's design that are estimated
};

}  // namespace moe
