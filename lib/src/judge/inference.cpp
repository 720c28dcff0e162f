// Standard errors. The inverse of the observed information, the second derivatives of minus the log-likelihood at the
// fit (Louis 1982 for mixtures), is the covariance of the estimates; the sandwich A^-1 B A^-1 with the products of
// scores B holds where the model does not (Huber 1967, White 1982). A covariance is kept as a factor F with F F' =
// covariance. Directions without information are kept apart as undetermined.
#include "moe/inference.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/special.hpp"
#include "judge/estimated_space.hpp"
#include "judge/reported.hpp"
#include "moe/forward_pass.hpp"
#include "moe/numeric.hpp"
#include "moe/random.hpp"
#include "objective/basis_hessian.hpp"

namespace moe {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr arma::uword kMostParameters = 600;
/// A direction with less information than this part of that in single parameters has none. What is left is rounding,
/// and very weak penalties.
constexpr double kSingular = 1e-10;
/// A logit whose coefficients (of inputs in standard deviations) exceed kStep has become a step. Where standard errors
/// are known, kPerhapsStep suffices if the errors are kAnything times the coefficients: they can then be anything. A
/// steep slope that the data determine is no step.
constexpr double kStep = 50, kPerhapsStep = 10, kAnything = 2;

bool on_floor(const Model& model, const Expert& expert) {
  return expert.family->on_floor(model.theta.memptr() + expert.psi_offset);
}

/// The content of an information matrix A: a factor F of a generalised inverse F F', and the directions in which A is
/// 0.
struct Factors {
  arma::mat factor, undetermined;
};

/// Computed from eigenvectors. Returns nothing where A is negative in some direction.
std::optional<Factors> singular_factors(const arma::mat& unit, const arma::vec& scale) {
  arma::vec value;
  arma::mat vectors;
  if (!arma::eig_sym(value, vectors, unit) || value.min() < -kSingular) return std::nullopt;
  const arma::uvec told = arma::find(value > kSingular), untold = arma::find(value <= kSingular);
  Factors result{vectors.cols(told), vectors.cols(untold)};
  result.factor.each_row() /= arma::sqrt(value.elem(told)).t();
  result.factor.each_col() %= scale;
  result.undetermined.each_col() %= scale;
  return result;
}

/// Returns nothing where A cannot be the information at a maximum.
std::optional<Factors> factors_of(const arma::mat& A) {
  if (A.is_empty()) return std::nullopt;
  arma::vec scale(A.diag());
  scale.transform([](double d) { return d == 0 ? 1 : 1 / std::sqrt(d); });
  if (!scale.is_finite()) return std::nullopt;
  const arma::mat unit = arma::symmatu(A % (scale * scale.t()));
  arma::mat root, inverse;
  if (!arma::chol(root, unit) || std::pow(arma::vec(root.diag()).min(), 2) < kSingular)
    return singular_factors(unit, scale);
  if (!arma::inv(inverse, arma::trimatu(root))) return std::nullopt;
  inverse.each_col() %= scale;
  return Factors{inverse, {}};
}

/// Under separation the likelihood has no maximum in some directions. Returns an orthonormal basis of the rest of the
/// free coordinates, or nothing where there is no separation. Parameters that do not move in those directions have the
/// covariance of the maximum over the rest.
std::optional<arma::mat> told_directions(const Model& model, const EstimatedSpace& space) {
  const auto& study = model.fit.study;
  if (!study || (study->recession.is_empty() && study->unseen.is_empty())) return std::nullopt;
  const arma::mat lost = space.free_rows(arma::join_rows(study->recession, study->unseen));
  arma::mat Q, R;
  arma::qr(Q, R, lost);
  return arma::mat(Q.tail_cols(Q.n_cols - lost.n_cols));
}

std::optional<Factors> information_factors(const Model& model, const EstimatedSpace& space, const Rows& rows,
                                           const Penalty& penalty, unsigned threads) {
  const auto objective = make_objective("likelihood");
  const arma::vec weight = Pass(model, *objective, penalty, 1).penalty_weights();
  const arma::mat H = likelihood_hessian(model, model.theta, rows, threads, space.basis()) + space.penalty(weight);
  const arma::mat information = arma::accu(rows.w) * H.submat(space.free(), space.free());
  const auto told = told_directions(model, space);
  if (!told) return factors_of(information);
  auto factors = factors_of(told->t() * information * *told);
  if (!factors) return std::nullopt;
  factors->factor = *told * factors->factor;
  if (!factors->undetermined.is_empty()) factors->undetermined = *told * factors->undetermined;
  return factors;
}

/// Whether the model is a linear regression.
bool is_regression(const Model& model, const Penalty& penalty) {
  const Expert& expert = model.experts.front();
  return model.size() == 1 && expert.network->is_linear() && expert.family->normal() && expert.family->outputs() == 1 &&
         expert.family->dispersions() == 1 && penalty.experts == 0;
}

/// Whether the model is a linear regression of several targets. The errors of its coefficients are then independent of
/// those of psi.
bool is_regression_of_several(const Model& model, const Penalty& penalty) {
  const Expert& expert = model.experts.front();
  if (model.size() > 1 || model.targets() == 1 || !expert.network->is_linear() || penalty.experts > 0) return false;
  for (arma::uword t = 0; t < model.targets(); ++t) {
    const Family& marginal = *expert.family->marginal(t, model.theta.memptr() + expert.psi_offset).family;
    if (!marginal.normal() || marginal.outputs() != 1 || marginal.dispersions() != 1) return false;
  }
  return true;
}

double residual_squares(const Model& model, const Rows& rows) {
  constexpr arma::uword kBlock = 512;
  ForwardPass forward(model);
  double sum = 0;
  for (arma::uword first = 0; first < rows.count(); first += kBlock) {
    const Rows block = rows.block(first, std::min(rows.count(), first + kBlock) - 1);
    forward.run(model.theta, block);
    sum += arma::dot(block.w, arma::square(block.y.col(0) - forward.eta(0).col(0)));
  }
  return sum;
}

/// The number of coefficients of each target.
double degrees_of_fit(const Model& model, const EstimatedSpace& space) {
  return static_cast<double>(space.coefficients()) / static_cast<double>(model.targets());
}

/// Extreme tables and penalties can make errors overflow. They are then treated as unknown.
Uncertainty finite(Uncertainty uncertainty) {
  if (!uncertainty.factor.is_finite() || !uncertainty.undetermined.is_finite()) {
    uncertainty.factor.reset();
    uncertainty.undetermined.reset();
  }
  if (std::isinf(uncertainty.residual_standard_error)) uncertainty.residual_standard_error = kNaN;
  return uncertainty;
}

/// The errors of a regression, computed from the residuals: all of them may be 0, and then sigma is on its floor.
Uncertainty regression_uncertainty(const Model& model, const EstimatedSpace& space, const Rows& rows) {
  Uncertainty result;
  const double weight = arma::accu(rows.w), freedom = weight - static_cast<double>(space.coefficients());
  if (!(freedom > 0)) return result;
  const double error = std::sqrt(residual_squares(model, rows) / freedom);
  const arma::uvec free = space.free();
  arma::mat factor = error * arma::eye(free.n_elem, free.n_elem);
  for (arma::uword i = space.coefficients(); i < free.n_elem; ++i) {  // the psi of sigma: var log sigma = 1 / (2 n)
    const Family::Figure sigma = model.family().figures(model.theta.memptr() + free[i]).front();
    factor(i, i) = sigma.value / (std::abs(sigma.slope.front()) * std::sqrt(2 * weight));
  }
  result.factor = space.theta_rows(factor);
  result.degrees_of_freedom = freedom;
  result.residual_standard_error = model.standardization.target_scale[0] * error;
  return finite(std::move(result));
}

/// Fills in the columns of the table that follow from value and error.
void fill_in(const Uncertainty& uncertainty, double level, Estimates& estimates) {
  const double freedom = uncertainty.degrees_of_freedom, tail = 0.5 * (1 - level);
  const double far = freedom > 0 ? -student_quantile(tail, freedom) : -portable::normal_quantile(tail);
  estimates.z = estimates.value / estimates.error;
  estimates.p = estimates.z;
  estimates.p.transform([&](double z) {
    if (std::isnan(z)) return kNaN;
    return 2 * (freedom > 0 ? student_cdf(-std::abs(z), freedom) : normal_cdf(-std::abs(z)));
  });
  estimates.lower = estimates.value - far * estimates.error;
  estimates.upper = estimates.value + far * estimates.error;
}

/// The quantile by interpolation between order statistics (R's type 7).
double sample_quantile(const arma::rowvec& sorted, double p) {
  const double at = p * static_cast<double>(sorted.n_elem - 1);
  const auto below = static_cast<arma::uword>(at);
  const arma::uword above = std::min(below + 1, sorted.n_elem - 1);
  return sorted[below] + (at - static_cast<double>(below)) * (sorted[above] - sorted[below]);
}

/// Whether the form reads an estimated parameter. Other forms are fixed by convention.
bool is_estimated(const AffineForm& form, const arma::mat& factor) {
  return std::any_of(form.terms.begin(), form.terms.end(),
                     [&](const AffineForm::Term& term) { return arma::any(factor.row(term.index) != 0); });
}

/// Whether a coefficient's own parameter is estimated. If it is not, the coefficient has no error, even if its form
/// reads others.
bool own_is_estimated(const Branch& branch, arma::uword row, arma::uword out, const arma::mat& factor) {
  return arma::any(factor.row(branch.offset + branch.network->intercept(out) + row) != 0);
}

/// The cells of a table of forms that have no finite value determined by the rows.
std::vector<bool> endless_cells(const Model& model, arma::uword b, const FormTable& forms) {
  std::vector<bool> result(forms.cells.size(), false);
  if (!model.fit.study) return result;
  for (const arma::mat* directions : {&model.fit.study->recession, &model.fit.study->unseen}) {
    const std::vector<bool> moved = moved_cells(model, b, forms, *directions);
    for (std::size_t i = 0; i < result.size(); ++i) result[i] = result[i] || moved[i];
  }
  return result;
}

Estimates estimates_of(const Model& model, const Inference& inference, arma::uword b, const FormTable& forms,
                       double level) {
  Estimates result;
  if (forms.is_empty()) return result;
  const arma::mat& factor = inference.uncertainty.factor;
  const Branch& branch = branch_of(model, b);
  result.value = forms.at(model.theta);
  const std::vector<bool> endless = endless_cells(model, b, forms);
  result.error = arma::mat(arma::size(result.value)).fill(kNaN);
  for (arma::uword out = 0; out < forms.columns && inference.uncertainty.known(); ++out)
    for (arma::uword j = 0; j < forms.rows; ++j)
      if (!endless[out * forms.rows + j] && is_estimated(forms(j, out), factor) &&
          own_is_estimated(branch, j, out, factor) && forms(j, out).is_determined(inference.uncertainty))
        result.error(j, out) = forms(j, out).deviation(factor);
  fill_in(inference.uncertainty, level, result);
  if (inference.replicates.is_empty()) return result;
  for (arma::uword i = 0; i < result.value.n_elem; ++i) {
    if (std::isnan(result.error[i])) continue;
    arma::rowvec sorted(inference.replicates.n_cols);
    for (arma::uword r = 0; r < sorted.n_elem; ++r) sorted[r] = forms.cells[i].at(inference.replicates.col(r));
    sorted = arma::sort(sorted);
    result.lower[i] = sample_quantile(sorted, 0.5 * (1 - level));
    result.upper[i] = sample_quantile(sorted, 0.5 * (1 + level));
  }
  return result;
}

/// Whether a logit, minus the reference, jumps from one side to the other among the rows, or is everywhere so far from
/// 0 that a weight is 0 or 1. Its coefficients then have no finite maximum (separation).
bool has_step(const Model& model, arma::uword b, const Uncertainty& uncertainty) {
  const Branch& branch = branch_of(model, b);
  const auto reference = reference_output(model, b);
  for (arma::uword out = 0; out < branch.network->outputs(); ++out)
    for (arma::uword j = 0; j < branch.network->last_inputs() && out != reference; ++j) {
      AffineForm logit;
      logit.terms.push_back({branch.offset + branch.network->intercept(out) + j, 1});
      if (reference) logit.terms.push_back({branch.offset + branch.network->intercept(*reference) + j, -1});
      const double size = std::abs(logit.at(model.theta));
      if (uncertainty.known() ? size > kPerhapsStep && logit.deviation(uncertainty.factor) > kAnything * size
                              : size > kStep)
        return true;
    }
  return false;
}

}  // namespace

