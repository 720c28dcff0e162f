// Candidates fitted without each fold of the rows, and how well each fit predicts the fold that it has not seen.
#pragma once

#include <functional>
#include <mutex>
#include <optional>
#include <vector>

#include "fit/recalibration.hpp"
#include "moe/automatic.hpp"

namespace moe {

/// The fits of all candidates, and the table L. It has a row for each row n of the data and a column for each candidate
/// m: L(n, m) = log p(y_n | x_n) under the fit of m that did not see the fold of n. The rows of the first folds, the
/// trial, are enough to tell a good candidate from a bad one.
class FoldFits {
 public:
  /// The arguments must outlive it. Throws Error: usage for fewer than 2 folds, data for fewer than 4 rows.
  FoldFits(const Schema& schema, const Dataset& data, const AutomaticOptions& options,
           const AutomaticObserver& observer);

  const std::vector<std::vector<std::size_t>>& folds() const { return folds_; }
  std::size_t trial_folds() const { return trial_folds_; }
  arma::uvec trial_rows() const;
  arma::uvec held_out_rows() const;  ///< of all folds, in the order of the table

  std::vector<Tried>& candidates() { return tried_; }
  FitsOfFolds& of(std::size_t candidate) { return fits_[candidate]; }
  bool is_whole(std::size_t candidate) const;  ///< whether it was fitted without each fold
  /// The part of L with these rows and candidates.
  arma::mat log_p(const arma::uvec& rows, const std::vector<std::size_t>& candidates) const;

  /// How many fits the observer is told to expect.
  void expect(std::size_t fits) { expected_ = fits; }

  // Each fits these candidates on all threads. A candidate that fails says why in its `failure`.

  /// Without each fold; what is fitted already stays.
  void fit(const std::vector<std::size_t>& candidates) { fit_without(candidates, folds_.size()); }
  /// Without each of the folds of the trial.
  void fit_to_trial(const std::vector<std::size_t>& candidates) { fit_without(candidates, trial_folds_); }
  /// Without each of the folds of the trial, with a part of the epochs.
  void try_out(const std::vector<std::size_t>& candidates);

  /// Sets the score of each candidate, and its error. One that was not fitted without each fold is scored by the trial.
  void score();

 private:
  using Work = std::function<void(std::size_t candidate, std::size_t fold)>;
  void fit_without(const std::vector<std::size_t>& candidates, std::size_t folds);
  void for_each_fit(const std::vector<std::size_t>& candidates, std::size_t folds, const Work& work);
  Model fitted(std::size_t candidate, std::size_t fold, const TrainOptions& options, bool crossed);

  const Schema& schema_;
  const Dataset& data_;
  const AutomaticOptions& options_;
  const AutomaticObserver& observer_;
  std::vector<Tried> tried_;
  std::vector<std::vector<std::size_t>> folds_;
  std::size_t trial_folds_ = 0;
  Standardization units_;
  std::vector<FitsOfFolds> fits_;
  arma::mat log_p_;
  std::mutex mutex_;
  std::size_t done_ = 0, expected_ = 0;
};

}  // namespace moe
