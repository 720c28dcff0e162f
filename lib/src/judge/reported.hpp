// What is reported of linear branches, in data units. Each reported coefficient is an affine form of theta, which gives
// both its value and its standard error.
#pragma once

#include <armadillo>
#include <cstdint>
#include <optional>
#include <vector>

#include "moe/model.hpp"

namespace moe {

/// The most elements of a covariance factor, or of directions, that a model keeps: 8 MiB. Larger ones are dropped.
constexpr std::uint64_t kMostFactor = std::uint64_t{1} << 20;

/// constant + sum of weight theta[index]. Powers of a shifted input nearly cancel, so weights and sums are in long
/// double.
struct AffineForm {
  struct Term {
    arma::uword index;
    long double weight;
  };
  std::vector<Term> terms{};
  long double constant = 0;

  double at(const arma::vec& theta) const;
  /// The standard deviation of the form where factor factor' is the covariance of theta.
  double deviation(const arma::mat& factor) const;
  /// Whether the form stays the same along all directions that the rows do not determine. Otherwise it has no error.
  bool is_determined(const Uncertainty& uncertainty) const;
};

/// A table of forms. Its rows are those of coefficient_names(), its columns the outputs of a branch. Empty for a branch
/// that is not linear.
struct FormTable {
  arma::uword rows = 0, columns = 0;
  std::vector<AffineForm> cells{};  ///< by columns

  bool is_empty() const { return cells.empty(); }
  const AffineForm& operator()(arma::uword row, arma::uword column) const { return cells[column * rows + row]; }
  arma::mat at(const arma::vec& theta) const;
};

/// The coefficients of an expert; those of a classifier minus the coefficients of the first class.
FormTable expert_forms(const Model& model, arma::uword k);
/// The coefficients of the gate; under a normalised gate minus those of the last expert.
FormTable gate_forms(const Model& model);
/// Those of a gate: of the model's (branch 0), or of member b's of a committee (branch K + b).
FormTable gate_forms(const Model& model, arma::uword branch);

/// The cells of a branch's table, by columns, that change when theta moves along one of these directions (P x q; may be
/// empty).
std::vector<bool> moved_cells(const Model& model, arma::uword branch, const FormTable& forms,
                              const arma::mat& directions);

/// The output of a branch to which its other outputs are compared. It exists where all outputs can move together
/// without changing the density: the last one of the gate (branch 0) and of a member's
/// gate, the first one of classes (experts 1 .. K).
std::optional<arma::uword> reference_output(const Model& model, arma::uword branch);
/// Branch 0 is the gate, and branches 1 .. K are the experts.
/// Branches from K + 1 on are the gates of a committee's members.
const Branch& branch_of(const Model& model, arma::uword branch);

}  // namespace moe
