// The bias-reduced fit of a single linear expert of classes, successes or counts (Firth 1993). It maximises
//
//     sum_n w_n log p(y_n | eta_n) + log |I| / 2,        I = sum_n w_n V_n (x) x_n x_n'
//
// V_n is the information of row n's eta, which for these families is the covariance of its response. The second term is
// Jeffreys' prior. It removes the first-order bias of the coefficients, and keeps them finite under separation (Heinze,
// Schemper 2002). Its derivative is half a sum over third cumulants: sum_n w_n sum_bc kappa_abc (x_n' (I^-1)_bc x_n)
// x_n / 2. The steps are Fisher scoring.
#pragma once

#include <functional>

#include "moe/solver.hpp"
#include "objective/basis.hpp"

namespace moe {

/// Throws Error (usage) for a model without such a fit; the sentence says what is expected. With several experts it is
/// the gate that is bias-reduced: see gate_prior.hpp.
void require_firth(const Model& model);

/// Called after each pass with the pass, theta, and the mean loss there, which includes the prior. False: stop.
using FirthWatch = std::function<bool(arma::uword, const arma::vec&, double)>;

/// Fits from scratch until a step, in standard errors, is below the tolerance (by default 1e-9). `basis`: that of the
/// model and rows. result.value is the value that the watch gets.
SolverResult fit_firth(const Model& model, const Rows& rows, const Basis& basis, const SolverOptions& options,
                       const FirthWatch& watch);

}  // namespace moe
