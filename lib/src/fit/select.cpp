// Model selection: fits all candidates, and for cross-validation all folds of each, on all threads; and the parametric
// bootstrap of the likelihood ratio (McLachlan 1987): under the smaller model, the ratio's distribution is that of
// tables drawn from it.
#include "moe/select.hpp"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <mutex>
#include <set>
#include <stdexcept>
#include <tuple>
#include <utility>

#include "base/parallel.hpp"
#include "fit/solver_choice.hpp"
#include "moe/metrics.hpp"
#include "moe/predict.hpp"
#include "moe/random.hpp"
#include "moe/stop.hpp"

namespace moe {
namespace {

/// Streams of the seed; train() and the folds use others.
constexpr std::uint64_t kDrawStreams = std::uint64_t{1} << 32;

/// Tells the observer how much is done, never twice at the same time.
class FitCounter {
 public:
  FitCounter(const SelectObserver& observer, std::size_t fits) : observer_(observer), fits_(fits) {}
  bool keep_going() {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (observer_ && !stopped_) stopped_ = !observer_(done_, fits_);
    return !stopped_;
  }
  void one_more() {
    const std::lock_guard<std::mutex> lock(mutex_);
    ++done_;
  }
  bool stopped() const { return stopped_; }
  void require_end() const {
    if (stopped_) throw Error(ErrorKind::kFit, "interrupted: nothing is chosen");
  }

