// How far a fit's figures may be from the true ones: standard errors, z and p values and intervals.
//
// A maximum of the likelihood, penalties included, has the covariance H^-1 (H minus the second derivatives there: the observed
// information), or H^-1 (sum over rows of w^2 s s') H^-1 (the sandwich of Huber 1967 and White 1982; s a row's first derivatives),
// which is right where the model is not and where weights are no counts. A single gaussian expert without a penalty has that of
// linear regression: the residual variance has n - p degrees of freedom, and so has Student's t; of several targets
// each has. All are maxima's inside the parameters' space: boundary_notes() says where one is not.
#pragma once

#include <armadillo>
#include <optional>
#include <string>
#include <vector>

#include "moe/model.hpp"
#include "moe/objective.hpp"

namespace moe {

/// What a report's errors rest on.
struct Inference {
  std::string kind;  ///< "observed information", "sandwich", "bootstrap" or "parametric bootstrap"
  Uncertainty uncertainty;
  /// Thetas of a bootstrap's fits, one a column: what errors and intervals come from, where there are any.
  arma::mat replicates{};
  arma::uword failed = 0;  ///< fits of a bootstrap that gave nothing, and are left out
};

/// Whether observed_uncertainty() knows this model: it has second derivatives, 300 parameters at most, and was fitted without an l1
/// penalty, which leaves nothing of the kind.
bool has_uncertainty(const Model& model);
/// From the observed information at the model's theta, in the fit's own penalties. Where it says nothing of some directions, those are
/// left undetermined; one that falls in a direction, as at no maximum, leaves nothing known. `rows` are in the model's units; same bits for any number of threads.
Uncertainty observed_uncertainty(const Model& model, const Rows& rows, const Penalty& penalty, unsigned threads);
Uncertainty sandwich_uncertainty(const Model& model, const Rows& rows, const Penalty& penalty, unsigned threads);
/// The penalties that the model was fitted with, or those of the time when none were recorded.
Penalty penalty_of(const FitSummary& fit);

/// What the fit has left in the model.
std::optional<Inference> stored_inference(const Model& model);

/// Reported figures of one shape, and what is known of each; NaN where nothing is.
struct Estimates {
  arma::mat value, error;
  arma::mat z;  ///< value / error
  arma::mat p;  ///< of a true value of 0, two-sided
  arma::mat lower, upper;
};

/// Of expert_coefficients(). Empty without coefficients; `level` is the intervals', 0 to 1.
Estimates expert_estimates(const Model& model, const Inference& inference, arma::uword k, double level);
/// Of gate_coefficients().
Estimates gate_estimates(const Model& model, const Inference& inference, double level);
/// The standard errors of expert_figures(), by their slopes; NaN where nothing is known.
std::vector<double> figure_errors(const Model& model, const Inference& inference, arma::uword k);

/// Sentences on a maximum that is on a boundary, or none: there errors mean nothing.
std::vector<std::string> boundary_notes(const Model& model, const Uncertainty& uncertainty);

}  // namespace moe
