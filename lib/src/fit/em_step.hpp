// One step of expectation maximisation for models whose networks are linear (Dempster, Laird, Rubin 1977; Jordan, Jacobs 1994).
//
// E: the responsibilities. M: each expert's weighted fit, the gate's soft-target multinomial logit, each by one Newton step on the
// expected log-likelihood of the complete data (Lange 1995): for a gaussian that is its weighted least squares, and sigma follows
// in closed form; for other families a step of iteratively reweighted least squares, and for laplace the exact fit of least absolute
// deviations. All of it in the orthonormal coordinates of a Basis, so that solving normal equations loses no digits.
//
// Where there are many rows, the second derivatives of the gate and of normal experts come from a subsample of blocks; gradients, and
// so the optimum, are those of all rows. After a long step of this kind, sigma follows in the next one.
#pragma once

#include <utility>

#include "moe/model.hpp"
#include "moe/solver.hpp"
#include "objective/basis.hpp"
#include "objective/block_sums.hpp"

namespace moe {

class EmStep {
 public:
  /// Keeps references to all. `penalty_weights`: what 0.5 theta_i^2 is multiplied by, beside the mean loss.
  EmStep(const Model& model, const Rows& rows, const Basis& basis, const arma::vec& penalty_weights, unsigned threads);

  /// Whether run() knows this model: linear networks, a softmax gate, families that have a curvature().
  static bool knows(const Model& model);

  struct Result {
    double value = 0;  ///< mean of -log p, penalty added, at theta
    double slope = 0;  ///< its largest derivative there, in coordinates of unit variance
    arma::vec target;  ///< where the M step leads: value need not fall all the way there, but it does at first
  };
  /// `given`: responsibilities (rows x K) in place of those that theta implies, or nullptr.
  Result run(const arma::vec& theta, const arma::mat* given = nullptr) const;
  /// From now on second derivatives come from all rows; false where they do so already.
  bool refine() { return std::exchange(stride_, 1) > 1; }
  /// Which rows second derivatives come from, as earlier steps have found.
  void save(SolverState& to) const;
  void load(const SolverState& from);
  /// The parameters that the likelihood has kinks in: a maximum lies on them, and run() does.
  arma::uvec nonsmooth() const;

 private:
  struct Fit;
  struct Statistics;
  struct Work;
  /// Whose second derivatives a block adds to, too.
  struct Curved {
    bool gate;
    std::vector<bool> experts;
  };
  void add(const Rows& block, const arma::vec& theta, const arma::mat* given, const Curved& curved, Work& work,
           Statistics& to) const;
  void add_gate(const Rows& block, bool curved, Work& work, Fit& to) const;
  void add_expert(const Rows& block, const arma::vec& theta, arma::uword k, bool curved, Work& work, Fit& to) const;
  static void add_normal(const Rows& block, const arma::mat& eta, const Family& family, const double* psi,
                         const arma::vec& w, bool curved, BlockSums& sums, Fit& to);
  bool represented(arma::uword design) const;
  /// Whether expert k's density of the only target is normal about its output: all rows have the same second derivative.
  bool is_normal(arma::uword k) const {
    const Expert& expert = model_.experts[k];
    return expert.family->normal() && closed_[k] && expert.network->outputs() == 1 && model_.targets() == 1;
  }
  Statistics zeros() const;
  Statistics collect(const arma::vec& theta, const arma::mat* given) const;
  Statistics collect_once(const arma::vec& theta, const arma::mat* given) const;
  void move_gate(const Statistics& from, const arma::vec& theta, Result& result) const;
  void move_experts(const Statistics& from, const arma::vec& theta, Result& result) const;
  /// Whether expert k's fit is one of least absolute deviations, free of penalties.
  bool nonsmooth(arma::uword k) const;
  /// Expert k by least absolute deviations; `r`: its responsibilities.
  void move_nonsmooth(arma::uword k, const arma::vec& r, const arma::vec& theta, Result& result) const;

  const Model& model_;
  const Rows& rows_;
  const Basis& basis_;
  const arma::vec& penalty_;
  double weight_;
  std::vector<bool> closed_;  // of each expert: whether its psi follows from its residuals' products
  unsigned threads_;
  arma::uword stride_ = 1;  // each such block tells second derivatives
  // The experts whose second derivatives all rows tell: those that had few rows once stay among them. Not touched where stride_ is 1.
  mutable std::vector<bool> whole_;
};

}  // namespace moe
