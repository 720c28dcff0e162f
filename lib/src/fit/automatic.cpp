// The automatic fit. Each candidate is fitted without each fold, and scored by the rows of that fold. A committee is
// made of the candidates that score well together.
//
// The table L has a row for each row n of the data and a column for each candidate m. L(n, m) = log p(y_n | x_n) under
// the fit of m that did not see the fold of n. L gives the score of each candidate and the stacking weights.
// The members of the committee are the fits of the folds. They share the weight of their candidate evenly.
// So nothing is fitted again.
#include "moe/automatic.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <mutex>
#include <numeric>
#include <utility>

#include "base/blas_memory.hpp"
#include "base/parallel.hpp"
#include "fit/far_values.hpp"
#include "fit/judged_fit.hpp"
#include "fit/recalibration.hpp"
#include "fit/solver_choice.hpp"
#include "fit/stacking.hpp"
#include "fit/units.hpp"
#include "judge/criteria.hpp"
#include "judge/log_scores.hpp"
#include "moe/error.hpp"
#include "moe/numeric.hpp"
#include "moe/scores.hpp"
#include "moe/select.hpp"
#include "moe/stop.hpp"

namespace moe {
namespace {

/// From this number of candidates on, a trial decides which ones go on: the first folds, with a part of the epochs.
/// There are as many folds as it takes to judge by kTrialRows.
constexpr std::size_t kManyCandidates = 4;
constexpr double kTrialEpochs = 0.25;
constexpr arma::uword kFewestTrialEpochs = 40;
constexpr std::size_t kTrialRows = 200;
/// From this number of rows on, the first folds tell which candidates a committee needs; the others are not fitted to the
/// other folds.
constexpr std::size_t kRowsThatTellWeights = 1000;
/// Of numbers, half of the candidates that take epochs go on, but no more than the first; of classes the second.
/// Log-loss gains from more.
constexpr std::size_t kMostKept = 4, kMostKeptOfClasses = 6;

class Automatic {
 public:
  Automatic(const Schema& schema, const Dataset& data, const AutomaticOptions& options,
            const AutomaticObserver& observer)
      : schema_(schema),
        data_(data),
        options_(options),
        observer_(observer),
        tried_(options.candidates.empty() ? automatic_candidates(schema, data, options) : options.candidates) {
    const auto folds = number_of_folds();
    folds_ = options.groups.empty() ? cross_validation_folds(schema, data, folds, options.seed)
                                    : cross_validation_folds(data.w, options.groups, folds, options.seed);
    for (std::size_t rows = 0; trial_folds_ < folds_.size() && rows < kTrialRows; ++trial_folds_)
      rows += folds_[trial_folds_].size();
    std::vector<ModelSpec> specs;
    for (Tried& tried : tried_) {
      if (tried.spec.family == "auto") tried.spec.family = default_family(schema);
      specs.push_back(tried.spec);
    }
    units_ = common_units(schema, data, specs);
    for (Tried& tried : tried_) settle_knots(tried.spec, data, units_);
    fits_.assign(tried_.size(), FitsOfFolds(folds_.size()));
    log_p_.set_size(data.rows(), tried_.size());
    log_p_.fill(-arma::datum::inf);
    for (const auto& fold : folds_) held_out_.insert(held_out_.end(), fold.begin(), fold.end());
    std::sort(held_out_.begin(), held_out_.end());
  }

  AutomaticResult run() {
    const auto began = std::chrono::steady_clock::now();
    std::vector<std::size_t> alive(tried_.size());
    std::iota(alive.begin(), alive.end(), std::size_t{0});
    most_ = alive.size() * folds_.size();
    bool stopped = false;
    try {
      if (alive.size() < kManyCandidates)
        fit(alive);
      else
        alive = fit_after_trial();
    } catch (const Stopped&) {
      stopped = true;
    }
    const StopScope to_the_end(nullptr);  // what follows takes little time
    std::erase_if(alive, [this](std::size_t m) {
      return !std::all_of(fits_[m].begin(), fits_[m].end(), [](const auto& model) { return model.has_value(); });
    });
    if (alive.empty() && stopped) throw Stopped();
    if (alive.empty())
      throw Error(ErrorKind::kFit, "no candidate could be fitted: the first says: " + tried_.front().failure);
    score();
    AutomaticResult result = committee_of(alive);
    result.stopped = stopped;
    result.folds = folds_.size();
    result.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
    return result;
  }

