// Finds independent columns by Gram-Schmidt with reorthogonalisation: each column is projected twice onto the
// complement of those that were kept ("twice is enough": Golub, Van Loan 2013, 5.2). A column of which almost nothing
// remains is dependent.
#include "fit/wide_table.hpp"

#include <algorithm>
#include <cmath>

#include "judge/reported.hpp"

namespace moe {
namespace {

/// A column is dependent if the part of it that earlier columns do not explain is smaller than this part of it. As in a
/// Basis.
constexpr double kWideDependent = 1e-12;

/// The first independent columns of a branch's design; at most as many as there are rows.
arma::uvec independent(const Branch& branch, const Rows& rows) {
  arma::mat D;
  branch.design(rows.X, D);
  D.each_row() %= arma::sqrt(rows.w).t();
  arma::mat Q(rows.count(), std::min(D.n_rows, rows.count()));
  std::vector<arma::uword> kept;
  for (arma::uword j = 0; j < D.n_rows && kept.size() < Q.n_cols; ++j) {
    arma::vec left = D.row(j).t();
    const double whole = arma::norm(left);
    const arma::mat before = Q.head_cols(kept.size());
    for (int twice = 0; twice < 2; ++twice) left -= before * (before.t() * left);
    const double length = arma::norm(left);
    if (!(length > kWideDependent * whole)) continue;
    Q.col(kept.size()) = left / length;
    kept.push_back(j);
  }
  return kept;
}

bool is_wide(const Branch& branch, const Rows& rows) {
  return branch.network->is_linear() && branch.network->degree() == 1 && branch.network->last_inputs() > rows.count();
}

/// The inputs that the branch keeps, in the form of a ModelSpec.
std::vector<std::size_t> inputs_left(const Branch& branch, const Rows& rows) {
  const arma::uword first = branch.network->has_intercept() ? 1 : 0;
  std::vector<std::size_t> inputs;
  for (const arma::uword j : independent(branch, rows))
    if (j >= first) inputs.push_back(branch.columns[1 + j - first] - 1);
  return inputs;
}

/// The places of the narrow model's parameters in the wide one.
arma::uvec places(const Model& narrow, const Model& wide) {
  arma::uvec result(narrow.theta.n_elem);
  for (arma::uword b = 0; b <= narrow.size(); ++b) {
    const Branch &from = branch_of(narrow, b), &to = branch_of(wide, b);
    if (from.network->parameters() == to.network->parameters()) {  // true for branches of any kind that kept all inputs
      for (arma::uword i = 0; i < from.network->parameters(); ++i) result[from.offset + i] = to.offset + i;
      continue;
    }
    const arma::uword first = from.network->has_intercept() ? 1 : 0;
    for (arma::uword out = 0; out < from.network->outputs(); ++out)
      for (arma::uword j = 0; j < from.network->last_inputs(); ++j) {
        arma::uword at = j;
        if (j >= first) at = first + arma::uvec(arma::find(to.columns == from.columns[1 + j - first])).at(0) - 1;
        result[from.offset + from.network->intercept(out) + j] = to.offset + to.network->intercept(out) + at;
      }
  }
  const arma::uword psi = narrow.experts.front().psi_offset;
  for (arma::uword i = psi; i < result.n_elem; ++i) result[i] = wide.experts.front().psi_offset + i - psi;
  return result;
}

/// Returns nothing where the result is larger than a model keeps.
arma::mat widened(const arma::mat& rows, const arma::uvec& places, arma::uword count) {
  if (rows.is_empty() || count * rows.n_cols > kMostFactor) return {};
  arma::mat result(count, rows.n_cols, arma::fill::zeros);
  result.rows(places) = rows;
  return result;
}

}  // namespace

std::optional<Model> narrowed(const Model& model, const Rows& rows) {
  ModelSpec spec = model.spec();
  bool any = false;
  for (arma::uword b = 0; b <= model.size(); ++b) {
    const Branch& branch = branch_of(model, b);
    if (!is_wide(branch, rows)) continue;
    std::vector<std::size_t>& inputs = b == 0 ? spec.gate_inputs : spec.expert_inputs[b - 1];
    const Branch& before = branch_of(model, b > 1 ? b - 1 : b);
    inputs = b > 1 && before.has_design_of(branch) ? spec.expert_inputs[b - 2] : inputs_left(branch, rows);
    any = true;
  }
  if (!any) return std::nullopt;
  return Model(model.schema, model.standardization, spec);
}

void widen(const Model& narrow, Model& model) {
  const arma::uvec at = places(narrow, model);
  const arma::uword count = model.theta.n_elem;
  model.theta.zeros(count);
  model.theta.elem(at) = narrow.theta;
  for (arma::uword k = 0; k < model.size(); ++k) model.experts[k].family = narrow.experts[k].family;
  model.fit = narrow.fit;
  if (auto& uncertainty = model.fit.uncertainty) {
    uncertainty->factor = widened(uncertainty->factor, at, count);
    uncertainty->undetermined = widened(uncertainty->undetermined, at, count);
    if (uncertainty->factor.n_cols == 0) uncertainty->factor.set_size(count, 0);
  }
  if (auto& study = model.fit.study) {
    study->recession = widened(study->recession, at, count);
    study->unseen = widened(study->unseen, at, count);
  }
}

std::vector<std::string> left_out(const Model& narrow, const Model& model) {
  std::vector<bool> out(model.schema.inputs.size(), false);
  for (arma::uword b = 0; b <= model.size(); ++b) {
    const Branch &from = branch_of(model, b), &to = branch_of(narrow, b);
    for (arma::uword j = 1; j < from.columns.n_elem; ++j)
      if (!arma::any(to.columns == from.columns[j])) out[from.columns[j] - 1] = true;
  }
  std::vector<std::string> names;
  for (std::size_t i = 0; i < out.size(); ++i)
    if (out[i]) names.push_back(model.schema.inputs[i]);
  return names;
}

}  // namespace moe
