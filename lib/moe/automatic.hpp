// The automatic fit: candidates that suit the data, judged by rows held out, and a committee of the best of them.
#pragma once

#include <armadillo>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "moe/train.hpp"

namespace moe {

/// A model that is tried.
struct Tried {
  std::string words;  ///< the options of `moe train` that ask for it
  ModelSpec spec;
  TrainOptions options;
  arma::uword folds = 0;  ///< fitted with all passes; fewer than all: dropped after the trial
  double score = 0;       ///< mean log p(y|x) of the rows held out, in data units, by weight
  double error = 0;       ///< its standard error, from the differences between rows
  double weight = 0;      ///< in the committee; 0: not kept
  std::string failure{};  ///< why a fit failed, or ""
};

struct AutomaticOptions {
  std::string family = "auto";  ///< of every expert; auto: several are tried
  arma::uword folds = 5;        ///< at least 2; fewer where there are fewer than two rows, or no group, for each
  int effort = 5;               ///< 1 .. 9: each step up allows 1.6 times the passes over the rows
  std::uint64_t seed = 1;
  unsigned threads = 1;
  /// Rows with the same number stay in the same fold (n of them); empty: each row by itself.
  std::vector<std::size_t> groups{};
  std::vector<Tried> candidates{};  ///< the models to try; empty: automatic_candidates()
  /// Called for each fold at the end: the committee without the fits that have seen the fold, and the fold's rows. What
  /// it predicts for them tells how far off the whole committee is at new rows.
  std::function<void(const Model& committee, const std::vector<std::size_t>& rows)> on_unseen{};
};

struct AutomaticResult {
  Model model;               ///< a committee of the fits of the folds
  std::vector<Tried> tried;  ///< the best first
  double score = 0,
         error = 0;   ///< of the weighted mean of the kept ones' densities, each row by fits that have not seen it
  double factor = 1;  ///< by which all scales were multiplied; for classes, by which the log-odds were divided
  arma::uword folds = 0;
  std::vector<FarValues> far_values{};  ///< of the targets: see TrainReport
  bool constant_target = false;         ///< whether all values of a target are the same
  double seconds = 0;
  bool stopped = false;  ///< the fit was asked to stop: the committee is of the candidates that were done by then
};

/// Told after each fit how many of at most how many are done, one call at a time.
using AutomaticObserver = std::function<void(std::size_t done, std::size_t fits)>;

/// The candidates that suit these rows.
std::vector<Tried> automatic_candidates(const Schema& schema, const Dataset& data, const AutomaticOptions& options);

/// Finds a model. Where there are many candidates, each has a trial first: one fold and a part of the passes. The
/// better half goes on. Where the rows of a fold are many, those that its committee does not need are dropped. Each of the
/// others is fitted to the table without each fold, and weighed by the log score of what it
/// has not seen (stacking: Yao, Vehtari, Simpson and Gelman 2018). The fits of all folds are the members of one model.
/// The same bits for any number of threads. `data` as in FitRequest. Throws Error: usage for fewer than 2 folds, data
/// for fewer than 4 rows, fit where no candidate can be fitted. Where the caller's StopScope stops it, the candidates
/// that are fitted to all folds make the committee; where there is none yet, it throws Stopped.
AutomaticResult fit_automatically(const Schema& schema, const Dataset& data, const AutomaticOptions& options,
                                  const AutomaticObserver& observer);

/// Weights w >= 0 with sum 1 that maximise sum_n v_n log sum_m w_m p_nm, by EM: log_p n x m, v n.
/// Where columns are equal they share.
arma::vec stacking_weights(const arma::mat& log_p, const arma::vec& v);

}  // namespace moe