 private:
  void one_more() {
    const std::lock_guard<std::mutex> lock(mutex_);
    ++done_;
    if (observer_) observer_(done_, most_);
  }

  arma::uword number_of_folds() const {
    if (options_.folds < 2)
      throw Error(ErrorKind::kUsage,
                  "a committee of the fits of " + std::to_string(options_.folds) + " folds: expected 2 or more");
    const std::size_t units = units_of_folds(data_.w, options_.groups);
    if (options_.groups.empty() && units < 4)
      throw Error(ErrorKind::kData, std::to_string(units) + (units == 1 ? " row" : " rows") +
                                        ": folds need 4 or more: expected more rows, or one model, as -k 1");
    // A row whose class no other row has is never held out.
    const std::size_t lone = options_.groups.empty() ? classes_of_one_row(schema_, data_).size() : 0;
    const std::size_t most = std::max<std::size_t>((units - lone) / (options_.groups.empty() ? 2 : 1), 2);
    return std::min<arma::uword>(options_.folds, most);
  }

  /// Calls `work` for every candidate and fold, on all threads. A candidate that fails says why.
  void for_each_fit(const std::vector<std::size_t>& candidates, std::size_t folds,
                    const std::function<void(std::size_t m, std::size_t f)>& work) {
    parallel_for(candidates.size() * folds, options_.threads, [&](std::size_t i) {
      // The last candidates are the largest: they begin first.
      const std::size_t m = candidates[candidates.size() - 1 - i / folds], f = i % folds;
      try {
        work(m, f);
      } catch (const Error& error) {
        const std::lock_guard<std::mutex> lock(mutex_);
        if (tried_[m].failure.empty()) tried_[m].failure = error.what();
      }
      one_more();
    });
  }

  /// Fits these candidates without each of the first folds.
  void fit(const std::vector<std::size_t>& candidates, std::size_t folds) {
    for_each_fit(candidates, folds, [this](std::size_t m, std::size_t f) {
      if (!fits_[m][f]) fits_[m][f] = fitted(m, f, tried_[m].options, true);
    });
  }
  void fit(const std::vector<std::size_t>& candidates) { fit(candidates, folds_.size()); }

  /// Fits the candidates that take no epochs to all folds. They come first: whoever stops the fit has them. The others
  /// have a trial, and the better half of them go on. Returns the candidates that were fitted to all folds.
  std::vector<std::size_t> fit_after_trial() {
    std::vector<std::size_t> quick, slow;
    for (std::size_t m = 0; m < tried_.size(); ++m) (tried_[m].options.solver == "adam" ? slow : quick).push_back(m);
    const std::size_t kept =
        schema_.classes() ? std::min(slow.size(), kMostKeptOfClasses) : std::min((slow.size() + 1) / 2, kMostKept);
    most_ = (quick.size() + kept) * folds_.size() + slow.size() * trial_folds_;
    fit(quick);
    try_out(slow);
    const std::vector<std::size_t> better = needed_of(best_of(slow, kept), quick);
    fit(better);
    quick.insert(quick.end(), better.begin(), better.end());
    std::sort(quick.begin(), quick.end());
    return quick;
  }

