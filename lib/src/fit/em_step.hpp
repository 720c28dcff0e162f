// A step of expectation maximisation (EM) for mixtures of experts with linear networks (Dempster, Laird, Rubin 1977;
// Jordan, Jacobs 1994).
//
// E step: the posterior weights r_nk = g_nk p_nk / sum_j g_nj p_nj (responsibilities). M step: maximises the expected
// log-likelihood of the complete data, sum_nk w_n r_nk (log g_nk + log p_nk), which falls into a weighted fit for each
// expert, and a multinomial logit with the soft targets r for the gate. Each is moved by one Newton step (Lange 1995):
// - gaussian experts: weighted least squares, after which sigma has a closed form;
// - other families: one step of iteratively reweighted least squares (IRLS);
// - laplace experts: the exact weighted fit of least absolute deviations.
// All steps are computed in the orthonormal coordinates of a Basis, so that normal equations lose no digits.
//
// With many rows, the second derivatives of the gate and of normal experts come from a subsample of blocks. The
// gradients, and so the optimum, are those of all rows. After a long step of this kind, sigma follows one step later.
#pragma once

#include <utility>

#include "moe/model.hpp"
#include "moe/solver.hpp"
#include "objective/basis.hpp"
#include "objective/block_sums.hpp"

namespace moe {

class EmStep {
 public:
  /// Keeps references to all arguments. `penalty_weights`: the factors of 0.5 theta_i^2 that are added to the mean
  /// loss.
  EmStep(const Model& model, const Rows& rows, const Basis& basis, const arma::vec& penalty_weights, unsigned threads);

  /// Whether run() can be used: linear networks, a softmax gate, and families with a curvature().
  static bool knows(const Model& model);

  struct Result {
    double value = 0;  ///< mean of -log p plus penalty, at theta
    double slope = 0;  ///< the largest derivative there, in coordinates of unit variance
    arma::vec target;  ///< where the M step leads; on the way there value falls at first, but perhaps not all the way
  };
  /// `given`: responsibilities (rows x K) to be used in place of those at theta; or nullptr.
  Result run(const arma::vec& theta, const arma::mat* given = nullptr) const;
  /// From now on second derivatives come from all rows. False where they do already.
  bool refine() { return std::exchange(stride_, 1) > 1; }
  /// Saves which rows second derivatives come from, as earlier steps have decided.
  void save(SolverState& to) const;
  void load(const SolverState& from);
  /// The parameters in which the likelihood has kinks, on which maxima lie. run() can move onto a kink.
  arma::uvec nonsmooth() const;

 private:
  struct Fit;
  struct Statistics;
  struct Work;
  /// To whose second derivatives a block contributes.
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
  /// Whether expert k's density of a single target is normal about its output, so that all rows have the same second
  /// derivative.
  bool is_normal(arma::uword k) const {
    const Expert& expert = model_.experts[k];
    return expert.family->normal() && closed_[k] && expert.network->outputs() == 1 && model_.targets() == 1;
  }
  Statistics zeros() const;
  Statistics collect(const arma::vec& theta, const arma::mat* given) const;
  Statistics collect_once(const arma::vec& theta, const arma::mat* given) const;
  void move_gate(const Statistics& from, const arma::vec& theta, Result& result) const;
  void move_experts(const Statistics& from, const arma::vec& theta, Result& result) const;
  /// Whether the M step of expert k is a fit of least absolute deviations, without a penalty.
  bool nonsmooth(arma::uword k) const;
  /// The M step of expert k by least absolute deviations. `r`: its responsibilities.
  void move_nonsmooth(arma::uword k, const arma::vec& r, const arma::vec& theta, Result& result) const;

  const Model& model_;
  const Rows& rows_;
  const Basis& basis_;
  const arma::vec& penalty_;
  double weight_;
  std::vector<bool> closed_;  // for each expert, whether psi has a closed form in the products of residuals
  unsigned threads_;
  arma::uword stride_ = 1;  // every stride-th block contributes to second derivatives
  // The experts whose second derivatives come from all rows. An expert that had few rows once remains one of them.
  // Unchanged where stride_ is 1.
  mutable std::vector<bool> whole_;
};

}  // namespace moe
