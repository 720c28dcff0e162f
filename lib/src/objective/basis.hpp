// Orthonormal columns for linear branches. Let D (n x p) be the design of a branch, weighted by the roots of w, and D =
// Q R. The columns of Q span the same functions, and are perfectly conditioned: sums of squares of them lose no digits,
// while those of D lose as many as the square of D's condition number has (Golub, Van Loan 2013, ch. 5).
#pragma once

#include <armadillo>
#include <cmath>
#include <vector>

#include "moe/model.hpp"

namespace moe {

class Basis {
 public:
  /// For each different design among the model's linear branches. The bits are the same for any number of threads.
  Basis(const Model& model, const Rows& rows, unsigned threads);

  arma::uword designs() const { return designs_.size(); }
  /// The number of the design of a branch. Branch 0 is the gate, branches 1 .. K are the experts.
  arma::uword design_of(arma::uword branch) const { return design_of_[branch]; }
  /// The columns of a design (their places among its coefficients) that earlier columns explain. They have no
  /// coefficients of their own.
  const arma::uvec& dependent(arma::uword design) const { return designs_[design].dependent; }
  arma::uword columns(arma::uword design) const { return designs_[design].R.n_rows; }

  /// Turns X ((1 + d) x b) into the orthonormal columns (p x b), with zeros for dependent ones.
  void whiten(arma::uword design, const arma::mat& X, arma::mat& out) const;
  /// The same for a block's design that was computed already, by rows: D and out are b x p.
  void whiten_rows(arma::uword design, const arma::mat& D, arma::mat& out) const;
  /// Turns coefficients of orthonormal columns into those of the design's own columns (p x outputs).
  arma::mat coefficients(arma::uword design, const arma::mat& phi) const;
  /// Turns a derivative in the coefficients of the design's own columns into one in those of orthonormal columns.
  arma::mat derivatives(arma::uword design, const arma::mat& d_theta) const;
  /// R^-1 with zeros for dependent columns, so that theta = inverse(design) phi.
  arma::mat inverse(arma::uword design) const;
  /// Turns coefficients of the design's own columns into those of orthonormal columns with the same linear predictor.
  arma::mat orthonormal(arma::uword design, const arma::mat& theta) const { return designs_[design].R * theta; }

 private:
  struct Design {
    Branch branch;
    arma::mat R;  // p x p, upper triangular
    arma::uvec dependent;
    arma::mat regular;  // R with ones on the diagonal in place of zeros
  };
  std::vector<Design> designs_;
  std::vector<arma::uword> design_of_;
};

/// A model's theta in the coordinates of a basis, phi, scaled such that the columns have unit variance. For a solver,
/// the curvature then does not depend on correlations between inputs. Parameters that are no coefficients are the same
/// in theta and phi.
class Coordinates {
 public:
  /// Keeps references to both. All branches of the model must be linear.
  Coordinates(const Model& model, const Basis& basis, double weight)
      : model_(model), basis_(basis), root_(std::sqrt(weight)) {}
  arma::vec theta(const arma::vec& phi) const;
  arma::vec phi(const arma::vec& theta) const;
  /// Turns a gradient in theta into one in phi.
  arma::vec gradient(const arma::vec& d_theta) const;
  /// Turns second derivatives in theta into those in phi.
  arma::mat hessian(const arma::mat& H) const;

 private:
  template <class Change>
  arma::vec changed(const arma::vec& from, const Change& change) const;

  const Model& model_;
  const Basis& basis_;
  double root_;
};

}  // namespace moe
