// The automatic fit. Each candidate is fitted without each fold, and scored by the rows of that fold. A committee is
// made of the candidates that score well together. Its members are the fits of the folds, which share the weight of
// their candidate evenly. So nothing is fitted again.
#include "moe/automatic.hpp"

#include <algorithm>
#include <chrono>
#include <numeric>
#include <tuple>
#include <utility>

#include "base/blas_memory.hpp"
#include "fit/far_values.hpp"
#include "fit/fold_fits.hpp"
#include "fit/recalibration.hpp"
#include "fit/stacking.hpp"
#include "judge/criteria.hpp"
#include "judge/log_scores.hpp"
#include "moe/error.hpp"
#include "moe/scores.hpp"
#include "moe/stop.hpp"

namespace moe {
namespace {

/// From this number of candidates on, a trial decides which ones go on: the first folds, with a part of the epochs.
constexpr std::size_t kManyCandidates = 4;
/// From this number of rows on, the first folds tell which candidates a committee needs; the others are not fitted to the
/// other folds.
constexpr std::size_t kRowsThatTellWeights = 1000;
/// Of numbers, half of the candidates that take epochs go on, but no more than the first; of classes the second.
/// Log-loss gains from more.
constexpr std::size_t kMostKept = 4, kMostKeptOfClasses = 6;

using Places = std::vector<std::size_t>;  // of candidates

class Automatic {
 public:
  Automatic(const Schema& schema, const Dataset& data, const AutomaticOptions& options,
            const AutomaticObserver& observer)
      : schema_(schema), data_(data), options_(options), fits_(schema, data, options, observer) {}

  AutomaticResult run() {
    const auto began = std::chrono::steady_clock::now();
    Places alive(fits_.candidates().size());
    std::iota(alive.begin(), alive.end(), std::size_t{0});
    bool stopped = false;
    try {
      if (alive.size() < kManyCandidates)
        fit_all(alive);
      else
        alive = fit_after_trial();
    } catch (const Stopped&) {
      stopped = true;
    }
    const StopScope to_the_end(nullptr);  // what follows takes little time
    std::erase_if(alive, [this](std::size_t m) { return !fits_.is_whole(m); });
    if (alive.empty() && stopped) throw Stopped();
    if (alive.empty())
      throw Error(ErrorKind::kFit,
                  "no candidate could be fitted: the first says: " + fits_.candidates().front().failure);
    fits_.score();
    AutomaticResult result = committee_of(alive);
    result.stopped = stopped;
    result.folds = folds();
    result.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
    return result;
  }

 private:
  std::size_t folds() const { return fits_.folds().size(); }

  void fit_all(const Places& candidates) {
    fits_.expect(candidates.size() * folds());
    fits_.fit(candidates);
  }

  /// Fits the candidates that take no epochs without each fold. They come first: whoever stops the fit has them. The
  /// others have a trial, and the better half of them go on. Returns the candidates that were fitted without each fold.
  Places fit_after_trial() {
    Places quick, slow;
    const std::vector<Tried>& tried = fits_.candidates();
    for (std::size_t m = 0; m < tried.size(); ++m) (tried[m].options.solver == "adam" ? slow : quick).push_back(m);
    const std::size_t kept =
        schema_.classes() ? std::min(slow.size(), kMostKeptOfClasses) : std::min((slow.size() + 1) / 2, kMostKept);
    const std::size_t trial = slow.size() * fits_.trial_folds();
    fits_.expect((quick.size() + kept) * folds() + trial);
    fits_.fit(quick);
    fits_.try_out(slow);
    Places better = best_of(slow, kept);
    if (fits_.trial_rows().n_elem >= kRowsThatTellWeights) {
      fits_.fit_to_trial(better);
      const std::size_t fitted = better.size() * fits_.trial_folds();
      better = needed_of(better, quick);
      // What was fitted to the trial is counted once more with the other folds.
      fits_.expect((quick.size() + better.size()) * folds() + trial + fitted);
    }
    fits_.fit(better);
    quick.insert(quick.end(), better.begin(), better.end());
    std::sort(quick.begin(), quick.end());
    return quick;
  }

