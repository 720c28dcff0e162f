// The bias reduction of a softmax gate over linear networks (Firth 1993), as firth.hpp has it for an expert: the fit maximises
//
//     sum_n w_n log p(y_n | x_n) + log |I| / 2,        I = sum_n w_n (diag(g_n) - g_n g_n') (x) x_n x_n'
//
// where I is the information that the rows would have of the gate if their experts were known (the last expert is the reference). It keeps
// the gate's coefficients finite where its classes, the experts, are separated (Heinze, Schemper 2002).
#pragma once

#include "moe/model.hpp"
#include "objective/basis.hpp"

namespace moe {

class GatePrior {
 public:
  /// Keeps references to all three; the gate's network is linear, and its link the softmax.
  GatePrior(const Model& model, const Rows& rows, const Basis& basis);
  /// log |I| / 2 at theta, less a constant; its derivative in the orthonormal coordinates of the basis, times `share`, is added to
  /// `gradient`. Minus infinity where I has no root.
  double add_to(const arma::vec& theta, double share, arma::vec& gradient) const;

 private:
  const Model& model_;
  const Rows& rows_;
  const Basis& basis_;
  arma::uvec columns_;  // of the gate's design, those that are estimated
};

}  // namespace moe
