// Which of several models a table speaks for: by what their likelihoods cost in parameters, by rows that they have not seen, or,
// for one more expert, by tables drawn from the model without it.
#pragma once

#include <cmath>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "moe/dataset.hpp"
#include "moe/error.hpp"
#include "moe/model.hpp"
#include "moe/train.hpp"

namespace moe {

/// What decides. The first three are FitSummary's, lower is better; kCv is Outcome::cv, higher is better.
enum class Criterion { kBic, kIcl, kAic, kCv };

struct SelectOptions {
  Criterion by = Criterion::kBic;
  arma::uword folds = 10;  ///< kCv
  TrainOptions train;      ///< of every fit; its threads are shared among the fits
};

/// What became of a candidate.
struct Outcome {
  std::size_t candidate;
  std::optional<Model> model;  ///< fitted to all rows: what train() gives for it; none where that failed
  TrainReport report{};
  /// Whether an expert explains a few rows all but exactly, in all starts: then the likelihood has no maximum that means anything.
  bool spurious = false;
  double cv = NAN;        ///< kCv: mean log p(y|x) of rows held out, in data units, by weight
  double cv_error = NAN;  ///< its standard error, from the differences between folds
  std::string failure{};  ///< why a fit failed, or "": then the candidate has no place among the others
  ErrorKind kind = ErrorKind::kFit;
};

/// Told after each pass of each fit how many fits of how many are done, one call at a time; returns false to stop.
using SelectObserver = std::function<bool(std::size_t done, std::size_t fits)>;

/// Fits every candidate to the table, and to its folds under kCv. A candidate's inputs are indices into schema.inputs, and it gets
/// only what it reads. Best first; spurious ones after the others, those that failed last. The same for any number of threads.
/// Throws Error: usage for a gate whose weights do not sum to 1, or folds that are not there; fit where the observer stops it.
std::vector<Outcome> select(const Schema& schema, const Dataset& data, const std::optional<Dataset>& validation,
                            const std::vector<ModelSpec>& candidates, const SelectOptions& options,
                            const SelectObserver& observer);

/// The held-out rows of each fold, ascending: rows of a positive weight in a random order, dealt out one by one.
std::vector<std::vector<std::size_t>> cross_validation_folds(const arma::vec& w, arma::uword folds, std::uint64_t seed);

/// The same; of classes each is dealt out by itself, so that the training rows of every fold have rows of it. The row of a
/// class that has no other is never held out.
std::vector<std::vector<std::size_t>> cross_validation_folds(const Schema& schema, const Dataset& data,
                                                             arma::uword folds, std::uint64_t seed);
/// The classes of which a single row counts.
std::vector<std::string> classes_of_one_row(const Schema& schema, const Dataset& data);

/// Two models, one within the other.
struct RatioTest {
  double statistic = NAN;    ///< 2 (log-likelihood of the larger - of the smaller)
  double p = NAN;            ///< (1 + draws at least as large) / (1 + draws)
  arma::uword draws = 0;     ///< tables to which both could be fitted
  arma::uword restarts = 0;  ///< starts of each fit
  std::string failure{};     ///< why there is no p, or ""
};

/// The parametric bootstrap of the likelihood ratio (McLachlan 1987), whose distribution no table has where a mixture has an
/// expert too many: fits both, draws `draws` tables from the smaller at the rows' inputs, weights, trials and offsets, and fits
/// both to each, always from as many starts as the larger takes by itself. Throws as select() does.
RatioTest bootstrap_ratio_test(const Schema& schema, const Dataset& data, const ModelSpec& smaller,
                               const ModelSpec& larger, const TrainOptions& options, arma::uword draws,
                               const SelectObserver& observer);

}  // namespace moe
