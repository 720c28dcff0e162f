// A fit in the form that solvers see: the objective over the training rows. It also checks whether the loss is
// undefined or diverges, and keeps the best parameters by the validation value.
#pragma once

#include <chrono>
#include <functional>
#include <optional>

#include "fit/em_step.hpp"
#include "fit/gate_prior.hpp"
#include "fit/generalised_em.hpp"
#include "moe/objective.hpp"
#include "moe/solver.hpp"
#include "objective/basis.hpp"

namespace moe {

/// Called after each pass with pass, theta, objective and validation value. False: stop.
using Watch = std::function<bool(arma::uword, const arma::vec&, double, std::optional<double>)>;

struct FitData {
  const Model& model;
  const Objective& objective;
  const Penalty& penalty;
  const Rows& rows;
  const Rows* validation;  ///< or nullptr
  arma::uword batch;       ///< 0: all rows
  arma::uword patience;    ///< 0: unlimited
  unsigned threads;
  const Basis* basis;  ///< in whose coordinates solvers see theta; or nullptr, for example under an l1 penalty
  const SolverState* begun = nullptr;           ///< where an earlier run was interrupted; or nullptr
  std::function<void(SolverState&&)> keeper{};  ///< gets the state after each pass; may be empty
  bool reduces_gate_bias = false;  ///< see gate_prior.hpp: needs a basis, and a solver that uses gradients only
};

/// How many rows suffice for the second derivatives of a step in so many parameters.
arma::uword rows_for_hessian(arma::uword parameters);

class FitProblem : public Problem, private Batches, private SecondDerivatives, private EmSteps {
 public:
  FitProblem(const FitData& data, Watch watch);

  double evaluate(const arma::vec& theta, arma::vec& gradient) override;
  arma::vec l1_weights() const override { return pass_.l1_weights() / unit_; }
  arma::vec l2_weights() const override { return coordinates_ ? arma::vec() : pass_.penalty_weights() / unit_; }
  double rounding(const arma::vec& theta) const override;
  Batches* batches() override { return this; }
  SecondDerivatives* second_derivatives() override;
  EmSteps* em() override { return em_ || generalised_em_ ? this : nullptr; }
  const SolverState* begun() const override { return data_.begun; }
  void keep(const std::function<void(SolverState&)>& fill) override;
  bool keep_going(arma::uword pass, const arma::vec& theta, double value) override;

  /// Throws Error (fit) where the gate leaves the objective without a minimum: it was still falling when the passes
  /// ended.
  void require_minimum() const;
  /// Convert between theta and what solvers see; without a basis that is theta itself.
  arma::vec theta(const arma::vec& seen) const { return coordinates_ ? coordinates_->theta(seen) : seen; }
  arma::vec seen(const arma::vec& theta) const { return coordinates_ ? coordinates_->phi(theta) : theta; }
  /// The parameters with the best validation value (or, with patience, the best objective), if there was a choice.
  const std::optional<arma::vec>& best() const { return best_theta_; }
  /// The pass that had it.
  arma::uword best_pass() const { return best_pass_; }
  double best_value() const { return best_value_; }
  bool ran_out_of_patience() const { return out_of_patience_; }

 private:
  arma::uword shuffle(Random& random) override;
  double evaluate_batch(arma::uword batch, const arma::vec& theta, arma::vec& gradient) override;
  void hessian(const arma::vec& theta, arma::mat& second) override;
  bool subsampled_hessian(const arma::vec& theta, arma::mat& second) override;
  Improvement em_step(const arma::vec& theta) override;
  bool refine() override { return em_ && em_->refine(); }
  arma::uvec nonsmooth() const override { return em_ ? em_->nonsmooth() : arma::uvec(); }

  void hessian_over(const Rows& rows, const arma::vec& theta, arma::mat& second);
  /// Restores the best so far from the state of an earlier run.
  void load(const SolverState& from);
  /// The value of the pass. Throws Error (fit) where the loss is undefined or diverges.
  double checked(const PassResult& result);
  [[noreturn]] void fail(const std::string& what) const;

  FitData data_;
  double unit_;  // the unit of the objective, by which everything that solvers see is divided
  std::optional<Coordinates> coordinates_;
  std::optional<GatePrior> gate_prior_;
  Pass pass_, validation_pass_;
  std::optional<EmStep> em_;  // for linear networks whose experts have weighted fits
  std::optional<GeneralisedEm> generalised_em_;
  Watch watch_;
  std::vector<std::size_t> order_;
  Rows gathered_;
  Rows some_;  // the subsample for second derivatives
  arma::uword passes_ = 0, since_best_ = 0, best_pass_ = 0;
  PassResult last_;
  std::optional<arma::vec> best_theta_;
  double best_value_;
  bool evaluated_ = false, out_of_patience_ = false;
};

}  // namespace moe
