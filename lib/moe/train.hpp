// From rows to a fitted model.
#pragma once

#include <armadillo>
#include <functional>
#include <optional>
#include <string>

#include "moe/checkpoint.hpp"
#include "moe/metrics.hpp"
#include "moe/model.hpp"
#include "moe/objective.hpp"
#include "moe/solver.hpp"

namespace moe {

struct TrainOptions {
  std::string objective = "likelihood";
  std::string solver =
      "auto";  ///< auto: owlqn under an l1 penalty; adam where a network is an MLP; else em, or lbfgs where that cannot
               ///< be or is large
  SolverOptions solver_options;
  arma::uword batch = 32;     ///< rows a step of a stochastic solver; 0: all
  arma::uword restarts = 0;   ///< starts, the best fit kept; 0: the solver's own default
  Penalty penalty{0, 1e-12};  ///< mean loss plus 0.5 l2 |weights|^2 plus l1 |weights|_1
  bool firth =
      false;  ///< the bias-reduced fit of one expert of classes or counts, or of the gate of several (Firth 1993)
  bool standardize = true;
  bool errors = true;     ///< whether the model keeps its Uncertainty, where one is known
  double validation = 0;  ///< fraction of the rows set aside
  arma::uword patience =
      0;  ///< passes without a better value, of the validation rows where there are some, else of the objective before stopping; 0: never stop for it
  std::uint64_t seed = 1;
  unsigned threads = 1;
  /// What earlier runs over the same rows with the same options have come to, and where this one adds what it comes to; or nullptr.
  /// train() then ends with the bits of a run that was never stopped.
  FitProgress* progress = nullptr;
};

/// What an observer is told after each pass.
struct PassReport {
  arma::uword restart, restarts, pass, passes;
  double objective;
  std::optional<double> validation;
  bool on_floor;   ///< a sigma of theta sits on its floor
  bool pilot;      ///< over some of the rows, where starts are compared before the fit proper
  double seconds;  ///< since the fit began
  const arma::vec& theta;
  const Model& model;  ///< the structure that theta belongs to
};

/// Called after each pass, one call at a time; returns false to stop the fit with what is best so far.
using Observer = std::function<bool(const PassReport&)>;

/// A maximum that starts ended in.
struct Maximum {
  double objective = 0;  ///< with penalties, per unit of weight
  arma::uword starts = 0;
  bool spurious = false;
};

/// What happened, beyond what the model itself keeps.
struct TrainReport {
  std::string solver, stop;          ///< stop: why the best start ended
  arma::uword starts_at_best = 0;    ///< starts that ended within 1e-4 log-likelihood units a hundred rows of the best
  arma::uword starts_set_aside = 0;  ///< starts that came to an expert that explains a handful of rows all but exactly
  std::vector<Maximum> maxima;       ///< distinct ones, the best first
  arma::uword pilot_rows = 0;        ///< rows that the starts were compared on; 0: all
  bool moved = false;                ///< the best was found by splitting and merging experts, from another start's end
  bool from_simpler =
      false;  ///< the best began at the fit of simpler families, as a student's at a gaussian's, or of one expert
  std::vector<std::string> aliased;  ///< inputs that others explain exactly: they have no coefficient of their own
  arma::uword constant_inputs = 0;
  WeightCount experts_l1, gate_l1;
  bool constant_target = false;
  bool restrained = false;  ///< by a penalty on the experts or by validation rows
  bool on_floor = false;    ///< the model's sigma, too: it explains a few rows exactly
  bool separated = false;   ///< classes that the model tells apart without a doubt in any training row
  double validation = 0;    ///< the best validation value, where there was one
  double seconds = 0;
  bool stopped = false;  ///< the observer asked for it
  bool stayed =
      false;  ///< nothing better was found than the `start` that the fit was given: the model has its parameters
};

/// What is to be fitted to which rows, and how.
struct FitRequest {
  Schema schema;
  /// `family` "auto" is gaussian:unit for me and me-batch, gaussian:shared for blend and localized, else gaussian; for classes
  /// bernoulli or categorical.
  ModelSpec spec;
  /// X: (1 + d) x n for the d inputs of the schema, its first row ones; y: n x T; w: n. In the data's own units. Rows of weight 0 are
  /// left out.
  Dataset data;
  std::optional<Dataset> validation{};  ///< rows that judge the fit, of the same columns; none: options.validation says
  TrainOptions options{};
  Observer observer{};  ///< may be empty
  /// Whose parameters the fit begins with, in place of random starts; it must live until train() returns. nullptr: random starts.
  const Model* start = nullptr;
};

struct FitResult {
  Model model;
  TrainReport report;
};

/// Fits.
/// Throws Error: usage for options that make no sense together, or a `start` of other columns; data for more experts than rows; fit
/// where the loss is undefined or runs away, with a sentence that says which and at which pass. Throws std::logic_error for a table
/// of another shape than the schema's, and Stopped where the caller's StopScope says so: what was best until then, the observer has
/// seen.
FitResult train(FitRequest request);

}  // namespace moe