bool has_uncertainty(const Model& model) {
  return model.theta.n_elem <= kMostParameters && has_hessian(model) && !penalty_of(model.fit).has_l1();
}

Penalty penalty_of(const FitSummary& fit) {
  return std::isnan(fit.l2) ? Penalty{0, 1e-10} : Penalty{fit.l2, fit.gate_l2, fit.l1, fit.gate_l1};
}

Uncertainty observed_uncertainty(const Model& model, const Rows& rows, const Penalty& penalty, unsigned threads) {
  const EstimatedSpace space(model, rows, threads);
  if (is_regression(model, penalty)) return regression_uncertainty(model, space, rows);
  Uncertainty result;
  auto factors = information_factors(model, space, rows, penalty, threads);
  if (factors && is_regression_of_several(model, penalty)) {
    const double weight = arma::accu(rows.w), freedom = weight - degrees_of_fit(model, space);
    if (!(freedom > 0)) return result;
    factors->factor.head_rows(space.coefficients()) *= std::sqrt(weight / freedom);
    result.degrees_of_freedom = freedom;
  }
  if (!factors) return result;
  result.factor = space.theta_rows(factors->factor);
  if (!factors->undetermined.is_empty()) result.undetermined = space.theta_rows(factors->undetermined);
  return finite(std::move(result));
}

