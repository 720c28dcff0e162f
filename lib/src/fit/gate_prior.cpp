// Jeffreys' prior on a softmax gate and its derivative; gate_prior.hpp has the equation. With logits a = x' W, the
// derivative of the information in them is the third cumulant of a multinomial variable, so that
//     d (log |I| / 2) / d W_a = 1/2 sum_n w_n sum_bc kappa_abc(g_n) (z_n' (I^-1)_bc z_n) z_n.
#include "fit/gate_prior.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "moe/forward_pass.hpp"

namespace moe {
namespace {

constexpr arma::uword kPriorBlock = 512;

/// The third cumulant of experts a, b and c in row n, under the weights g.
double third_cumulant(const arma::mat& g, arma::uword n, arma::uword a, arma::uword b, arma::uword c) {
  const double ga = g(n, a), gb = g(n, b), gc = g(n, c);
  return (a == b && b == c ? ga : 0) - (a == b ? ga * gc : 0) - (a == c ? ga * gb : 0) - (b == c ? ga * gb : 0) +
         2 * ga * gb * gc;
}

/// Calls visit(weights of the rows b, orthonormal columns p x b, the gate's weights b x K) for all rows.
template <class Visit>
void for_each_block(const Model& model, const Rows& rows, const Basis& basis, const arma::uvec& columns,
                    const arma::vec& theta, const Visit& visit) {
  ForwardPass forward(model);
  arma::mat Z;
  for (arma::uword first = 0; first < rows.count(); first += kPriorBlock) {
    const Rows block = rows.block(first, std::min(rows.count(), first + kPriorBlock) - 1);
    forward.run(theta, block);
    basis.whiten(basis.design_of(0), block.X, Z);
    visit(block.w, arma::mat(Z.rows(columns)), arma::mat(arma::exp(forward.log_weights())));
  }
}

/// Adds the block's part of I, for all experts but the last.
void add_information(const arma::vec& w, const arma::mat& Z, const arma::mat& g, arma::mat& information) {
  const arma::uword p = Z.n_rows, free = g.n_cols - 1;
  for (arma::uword b = 0; b < free; ++b)
    for (arma::uword c = 0; c < free; ++c) {
      const arma::vec v = w % g.col(b) % ((b == c ? 1.0 : 0.0) - g.col(c));
      information.submat(b * p, c * p, arma::size(p, p)) += (Z.each_row() % v.t()) * Z.t();
    }
}

/// The block's part of the derivative of log |I| / 2, p x K.
arma::mat slope_of(const arma::vec& w, const arma::mat& Z, const arma::mat& g, const arma::mat& inverse) {
  const arma::uword p = Z.n_rows, K = g.n_cols;
  arma::mat pull(Z.n_cols, K, arma::fill::zeros);
  for (arma::uword b = 0; b + 1 < K; ++b)
    for (arma::uword c = 0; c + 1 < K; ++c) {
      const arma::rowvec spread = arma::sum(Z % (inverse.submat(b * p, c * p, arma::size(p, p)) * Z), 0);
      for (arma::uword a = 0; a < K; ++a)
        for (arma::uword n = 0; n < Z.n_cols; ++n) pull(n, a) += 0.5 * w[n] * third_cumulant(g, n, a, b, c) * spread[n];
    }
  return Z * pull;
}

}  // namespace

GatePrior::GatePrior(const Model& model, const Rows& rows, const Basis& basis)
    : model_(model), rows_(rows), basis_(basis) {
  const arma::uword design = basis.design_of(0);
  std::vector<arma::uword> kept;
  for (arma::uword j = 0; j < basis.columns(design); ++j)
    if (!arma::any(basis.dependent(design) == j)) kept.push_back(j);
  columns_ = kept;
}

double GatePrior::add_to(const arma::vec& theta, double share, arma::vec& gradient) const {
  const arma::uword p = columns_.n_elem, K = model_.size();
  arma::mat information(p * (K - 1), p * (K - 1), arma::fill::zeros), root;
  for_each_block(
      model_, rows_, basis_, columns_, theta,
      [&](const arma::vec& w, const arma::mat& Z, const arma::mat& g) { add_information(w, Z, g, information); });
  if (!arma::chol(root, arma::symmatu(information))) return -std::numeric_limits<double>::infinity();
  const arma::mat inverse_root = arma::inv(arma::trimatu(root)), inverse = inverse_root * inverse_root.t();
  arma::mat slope(p, K, arma::fill::zeros);
  for_each_block(
      model_, rows_, basis_, columns_, theta,
      [&](const arma::vec& w, const arma::mat& Z, const arma::mat& g) { slope += slope_of(w, Z, g, inverse); });
  const Branch& gate = model_.gate_branch;
  for (arma::uword k = 0; k < K; ++k)
    for (arma::uword j = 0; j < p; ++j)
      gradient[gate.offset + gate.network->intercept(k) + columns_[j]] += share * slope(j, k);
  return arma::accu(arma::log(root.diag()));
}

}  // namespace moe
