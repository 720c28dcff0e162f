// Lists the coordinates of phi that are estimated. Coefficients of dependent columns, of a reference output, and
// dispersions on a boundary are left out: the likelihood is flat in them, or not at a stationary point, so that the
// information says nothing.
#include "judge/estimated_space.hpp"

#include <algorithm>
#include <cmath>

#include "judge/reported.hpp"
#include "judge/simpler.hpp"

namespace moe {
namespace {

/// For each element of theta, whether it is a psi on a boundary: on a floor, at a bound, or where a simpler family
/// describes the rows as well. Such a psi is not estimated.
std::vector<bool> on_boundary(const Model& model, const Rows& rows) {
  std::vector<bool> result(model.theta.n_elem, false);
  const arma::vec simple = as_simple(model, rows);
  for (arma::uword k = 0; k < model.size(); ++k) {
    const Expert& expert = model.experts[k];
    const double* const psi = model.theta.memptr() + expert.psi_offset;
    const bool all = expert.family->on_floor(psi) || !expert.family->bound_note(psi).empty();
    arma::vec moved =
        // To_simpler() then sets the elements that a simpler family fixes.
        arma::vec(expert.family->dispersions()).fill(arma::datum::nan);
    for (arma::uword t = 0; t < model.targets() && !simple.is_empty(); ++t)
      if (simple[k * model.targets() + t] > 0) expert.family->to_simpler(t, moved.memptr());
    for (arma::uword i = 0; i < moved.n_elem; ++i)
      if (all || !std::isnan(moved[i])) result[expert.psi_offset + i] = true;
  }
  return result;
}

}  // namespace

EstimatedSpace::EstimatedSpace(const Model& model, const Rows& rows, unsigned threads)
    : model_(model), basis_(model, rows, threads) {
  for (arma::uword b = 0; b <= model.size(); ++b) add_branch(b);
  std::vector<arma::uword> psi;
  const std::vector<bool> bound = on_boundary(model, rows);
  for (const Expert& expert : model.experts)
    for (arma::uword i = expert.psi_offset; i < expert.psi_offset + expert.family->dispersions(); ++i)
      if (!bound[i]) psi.push_back(i);
  std::sort(psi.begin(), psi.end());
  psi.erase(std::unique(psi.begin(), psi.end()), psi.end());  // a psi that all experts share occurs once for each
  coefficients_ = free_.size();
  free_.insert(free_.end(), psi.begin(), psi.end());
}

template <class Visit>
void EstimatedSpace::for_each_output(const Visit& visit) const {
  for (arma::uword b = 0; b <= model_.size(); ++b) {
    const Branch& branch = branch_of(model_, b);
    for (arma::uword out = 0; out < branch.network->outputs(); ++out)
      visit(b, out, branch.offset + branch.network->intercept(out), branch.network->last_inputs());
  }
}

arma::mat EstimatedSpace::theta_rows(const arma::mat& rows) const {
  arma::mat result(model_.theta.n_elem, rows.n_cols, arma::fill::zeros);
  result.rows(free()) = rows;
  for_each_output([&](arma::uword branch, arma::uword, arma::uword first, arma::uword height) {
    const arma::mat part = result.rows(first, first + height - 1);
    result.rows(first, first + height - 1) = basis_.coefficients(basis_.design_of(branch), part);
  });
  return result;
}

arma::mat EstimatedSpace::free_rows(const arma::mat& theta) const {
  arma::mat result = theta;
  for_each_output([&](arma::uword branch, arma::uword, arma::uword first, arma::uword height) {
    const arma::mat part = theta.rows(first, first + height - 1);
    result.rows(first, first + height - 1) = basis_.orthonormal(basis_.design_of(branch), part);
  });
  return result.rows(free());
}

arma::mat EstimatedSpace::penalty(const arma::vec& weight) const {
  arma::mat result(weight.n_elem, weight.n_elem, arma::fill::zeros);
  for_each_output([&](arma::uword branch, arma::uword, arma::uword i, arma::uword height) {
    const arma::mat inverse = basis_.inverse(basis_.design_of(branch));
    const arma::mat block = inverse.t() * arma::diagmat(weight.subvec(i, arma::size(height, 1))) * inverse;
    const double outputs = static_cast<double>(branch_of(model_, branch).network->outputs());
    const bool together = reference_output(model_, branch).has_value();
    for_each_output([&](arma::uword other, arma::uword, arma::uword j, arma::uword) {
      if (other != branch) return;
      result.submat(i, j, arma::size(block)) = ((i == j ? 1.0 : 0.0) - (together ? 1 / outputs : 0.0)) * block;
    });
  });
  return result;
}

void EstimatedSpace::add_branch(arma::uword index) {
  const Branch& branch = branch_of(model_, index);
  std::vector<bool> kept(branch.network->last_inputs(), true);
  for (const arma::uword j : basis_.dependent(basis_.design_of(index))) kept[j] = false;
  const auto reference = reference_output(model_, index);
  for (arma::uword out = 0; out < branch.network->outputs(); ++out)
    for (arma::uword j = 0; j < kept.size() && out != reference; ++j)
      if (kept[j]) free_.push_back(branch.offset + branch.network->intercept(out) + j);
}

}  // namespace moe
