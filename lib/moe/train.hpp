// Fits a model to rows.
#pragma once

#include <armadillo>
#include <functional>
#include <optional>
#include <string>
#include <vector>

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
  arma::uword batch = 32;     ///< rows in a step of a stochastic solver; 0: all
  arma::uword restarts = 0;   ///< how many starts; the best fit is kept; 0: the solver's default
  Penalty penalty{0, 1e-12};  ///< mean loss plus 0.5 l2 |weights|^2 plus l1 |weights|_1
  bool firth =
      false;  ///< the bias-reduced fit of one expert of classes or counts, or of the gate of several (Firth 1993)
  bool standardize = true;
  bool errors = true;     ///< whether the model keeps its Uncertainty, where that is known
  double validation = 0;  ///< fraction of the rows that are set aside
  arma::uword patience =
      /// Stop after so many passes without a better value (of the validation rows if there are any, else of the
      /// objective); 0: never.
      0;
  std::uint64_t seed = 1;
  unsigned threads = 1;
  /// The results of earlier runs over the same rows with the same options, to which this run adds its own; or nullptr.
  /// train() then ends with the same bits as a run that was never interrupted.
  FitProgress* progress = nullptr;
  /// The smallest sigma that the fit may find, one number above 0 for each target, in data units. Empty: it follows from
  /// the data. Only for families with a sigma of their own.
  std::vector<double> sigma_floor{};
};

/// Sets how long adam fits a network to so many rows, and in which steps: epochs, schedule, batch and patience. Each
/// `effort` (1 .. 9) allows 1.6 times the passes. Give it rows to judge by, too: `validation`.
void pace(TrainOptions& options, arma::uword rows, int effort = 5);

/// What an observer is told after each pass.
struct PassReport {
  arma::uword restart, restarts, pass, passes;
  double objective;
  std::optional<double> validation;
  bool on_floor;   ///< whether a sigma in theta is on its floor
  bool pilot;      ///< over a subset of the rows, with which starts are compared before the main fit
  double seconds;  ///< since the fit began
  const arma::vec& theta;
  const Model& model;  ///< the structure to which theta belongs
};

/// Called after each pass, never twice at the same time. Returns false to stop the fit with the best result so far.
using Observer = std::function<bool(const PassReport&)>;

/// A maximum that some starts have reached.
struct Maximum {
  double objective = 0;  ///< with penalties, per unit of weight
  arma::uword starts = 0;
  bool spurious = false;
};

/// Values of a target that are far from all others: outliers, or codes for a missing value.
struct FarValues {
  arma::uword target = 0;  ///< from 0
  double value = 0;        ///< the farthest one, in data units
  arma::uword row = 0;     ///< the first row with that value, from 1: of the table's rows that the fit was given
  arma::uword rows = 0;    ///< how many values are so far
  double times = 0;        ///< its distance from the middle quartile, in distances between the quartiles
};

/// What happened in a fit, beyond the record in the model.
struct TrainReport {
  std::string solver, stop;        ///< stop: why the best start has ended
  arma::uword starts_at_best = 0;  ///< starts that ended within 1e-4 log-likelihood units per hundred rows of the best
  /// Starts whose end is spurious: an expert explains a handful of rows almost exactly.
  arma::uword starts_set_aside = 0;
  std::vector<Maximum> maxima;  ///< the different maxima, the best first
  arma::uword pilot_rows = 0;   ///< on how many rows the starts were compared; 0: all
  bool moved = false;           ///< whether the best was found by split and merge, from another start's end
  bool from_simpler =
      false;  ///< whether the best began at the fit of simpler families (a student's at a gaussian's), or of one expert
  std::vector<std::string> aliased;  ///< inputs that follow exactly from others, and so have no coefficients
  arma::uword constant_inputs = 0;
  WeightCount experts_l1, gate_l1;
  bool constant_target = false;
  bool restrained = false;  ///< whether a penalty on the experts, or validation rows, restrain the fit
  bool on_floor = false;    ///< whether a sigma of the model is on its floor: that expert explains a few rows exactly
  /// Whether the model tells the classes of all training rows apart without a doubt (separation).
  bool separated = false;
  double validation = 0;  ///< the best validation value, if there was one
  double seconds = 0;
  bool stopped = false;  ///< whether the observer stopped the fit
  bool stayed =
      false;  ///< whether nothing better was found than the `start` that was given: the model then has its parameters
  /// A few values of a target that are far from all others: one element for each such target.
  std::vector<FarValues> far_values{};
};

/// What is to be fitted, to which rows, and how.
struct FitRequest {
  Schema schema;
  /// The family "auto" becomes bernoulli or categorical for classes. For numbers it becomes gaussian:unit for me and
  /// me-batch, gaussian:shared for blend and localized, else gaussian.
  ModelSpec spec;
  /// The rows in data units. X: (1 + d) x n for the d inputs of the schema, with ones in its first row; y: n x T; w: n.
  /// Rows of weight 0 are left out.
  Dataset data;
  std::optional<Dataset> validation{};  ///< rows of the same columns that judge the fit; none: see options.validation
  TrainOptions options{};
  Observer observer{};  ///< may be empty
  /// A model with whose parameters the fit begins, in place of random starts. It must live until train() returns.
  /// nullptr: random starts.
  const Model* start = nullptr;
  /// The units of the model, as common_units() or another model has them. Nothing: those of the rows.
  std::optional<Standardization> units{};
};

/// The units that models of these families have in common when they are fitted to parts of a table: means and standard
/// deviations of all rows, and floors of the scales, which are at least step / sqrt(12) where the target is given in
/// steps: no fit can tell a smaller one from rounding. `data` as in FitRequest; specs: one or more.
Standardization common_units(const Schema& schema, const Dataset& data, const std::vector<ModelSpec>& specs);

struct FitResult {
  Model model;
  TrainReport report;
};

/// Fits a model. Throws Error: usage for options that contradict each other, or a `start` with other columns; data for
/// more experts than rows; fit where the loss is undefined or diverges, with a sentence that says which, and in which
/// pass. Throws std::logic_error where the table's shape is not that of the schema, and Stopped where the caller's
/// StopScope ends the work; the observer has seen the best result until then.
FitResult train(FitRequest request);

}  // namespace moe
