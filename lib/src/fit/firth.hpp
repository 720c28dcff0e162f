// The bias-reduced fit of one linear expert of classes, successes or counts (Firth 1993): it maximises
//
//     sum_n w_n log p(y_n | eta_n) + log |I| / 2,        I = sum_n w_n V_n (x) x_n x_n'
//
// where V_n is the information of row n's eta, for these families the covariance of its response. The second part, Jeffreys'
// prior, takes the first-order bias off the coefficients and keeps them finite where classes are separated (Heinze, Schemper 2002).
// Its derivative is half a sum over third cumulants: sum_n w_n sum_bc kappa_abc (x_n' (I^-1)_bc x_n) x_n / 2. Steps are Fisher's.
#pragma once

#include <functional>

#include "moe/solver.hpp"
#include "objective/basis.hpp"

namespace moe {

/// Throws Error (usage) for a model that there is no such fit of, with a sentence that says what is expected. Of several experts it is
/// the gate that is fitted so: gate_prior.hpp.
void require_firth(const Model& model);

/// Told after each pass: pass, theta and the mean loss there, the prior's part with it. False: stop.
using FirthWatch = std::function<bool(arma::uword, const arma::vec&, double)>;

/// The fit from scratch, until a step is below the tolerance (1e-9 where options have none) in standard errors. `basis` is that of the model and rows; result.value as the watch gets it.
SolverResult fit_firth(const Model& model, const Rows& rows, const Basis& basis, const SolverOptions& options,
                       const FirthWatch& watch);

}  // namespace moe