 private:
  const SelectObserver& observer_;
  std::mutex mutex_;
  std::size_t done_ = 0, fits_;
  std::atomic<bool> stopped_ = false;
};

/// A candidate with a schema of only the inputs that it reads.
struct Candidate {
  Schema schema;
  ModelSpec spec;
  std::vector<std::size_t> inputs;  // indices into the inputs of the table
};

Candidate narrowed(const Schema& schema, const ModelSpec& spec) {
  std::set<std::size_t> used(spec.gate_inputs.begin(), spec.gate_inputs.end());
  for (const auto& inputs : spec.expert_inputs) used.insert(inputs.begin(), inputs.end());
  Candidate result{schema, spec, {used.begin(), used.end()}};
  result.schema = take_inputs(schema, result.inputs);
  result.spec.gate_inputs = positions(spec.gate_inputs, result.inputs);
  for (auto& inputs : result.spec.expert_inputs) inputs = positions(inputs, result.inputs);
  return result;
}

/// Throws Error (data) where not all families of the candidate can describe the target. The reader accepts what any
/// candidate can describe.
void require_support(const ModelSpec& spec, const Schema& schema, const Dataset& data) {
  std::vector<std::string> families = spec.expert_families;
  if (families.empty()) families = {spec.family};
  for (const std::string& family : families) {
    if (family == "auto") continue;
    const std::vector<std::vector<Support>> supports{family_supports(family)};
    for (arma::uword t = 0; t < data.y.n_cols; ++t)
      for (arma::uword n = 0; n < data.rows(); ++n)
        if (const std::string expected = expected_of(supports, t, data.y(n, t)); !expected.empty())
          throw Error(ErrorKind::kData, "row " + std::to_string(n + 1) + ": the target" +
                                            (data.y.n_cols > 1 ? " '" + schema.targets[t] + "'" : "") +
                                            " is not what family '" + family + "' describes: " + expected);
  }
}

/// A fitted model, or the reason why there is none.
struct Fitted {
  std::optional<Model> model;
  TrainReport report;
  std::string failure;
  ErrorKind kind = ErrorKind::kFit;
};

/// `rows` and `validation` have all inputs of the table.
Fitted fitted(const Candidate& candidate, const Dataset& rows, const std::optional<Dataset>& validation,
              const TrainOptions& options, FitCounter& watch) {
  Fitted result;
  if (!watch.keep_going()) {
    result.failure = "interrupted";
    return result;
  }
  try {
    if (!candidate.schema.classes()) require_support(candidate.spec, candidate.schema, rows);
    std::optional<Dataset> judged;
    if (validation) judged = take_inputs(*validation, candidate.inputs);
    const auto observer = [&](const PassReport&) { return watch.keep_going(); };
    FitResult fit = train(
        {candidate.schema, candidate.spec, take_inputs(rows, candidate.inputs), std::move(judged), options, observer});
    result.model = std::move(fit.model);
    result.report = std::move(fit.report);
    if (result.report.stopped) return {{}, {}, "interrupted", ErrorKind::kFit};
  } catch (const Error& error) {
    result.failure = error.what();
    result.kind = error.kind();
  }
  watch.one_more();
  return result;
}

bool spurious(const TrainReport& report) {
  return report.on_floor || (!report.maxima.empty() && report.maxima.front().spurious);
}

/// The options of one of several fits that run at the same time, which share the threads.
TrainOptions for_one_of(std::size_t fits, TrainOptions options) {
  options.threads = std::max(1u, static_cast<unsigned>(options.threads / std::max<std::size_t>(fits, 1)));
  return options;
}

void require_normalised_gate(const ModelSpec& spec) {
  if (!make_gate(spec.gate_link)->normalised())
    throw Error(ErrorKind::kUsage, "--gate-link " + spec.gate_link +
                                       ": its weights do not sum to 1, so that there are no likelihoods to compare: "
                                       "expected softmax");
}

// --- Cross-validation ------------------------------------------------------------------------------------------------

/// How well a model predicts the rows of a fold, to which it was not fitted.
struct FoldScore {
  double log_likelihood = 0, weight = 0;
  std::string failure;
  ErrorKind kind = ErrorKind::kFit;
};

FoldScore score(const Candidate& candidate, const Dataset& data, const std::optional<Dataset>& validation,
                const std::vector<std::size_t>& held_out, const TrainOptions& options, FitCounter& watch) {
  const Fitted fit = fitted(candidate, take_rows(data, rows_outside(held_out, data.w)), validation, options, watch);
  if (!fit.model) return {0, 0, fit.failure, fit.kind};
  const Rows rows = fit.model->standardize(take_inputs(take_rows(data, held_out), candidate.inputs));
  FoldScore result{likelihood_sums(*fit.model, rows).log_likelihood, arma::accu(rows.w), ""};
  if (!std::isfinite(result.log_likelihood)) result.failure = "the score of the rows held out is not a finite number";
  return result;
}

/// The weighted mean over folds, and its standard error from the differences between folds.
void summarise(const std::vector<FoldScore>& folds, Outcome& outcome) {
  double sum = 0, weight = 0, squares = 0;
  for (std::size_t f = 0; f < folds.size(); ++f) {
    if (!folds[f].failure.empty() && outcome.failure.empty()) {
      outcome.failure = "fold " + std::to_string(f + 1) + ": " + folds[f].failure;
      outcome.kind = folds[f].kind;
    }
    sum += folds[f].log_likelihood;
    weight += folds[f].weight;
  }
  if (folds.empty() || !outcome.failure.empty()) return;
  outcome.cv = sum / weight;
  for (const FoldScore& fold : folds) squares += std::pow((fold.log_likelihood - outcome.cv * fold.weight) / weight, 2);
  const auto count = static_cast<double>(folds.size());
  outcome.cv_error = std::sqrt(squares * count / (count - 1));
}

/// What the fits of all candidates have come to. It makes an Outcome of a candidate whose fits have all ended, and tells it.
class Ends {
 public:
  Ends(std::size_t candidates, std::size_t folds, const std::function<void(const Outcome&)>& told)
      : told_(told),
        whole_(candidates),
        scores_(candidates, std::vector<FoldScore>(folds)),
        left_(candidates, 1 + folds) {}

  void keep(std::size_t candidate, Fitted fit, const FitCounter& watch) {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (watch.stopped()) return;
    whole_[candidate] = std::move(fit);
    one_less(candidate);
  }
  void keep(std::size_t candidate, std::size_t fold, FoldScore score, const FitCounter& watch) {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (watch.stopped()) return;
    scores_[candidate][fold] = std::move(score);
    one_less(candidate);
  }
  /// Of the candidates that have ended, in their order.
  std::vector<Outcome> outcomes() {
    std::vector<Outcome> result;
    for (std::size_t c = 0; c < whole_.size(); ++c)
      if (left_[c] == 0) result.push_back(outcome(c, std::move(whole_[c].model)));
    return result;
  }

