// Which parameters are estimated, in the coordinates phi of the model's basis. Not estimated are the coefficients of
// columns that depend on others, those of the output to which others are compared, and a scale on its floor.
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
  /// The places in phi of the estimated coordinates: the coefficients of each branch, then psi.
  arma::uvec free() const { return free_; }
  /// How many of the free coordinates are coefficients. These come first.
  arma::uword coefficients() const { return coefficients_; }

  /// Takes rows in phi's free coordinates to rows in all of theta, with zeros for what is not estimated.
  arma::mat theta_rows(const arma::mat& rows) const;
  /// Takes rows in all of theta to rows in phi's free coordinates.
  arma::mat free_rows(const arma::mat& theta) const;
  /// The second derivatives in phi of 0.5 sum_i weight_i theta_i^2. Where all outputs of a branch can move together
  /// without changing the density, the penalty is minimised over that movement: only differences between outputs count.
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