  /// Fits these candidates without the first folds, and returns those that have a weight in the committee of the rows of
  /// these folds. All of them where the rows are too few to tell.
  std::vector<std::size_t> needed_of(const std::vector<std::size_t>& candidates, std::vector<std::size_t> others) {
    const arma::uvec rows = trial_rows();
    if (rows.n_elem < kRowsThatTellWeights) return candidates;
    fit(candidates, trial_folds_);
    others.insert(others.end(), candidates.begin(), candidates.end());
    std::erase_if(others, [this](std::size_t m) { return !tried_[m].failure.empty(); });
    const arma::mat log_p = log_p_.submat(rows, arma::conv_to<arma::uvec>::from(others));
    std::vector<std::size_t> needed;
    for (const std::size_t place : stack(log_p, data_.w.elem(rows)).kept) needed.push_back(others[place]);
    std::vector<std::size_t> result;
    for (const std::size_t m : candidates)
      if (std::find(needed.begin(), needed.end(), m) != needed.end()) result.push_back(m);
    most_ += candidates.size() * trial_folds_;  // these are counted again with the other folds
    most_ -= (candidates.size() - result.size()) * folds_.size();
    return result;
  }

  /// Fits these candidates without each of the first folds, with a part of the epochs.
  void try_out(const std::vector<std::size_t>& candidates) {
    for_each_fit(candidates, trial_folds_, [this](std::size_t m, std::size_t f) {
      TrainOptions options = tried_[m].options;
      arma::uword& epochs = options.solver_options.epochs;
      const auto part = static_cast<arma::uword>(kTrialEpochs * static_cast<double>(epochs));
      const arma::uword fewer = std::min(epochs, std::max(kFewestTrialEpochs, part));
      const bool whole = fewer == epochs;
      epochs = fewer;
      Model model = fitted(m, f, options, whole);
      if (whole) fits_[m][f] = std::move(model);
    });
  }

  /// The fit of a candidate without a fold, and the scores of that fold. `crossed`: see judged_fit().
  Model fitted(std::size_t m, std::size_t f, const TrainOptions& options, bool crossed) {
    const std::vector<std::size_t>& fold = folds_[f];
    FitRequest request{schema_, tried_[m].spec, take_rows(data_, rows_outside(fold, data_.w)), {}, options};
    request.units = units_;
    request.options.seed = options_.seed + 1000 * f + m;
    request.options.threads = 1;
    std::vector<std::size_t> groups;
    for (const std::size_t n : fold)
      if (!options_.groups.empty()) groups.push_back(options_.groups[n]);
    JudgedFit fit = judged_fit(std::move(request), take_rows(data_, fold), groups, crossed);
    for (std::size_t i = 0; i < fold.size(); ++i) log_p_(fold[i], m) = fit.log_p[i];
    return std::move(fit.model);
  }

  arma::uvec trial_rows() const {
    std::vector<std::size_t> rows;
    for (std::size_t f = 0; f < trial_folds_; ++f) rows.insert(rows.end(), folds_[f].begin(), folds_[f].end());
    return arma::conv_to<arma::uvec>::from(rows);
  }

  /// The `kept` candidates with the best scores in the trial.
  std::vector<std::size_t> best_of(std::vector<std::size_t> candidates, std::size_t kept) const {
    const arma::uvec rows = trial_rows();
    std::vector<double> scores(tried_.size(), -arma::datum::inf);
    for (const std::size_t m : candidates)
      if (tried_[m].failure.empty())
        scores[m] = mean_score(arma::vec(log_p_.col(m)).elem(rows), data_.w.elem(rows)).mean;
    std::stable_sort(candidates.begin(), candidates.end(),
                     [&](std::size_t a, std::size_t b) { return scores[a] > scores[b]; });
    candidates.resize(kept);
    std::sort(candidates.begin(), candidates.end());
    return candidates;
  }

  void score() {
    const arma::uvec rows = arma::conv_to<arma::uvec>::from(held_out_);
    for (std::size_t m = 0; m < tried_.size(); ++m) {
      tried_[m].folds = static_cast<arma::uword>(
          std::count_if(fits_[m].begin(), fits_[m].end(), [](const auto& model) { return model.has_value(); }));
      const bool all = tried_[m].folds == folds_.size();
      const arma::uvec own = all ? rows : trial_rows();
      if (!all && tried_[m].failure.empty() && !log_p_.col(m).eval().elem(own).is_finite())
        tried_[m].failure = "stopped before it was fitted";
      if (!tried_[m].failure.empty()) continue;
      const MeanScore found = mean_score(arma::vec(log_p_.col(m)).elem(own), data_.w.elem(own));
      tried_[m].score = found.mean;
      tried_[m].error = found.error;
    }
  }

