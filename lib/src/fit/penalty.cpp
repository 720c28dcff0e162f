// The choice of l2 penalties by cross-validation. For each fold there is a chain of fits, each of which begins where its
// neighbour ended, so that it takes a few passes only (Friedman, Hastie, Tibshirani 2010). The chain of one expert goes from
// the strongest penalty to the weakest. That of a mixture begins at a penalty between, from several starts: a strong
// penalty makes all experts the same, and without a penalty the maxima are many. From there it goes both ways.
#include "moe/penalty.hpp"

#include <algorithm>
#include <mutex>
#include <optional>
#include <utility>

#include "base/parallel.hpp"
#include "fit/refit.hpp"
#include "judge/log_scores.hpp"
#include "moe/error.hpp"
#include "moe/gate.hpp"
#include "moe/scores.hpp"
#include "moe/select.hpp"
#include "moe/solver.hpp"

namespace moe {
namespace {

/// Inputs have a standard deviation of 1, and the loss is a mean. So 10 leaves little but the intercepts, and 1e-5 counts as much as one row in
/// 1e5.
const std::vector<double> kFinePath{0, 1e-5, 1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2, 0.1, 0.3, 1, 10};
/// Where each value costs a whole fit.
const std::vector<double> kCoarsePath{0, 1e-4, 1e-3, 1e-2, 0.1, 1};
/// The starts of a fit that begins anew, for a mixture; and near which penalty its chain begins.
constexpr arma::uword kNewStarts = 4;
constexpr double kMiddle = 1e-3;
/// A stronger penalty must be better by more than this, so that rounding does not choose.
constexpr double kNoBetterScore = 1e-9;

void require_choice(const FitRequest& request, const PenaltyOptions& options) {
  const auto refuse = [](const std::string& sentence) { throw Error(ErrorKind::kUsage, sentence); };
  if (request.options.firth)
    refuse("--firth: it brings a penalty of its own: expected it without --l2 auto and --gate-l2 auto");
  if (request.start != nullptr)
    refuse("--l2 auto: no penalty is chosen for a fit that begins with a model: expected a number");
  if (!make_gate(request.spec.gate_link)->normalised())
    refuse("--gate-link " + request.spec.gate_link +
           ": its weights do not sum to 1, so that no likelihood chooses a penalty: expected softmax");
  if (std::any_of(options.path.begin(), options.path.end(), [](double value) { return !(value >= 0); }))
    refuse("--l2 auto: a penalty is negative: expected 0 or more");
}

/// Why a fit failed.
struct Failure {
  std::string what;
  ErrorKind kind = ErrorKind::kFit;
};

class PenaltyPath {
 public:
  PenaltyPath(const FitRequest& request, const PenaltyOptions& options, const PenaltyObserver& observer)
      : request_(request),
        options_(options),
        observer_(observer),
        follows_(goes_on_from_ends(request)),
        stochastic_(make_solver(solver_of(request))->stochastic()),
        folds_(options.groups.empty()
                   ? cross_validation_folds(request.schema, request.data, options.folds, request.options.seed)
                   : cross_validation_folds(request.data.w, options.groups, options.folds, request.options.seed)) {
    std::vector<double> values = options.path;
    if (values.empty()) values = follows_ ? kFinePath : kCoarsePath;
    std::sort(values.begin(), values.end());
    values.erase(std::unique(values.begin(), values.end()), values.end());
    for (const double value : values) {
      path_.push_back({value, request.options.penalty});
      if (options.experts) path_.back().penalty.experts = value;
      if (options.gate) path_.back().penalty.gate = std::max(value, TrainOptions{}.penalty.gate);
    }
    scores_.set_size(request.data.rows(), path_.size());
    failures_.assign(path_.size(), std::vector<std::optional<Failure>>(folds_.size()));
  }

  PenaltyChoice run() {
    parallel_for(folds_.size(), request_.options.threads, [this](std::size_t fold) { follow(fold); });
    for (std::size_t i = 0; i < path_.size(); ++i) score(i);
    return {path_, best()};
  }

