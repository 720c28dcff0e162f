// What training minimises, and the one pass over blocks of rows that computes it with its gradient.
#pragma once

#include <armadillo>
#include <functional>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "moe/model.hpp"
#include "moe/registry.hpp"

namespace moe {

/// Sums over some of the rows; added up in a fixed order, so that the bits do not depend on who computed which.
struct Totals {
  double loss = 0;     ///< sum of w_n loss_n; for a log of a sum: the sum, times exp(-peak)
  double weight = 0;   ///< sum of w_n
  double log_sum = 0;  ///< sum of w_n log |sum_k g_nk|
  double peak = -std::numeric_limits<double>::infinity();  ///< see loss
  double undefined = 0;                                    ///< rows whose loss is not defined
  arma::vec gradient;                                      ///< of loss; empty where none is asked for

  /// Back to no rows, with a gradient of so many parameters.
  void begin(arma::uword parameters);
};

/// A loss over rows, given every branch's outputs; stateless.
class Objective {
 public:
  virtual ~Objective() = default;
  virtual std::string name() const = 0;
  /// Whether its minimum is a maximum of the likelihood, dispersion included.
  virtual bool is_likelihood() const { return false; }
  /// Whether it is -log of a sum over experts: it falls without end as an unnormalised gate's sum grows.
  virtual bool is_mixture() const { return false; }
  /// Whether an unnormalised gate leaves it a minimum.
  virtual bool bounded_without_normalised_gate() const { return false; }
  /// What the objective is large in comparison with: it and its gradient count in this unit. The squared error of a target in
  /// large units is large, and the solvers' tolerances must not depend on that.
  virtual double unit(const Model& model) const {
    return arma::dot(model.standardization.target_scale, model.standardization.target_scale);
  }
  /// Adds the loss of the block's rows (`forward` has been run at theta and block.X) to `totals`, and its gradient where
  /// totals.gradient is not empty. The pass itself adds up weight and log_sum.
  virtual void add(ForwardPass& forward, const arma::vec& theta, const Rows& block, Totals& totals) const = 0;
  /// Adds `part` to `total`.
  virtual void merge(const Totals& part, Totals& total) const;
  /// From sums to the objective: its value is returned, totals.gradient becomes its gradient. NaN where it is not defined.
  virtual double finish(Totals& totals) const;
};

/// "likelihood", "me", "me-batch", "blend" or "localized". Throws Error (usage) for anything else.
std::shared_ptr<const Objective> make_objective(const std::string& name);

using MakeObjective = std::function<std::shared_ptr<const Objective>()>;
/// Makes an objective known by its name. Throws Error (usage) where the name is taken.
void add_objective(const Word& word, const MakeObjective& make);

/// 0.5 l2 sum of squared weights and l1 sum of absolute ones, intercepts and dispersions spared, added to an objective in its unit:
/// the target's units do not change what they do.
struct Penalty {
  double experts = 0;  ///< l2
  double gate = 0;     ///< l2
  double experts_l1 = 0;
  double gate_l1 = 0;
  bool has_l1() const { return experts_l1 > 0 || gate_l1 > 0; }
};

/// Of the weights that have an l1 penalty.
struct WeightCount {
  arma::uword not_zero = 0, all = 0;
};

struct PassResult {
  double value = 0;  ///< objective plus penalty; NaN where the objective is not defined
  double penalty = 0;
  double mean_log_sum = 0;  ///< mean of log |sum_k g_k|: 0 under a normalised gate
  double undefined = 0;     ///< rows whose loss is not defined
};

/// Passes over rows: value and gradient at theta. Not to be run on two threads at once: it keeps its working memory.
class Pass {
 public:
  /// Keeps references to both.
  Pass(const Model& model, const Objective& objective, const Penalty& penalty, unsigned threads);
  ~Pass();
  Pass(const Pass&) = delete;
  Pass& operator=(const Pass&) = delete;
  /// `gradient`: nullptr, or what receives the gradient, in which the l1 penalty has no part. Same bits for any number of
  /// threads.
  PassResult run(const arma::vec& theta, const Rows& rows, arma::vec* gradient) const;
  /// What 0.5 theta_i^2 is multiplied by.
  const arma::vec& penalty_weights() const { return penalty_weights_; }
  /// What |theta_i| is multiplied by.
  const arma::vec& l1_weights() const { return l1_weights_; }

 private:
  Totals& sum(const arma::vec& theta, const Rows& rows, bool gradient) const;

  const Model& model_;
  const Objective& objective_;
  arma::vec penalty_weights_, l1_weights_;
  arma::uword first_penalised_ = 0, penalised_ = 0;  // beyond which no parameter has a penalty
  unsigned threads_;
  struct Memory;
  std::unique_ptr<Memory> memory_;
};

}  // namespace moe
