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

/// Numbers by name, from which a solver goes on to the same bits. Throws Error (model) where one is not there or not of its size.
class SolverState {
 public:
  std::map<std::string, arma::vec> numbers;

  const arma::vec& at(const std::string& name, arma::uword size) const;
  double at(const std::string& name) const { return at(name, 1)[0]; }
  void set(const std::string& name, double number) { numbers[name] = arma::vec{number}; }
};

/// A sum over rows, taken in parts: what adam and sgd step by.
class Batches {
 public:
  virtual ~Batches() = default;
  /// Draws a new order of the rows and cuts it into batches; returns how many.
  virtual arma::uword shuffle(Random& random) = 0;
  /// The value over one batch, and its gradient.
  virtual double evaluate_batch(arma::uword batch, const arma::vec& theta, arma::vec& gradient) = 0;
};

/// What Newton's steps go by.
class SecondDerivatives {
 public:
  virtual ~SecondDerivatives() = default;
  /// Those over all rows, P x P.
  virtual void hessian(const arma::vec& theta, arma::mat& second) = 0;
  /// The same over a subsample of the rows: good enough for steps, whose end depends on the gradient alone. False where that would save
  /// little.
  virtual bool subsampled_hessian(const arma::vec& /*theta*/, arma::mat& /*second*/) { return false; }
};

/// Steps of expectation maximisation: what em climbs by.
class EmSteps {
 public:
  virtual ~EmSteps() = default;
  /// Where a step leads.
  struct Improvement {
    double value = 0;  ///< at the point itself
    double slope = 0;  ///< the largest component of its gradient
    arma::vec target;  ///< the value falls on the way there, if perhaps not all the way
  };
  virtual Improvement em_step(const arma::vec& theta) = 0;
  /// From now on em_step() looks at all rows, where it has looked at some in part; false where it does so already.
  virtual bool refine() { return false; }
  /// Parameters that the function has kinks in, on which a minimum lies: em_step() steps onto them, gradients do not lead there.
  virtual arma::uvec nonsmooth() const { return {}; }
};

/// What a solver sees: a function of a vector of P parameters. Only evaluate() must be written; the rest has defaults that do.
class Problem {
 public:
  virtual ~Problem() = default;
  /// The value over all rows, and the gradient, which leaves out l1_weights() times |theta|. Throws Error (fit) where the function is not defined.
  virtual double evaluate(const arma::vec& theta, arma::vec& gradient) = 0;
  /// What |theta_i| is multiplied by, a part of the value; empty where there is no such part.
  virtual arma::vec l1_weights() const { return {}; }
  /// How large rounding alone may make components of the gradient: what is smaller says nothing.
  virtual double rounding(const arma::vec&) const { return 0; }

  // What else there is of it, or nullptr. Who asks does not own it.
  /// nullptr: all rows are one batch.
  virtual Batches* batches() { return nullptr; }
  virtual SecondDerivatives* second_derivatives() { return nullptr; }
  virtual EmSteps* em() { return nullptr; }

  // A fit under way.
  /// To be called after each pass over the rows; `value` is the objective there, or over the pass. False: stop now.
  virtual bool keep_going(arma::uword /*pass*/, const arma::vec& /*theta*/, double /*value*/) { return true; }
  /// What keep() was given after the last pass of an earlier run of the same fit; nullptr: the fit begins. A solver that goes on from
  /// there first calls keep_going() for that pass, and shuffle() for all passes until then.
  virtual const SolverState* begun() const { return nullptr; }
  /// To be called before keep_going() by solvers that can go on. `fill` is called where somebody keeps the state.
  virtual void keep(const std::function<void(SolverState&)>& /*fill*/) {}
};

struct SolverOptions {
  arma::uword epochs = 0;    ///< passes at most; 0: the solver's own default
  double tolerance = 0;      ///< full-batch solvers: largest gradient component at the end; 0: the solver's own default
  double learning_rate = 0;  ///< adam and sgd; 0: the solver's own default
  double momentum = 0.9;     ///< sgd
  std::string schedule =
      "constant";  ///< of the learning rate over the epochs: constant, linear or cosine (both fall to 0)
};

/// Why a fit has come to its end where its slope is no larger than rounding().
constexpr const char* kRoundingIsLeft = "all that is left to gain is rounding";

struct SolverResult {
  arma::vec theta;
  double value = 0;
  arma::uword passes = 0;
  bool converged = false;
  std::string stop;  ///< why it ended, in a few words
};

class Solver {
 public:
  virtual ~Solver() = default;
  virtual std::string name() const = 0;
  /// Whether it takes mini-batches.
  virtual bool stochastic() const = 0;
  /// Which of these it uses: "tolerance", "learning-rate", "batch", "momentum", "schedule".
  virtual std::vector<std::string> options() const = 0;
  /// Whether it brings weights to 0 exactly, as an l1 penalty means to.
  virtual bool sparse() const { return false; }
  virtual SolverResult minimise(Problem& problem, arma::vec theta, const SolverOptions& options,
                                Random& random) const = 0;
};

/// "adam", "sgd", "lbfgs", "newton", "em" or "owlqn". Throws Error (usage) for anything else.
std::shared_ptr<const Solver> make_solver(const std::string& name);

using MakeSolver = std::function<std::shared_ptr<const Solver>()>;
/// Makes a solver known by its name. Throws Error (usage) where the name is taken.
void add_solver(const Word& word, const MakeSolver& make);

}  // namespace moe