  AutomaticResult committee_of(const std::vector<std::size_t>& alive) {
    const arma::uvec rows = arma::conv_to<arma::uvec>::from(held_out_);
    const arma::vec w = data_.w.elem(rows);
    const auto [places, weights] = stack(log_p_.submat(rows, arma::conv_to<arma::uvec>::from(alive)), w);
    std::vector<std::size_t> kept;
    for (const std::size_t i : places) kept.push_back(alive[i]);
    AutomaticResult result;
    if (options_.candidates.empty()) {
      std::vector<FitsOfFolds*> fits;
      for (const std::size_t m : kept) fits.push_back(&fits_[m]);
      result.factor = recalibrate(fits, folds_, data_, weights, options_.threads);
    }
    if (options_.on_unseen) tell_unseen(kept, weights);
    std::vector<Model> members;
    std::vector<double> shares;
    for (std::size_t i = 0; i < kept.size(); ++i) {
      tried_[kept[i]].weight = weights[i];
      for (std::optional<Model>& model : fits_[kept[i]]) {
        members.push_back(std::move(*model));
        shares.push_back(weights[i] / static_cast<double>(folds_.size()));
      }
    }
    const arma::mat log_p = log_p_.submat(rows, arma::conv_to<arma::uvec>::from(kept));
    const MeanScore found = mean_score(log_mixture(log_p, weights), w);
    result.score = found.mean;
    result.error = found.error;
    result.model = committee(members, arma::vec(shares));
    summarise(result.model, w);
    std::stable_sort(tried_.begin(), tried_.end(), [&](const Tried& a, const Tried& b) {
      const auto rank = [&](const Tried& tried) {
        return std::tuple(!tried.failure.empty(), tried.folds < folds_.size(), -tried.score);
      };
      return rank(a) < rank(b);
    });
    result.tried = std::move(tried_);
    return result;
  }

  void tell_unseen(const std::vector<std::size_t>& kept, const arma::vec& weights) const {
    for (std::size_t f = 0; f < folds_.size(); ++f) {
      std::vector<Model> members;
      for (const std::size_t m : kept) members.push_back(*fits_[m][f]);
      options_.on_unseen(members.size() == 1 ? members[0] : committee(members, weights), folds_[f]);
    }
  }

  void summarise(Model& model, const arma::vec& w) const {
    FitSummary& fit = model.fit;
    fit.objective = "likelihood";
    fit.solver = "committee";
    fit.rows = held_out_.size();
    fit.weight = arma::accu(w);
    fit.parameters = model.degrees_of_freedom();
    set_criteria(likelihood_sums(model, model.standardize(take_rows(data_, held_out_))), fit);
    fit.objective_value = -fit.log_likelihood / fit.weight;
    fit.converged = true;
    fit.restarts = model.members.size();
    fit.seed = options_.seed;
  }

  const Schema& schema_;
  const Dataset& data_;
  const AutomaticOptions& options_;
  const AutomaticObserver& observer_;
  std::vector<Tried> tried_;
  std::vector<std::vector<std::size_t>> folds_;
  std::size_t trial_folds_ = 0;
  Standardization units_;
  std::vector<FitsOfFolds> fits_;  // of the candidates
  arma::mat log_p_;                // the table L
  std::vector<std::size_t> held_out_;
  std::mutex mutex_;
  std::size_t done_ = 0, most_ = 0;
};

}  // namespace

AutomaticResult fit_automatically(const Schema& schema, const Dataset& data, const AutomaticOptions& options,
                                  const AutomaticObserver& observer) {
  use_blas();
  AutomaticResult result = Automatic(schema, data, options, observer).run();
  if (schema.classes()) return result;
  result.far_values = far_values(data.y, data.w);
  result.constant_target = arma::any(arma::range(data.y.rows(arma::find(data.w > 0)).eval(), 0).eval().row(0) == 0);
  return result;
}

}  // namespace moe
