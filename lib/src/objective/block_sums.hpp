// Sums over the rows of a block that a step of EM is made of.
#pragma once

#include <armadillo>
#include <vector>

#include "base/kernels/kernels.hpp"

namespace moe {

/// Sums over a block's rows, asked for one by one and computed at once, so that Z is read once for several.
class BlockSums {
 public:
  arma::mat Z;  // orthonormal columns, b x p

  /// Room for v (b), to be filled before the next call: to (p) += Z' v.
  arma::vec product_for(double* to) {
    products_.push_back(to);
    return last_of(factors_, products_.size());
  }

  /// Likewise: to (p x p, its upper triangle, in a matrix of `height` rows) += Z' diag(v) Z.
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
  /// The last of `count` columns of b numbers, which keep their memory from block to block.
  arma::vec last_of(std::vector<double>& columns, std::size_t count) const {
    if (columns.size() < count * Z.n_rows) columns.resize(count * Z.n_rows);
    return {columns.data() + (count - 1) * Z.n_rows, Z.n_rows, false, true};
  }

  std::vector<double> factors_, weights_;  // b x as many as follow
  std::vector<double*> products_;
  std::vector<Kernels::Square> squares_;
  arma::mat room_;
};

}  // namespace moe
