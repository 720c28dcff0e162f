// What is reported of a model's linear branches, in the data's own units: each coefficient is an affine form of theta, from which
// both its value and its standard error come.
#pragma once

#include <armadillo>
#include <cstdint>
#include <optional>
#include <vector>

#include "moe/model.hpp"

namespace moe {

/// Elements of a covariance's factor, or of directions, that a model keeps: 8 MiB. What a fit finds beyond is not kept.
constexpr std::uint64_t kMostFactor = std::uint64_t{1} << 20;

/// constant + sum of weight theta[index]. Powers of a shifted input cancel: weights and sums have more digits than a double's.
struct AffineForm {
  struct Term {
    arma::uword index;
    long double weight;
  };
  std::vector<Term> terms{};
  long double constant = 0;

  double at(const arma::vec& theta) const;
  /// Its standard deviation where theta's covariance is factor factor'.
  double deviation(const arma::mat& factor) const;
  /// Whether it stays the same along all directions that the rows do not determine: only then it has an error.
  bool is_determined(const Uncertainty& uncertainty) const;
};

/// A table of them; rows as coefficient_names() has them, columns a branch's outputs. Empty for a branch that is not linear.
struct FormTable {
  arma::uword rows = 0, columns = 0;
  std::vector<AffineForm> cells{};  ///< by columns

  bool is_empty() const { return cells.empty(); }
  const AffineForm& operator()(arma::uword row, arma::uword column) const { return cells[column * rows + row]; }
  arma::mat at(const arma::vec& theta) const;
};

/// An expert's coefficients; of classes, less those of the first.
FormTable expert_forms(const Model& model, arma::uword k);
/// The gate's; under a normalised gate less those of the last expert.
FormTable gate_forms(const Model& model);

/// Which cells of a branch's table move with theta in one of these directions (P x q; none: no cell), by columns.
std::vector<bool> moved_cells(const Model& model, arma::uword branch, const FormTable& forms,
                              const arma::mat& directions);

/// The output of a branch to which the others are compared where all of them can move alike without changing the density: of the
/// gate (branch 0) the last, of classes (experts 1 .. K) the first. Nothing where they cannot.
std::optional<arma::uword> reference_output(const Model& model, arma::uword branch);
/// The gate for 0, the experts for 1 .. K.
const Branch& branch_of(const Model& model, arma::uword branch);

}  // namespace moe