  /// The `kept` candidates with the best scores in the trial.
  Places best_of(Places candidates, std::size_t kept) {
    const arma::uvec rows = fits_.trial_rows();
    std::vector<double> scores(fits_.candidates().size(), -arma::datum::inf);
    for (const std::size_t m : candidates)
      if (fits_.candidates()[m].failure.empty())
        scores[m] = mean_score(fits_.log_p(rows, {m}), data_.w.elem(rows)).mean;
    std::stable_sort(candidates.begin(), candidates.end(),
                     [&](std::size_t a, std::size_t b) { return scores[a] > scores[b]; });
    candidates.resize(kept);
    std::sort(candidates.begin(), candidates.end());
    return candidates;
  }

  /// Those of `candidates` that have a weight in the committee, with `others`, of the rows of the trial.
  Places needed_of(const Places& candidates, Places others) {
    const arma::uvec rows = fits_.trial_rows();
    others.insert(others.end(), candidates.begin(), candidates.end());
    std::erase_if(others, [this](std::size_t m) { return !fits_.candidates()[m].failure.empty(); });
    Places needed;
    for (const std::size_t place : stack(fits_.log_p(rows, others), data_.w.elem(rows)).kept)
      if (std::find(candidates.begin(), candidates.end(), others[place]) != candidates.end())
        needed.push_back(others[place]);
    std::sort(needed.begin(), needed.end());
    return needed;
  }

  AutomaticResult committee_of(const Places& alive) {
    std::vector<Tried>& tried = fits_.candidates();
    const arma::uvec rows = fits_.held_out_rows();
    const arma::vec w = data_.w.elem(rows);
    const auto [places, weights] = stack(fits_.log_p(rows, alive), w);
    Places kept;
    for (const std::size_t i : places) kept.push_back(alive[i]);
    AutomaticResult result;
    if (options_.candidates.empty()) {
      std::vector<FitsOfFolds*> fits;
      for (const std::size_t m : kept) fits.push_back(&fits_.of(m));
      result.factor = recalibrate(fits, fits_.folds(), data_, weights, options_.threads);
    }
    if (options_.on_unseen) tell_unseen(kept, weights);
    std::vector<Model> members;
    std::vector<double> shares;
    for (std::size_t i = 0; i < kept.size(); ++i) {
      tried[kept[i]].weight = weights[i];
      for (std::optional<Model>& model : fits_.of(kept[i])) {
        members.push_back(std::move(*model));
        shares.push_back(weights[i] / static_cast<double>(folds()));
      }
    }
    const MeanScore found = mean_score(log_mixture(fits_.log_p(rows, kept), weights), w);
    result.score = found.mean;
    result.error = found.error;
    result.model = committee(members, arma::vec(shares));
    summarise(result.model, rows);
    std::stable_sort(tried.begin(), tried.end(), [this](const Tried& a, const Tried& b) {
      const auto rank = [this](const Tried& one) {
        return std::tuple(!one.failure.empty(), one.folds < folds(), -one.score);
      };
      return rank(a) < rank(b);
    });
    result.tried = std::move(tried);
    return result;
  }

  void tell_unseen(const Places& kept, const arma::vec& weights) {
    for (std::size_t f = 0; f < folds(); ++f) {
      std::vector<Model> members;
      for (const std::size_t m : kept) members.push_back(*fits_.of(m)[f]);
      options_.on_unseen(members.size() == 1 ? members[0] : committee(members, weights), fits_.folds()[f]);
    }
  }

  void summarise(Model& model, const arma::uvec& rows) const {
    FitSummary& fit = model.fit;
    fit.objective = "likelihood";
    fit.solver = "committee";
    fit.rows = rows.n_elem;
    fit.weight = arma::accu(data_.w.elem(rows));
    fit.parameters = model.degrees_of_freedom();
    const Dataset held_out = take_rows(data_, arma::conv_to<std::vector<std::size_t>>::from(rows));
    set_criteria(likelihood_sums(model, model.standardize(held_out)), fit);
    fit.objective_value = -fit.log_likelihood / fit.weight;
    fit.converged = true;
    fit.restarts = model.members.size();
    fit.seed = options_.seed;
  }

  const Schema& schema_;
  const Dataset& data_;
  const AutomaticOptions& options_;
  FoldFits fits_;
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
