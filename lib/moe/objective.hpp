// What training minimises, and the pass over blocks of rows that computes it with its gradient.
#pragma once

#include <armadillo>
#include <functional>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "moe/forward_pass.hpp"
#include "moe/model.hpp"
#include "moe/registry.hpp"

namespace moe {

/// Sums over some of the rows. They are added up in a fixed order, so that the bits do not depend on which thread
/// computed which.
struct Totals {
  double loss = 0;     ///< sum of w_n loss_n; for the log of a sum: that sum times exp(-peak)
  double weight = 0;   ///< sum of w_n
  double log_sum = 0;  ///< sum of w_n log |sum_k g_nk|
  double peak = -std::numeric_limits<double>::infinity();  ///< see loss
  double undefined = 0;                                    ///< rows whose loss is not defined
  arma::vec gradient;                                      ///< of loss; empty where it is not asked for

  /// Resets to no rows, with a gradient of that many parameters.
  void begin(arma::uword parameters);
};

/// A loss over rows, computed from the outputs of all branches. It has no state.
class Objective {
 public:
  virtual ~Objective() = default;
  virtual std::string name() const = 0;
  /// Whether its minimum is the maximum of the likelihood, dispersions included.
  virtual bool is_likelihood() const { return false; }
  /// Whether it is -log of a sum over experts. Such a loss falls without end as the sum of an unnormalised gate grows.
  virtual bool is_mixture() const { return false; }
  /// Whether it has a minimum under an unnormalised gate.
  virtual bool bounded_without_normalised_gate() const { return false; }
  /// The unit in which the objective and its gradient count. The squared error of a target in large units is large, and
  /// the tolerances of solvers must not depend on that.
  virtual double unit(const Model& model) const {
    return arma::dot(model.standardization.target_scale, model.standardization.target_scale);
  }
  /// Adds the loss of the block's rows to `totals`, and its gradient unless totals.gradient is empty. `forward` has
  /// been run at theta and block.X. The pass itself adds weight and log_sum.
  virtual void add(ForwardPass& forward, const arma::vec& theta, const Rows& block, Totals& totals) const = 0;
  /// Adds `part` to `total`.
  virtual void merge(const Totals& part, Totals& total) const;
  /// Turns sums into the objective, which is returned, and its gradient, in totals.gradient. NaN where it is not
  /// defined.
  virtual double finish(Totals& totals) const;
};

/// "likelihood", "me", "me-batch", "blend" or "localized". Throws Error (usage) for anything else.
std::shared_ptr<const Objective> make_objective(const std::string& name);

using MakeObjective = std::function<std::shared_ptr<const Objective>()>;
/// Registers an objective under its name. Throws Error (usage) where the name is taken.
void add_objective(const Word& word, const MakeObjective& make);

/// 0.5 l2 times the sum of squared weights, plus l1 times the sum of absolute weights; intercepts and dispersions are
/// not penalised. It is added to an objective in the objective's unit, so that its effect does not depend on the units
/// of the target.
struct Penalty {
  double experts = 0;  ///< l2
  double gate = 0;     ///< l2
  double experts_l1 = 0;
  double gate_l1 = 0;
  bool has_l1() const { return experts_l1 > 0 || gate_l1 > 0; }
};

/// Counts of the weights that have an l1 penalty.
struct WeightCount {
  arma::uword not_zero = 0, all = 0;
};

struct PassResult {
  double value = 0;  ///< objective plus penalty; NaN where the objective is not defined
  double penalty = 0;
  double mean_log_sum = 0;  ///< mean of log |sum_k g_k|: 0 under a normalised gate
  double undefined = 0;     ///< rows whose loss is not defined
};

/// Passes over rows: the value and gradient at theta. It keeps working memory, so two threads must not run it at the
/// same time.
class Pass {
 public:
  /// Keeps references to the model and the objective.
  Pass(const Model& model, const Objective& objective, const Penalty& penalty, unsigned threads);
  ~Pass();
  Pass(const Pass&) = delete;
  Pass& operator=(const Pass&) = delete;
  /// `gradient`: nullptr, or where the gradient is written, without that of the l1 penalty. The bits are the same for
  /// any number of threads.
  PassResult run(const arma::vec& theta, const Rows& rows, arma::vec* gradient) const;
  /// The factors of 0.5 theta_i^2.
  const arma::vec& penalty_weights() const { return penalty_weights_; }
  /// The factors of |theta_i|.
  const arma::vec& l1_weights() const { return l1_weights_; }

 private:
  Totals& sum(const arma::vec& theta, const Rows& rows, bool gradient) const;

  const Model& model_;
  const Objective& objective_;
  arma::vec penalty_weights_, l1_weights_;
  arma::uword first_penalised_ = 0, penalised_ = 0;  // parameters outside of these have no penalty
  bool has_l1_ = false;
  unsigned threads_;
  struct Memory;
  std::unique_ptr<Memory> memory_;
};

}  // namespace moe
