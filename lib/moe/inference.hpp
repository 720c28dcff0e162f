// The uncertainty of a fit: standard errors, z and p values, and intervals.
//
// The covariance at a maximum of the likelihood, penalties included, is H^-1, where the observed information H is minus
// the second derivatives there; or, by the sandwich of Huber (1967) and White (1982), H^-1 (sum over rows of w^2 s s')
// H^-1 with the scores s of the rows. The sandwich is right also where the model is not, and where weights are no
// counts. A single gaussian expert without a penalty gets the errors of linear regression: the residual variance has n
// - p degrees of freedom, and so has Student's t; with several targets, each has its own. All this holds for maxima
// inside the parameter space; boundary_notes() tells where one is on its boundary.
#pragma once

#include <armadillo>
#include <optional>
#include <string>
#include <vector>

#include "moe/model.hpp"
#include "moe/objective.hpp"

namespace moe {

/// What the standard errors in a report are based on.
struct Inference {
  std::string kind;  ///< "observed information", "sandwich", "bootstrap" or "parametric bootstrap"
  Uncertainty uncertainty;
  /// The thetas of a bootstrap's fits, one in each column. Where there are any, errors and intervals come from them.
  arma::mat replicates{};
  arma::uword failed = 0;  ///< fits of a bootstrap that failed and are left out
};

/// Whether observed_uncertainty() can be used: the model has second derivatives, at most 600 parameters, and was fitted
/// without an l1 penalty, after which there are no such errors.
bool has_uncertainty(const Model& model);
/// The uncertainty from the observed information at the model's theta, with the fit's own penalties. Directions without
/// information are undetermined. Where the information is negative in some direction, this is no maximum, and nothing
/// is known. `rows` are in the model's units. The bits are the same for any number of threads.
Uncertainty observed_uncertainty(const Model& model, const Rows& rows, const Penalty& penalty, unsigned threads);
Uncertainty sandwich_uncertainty(const Model& model, const Rows& rows, const Penalty& penalty, unsigned threads);
/// The penalties of the model's fit; for older models, which do not record them, those of that time.
Penalty penalty_of(const FitSummary& fit);

/// The uncertainty that the fit has stored in the model.
std::optional<Inference> stored_inference(const Model& model);

/// Reported figures in a table, with what is known of each; NaN where nothing is.
struct Estimates {
  arma::mat value, error;
  arma::mat z;  ///< value / error
  arma::mat p;  ///< two-sided, for the hypothesis that the true value is 0
  arma::mat lower, upper;
};

/// The estimates of expert_coefficients(). Empty without coefficients. `level`: that of the intervals, 0 to 1.
Estimates expert_estimates(const Model& model, const Inference& inference, arma::uword k, double level);
/// The estimates of gate_coefficients().
Estimates gate_estimates(const Model& model, const Inference& inference, double level);
/// The standard errors of expert_figures(), by the delta method; NaN where unknown.
std::vector<double> figure_errors(const Model& model, const Inference& inference, arma::uword k);

/// Sentences where the maximum is on the boundary of the parameter space, as standard errors mean nothing there.
std::vector<std::string> boundary_notes(const Model& model, const Uncertainty& uncertainty);

}  // namespace moe