Uncertainty sandwich_uncertainty(const Model& model, const Rows& rows, const Penalty& penalty, unsigned threads) {
  const EstimatedSpace space(model, rows, threads);
  Uncertainty result;
  const auto factors = information_factors(model, space, rows, penalty, threads);
  if (!factors) return result;
  const arma::mat& factor = factors->factor;
  const arma::mat products = score_products(model, model.theta, rows, threads, space.basis());
  // Takes the root of the score products in coordinates in which the information is the identity.
  arma::vec value;
  arma::mat vectors;
  if (!arma::eig_sym(value, vectors, arma::symmatu(factor.t() * products.submat(space.free(), space.free()) * factor)))
    return result;
  vectors.each_row() %= arma::sqrt(arma::clamp(value, 0, arma::datum::inf)).t();
  result.factor = space.theta_rows(factor * vectors);
  if (!factors->undetermined.is_empty()) result.undetermined = space.theta_rows(factors->undetermined);
  return finite(std::move(result));
}

std::optional<Inference> stored_inference(const Model& model) {
  if (!model.fit.uncertainty) return std::nullopt;
  return Inference{"observed information", *model.fit.uncertainty};
}

Estimates expert_estimates(const Model& model, const Inference& inference, arma::uword k, double level) {
  return estimates_of(model, inference, k + 1, expert_forms(model, k), level);
}