 private:
  /// The chain of fits without this fold.
  void follow(std::size_t fold) {
    FitRequest seen = without_company(request_, rows_outside(folds_[fold], request_.data.w));
    seen.options.threads = std::max(1u, static_cast<unsigned>(request_.options.threads / folds_.size()));
    const Dataset held_out = take_rows(request_.data, folds_[fold]);
    std::vector<std::optional<Model>> ends(path_.size());
    for (const auto& [i, from] : chain()) {
      seen.options.penalty = path_[i].penalty;
      try {
        ends[i] = from && ends[*from] ? going_on(seen, *ends[*from]) : anew(seen);
        const arma::vec own = log_scores(*ends[i], ends[i]->standardize(held_out));
        if (!own.is_finite()) throw Error(ErrorKind::kFit, "the score of the rows held out is not a finite number");
        for (std::size_t n = 0; n < folds_[fold].size(); ++n) scores_(folds_[fold][n], i) = own[n];
      } catch (const Error& error) {
        failures_[i][fold] = Failure{error.what(), error.kind()};
      }
      one_more();
    }
  }

  /// The places of the path in the order of their fits, each with the place at whose end its fit begins.
  std::vector<std::pair<std::size_t, std::optional<std::size_t>>> chain() const {
    std::vector<std::pair<std::size_t, std::optional<std::size_t>>> result;
    std::size_t first = path_.size() - 1;
    if (follows_ && request_.spec.experts.size() > 1)
      while (first > 0 && path_[first].value > kMiddle) --first;
    result.emplace_back(first, std::nullopt);
    for (std::size_t i = first; i-- > 0;) result.emplace_back(i, i + 1);
    for (std::size_t i = first + 1; i < path_.size(); ++i) result.emplace_back(i, i - 1);
    if (!follows_)
      for (auto& link : result) link.second.reset();
    return result;
  }

  Model anew(FitRequest seen) const {
    const bool several = seen.spec.experts.size() > 1 && !stochastic_;
    if (several && seen.options.restarts == 0) seen.options.restarts = kNewStarts;
    return train(std::move(seen)).model;
  }

  static Model going_on(FitRequest seen, const Model& before) {
    const Model begin = beginning_at(before, seen);
    seen.start = &begin;
    return train(std::move(seen)).model;
  }

  void one_more() {
    const std::lock_guard<std::mutex> lock(mutex_);
    ++done_;
    if (observer_) observer_(done_, path_.size() * folds_.size());
  }

  void score(std::size_t i) {
    for (std::size_t fold = 0; fold < folds_.size(); ++fold)
      if (failures_[i][fold] && path_[i].failure.empty())
        path_[i].failure = "fold " + std::to_string(fold + 1) + ": " + failures_[i][fold]->what;
    if (!path_[i].failure.empty()) return;
    arma::uvec rows(request_.data.rows(), arma::fill::zeros);
    for (const auto& fold : folds_) rows.elem(arma::conv_to<arma::uvec>::from(fold)).ones();
    rows = arma::find(rows);
    const MeanScore mean = mean_score(arma::vec(scores_.col(i)).elem(rows), request_.data.w.elem(rows));
    path_[i].score = mean.mean;
    path_[i].error = mean.error;
  }

  /// The place of the best score; of scores that are the same, that of the weakest penalty.
  std::size_t best() const {
    std::size_t best = path_.size();
    for (std::size_t i = 0; i < path_.size(); ++i) {
      if (!path_[i].failure.empty() || (options_.above_zero && path_[i].value == 0)) continue;
      if (best == path_.size() || path_[i].score > path_[best].score + kNoBetterScore) best = i;
    }
    if (best < path_.size()) return best;
    for (const auto& folds : failures_)
      for (const auto& failure : folds)
        if (failure) throw Error(failure->kind, failure->what);
    throw Error(ErrorKind::kUsage, "--l2 auto: the path has no penalty above 0: expected one");
  }

  const FitRequest& request_;
  const PenaltyOptions& options_;
  const PenaltyObserver& observer_;
  bool follows_, stochastic_;
  std::vector<std::vector<std::size_t>> folds_;
  std::vector<PenaltyScore> path_;
  arma::mat scores_;                                           // rows x path: log p of each row held out
  std::vector<std::vector<std::optional<Failure>>> failures_;  // path x folds
  std::mutex mutex_;
  std::size_t done_ = 0;
};

}  // namespace

PenaltyChoice choose_penalty(const FitRequest& request, const PenaltyOptions& options,
                             const PenaltyObserver& observer) {
  require_choice(request, options);
  return PenaltyPath(request, options, observer).run();
}

}  // namespace moe
