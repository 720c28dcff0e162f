// Where a model's parameters stand in the coordinates of its basis (phi), and which of them are estimated: not those of columns that
// depend on others, not those of outputs that others are compared to, not a scale on its floor.
#pragma once

#include <armadillo>
#include <vector>

#include "moe/model.hpp"
#include "objective/basis.hpp"

namespace moe {

class EstimatedSpace {
 public:
  /// Keeps a reference to the model.
  EstimatedSpace(const Model& model, const Rows& rows, unsigned threads);

  const Basis& basis() const { return basis_; }
  /// Places in phi of the estimated coordinates: coefficients branch by branch, then psi.
  arma::uvec free() const { return free_; }
  /// How many of the free ones, the first, are coefficients.
  arma::uword coefficients() const { return coefficients_; }

  /// Rows of phi's free coordinates -> rows of all of theta, zeros for what is not estimated.
  arma::mat theta_rows(const arma::mat& rows) const;
  /// Rows of all of theta -> rows of phi's free coordinates.
  arma::mat free_rows(const arma::mat& theta) const;
  /// The second derivatives in phi of 0.5 sum_i weight_i theta_i^2, at the least that it can be where outputs are free to move
  /// together: only how they differ is penalised.
  arma::mat penalty(const arma::vec& weight) const;

 private:
  /// Calls visit(branch, output, first parameter, how many) for every output of every branch.
  template <class Visit>
  void for_each_output(const Visit& visit) const;
  void add_branch(arma::uword index);

  const Model& model_;
  Basis basis_;
  std::vector<arma::uword> free_;
  arma::uword coefficients_ = 0;
};

}  // namespace moe
