// The sums over rows that an EM step needs.
#pragma once

#include <armadillo>
#include <vector>

#include "base/kernels/kernels.hpp"

namespace moe {

/// Sums over the rows of a block. They are requested one by one and computed together, so that Z is read once for
/// several of them.
class BlockSums {
 public:
  arma::mat Z;  // the orthonormal columns, b x p

  /// Requests that Z' v is added to `to` (p elements). Returns v (b elements), which must be filled in before the next
  /// request.
  arma::vec product_for(double* to) {
    products_.push_back(to);
    return last_of(factors_, products_.size());
  }

  /// Requests that Z' diag(v) Z is added to `to`: its upper triangle (p x p), in a matrix with `height` rows. Returns v
  /// as above.
  arma::vec squares_for(double* to, arma::uword height) {
    squares_.push_back({to, height});
    return last_of(weights_, squares_.size());
  }

  void finish() {
    const arma::uword p = Z.n_cols, m = products_.size();
    room_.zeros(p, m);
    kernels().cross(Z.memptr(), factors_.data(), Z.n_rows, p, m, room_.memptr());
    for (arma::uword j = 0; j < m; ++j)
      for (arma::uword i = 0; i < p; ++i) products_[j][i] += room_(i, j);
    kernels().squares(Z.memptr(), Z.n_rows, p, weights_.data(), squares_.size(), squares_.data());
    products_.clear();
    squares_.clear();
  }

 private:
  /// The last of `count` columns of b numbers. Their memory is kept from block to block.
  arma::vec last_of(std::vector<double>& columns, std::size_t count) const {
    if (columns.size() < count * Z.n_rows) columns.resize(count * Z.n_rows);
    return {columns.data() + (count - 1) * Z.n_rows, Z.n_rows, false, true};
  }

  std::vector<double> factors_, weights_;  // b rows, and a column for each request
  std::vector<double*> products_;
  std::vector<Kernels::Square> squares_;
  arma::mat room_;
};

}  // namespace moe
