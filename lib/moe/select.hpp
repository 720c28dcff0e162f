// Chooses between models: by information criteria, by cross-validation, or, for one more expert, by a likelihood ratio
// test with the parametric bootstrap.
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

/// The criterion. The first three are in FitSummary, and lower is better. kCv is Outcome::cv, and higher is better.
enum class Criterion { kBic, kIcl, kAic, kCv };

/// The result for a candidate.
struct Outcome {
  std::size_t candidate;
  std::optional<Model> model;  ///< the model that train() fits to all rows; nothing where that failed
  TrainReport report{};
  /// Whether in all starts an expert explains a few rows almost exactly: the likelihood then has no meaningful maximum.
  bool spurious = false;
  double cv = NAN;        ///< for kCv: the weighted mean of log p(y|x) over held-out rows, in data units
  double cv_error = NAN;  ///< its standard error, from differences between folds
  std::string failure{};  ///< why a fit failed, or ""; a candidate that failed is not ranked
  ErrorKind kind = ErrorKind::kFit;
};

struct SelectOptions {
  Criterion by = Criterion::kBic;
  arma::uword folds = 10;  ///< for kCv
  TrainOptions train;      ///< for every fit; the threads are shared among the fits
  /// The penalty of each candidate, in place of train.penalty; empty: train.penalty for all.
  std::vector<Penalty> penalties{};
  /// Told each candidate when all its fits have ended, one at a time, in the order in which they begin: from the last to the
  /// first, as the last is usually the largest. May be empty.
  std::function<void(const Outcome&)> ended{};
};

/// Called after each pass of each fit, never twice at the same time. `done` of `fits` fits have ended. Returns false to
/// stop.
using SelectObserver = std::function<bool(std::size_t done, std::size_t fits)>;

/// Fits every candidate to the table, and for kCv to its folds. A candidate's inputs are indices into schema.inputs,
/// and it is given only the inputs that it reads. The best comes first; spurious ones follow the others, and those that
/// failed are last. The result is the same for any number of threads. Where the observer or the caller's StopScope stops
/// it, the candidates whose fits had all ended are the result, which is then shorter than `candidates`. Throws Error:
/// usage for a gate whose weights do not sum to 1, or an impossible number of folds; fit where it is stopped before any
/// candidate has ended.
std::vector<Outcome> select(const Schema& schema, const Dataset& data, const std::optional<Dataset>& validation,
                            const std::vector<ModelSpec>& candidates, const SelectOptions& options,
                            const SelectObserver& observer);

struct CriterionChoice {
  Criterion by = Criterion::kBic;
  std::string reason{};  ///< why it is not kBic: a part of a sentence
};

/// The criterion where a user names none: kCv where BIC is not to be trusted, else kBic. BIC counts parameters, which says
/// little where a candidate has more than one for ten rows and reads several inputs, where a network is not linear in its
/// parameters, and where candidates differ by their penalties. kBic, too, where fewer than two rows for each of
/// options.folds can be held out.
CriterionChoice default_criterion(const Schema& schema, const Dataset& data, const std::vector<ModelSpec>& candidates,
                                  const SelectOptions& options);

/// The held-out rows of each fold, in ascending order. Rows of positive weight are put into a random order and dealt
/// out one by one.
std::vector<std::vector<std::size_t>> cross_validation_folds(const arma::vec& w, arma::uword folds, std::uint64_t seed);

/// Whole groups are held out: rows with the same number in `groups` (n) are in the same fold. The folds are about
/// equally large. Throws Error (usage) for fewer groups than folds.
std::vector<std::vector<std::size_t>> cross_validation_folds(const arma::vec& w, const std::vector<std::size_t>& groups,
                                                             arma::uword folds, std::uint64_t seed);

/// The same, but the rows of each class are dealt out separately, so that the training rows of every fold have every
/// class. If a class has only one row, that row is never held out.
std::vector<std::vector<std::size_t>> cross_validation_folds(const Schema& schema, const Dataset& data,
                                                             arma::uword folds, std::uint64_t seed);
/// How many units folds are made of: the rows of positive weight, or, where `groups` (n) is not empty, their groups.
std::size_t units_of_folds(const arma::vec& w, const std::vector<std::size_t>& groups);
/// The rows of positive weight that are not in this fold, ascending.
std::vector<std::size_t> rows_outside(const std::vector<std::size_t>& fold, const arma::vec& w);
/// The classes with only a single row of positive weight.
std::vector<std::string> classes_of_one_row(const Schema& schema, const Dataset& data);

/// The test between two models, one of which contains the other.
struct RatioTest {
  double statistic = NAN;    ///< twice the difference of the log-likelihoods, larger minus smaller model
  double p = NAN;            ///< (1 + draws with a statistic at least as large) / (1 + draws)
  arma::uword draws = 0;     ///< how many drawn tables both models could be fitted to
  arma::uword restarts = 0;  ///< starts of each fit
  std::string failure{};     ///< why there is no p value, or ""
};

/// The parametric bootstrap of the likelihood ratio (McLachlan 1987). With a superfluous expert in a mixture, the ratio
/// has no chi-squared distribution. So both models are fitted, `draws` tables are drawn from the smaller one at the
/// rows' inputs, weights, trials and offsets, and both are fitted to each of these, always from as many starts as the
/// larger one takes by default. Throws as select() does.
RatioTest bootstrap_ratio_test(const Schema& schema, const Dataset& data, const ModelSpec& smaller,
                               const ModelSpec& larger, const TrainOptions& options, arma::uword draws,
                               const SelectObserver& observer);

}  // namespace moe