 private:
  void one_less(std::size_t candidate) {
    --left_[candidate];
    for (; next_ > 0 && left_[next_ - 1] == 0; --next_)
      if (told_) told_(outcome(next_ - 1, whole_[next_ - 1].model));
  }

  Outcome outcome(std::size_t c, std::optional<Model> model) const {
    Outcome result{c, std::move(model), whole_[c].report};
    result.spurious = spurious(result.report);
    result.failure = whole_[c].failure;
    result.kind = whole_[c].kind;
    summarise(scores_[c], result);
    return result;
  }

  const std::function<void(const Outcome&)>& told_;
  std::mutex mutex_;
  std::vector<Fitted> whole_;
  std::vector<std::vector<FoldScore>> scores_;
  std::vector<std::size_t> left_;     // fits of each candidate that have not ended
  std::size_t next_ = whole_.size();  // the candidates from here on were told
};

// --- Order -----------------------------------------------------------------------------------------------------------

/// Lower is better.
double cost(const Outcome& outcome, Criterion criterion) {
  const FitSummary& fit = outcome.model->fit;
  switch (criterion) {
    case Criterion::kAic:
      return fit.aic;
    case Criterion::kIcl:
      return fit.icl;
    case Criterion::kCv:
      return -outcome.cv;
    default:
      return fit.bic;
  }
}

void sort_best_first(std::vector<Outcome>& outcomes, Criterion criterion) {
  const auto rank = [criterion](const Outcome& outcome) {
    const bool failed = !outcome.failure.empty();
    return std::tuple(failed, !failed && outcome.spurious, failed ? 0 : cost(outcome, criterion));
  };
  std::stable_sort(outcomes.begin(), outcomes.end(),
                   [&](const Outcome& a, const Outcome& b) { return rank(a) < rank(b); });
}

// --- The bootstrap ---------------------------------------------------------------------------------------------------

/// The fits of both models to one table.
struct Pair {
  Fitted smaller, larger;

