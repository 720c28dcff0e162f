// Sums over the rows of a block that a step of EM is made of.
#pragma once

#include <armadillo>
#include <vector>

#include "kernels/kernels.hpp"

namespace moe {

/// Sums over a block's rows, asked for one by one and computed at once, so that Z is read once for several.
class BlockSums {
 public:
  arma::mat Z;  // orthonormal columns, b x p

  /// to (p) += Z' v.
  void add_product(const arma::vec& v, double* to) {
    factors_.insert(factors_.end(), v.begin(), v.end());
    products_.push_back(to);
  }

  /// to (p x p, its upper triangle, in a matrix of `height` rows) += Z' diag(v) Z.
  void add_squares(const arma::vec& v, double* to, arma::uword height) {
    weights_.insert(weights_.end(), v.begin(), v.end());
    squares_.push_back({to, height});
  }

  void finish() {
    const arma::uword p = Z.n_cols, m = products_.size();
    room_.zeros(p, m);
    kernels().cross(Z.memptr(), factors_.data(), Z.n_rows, p, m, room_.memptr());
    for (arma::uword j = 0; j < m; ++j)
      for (arma::uword i = 0; i < p; ++i) products_[j][i] += room_(i, j);
    kernels().squares(Z.memptr(), Z.n_rows, p, weights_.data(), squares_.size(), squares_.data());
    factors_.clear();
    products_.clear();
    weights_.clear();
    squares_.clear();
  }

 private:
  std::vector<double> factors_, weights_;  // b x as many as follow
  std::vector<double*> products_;
  std::vector<Kernels::Square> squares_;
  arma::mat room_;
};

}  // namespace moe
