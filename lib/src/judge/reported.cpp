// Coefficients in data units as affine forms of theta. Standardised inputs are z = (x - c) / s, standardised targets (y
// - a) / b. So a slope is multiplied by b / s, and the intercept collects b (theta_0 - sum_j theta_j c_j / s_j) + a. As
// forms are linear, the standard error of a form f is |F' f|, with F F' the covariance of theta.
#include "judge/reported.hpp"

#include <cmath>

namespace moe {
namespace {

/// If a direction moves one coefficient less than this part of what it moves another, that is rounding.
constexpr double kMoved = 1e-4;

using Square = std::vector<std::vector<long double>>;

/// The square matrix that turns a branch's coefficients of standardised inputs into those of inputs in data units. With
/// z = (x - c) / s, b z^p = sum_q b s^-p (p over q) (-c)^(p - q) x^q.
Square input_units(const Model& model, const Branch& branch) {
  const Step& step = branch.network->steps().back();
  const arma::uword d = branch.network->inputs(), first = step.intercept ? 1 : 0;
  Square units(step.height(), std::vector<long double>(step.height(), 0));
  if (first == 1) units[0][0] = 1;
  for (arma::uword j = 0; j < d; ++j) {
    const long double scale = model.standardization.input_scale[branch.columns[1 + j] - 1];
    const long double shift = -model.standardization.input_center[branch.columns[1 + j] - 1];
    for (arma::uword p = 1; p <= branch.network->degree(); ++p) {
      // The factor of x^p, then those of the lower powers.
      long double term = std::pow(scale, -static_cast<long double>(p));
      for (arma::uword q = p + 1; q-- > 0;) {
        if (q > 0) units[first + (q - 1) * d + j][first + (p - 1) * d + j] = term;
        if (q == 0 && first == 1) units[0][first + (p - 1) * d + j] = term;
        term *= shift * static_cast<long double>(q) / static_cast<long double>(p - q + 1);
      }
    }
  }
  return units;
}

/// The forms of a branch with a single dense step, with inputs in data units.
FormTable in_input_units(const Model& model, const Branch& branch) {
  if (!branch.network->is_linear()) return {};
  const Square units = input_units(model, branch);
  FormTable table{units.size(), branch.network->outputs()};
  for (arma::uword out = 0; out < table.columns; ++out)
    for (arma::uword j = 0; j < table.rows; ++j) {
      AffineForm& form = table.cells.emplace_back();
      for (arma::uword i = 0; i < table.rows; ++i)
        if (units[j][i] != 0) form.terms.push_back({branch.offset + branch.network->intercept(out) + i, units[j][i]});
    }
  return table;
}

/// Puts the forms of target t into data units. `marginal` tells which outputs of the expert belong to the target.
void in_target_units(const Model& model, arma::uword t, const Expert& expert, const Family::Marginal& marginal,
                     FormTable& table) {
  const double scale = model.standardization.target_scale[t];
  AffineForm* const first = table.cells.data() + marginal.first_output * table.rows;
  for (arma::uword j = 0; j < table.rows; ++j)
    for (AffineForm::Term& term : first[j].terms) term.weight *= scale;
  if (!expert.network->has_intercept()) return;
  first[0].constant = model.standardization.target_center[t];
  // For a number, the second output is the logarithm of a scale.
  if (!model.classes() && marginal.family->outputs() > 1) first[table.rows].constant = std::log(scale);
}

/// Subtracts the column of the reference from all columns, its own included.
void compare_to(arma::uword reference, FormTable& table) {
  for (arma::uword out = 0; out < table.columns; ++out)
    for (arma::uword j = 0; j < table.rows && out != reference; ++j)
      for (const AffineForm::Term& term : table(j, reference).terms)
        table.cells[out * table.rows + j].terms.push_back({term.index, -term.weight});
  for (arma::uword j = 0; j < table.rows; ++j) table.cells[reference * table.rows + j] = {};
}

}  // namespace

double AffineForm::at(const arma::vec& theta) const {
  long double sum = constant;
  for (const Term& term : terms) sum += term.weight * theta[term.index];
  return static_cast<double>(sum);
}

double AffineForm::deviation(const arma::mat& factor) const {
  long double squares = 0;
  for (arma::uword f = 0; f < factor.n_cols; ++f) {
    long double sum = 0;
    for (const Term& term : terms) sum += term.weight * factor(term.index, f);
    squares += sum * sum;
  }
  return static_cast<double>(std::sqrt(squares));
}

// The undetermined directions are as long as typical errors. So what rounding leaves of them is far below the error of
// the form.
bool AffineForm::is_determined(const Uncertainty& uncertainty) const {
  constexpr double kRounding = 1e-5;
  const double moved = deviation(uncertainty.undetermined);
  return !(moved > kRounding * deviation(uncertainty.factor)) || moved == 0;
}

arma::mat FormTable::at(const arma::vec& theta) const {
  arma::mat result(rows, columns);
  for (arma::uword i = 0; i < cells.size(); ++i) result[i] = cells[i].at(theta);
  return result;
}

std::vector<bool> moved_cells(const Model& model, arma::uword branch, const FormTable& forms,
                              const arma::mat& directions) {
  std::vector<bool> result(forms.cells.size(), false);
  if (directions.is_empty()) return result;
  const Branch& chosen = branch_of(model, branch);
  const arma::mat moved = directions.rows(chosen.offset, chosen.offset + chosen.network->parameters() - 1);
  const double largest = arma::abs(moved).max();
  for (std::size_t i = 0; i < result.size() && largest > 0; ++i) {
    long double weights = 0;
    for (const AffineForm::Term& term : forms.cells[i].terms) weights += std::abs(term.weight);
    result[i] = forms.cells[i].deviation(directions) > kMoved * largest * static_cast<double>(weights);
  }
  return result;
}

const Branch& branch_of(const Model& model, arma::uword branch) {
  if (branch > model.size()) return model.members[branch - model.size() - 1];
  return branch == 0 ? model.gate_branch : model.experts[branch - 1];
}

std::optional<arma::uword> reference_output(const Model& model, arma::uword branch) {
  if (branch == 0 || branch > model.size())
    return model.gate->redundant_outputs() > 0 ? std::optional(branch_of(model, branch).network->outputs() - 1)
                                               : std::nullopt;
  return model.experts[branch - 1].family->redundant_outputs() > 0 ? std::optional(arma::uword{0}) : std::nullopt;
}

FormTable expert_forms(const Model& model, arma::uword k) {
  const Expert& expert = model.experts[k];
  FormTable table = in_input_units(model, expert);
  if (table.is_empty()) return table;
  for (arma::uword t = 0; t < model.targets(); ++t) {
    const Family::Marginal marginal = expert.family->marginal(t, model.theta.memptr() + expert.psi_offset);
    in_target_units(model, t, expert, marginal, table);
  }
  if (const auto reference = reference_output(model, k + 1)) compare_to(*reference, table);
  return table;
}

FormTable gate_forms(const Model& model) { return gate_forms(model, 0); }

FormTable gate_forms(const Model& model, arma::uword branch) {
  FormTable table = in_input_units(model, branch_of(model, branch));
  if (const auto reference = reference_output(model, branch); reference && !table.is_empty())
    compare_to(*reference, table);
  return table;
}

}  // namespace moe
