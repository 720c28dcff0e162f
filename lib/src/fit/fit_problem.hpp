// A fit as the solvers see it: the objective over the training rows, watched for a loss that is undefined or runs away, and
// for the validation value.
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

/// Told after each pass: pass, theta, objective, validation. False: stop.
using Watch = std::function<bool(arma::uword, const arma::vec&, double, std::optional<double>)>;

struct FitData {
  const Model& model;
  const Objective& objective;
  const Penalty& penalty;
  const Rows& rows;
  const Rows* validation;  ///< or none
  arma::uword batch;       ///< 0: all rows
  arma::uword patience;    ///< 0: without end
  unsigned threads;
  const Basis* basis;                  ///< or none, as under an l1 penalty: in whose coordinates solvers see theta
  const SolverState* begun = nullptr;  ///< where an earlier run was, or none
  std::function<void(SolverState&&)> keeper{};  ///< what takes each pass's state, or none
  bool reduces_gate_bias = false;  ///< see gate_prior.hpp: needs a basis, and a solver that takes gradients alone
};

/// How many rows are enough for the second derivatives of a step in so many parameters.
arma::uword rows_for_hessian(arma::uword parameters);

class FitProblem : public Problem, private Batches, private SecondDerivatives, private EmSteps {
 public:
  FitProblem(const FitData& data, Watch watch);

  double evaluate(const arma::vec& theta, arma::vec& gradient) override;
  arma::vec l1_weights() const override { return pass_.l1_weights() / unit_; }
  double rounding(const arma::vec& theta) const override;
  Batches* batches() override { return this; }
  SecondDerivatives* second_derivatives() override;
  EmSteps* em() override { return em_ || generalised_em_ ? this : nullptr; }
  const SolverState* begun() const override { return data_.begun; }
  void keep(const std::function<void(SolverState&)>& fill) override;
  bool keep_going(arma::uword pass, const arma::vec& theta, double value) override;

  /// Throws Error (fit) where the gate leaves the objective without a minimum: it was still falling when the passes ended.
  void require_minimum() const;
  /// Between theta and what solvers see of it: the same without a basis.
  arma::vec theta(const arma::vec& seen) const { return coordinates_ ? coordinates_->theta(seen) : seen; }
  arma::vec seen(const arma::vec& theta) const { return coordinates_ ? coordinates_->phi(theta) : theta; }
  /// The parameters at the best validation value (or pass, under patience), where there was a choice.
  const std::optional<arma::vec>& best() const { return best_theta_; }
  /// The pass that gave it.
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
  /// What was the best until the pass that an earlier run had ended.
  void load(const SolverState& from);
  /// The pass's value; throws Error (fit) where the domain study says so.
  double checked(const PassResult& result);
  [[noreturn]] void fail(const std::string& what) const;

  FitData data_;
  double unit_;  // of the objective: solvers see it, and what belongs to it, divided by this
  std::optional<Coordinates> coordinates_;
  std::optional<GatePrior> gate_prior_;
  Pass pass_, validation_pass_;
  std::optional<EmStep> em_;  // where linear networks have weighted fits
  std::optional<GeneralisedEm> generalised_em_;
  Watch watch_;
  std::vector<std::size_t> order_;
  Rows gathered_;
  Rows some_;  // whose second derivatives stand for those of all
  arma::uword passes_ = 0, since_best_ = 0, best_pass_ = 0;
  PassResult last_;
  std::optional<arma::vec> best_theta_;
  double best_value_;
  bool evaluated_ = false, out_of_patience_ = false;
};

}  // namespace moe
