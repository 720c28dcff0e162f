#include "fit/fold_fits.hpp"

#include <algorithm>
#include <utility>

#include "base/parallel.hpp"
#include "fit/judged_fit.hpp"
#include "fit/solver_choice.hpp"
#include "fit/units.hpp"
#include "moe/error.hpp"
#include "moe/scores.hpp"
#include "moe/select.hpp"

namespace moe {
namespace {

constexpr double kTrialEpochs = 0.25;
constexpr arma::uword kFewestTrialEpochs = 40;
/// There are as many folds in the trial as it takes to judge by this many rows.
constexpr std::size_t kTrialRows = 200;

arma::uword number_of_folds(const Schema& schema, const Dataset& data, const AutomaticOptions& options) {
  if (options.folds < 2)
    throw Error(ErrorKind::kUsage,
                "a committee of the fits of " + std::to_string(options.folds) + " folds: expected 2 or more");
  const std::size_t units = units_of_folds(data.w, options.groups);
  if (options.groups.empty() && units < 4)
    throw Error(ErrorKind::kData, std::to_string(units) + (units == 1 ? " row" : " rows") +
                                      ": folds need 4 or more: expected more rows, or one model, as -k 1");
  // A row whose class no other row has is never held out.
  const std::size_t lone = options.groups.empty() ? classes_of_one_row(schema, data).size() : 0;
  const std::size_t most = std::max<std::size_t>((units - lone) / (options.groups.empty() ? 2 : 1), 2);
  return std::min<arma::uword>(options.folds, most);
}

std::vector<std::vector<std::size_t>> folds_of(const Schema& schema, const Dataset& data,
                                               const AutomaticOptions& options) {
  const arma::uword folds = number_of_folds(schema, data, options);
  return options.groups.empty() ? cross_validation_folds(schema, data, folds, options.seed)
                                : cross_validation_folds(data.w, options.groups, folds, options.seed);
}

std::vector<std::size_t> rows_of(const std::vector<std::vector<std::size_t>>& folds, std::size_t first) {
  std::vector<std::size_t> rows;
  for (std::size_t f = 0; f < first; ++f) rows.insert(rows.end(), folds[f].begin(), folds[f].end());
  return rows;
}

}  // namespace

FoldFits::FoldFits(const Schema& schema, const Dataset& data, const AutomaticOptions& options,
                   const AutomaticObserver& observer)
    : schema_(schema),
      data_(data),
      options_(options),
      observer_(observer),
      tried_(options.candidates.empty() ? automatic_candidates(schema, data, options) : options.candidates),
      folds_(folds_of(schema, data, options)) {
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
}

arma::uvec FoldFits::trial_rows() const { return arma::conv_to<arma::uvec>::from(rows_of(folds_, trial_folds_)); }

arma::uvec FoldFits::held_out_rows() const {
  return arma::sort(arma::conv_to<arma::uvec>::from(rows_of(folds_, folds_.size())));
}

bool FoldFits::is_whole(std::size_t candidate) const {
  return std::all_of(fits_[candidate].begin(), fits_[candidate].end(), [](const auto& fit) { return fit.has_value(); });
}

arma::mat FoldFits::log_p(const arma::uvec& rows, const std::vector<std::size_t>& candidates) const {
  return log_p_.submat(rows, arma::conv_to<arma::uvec>::from(candidates));
}

void FoldFits::for_each_fit(const std::vector<std::size_t>& candidates, std::size_t folds, const Work& work) {
  parallel_for(candidates.size() * folds, options_.threads, [&](std::size_t i) {
    // The last candidates are the largest: they begin first.
    const std::size_t candidate = candidates[candidates.size() - 1 - i / folds], fold = i % folds;
    std::string failure;
    try {
      work(candidate, fold);
    } catch (const Error& error) {
      failure = error.what();
    }
    const std::lock_guard<std::mutex> lock(mutex_);
    if (tried_[candidate].failure.empty()) tried_[candidate].failure = failure;
    ++done_;
    if (observer_) observer_(done_, expected_);
  });
}

void FoldFits::fit_without(const std::vector<std::size_t>& candidates, std::size_t folds) {
  for_each_fit(candidates, folds, [this](std::size_t candidate, std::size_t fold) {
    std::optional<Model>& fit = fits_[candidate][fold];
    if (!fit) fit = fitted(candidate, fold, tried_[candidate].options, true);
  });
}

void FoldFits::try_out(const std::vector<std::size_t>& candidates) {
  for_each_fit(candidates, trial_folds_, [this](std::size_t candidate, std::size_t fold) {
    TrainOptions options = tried_[candidate].options;
    arma::uword& epochs = options.solver_options.epochs;
    const auto part = static_cast<arma::uword>(kTrialEpochs * static_cast<double>(epochs));
    const arma::uword fewer = std::min(epochs, std::max(kFewestTrialEpochs, part));
    const bool whole = fewer == epochs;
    epochs = fewer;
    Model model = fitted(candidate, fold, options, whole);
    if (whole) fits_[candidate][fold] = std::move(model);
  });
}

/// Also sets L for the rows of the fold. `crossed`: see judged_fit().
Model FoldFits::fitted(std::size_t candidate, std::size_t fold, const TrainOptions& options, bool crossed) {
  const std::vector<std::size_t>& rows = folds_[fold];
  FitRequest request{schema_, tried_[candidate].spec, take_rows(data_, rows_outside(rows, data_.w)), {}, options};
  request.units = units_;
  request.options.seed = options_.seed + 1000 * fold + candidate;
  request.options.threads = 1;
  std::vector<std::size_t> groups;
  for (const std::size_t n : rows)
    if (!options_.groups.empty()) groups.push_back(options_.groups[n]);
  JudgedFit fit = judged_fit(std::move(request), take_rows(data_, rows), groups, crossed);
  for (std::size_t i = 0; i < rows.size(); ++i) log_p_(rows[i], candidate) = fit.log_p[i];
  return std::move(fit.model);
}

void FoldFits::score() {
  for (std::size_t m = 0; m < tried_.size(); ++m) {
    Tried& tried = tried_[m];
    tried.folds = static_cast<arma::uword>(
        std::count_if(fits_[m].begin(), fits_[m].end(), [](const auto& fit) { return fit.has_value(); }));
    const arma::uvec rows = is_whole(m) ? held_out_rows() : trial_rows();
    const arma::vec scores = log_p(rows, {m});
    if (!is_whole(m) && tried.failure.empty() && !scores.is_finite()) tried.failure = "stopped before it was fitted";
    if (!tried.failure.empty()) continue;
    const MeanScore found = mean_score(scores, data_.w.elem(rows));
    tried.score = found.mean;
    tried.error = found.error;
  }
}

}  // namespace moe
