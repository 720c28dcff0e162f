// Solvers minimise a function of a vector and know nothing of models.
#pragma once

#include <armadillo>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "moe/registry.hpp"

namespace moe {

class Random;

/// Numbers by name, with which a solver can go on to the same bits. Throws Error (model) where one is missing or has
/// the wrong size.
class SolverState {
 public:
  std::map<std::string, arma::vec> numbers;

  const arma::vec& at(const std::string& name, arma::uword size) const;
  double at(const std::string& name) const { return at(name, 1)[0]; }
  void set(const std::string& name, double number) { numbers[name] = arma::vec{number}; }
};

/// A sum over rows in parts, for adam and sgd.
class Batches {
 public:
  virtual ~Batches() = default;
  /// Draws a new order of the rows, and cuts it into batches. Returns how many.
  virtual arma::uword shuffle(Random& random) = 0;
  /// The value over one batch, and its gradient.
  virtual double evaluate_batch(arma::uword batch, const arma::vec& theta, arma::vec& gradient) = 0;
};

/// Second derivatives, for Newton's method.
class SecondDerivatives {
 public:
  virtual ~SecondDerivatives() = default;
  /// The second derivatives over all rows, P x P.
  virtual void hessian(const arma::vec& theta, arma::mat& second) = 0;
  /// The same over a subsample of the rows. It is good enough for steps, as the gradient alone determines the optimum.
  /// False where that would save little.
  virtual bool subsampled_hessian(const arma::vec& /*theta*/, arma::mat& /*second*/) { return false; }
};

/// Steps of expectation maximisation, for em.
class EmSteps {
 public:
  virtual ~EmSteps() = default;
  /// The result of a step.
  struct Improvement {
    double value = 0;  ///< at the point where the step begins
    double slope = 0;  ///< the largest component of the gradient there
    arma::vec target;  ///< on the way there the value falls at first, but perhaps not all the way
  };
  virtual Improvement em_step(const arma::vec& theta) = 0;
  /// From now on em_step() uses all rows, where it has used a subsample for some sums. False where it uses all rows
  /// already.
  virtual bool refine() { return false; }
  /// Parameters in which the function has kinks, so that a minimum may lie on one. em_step() can step onto a kink; a
  /// gradient does not lead there.
  virtual arma::uvec nonsmooth() const { return {}; }
};

/// What a solver sees: a function of a vector of P parameters. Only evaluate() must be written; the others have
/// defaults.
class Problem {
 public:
  virtual ~Problem() = default;
  /// The value over all rows, and its gradient, which leaves out l1_weights() times |theta|. Throws Error (fit) where
  /// the function is not defined.
  virtual double evaluate(const arma::vec& theta, arma::vec& gradient) = 0;
  /// The factors of |theta_i| in the value; empty where it has no such terms.
  virtual arma::vec l1_weights() const { return {}; }
  /// The factors of theta_i^2 / 2 in the value, whose part of the gradient is l2_weights() % theta. Empty where solvers
  /// see other coordinates, in which the penalty has no such form.
  virtual arma::vec l2_weights() const { return {}; }
  /// How large rounding errors in components of the gradient may be. Smaller components mean nothing.
  virtual double rounding(const arma::vec&) const { return 0; }

  // Optional abilities, or nullptr. The solver does not own them.
  /// nullptr: all rows are one batch.
  virtual Batches* batches() { return nullptr; }
  virtual SecondDerivatives* second_derivatives() { return nullptr; }
  virtual EmSteps* em() { return nullptr; }

  // The course of a fit.
  /// Must be called after each pass over the rows. `value`: the objective at theta, or over the pass. False: stop now.
  virtual bool keep_going(arma::uword /*pass*/, const arma::vec& /*theta*/, double /*value*/) { return true; }
  /// The state that keep() was given after the last pass of an earlier run of the same fit; nullptr: the fit begins. A
  /// solver that goes on from there first calls keep_going() for that pass, and shuffle() once for each pass until
  /// then.
  virtual const SolverState* begun() const { return nullptr; }
  /// Must be called before keep_going() by solvers that can go on. `fill` is called if somebody keeps the state.
  virtual void keep(const std::function<void(SolverState&)>& /*fill*/) {}
};

struct SolverOptions {
  arma::uword epochs = 0;  ///< the most passes; 0: the solver's default
  double tolerance = 0;  ///< for full-batch solvers: the largest gradient component at the end; 0: the solver's default
  double learning_rate = 0;  ///< for adam and sgd; 0: the solver's default
  double momentum = 0.9;     ///< for sgd
  std::string schedule =
      "constant";  ///< of the learning rate over the epochs: constant, linear or cosine (both fall to 0)
};

/// The reason for the end of a fit whose gradient is not larger than rounding().
constexpr const char* kRoundingIsLeft = "all that is left to gain is rounding";

struct SolverResult {
  arma::vec theta;
  double value = 0;
  arma::uword passes = 0;
  bool converged = false;
  std::string stop;  ///< why the fit has ended, in a few words
};

class Solver {
 public:
  virtual ~Solver() = default;
  virtual std::string name() const = 0;
  /// Whether it uses mini-batches.
  virtual bool stochastic() const = 0;
  /// The options that it uses, of: "tolerance", "learning-rate", "batch", "momentum", "schedule".
  virtual std::vector<std::string> options() const = 0;
  /// Whether it makes weights exactly 0 under an l1 penalty.
  virtual bool sparse() const { return false; }
  virtual SolverResult minimise(Problem& problem, arma::vec theta, const SolverOptions& options,
                                Random& random) const = 0;
};

/// "adam", "adamw", "sgd", "lbfgs", "newton", "em" or "owlqn". Throws Error (usage) for anything else.
std::shared_ptr<const Solver> make_solver(const std::string& name);

using MakeSolver = std::function<std::shared_ptr<const Solver>()>;
/// Registers a solver under its name. Throws Error (usage) where the name is taken.
void add_solver(const Word& word, const MakeSolver& make);

}  // namespace moe
