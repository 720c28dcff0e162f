// A fit from many starts: how starts are run, the searches that go on from their ends, and the summary of the best end.
//
// train() (train.cpp) reads the options and prepares the rows. A Training then makes starts (starts.hpp), runs the
// solver from each of them (fit_problem.hpp), goes on from the best ends by split and merge, chooses the best, and
// fills in the model's FitSummary (fit_summary.cpp). The results of an earlier run are in the FitLedger and are not
// computed again.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <limits>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "fit/em_step.hpp"
#include "fit/fit_ledger.hpp"
#include "moe/train.hpp"
#include "objective/basis.hpp"

namespace moe {

/// Two starts have found the same maximum if their mean losses differ by less.
constexpr double kSameMaximum = 1e-6;

/// Streams of the seed, by their purpose.
constexpr std::uint64_t kSplitStream = 1, kSampleStream = 2, kMoveStreams = 100, kStartStreams = 1000;
/// If there are more than twice as many rows, starts are compared on a sample of so many, whose maxima are near those
/// of all rows.
constexpr arma::uword kRowsToCompare = 20000;

/// The end of a start.
struct FitEnd {
  arma::vec theta;
  double value = 0;  ///< the value by which starts are compared
  double validation = 0;
  arma::uword passes = 0;
  bool converged = false, spurious = false;
  bool given_up = false;   ///< spurious on its way, so that it was not finished
  bool moved = false;      ///< began by splitting and merging experts of another end
  bool simpler = false;    ///< began at the fit of simpler families, or of a single expert
  arma::uword starts = 1;  ///< how many starts have ended there; 0 for one that is moved or simpler
  std::string stop;
};

/// A fit in progress: what all its starts share.
class Training {
 public:
  Training(Model& model, const Rows& rows, const Rows* validation, const TrainOptions& options,
           const Observer& observer, bool several_ways, std::string part = "");

  void run(const Model* start, TrainReport& report);

 private:
  /// The ends of all starts, and of the searches that go on from them.
  std::vector<FitEnd> fit_all(const Model* start);
  /// Fits the same model with simpler families, if there are such, goes on from there, and appends the ends.
  void fit_from_simpler(std::vector<FitEnd>& fits);
  /// Fits a single expert. If all ends so far are worse, appends a fit that begins with all experts equal to it.
  void fit_from_single(std::vector<FitEnd>& fits);
  /// The same on a sample of the rows, followed by fits to all rows from the best ends.
  std::vector<FitEnd> fit_best_of_some(TrainReport& report);
  /// Fits from the point that `begin` returns, after `passes` passes have led there. The end is empty where `begin`
  /// returns nothing. If an earlier run has stored an end under that name, it is the result.
  FitEnd fit(const std::string& name, arma::uword restart, const std::function<arma::vec()>& begin, unsigned threads,
             arma::uword passes = 0, bool to_its_end = true);
  FitEnd fit_on(const std::string& name, const SolverState* begun, arma::uword restart, const arma::vec& theta,
                unsigned threads, arma::uword passes, bool to_its_end);
  /// The value at theta by which starts are compared.
  double value_at(const arma::vec& theta, unsigned threads) const;
  bool tell(arma::uword restart, arma::uword pass, const arma::vec& theta, double value,
            std::optional<double> validation);
  FitEnd fit_without_bias();
  std::size_t choose(const std::vector<FitEnd>& fits, TrainReport& report) const;
  /// Replaces the best end by the beginning of the fit, where that is better.
  void stay_if_better(const Model& start, FitEnd& best, TrainReport& report) const;
  /// Continues the best end by second derivatives, if lbfgs has used up its passes: with a few rare levels it converges
  /// slowly.
  void finish(FitEnd& best);
  /// Goes on from the best ends by moves of experts, and appends ends that are better.
  void split_and_merge(std::vector<FitEnd>& fits);
  /// Limits scales that depend on inputs to their range in the rows at theta.
  void bound_scales(const arma::vec& theta);
  void summarise(const FitEnd& best);
  /// Computes standard errors, and finds separation where there are none.
  void find_errors();
  /// The model at the end of a solver that goes to the maximum, even to infinity; adam and sgd stop on the way there.
  Model gone_on() const;
  void prepare();
  /// For a single expert, firth.hpp has a solver of its own.
  bool reduces_gate_bias() const { return options_.firth && model_.size() > 1; }
  /// Whether the user has set the floor of the scales.
  bool floor_by_hand() const { return !options_.sigma_floor.empty(); }
  /// Whether starts may use EM.
  bool by_em() const { return !solver_->stochastic() && objective_->is_likelihood() && EmStep::knows(model_); }
  /// How many coefficients are aliased, as their columns depend on others.
  arma::uword aliased_parameters() const;
  void name_aliased(arma::uword k, std::vector<std::string>& names) const;
  bool same_value(double a, double b) const { return std::abs(a - b) < kSameMaximum * objective_->unit(model_); }
  bool same_maximum(const FitEnd& a, const FitEnd& b) const { return same_value(a.value, b.value); }
  void count_weights(TrainReport& report) const;
  double seconds() const { return std::chrono::duration<double>(std::chrono::steady_clock::now() - began_).count(); }

  Model& model_;
  const Rows& rows_;
  const Rows* validation_;
  const TrainOptions& options_;
  const Observer& observer_;
  std::shared_ptr<const Objective> objective_;
  std::shared_ptr<const Solver> solver_;
  std::string part_;       // the prefix under which the starts of a preliminary fit are kept
  bool chosen_;            // whether the solver was chosen automatically
  bool finishes_ = false;  // whether the best end is being continued by second derivatives
  bool several_ways_;      // whether starts may differ in their solvers, too
  std::optional<Basis> basis_;
  std::chrono::steady_clock::time_point began_;
  std::mutex mutex_;
  FitLedger ledger_;
  arma::uword restarts_ = 1;
  std::atomic<bool> stopped_ = false;
};

}  // namespace moe
