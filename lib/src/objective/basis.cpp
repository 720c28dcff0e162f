// QR decompositions of designs that are too long for a single one: R of each part of the rows, then R of these stacked
// on each other (TSQR), in a fixed order. Only R is kept. Orthonormal columns are computed when they are needed, as Z =
// D R^-1, by a triangular solve. A column j with a tiny R_jj depends on earlier ones; its row of R is set to 0.
#include "objective/basis.hpp"

#include <cmath>

#include "base/kernels/kernels.hpp"
#include "base/parallel.hpp"
#include "moe/stop.hpp"

namespace moe {
namespace {

/// A column is dependent if the part of it that earlier columns do not explain is smaller than this part of it.
constexpr double kDependent = 1e-12;
constexpr arma::uword kBasisBlock = 512;
constexpr arma::uword kBasisParts = 16;

/// The upper triangle R of the QR decomposition of `rows`. It has as many rows as columns.
arma::mat triangle(arma::mat rows) {
  const arma::uword p = rows.n_cols;
  if (rows.n_rows < p) rows.resize(p, p);
  arma::blas_int m = static_cast<arma::blas_int>(rows.n_rows), n = static_cast<arma::blas_int>(p), info = 0;
  arma::blas_int room = 32 * n;
  arma::vec tau(p), work(static_cast<arma::uword>(room));
  arma::lapack::geqrf(&m, &n, rows.memptr(), &m, tau.memptr(), work.memptr(), &room, &info);
  return arma::trimatu(rows.head_rows(p));
}

/// R of many rows: R of each part of the rows, then R of these stacked on each other, always in the same order.
arma::mat triangle_of(const Branch& branch, const Rows& rows, unsigned threads) {
  const arma::uword blocks = (rows.count() + kBasisBlock - 1) / kBasisBlock,
                    each = (blocks + kBasisParts - 1) / kBasisParts;
  std::vector<arma::mat> parts((blocks + each - 1) / each);
  parallel_for(parts.size(), threads, [&](std::size_t part) {
    arma::mat design;
    for (arma::uword b = part * each; b < std::min(blocks, (part + 1) * each); ++b) {
      end_if_stopped();
      const Rows block = rows.block(b * kBasisBlock, std::min(rows.count(), (b + 1) * kBasisBlock) - 1);
      branch.design(block.X, design);
      const arma::mat weighted = (design.each_row() % arma::sqrt(block.w).t()).t();
      parts[part] = triangle(arma::join_cols(parts[part], weighted));
    }
  });
  for (std::size_t part = 1; part < parts.size(); ++part) parts[0] = triangle(arma::join_cols(parts[0], parts[part]));
  return parts[0];
}

/// R with ones on the diagonal in place of zeros, so that systems have a solution. The added rows do not change it, as
/// they meet zeros.
arma::mat regular(const arma::mat& R, const arma::uvec& dependent) {
  arma::mat result = R;
  for (const arma::uword j : dependent) {
    result.col(j).zeros();
    result(j, j) = 1;
  }
  return result;
}

}  // namespace

Basis::Basis(const Model& model, const Rows& rows, unsigned threads) {
  const auto add = [&](const Branch& branch) {
    for (arma::uword i = 0; i < designs_.size(); ++i)
      if (designs_[i].branch.has_design_of(branch)) return design_of_.push_back(i);
    design_of_.push_back(designs_.size());
    Design design{branch, triangle_of(branch, rows, threads), {}, {}};
    std::vector<arma::uword> dependent;
    for (arma::uword j = 0; j < design.R.n_cols; ++j) {
      if (std::abs(design.R(j, j)) > kDependent * arma::norm(design.R.col(j))) continue;
      dependent.push_back(j);
      design.R.row(j).zeros();  // what is left of the column is rounding
    }
    design.dependent = dependent;
    design.regular = regular(design.R, design.dependent);
    designs_.push_back(std::move(design));
  };
  add(model.gate_branch);
  for (const Expert& expert : model.experts) add(expert);
}

void Basis::whiten(arma::uword design, const arma::mat& X, arma::mat& out) const {
  const Design& from = designs_[design];
  arma::mat design_matrix;
  from.branch.design(X, design_matrix);
  out = derivatives(design, design_matrix);
}

void Basis::whiten_rows(arma::uword design, const arma::mat& D, arma::mat& out) const {
  const Design& from = designs_[design];
  out.set_size(arma::size(D));
  kernels().solve_upper(D.memptr(), D.n_rows, D.n_cols, from.regular.memptr(), out.memptr());
  out.cols(from.dependent).zeros();
}

arma::mat Basis::coefficients(arma::uword design, const arma::mat& phi) const {
  const Design& from = designs_[design];
  arma::mat result = arma::solve(arma::trimatu(from.regular), phi, arma::solve_opts::fast);
  result.rows(from.dependent).zeros();
  return result;
}

arma::mat Basis::derivatives(arma::uword design, const arma::mat& d_theta) const {
  const Design& from = designs_[design];
  arma::mat result = arma::solve(arma::trimatl(from.regular.t()), d_theta, arma::solve_opts::fast);
  result.rows(from.dependent).zeros();
  return result;
}

arma::mat Basis::inverse(arma::uword design) const {
  return coefficients(design, arma::eye(columns(design), columns(design)));
}

template <class Change>
arma::vec Coordinates::changed(const arma::vec& from, const Change& change) const {
  arma::vec to = from;
  const auto branch = [&](const Branch& part, arma::uword index) {
    const arma::uword p = part.network->last_inputs(), m = part.network->outputs();
    const arma::mat W(const_cast<double*>(from.memptr()) + part.offset, p, m, false, true);
    arma::mat result(to.memptr() + part.offset, p, m, false, true);
    result = change(basis_.design_of(index), W);
  };
  branch(model_.gate_branch, 0);
  for (arma::uword k = 0; k < model_.size(); ++k) branch(model_.experts[k], k + 1);
  return to;
}

arma::vec Coordinates::theta(const arma::vec& phi) const {
  return changed(
      phi, [&](arma::uword design, const arma::mat& W) { return arma::mat(root_ * basis_.coefficients(design, W)); });
}

arma::vec Coordinates::phi(const arma::vec& theta) const {
  return changed(
      theta, [&](arma::uword design, const arma::mat& W) { return arma::mat(basis_.orthonormal(design, W) / root_); });
}

arma::vec Coordinates::gradient(const arma::vec& d_theta) const {
  return changed(d_theta, [&](arma::uword design, const arma::mat& W) {
    return arma::mat(root_ * basis_.derivatives(design, W));
  });
}

arma::mat Coordinates::hessian(const arma::mat& H) const {
  arma::mat half = H;
  for (arma::uword j = 0; j < H.n_cols; ++j) half.col(j) = gradient(H.col(j));
  half = half.t();
  for (arma::uword j = 0; j < H.n_cols; ++j) half.col(j) = gradient(arma::vec(half.col(j)));
  return half;
}

}  // namespace moe
