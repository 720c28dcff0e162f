// Orthonormal columns for linear branches. With D' = Q R the design of a branch (rows n, columns p) weighted by the roots of w,
// the columns of Q span the same functions and are as far from dependent as can be: sums of squares of them lose no digits, where
// those of D lose as many as the square of its condition (Golub, Van Loan 2013, ch. 5).
#pragma once

#include <armadillo>
#include <cmath>
#include <vector>

#include "moe/model.hpp"

namespace moe {

class Basis {
 public:
  /// Of each distinct design among the model's linear branches. Same bits for any number of threads.
  Basis(const Model& model, const Rows& rows, unsigned threads);

  arma::uword designs() const { return designs_.size(); }
  /// The design that a branch has: 0 the gate, 1 .. K the experts.
  arma::uword design_of(arma::uword branch) const { return design_of_[branch]; }
  /// Columns of a design (positions among its coefficients) that those before explain: they have no coefficient of their own.
  const arma::uvec& dependent(arma::uword design) const { return designs_[design].dependent; }
  arma::uword columns(arma::uword design) const { return designs_[design].R.n_rows; }

  /// X: (1 + d) x b -> the orthonormal columns, p x b; zeros for dependent ones.
  void whiten(arma::uword design, const arma::mat& X, arma::mat& out) const;
  /// The same of a block's design that is there already, by rows: D and out b x p.
  void whiten_rows(arma::uword design, const arma::mat& D, arma::mat& out) const;
  /// Coefficients of orthonormal columns -> coefficients of the design's own (p x outputs).
  arma::mat coefficients(arma::uword design, const arma::mat& phi) const;
  /// A derivative in the design's own coefficients -> in those of orthonormal columns.
  arma::mat derivatives(arma::uword design, const arma::mat& d_theta) const;
  /// R^-1 with zeros for dependent columns: theta = inverse(design) phi.
  arma::mat inverse(arma::uword design) const;
  /// Coefficients of the design's own columns -> of orthonormal ones, whose linear predictor is the same.
  arma::mat orthonormal(arma::uword design, const arma::mat& theta) const { return designs_[design].R * theta; }

 private:
  struct Design {
    Branch branch;
    arma::mat R;  // p x p, upper
    arma::uvec dependent;
    arma::mat regular;  // R with ones on the diagonal where it has none
  };
  std::vector<Design> designs_;
  std::vector<arma::uword> design_of_;
};

/// A model's theta in the coordinates of a basis, scaled so that the columns have unit variance: a solver sees a function whose
/// curvature does not depend on how the inputs are correlated. Parameters that are no coefficients stay as they are.
class Coordinates {
 public:
  /// Keeps references to both; the model's branches are all linear.
  Coordinates(const Model& model, const Basis& basis, double weight)
      : model_(model), basis_(basis), root_(std::sqrt(weight)) {}
  arma::vec theta(const arma::vec& phi) const;
  arma::vec phi(const arma::vec& theta) const;
  /// A gradient in theta -> in phi.
  arma::vec gradient(const arma::vec& d_theta) const;
  /// Second derivatives likewise.
  arma::mat hessian(const arma::mat& H) const;

 private:
  template <class Change>
  arma::vec changed(const arma::vec& from, const Change& change) const;

  const Model& model_;
  const Basis& basis_;
  double root_;
};

}  // namespace moe