Estimates gate_estimates(const Model& model, const Inference& inference, double level) {
  return estimates_of(model, inference, 0, gate_forms(model), level);
}

std::vector<double> figure_errors(const Model& model, const Inference& inference, arma::uword k) {
  const Expert& expert = model.experts[k];
  const arma::mat &factor = inference.uncertainty.factor, &replicates = inference.replicates;
  std::vector<double> errors;
  const auto figures = expert.family->figures(model.theta.memptr() + expert.psi_offset);
  for (std::size_t i = 0; i < figures.size(); ++i) {
    AffineForm form;
    for (std::size_t j = 0; j < figures[i].slope.size(); ++j)
      if (figures[i].slope[j] != 0) form.terms.push_back({expert.psi_offset + j, figures[i].slope[j]});
    const bool known =
        inference.uncertainty.known() && is_estimated(form, factor) && form.is_determined(inference.uncertainty);
    errors.push_back(known ? form.deviation(factor) : kNaN);
    if (replicates.is_empty() || std::isnan(errors.back())) continue;
    arma::rowvec values(replicates.n_cols);
    for (arma::uword r = 0; r < values.n_elem; ++r)
      values[r] = expert.family->figures(replicates.colptr(r) + expert.psi_offset)[i].value;
    errors.back() = arma::stddev(values);
  }
  return errors;
}

std::vector<std::string> boundary_notes(const Model& model, const Uncertainty& uncertainty) {
  std::vector<std::string> notes;
  if (!uncertainty.known() && !(model.fit.study && !model.fit.study->recession.is_empty())) {
    const char* const wide = model.theta.n_elem > kMostParameters
                                 ? "the covariance would take more than the 8 MiB that a model keeps, or "
                                 : "";
    notes.push_back(std::string("no standard errors: ") + wide +
                    "the information is not positive definite, as at a point that is no maximum or where parameters "
                    "are not told apart, or its inverse is not finite");
  }
  if (model.fit.rows > 0 && !model.fit.converged)
    notes.emplace_back("the fit had not converged: these are errors of the point where it stopped, if of anything");
  for (arma::uword k = 0; k < model.size(); ++k) {
    const std::string expert = "expert " + std::to_string(k + 1);
    if (on_floor(model, model.experts[k]))
      notes.push_back(expert + "'s sigma is on its floor: " +
                      (uncertainty.degrees_of_freedom > 0
                           ? "it explains its rows exactly, or what is left is less than --sigma-floor"
                           : "the maximum is on a boundary, and errors mean nothing there"));
    if (model.classes() && has_step(model, k + 1, uncertainty))
      notes.push_back(
          expert +
          " tells classes apart without a doubt, or nearly: its coefficients may have no finite maximum, and "
          "their errors mean nothing");
  }
  if (model.size() > 1 && has_step(model, 0, uncertainty))
    notes.emplace_back(
        "the gate has a step, or nearly: its coefficients may have no finite maximum, and their errors mean nothing");
  return notes;
}

}  // namespace moe
