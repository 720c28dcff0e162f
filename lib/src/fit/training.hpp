// A fit from many starts: each start's way to its end, the moves between ends, and the best one's summary.
//
// train() (train.cpp) reads the options and prepares the rows. A Training then begins start after start (starts.hpp), lets the solver
// climb from each (fit_problem.hpp), goes on from the best ends by split and merge, chooses, and fills in the model's FitSummary
// (fit_summary.cpp). What an earlier run has come to is in the FitLedger and is not done again.
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

/// Two starts found the same maximum where their mean losses differ by less.
constexpr double kSameMaximum = 1e-6;

/// Streams of the seed: what each is for.
constexpr std::uint64_t kSplitStream = 1, kSampleStream = 2, kMoveStreams = 100, kStartStreams = 1000;
/// Rows that starts are compared on where there are more than twice as many: the maxima of so many rows lie where those of all do.
constexpr arma::uword kRowsToCompare = 20000;

/// One start's end.
struct FitEnd {
  arma::vec theta;
  double value = 0;  ///< what the starts are compared by
  double validation = 0;
  arma::uword passes = 0;
  bool converged = false, spurious = false;
  bool given_up = false;   ///< as it was spurious on its way already
  bool moved = false;      ///< it began where experts of another one's end were split and merged
  bool simpler = false;    ///< it began at the fit of simpler families, or of one expert
  arma::uword starts = 1;  ///< that ended there; 0 where it is moved or simpler
  std::string stop;
};

/// A fit under way: what all its starts share.
class Training {
 public:
  Training(Model& model, const Rows& rows, const Rows* validation, const TrainOptions& options,
           const Observer& observer, bool several_ways, std::string part = "");

  void run(const Model* start, TrainReport& report);

 private:
  /// The ends of all starts, and where they led on.
  std::vector<FitEnd> fit_all(const Model* start);
  /// Goes on from the fit of the same model with simpler families, where there are such, and appends the ends.
  void fit_from_simpler(std::vector<FitEnd>& fits);
  /// Appends the fit of a single expert, which all experts then are, where every end so far is worse.
  void fit_from_single(std::vector<FitEnd>& fits);
  /// The same over some of the rows, and the ends over all rows of the best of them.
  std::vector<FitEnd> fit_best_of_some(TrainReport& report);
  /// Fits from the point that `begin` returns, which `passes` passes have led to already; an empty end where it returns none. Where an
  /// earlier run has stored an end under that name, that is the result.
  FitEnd fit(const std::string& name, arma::uword restart, const std::function<arma::vec()>& begin, unsigned threads,
             arma::uword passes = 0, bool to_its_end = true);
  FitEnd fit_on(const std::string& name, const SolverState* begun, arma::uword restart, const arma::vec& theta,
                unsigned threads, arma::uword passes, bool to_its_end);
  /// What starts are compared by, at theta.
  double value_at(const arma::vec& theta, unsigned threads) const;
  bool tell(arma::uword restart, arma::uword pass, const arma::vec& theta, double value,
            std::optional<double> validation);
  FitEnd fit_without_bias();
  std::size_t choose(const std::vector<FitEnd>& fits, TrainReport& report) const;
  /// Puts where the fit was to begin in the best end's place where that is higher.
  void stay_if_better(const Model& start, FitEnd& best, TrainReport& report) const;
  /// Goes on by second derivatives from an end that lbfgs's passes have not sufficed for: a few rare levels are enough for it to creep.
  void finish(FitEnd& best);
  /// Goes on from the best starts' ends to where moves of experts lead, and appends what lies higher.
  void split_and_merge(std::vector<FitEnd>& fits);
  /// Keeps scales that inputs tell within what they are in the rows at theta.
  void bound_scales(const arma::vec& theta);
  void summarise(const FitEnd& best);
  /// Standard errors, and where there are none as the maximum is at infinity.
  void find_errors();
  /// The model where a solver ends that goes to a maximum's place, also at infinity; adam and sgd stop on the way there.
  Model gone_on() const;
  void prepare();
  /// One expert has a solver of its own: firth.hpp.
  bool reduces_gate_bias() const { return options_.firth && model_.size() > 1; }
  /// Whether starts may use steps of EM.
  bool by_em() const { return !solver_->stochastic() && objective_->is_likelihood() && EmStep::knows(model_); }
  /// Coefficients that have no value of their own, as columns of a design depend on others.
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
  std::string part_;       // what is before the fit proper has a name, which its starts are kept under
  bool chosen_;            // whether the solver was left to choose
  bool finishes_ = false;  // whether what is fitted is the best end, by second derivatives
  bool several_ways_;      // whether starts may differ in their solvers, too
  std::optional<Basis> basis_;
  std::chrono::steady_clock::time_point began_;
  std::mutex mutex_;
  FitLedger ledger_;
  arma::uword restarts_ = 1;
  std::atomic<bool> stopped_ = false;
};

}  // namespace moe