  double ratio() const { return 2 * (larger.model->fit.log_likelihood - smaller.model->fit.log_likelihood); }
  /// "" where there is a ratio.
  std::string failure() const {
    for (const Fitted* fit : {&smaller, &larger})
      if (!fit->model) return fit->failure;
    return std::isfinite(ratio()) ? "" : "a likelihood is not a finite number";
  }
};

/// The table with targets drawn from the model.
Dataset drawn(const Candidate& candidate, const Model& model, Dataset data, Random random) {
  Predictive predictive(model);
  predictive.at(take_inputs(data, candidate.inputs));
  arma::mat target;
  arma::uvec expert;
  predictive.draw(random, target, expert);
  data.y = target;
  return data;
}

}  // namespace

std::vector<Outcome> select(const Schema& schema, const Dataset& data, const std::optional<Dataset>& validation,
                            const std::vector<ModelSpec>& candidates, const SelectOptions& options,
                            const SelectObserver& observer) {
  std::vector<Candidate> parts;
  for (const ModelSpec& spec : candidates) {
    require_normalised_gate(spec);
    parts.push_back(narrowed(schema, spec));
  }
  if (!options.penalties.empty() && options.penalties.size() != parts.size())
    throw std::logic_error("select: expected as many penalties as candidates, or none");
  std::vector<std::vector<std::size_t>> folds;
  if (options.by == Criterion::kCv) folds = cross_validation_folds(schema, data, options.folds, options.train.seed);

  const std::size_t each = 1 + folds.size(), fits = parts.size() * each;
  FitCounter watch(observer, fits);
  Ends ends(parts.size(), folds.size(), options.ended);
  bool stopped = false;
  try {
    parallel_for(fits, options.train.threads, [&](std::size_t task) {
      const std::size_t fit = fits - 1 - task;  // from the end, where the largest models usually are
      const std::size_t c = fit / each, f = fit % each;
      TrainOptions one = for_one_of(fits, options.train);
      if (!options.penalties.empty()) one.penalty = options.penalties[c];
      if (f == 0)
        ends.keep(c, fitted(parts[c], data, validation, one, watch), watch);
      else
        ends.keep(c, f - 1, score(parts[c], data, validation, folds[f - 1], one, watch), watch);
    });
  } catch (const Stopped&) {
    stopped = true;
  }
  const StopScope to_the_end(nullptr);  // what follows takes little time
  std::vector<Outcome> outcomes = ends.outcomes();
  if (outcomes.empty() && stopped) throw Stopped();
  if (outcomes.empty()) watch.require_end();
  sort_best_first(outcomes, options.by);
  return outcomes;
}

CriterionChoice default_criterion(const Schema& schema, const Dataset& data, const std::vector<ModelSpec>& candidates,
                                  const SelectOptions& options) {
  const arma::uword rows = arma::accu(data.w > 0);
  const arma::uword lone = classes_of_one_row(schema, data).size();
  if (rows < lone + 2 * options.folds) return {};
  for (const ModelSpec& candidate : candidates) {
    ModelSpec spec = candidate;
    if (spec.family == "auto") spec.family = default_family(schema);
    if (spec.experts.size() == 1) spec.gate = "constant";
    const Model model(schema, Standardization::none(schema.inputs.size(), schema.targets.size()), spec);
    if (!all_linear(model)) return {Criterion::kCv, "a network is not linear in its parameters"};
    const arma::uword parameters = model.degrees_of_freedom();
    if (narrowed(schema, candidate).inputs.size() > 1 && 10 * parameters > rows)
      return {Criterion::kCv, std::to_string(parameters) + " parameters and " + std::to_string(rows) +
                                  " rows are more than one for ten"};
  }
  const auto same = [&](const Penalty& penalty) {
    const Penalty& first = options.penalties.front();
    return penalty.experts == first.experts && penalty.gate == first.gate && penalty.experts_l1 == first.experts_l1 &&
           penalty.gate_l1 == first.gate_l1;
  };
  if (!std::all_of(options.penalties.begin(), options.penalties.end(), same))
    return {Criterion::kCv, "candidates differ by their penalties"};
  return {};
}

RatioTest bootstrap_ratio_test(const Schema& schema, const Dataset& data, const ModelSpec& smaller,
                               const ModelSpec& larger, const TrainOptions& options, arma::uword draws,
                               const SelectObserver& observer) {
  require_normalised_gate(larger);
  const arma::uvec counted = arma::find(data.w > 0);
  const Dataset rows = take_rows(data, {counted.begin(), counted.end()});
  const Candidate small = narrowed(schema, smaller), large = narrowed(schema, larger);
  FitCounter watch(observer, 2 * (1 + draws));
  const auto both = [&](const Dataset& table, TrainOptions how) {
    Pair pair;
    pair.larger = fitted(large, table, std::nullopt, how, watch);
    if (pair.larger.model) how.restarts = pair.larger.model->fit.restarts;
    pair.smaller = fitted(small, table, std::nullopt, how, watch);
    return pair;
  };

  RatioTest result;
  const Pair observed = both(rows, options);
  watch.require_end();
  result.failure = observed.failure();
  if (result.failure.empty() && spurious(observed.larger.report))
    result.failure = "the larger model's fit is spurious: an expert explains a few rows all but exactly";
  if (!result.failure.empty()) return result;
  result.statistic = observed.ratio();
  result.restarts = observed.larger.model->fit.restarts;

  TrainOptions same = for_one_of(draws, options);
  same.restarts = result.restarts;
  std::vector<double> ratios(draws, NAN);
  parallel_for(draws, options.threads, [&](std::size_t b) {
    const Pair pair = both(drawn(small, *observed.smaller.model, rows, Random(options.seed, kDrawStreams + b)), same);
    if (pair.failure().empty()) ratios[b] = pair.ratio();
  });
  watch.require_end();
  arma::uword as_large = 0;
  for (const double ratio : ratios) {
    if (!std::isnan(ratio)) ++result.draws;
    if (ratio >= result.statistic) ++as_large;
  }
  if (result.draws == 0) result.failure = "no table that was drawn could be fitted";
  if (result.draws > 0) result.p = (1.0 + static_cast<double>(as_large)) / (1.0 + static_cast<double>(result.draws));
  return result;
}

}  // namespace moe
