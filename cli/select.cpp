#include "moe/select.hpp"

#include <algorithm>
#include <limits>
#include <mutex>

#include "command.hpp"
#include "csv_options.hpp"
#include "moe/error.hpp"
#include "moe/file.hpp"
#include "moe/model_file.hpp"
#include "moe/stop.hpp"
#include "progress.hpp"
#include "select_report.hpp"
#include "signals.hpp"
#include "table_notes.hpp"
#include "train_options.hpp"
#include "train_summary.hpp"
#include "trials.hpp"

namespace cli {
namespace {

using moe::Error;
using moe::ErrorKind;

constexpr std::uint64_t kMostDraws = 1'000'000;

// --- How to choose ---------------------------------------------------------------------------------------------------

const std::vector<std::pair<std::string, moe::Criterion>> kCriteria{{"bic", moe::Criterion::kBic},
                                                                    {"icl", moe::Criterion::kIcl},
                                                                    {"aic", moe::Criterion::kAic},
                                                                    {"cv", moe::Criterion::kCv}};

moe::Criterion criterion(const std::string& word) {
  std::vector<std::string> names;
  for (const auto& [name, value] : kCriteria) {
    if (name == word) return value;
    names.push_back(name);
  }
  throw Error(ErrorKind::kUsage, "--by: " + moe::unknown_word("criterion", word, names));
}

std::string name_of(moe::Criterion by) {
  for (const auto& [name, value] : kCriteria)
    if (value == by) return name;
  return "";
}

moe::SelectOptions select_options(const Arguments& arguments) {
  moe::SelectOptions options;
  if (arguments.has("by")) options.by = criterion(arguments.text("by"));
  options.folds = arguments.count("folds", 2, std::numeric_limits<std::uint32_t>::max());
  if (arguments.has("folds") && !arguments.has("by")) options.by = moe::Criterion::kCv;
  if (arguments.has("folds") && options.by != moe::Criterion::kCv)
    throw Error(ErrorKind::kUsage, "--folds: only cross-validation uses them: expected --by cv with it");
  Arguments without_lists = arguments;  // trials() reads the lists
  without_lists.give("l2", {arguments.fallback("l2")});
  without_lists.give("gate-l2", {arguments.fallback("gate-l2")});
  options.train = train_options(without_lists);
  moe::make_objective(options.train.objective);
  return options;
}

/// Chooses the criterion where the user has not.
void settle_criterion(const Arguments& arguments, const std::vector<Trial>& trials, const moe::TrainingTable& table,
                      moe::SelectOptions& options) {
  std::vector<moe::ModelSpec> specs;
  for (const Trial& trial : trials) {
    specs.push_back(trial.spec);
    options.penalties.push_back(trial.penalty);
  }
  if (arguments.has("by") || arguments.has("folds")) return;
  const moe::CriterionChoice choice = moe::default_criterion(table.schema, table.data, specs, options);
  options.by = choice.by;
  if (choice.by == moe::Criterion::kCv)
    say("note: candidates are compared by rows held out, as with --by cv, since " + choice.reason +
        "; --by bic asks for BIC");
}

/// The value of --lrt, or 0.
arma::uword draws(const Arguments& arguments, const std::vector<Trial>& trials) {
  if (!arguments.has("lrt")) return 0;
  if (arguments.has("validation") || arguments.text("objective") != "likelihood")
    throw Error(ErrorKind::kUsage,
                "--lrt: it compares likelihoods at their maxima: expected no --validation and no other --objective");
  if (std::none_of(trials.begin(), trials.end(), [](const Trial& trial) { return trial.one_more; }))
    throw Error(ErrorKind::kUsage, "--lrt: there is no K with K+1: expected such as -k 1-4");
  return arguments.count("lrt", 1, kMostDraws);
}

// --- All of it -------------------------------------------------------------------------------------------------------

void warn_of_units(const std::vector<moe::Outcome>& outcomes) {
  std::vector<const moe::Model*> models;
  for (const moe::Outcome& outcome : outcomes)
    if (outcome.model) models.push_back(&*outcome.model);
  if (mixes_measures(models))
    say("warning: some families give probabilities of counts and some densities: their likelihoods do not compare");
}

/// Throws where no candidate can be meant, so that the user gets an error and not an odd result.
void require_one_that_could_be(const std::vector<moe::Outcome>& outcomes) {
  const bool all = std::all_of(outcomes.begin(), outcomes.end(), [](const moe::Outcome& outcome) {
    return !outcome.failure.empty() && outcome.kind == ErrorKind::kUsage;
  });
  if (all) throw Error(ErrorKind::kUsage, outcomes.front().failure);
}

/// Tells the user how far the fits are, from any thread.
class Teller {
 public:
  explicit Teller(bool quiet) : quiet_(quiet), progress_(quiet) {}
  moe::SelectObserver follow(const char* what) {
    return [this, what](std::size_t done, std::size_t fits) {
      const std::lock_guard<std::mutex> lock(mutex_);
      progress_.show(what, done, fits);
      return interrupted() == 0;
    };
  }
  void say_line(const std::string& line) {
    if (quiet_) return;
    const std::lock_guard<std::mutex> lock(mutex_);
    progress_.clear();
    say(line);
  }
  void clear() { progress_.clear(); }

 private:
  bool quiet_;
  Progress progress_;
  std::mutex mutex_;
};

/// Fits all candidates. Where the user interrupts it, the result has those that have ended.
Result fit_all(std::vector<Trial>& trials, const moe::TrainingTable& table,
               const std::optional<moe::Dataset>& validation, moe::SelectOptions options, Teller& teller) {
  std::vector<moe::ModelSpec> specs;
  for (const Trial& trial : trials) specs.push_back(trial.spec);
  if (options.by == moe::Criterion::kCv)
    options.ended = [&](const moe::Outcome& outcome) { teller.say_line(to_line(trials, outcome)); };
  Result result{moe::select(table.schema, table.data, validation, specs, options, teller.follow("fits")), {}};
  require_one_that_could_be(result.outcomes);
  for (const moe::Outcome& outcome : result.outcomes)
    if (outcome.model) trials[outcome.candidate].family = outcome.model->family_spec();
  result.tests.resize(trials.size());
  return result;
}

/// Tests each candidate that has one expert more than the one before it.
void test_all(const std::vector<Trial>& trials, const moe::TrainingTable& table, const moe::SelectOptions& options,
              arma::uword bootstrap, Teller& teller, Result& result) {
  for (std::size_t i = 0; i < trials.size() && bootstrap > 0 && interrupted() == 0; ++i) {
    if (!trials[i].one_more) continue;
    moe::TrainOptions train = options.train;
    train.penalty = trials[i].penalty;
    result.tests[i] = moe::bootstrap_ratio_test(table.schema, table.data, trials[i - 1].spec, trials[i].spec, train,
                                                bootstrap, teller.follow("fits of the bootstrap"));
  }
}

Result compare(std::vector<Trial>& trials, const moe::TrainingTable& table,
               const std::optional<moe::Dataset>& validation, const moe::SelectOptions& options, arma::uword bootstrap,
               bool quiet) {
  catch_interrupts();
  const moe::StopScope scope(interruption());
  Teller teller(quiet);
  Result result;
  try {
    result = fit_all(trials, table, validation, options, teller);
  } catch (const moe::Stopped&) {
    teller.clear();
    throw Error(ErrorKind::kFit, "interrupted: nothing is chosen");
  }
  try {
    test_all(trials, table, options, bootstrap, teller, result);
  } catch (const moe::Stopped&) {  // the tests that were done are shown
  } catch (const Error&) {
    if (interrupted() == 0) throw;
  }
  teller.clear();
  return result;
}

void run_select(const Arguments& arguments) {
  if (arguments.text("output") == "-")
    throw Error(ErrorKind::kUsage, "--output: standard output is the table's: expected a file");
  moe::SelectOptions options = select_options(arguments);
  std::vector<Trial> candidates = trials(arguments, options.train.penalty);
  const arma::uword bootstrap = draws(arguments, candidates);
  const moe::TrainingTable table = read_table_of(candidates, arguments);
  const std::optional<moe::Dataset> validation = validation_rows(arguments, table.schema, options.train);
  std::optional<moe::OutputFile> out;
  if (arguments.has("output"))
    out.emplace(arguments.text("output"));  // before the fits, so that an error is reported at once
  settle_criterion(arguments, candidates, table, options);
  const Result result = compare(candidates, table, validation, options, bootstrap, arguments.has("quiet"));

  const moe::Outcome& best = result.outcomes.front();
  if (out && best.failure.empty()) moe::save_model(*best.model, *out);
  if (arguments.has("json"))
    print(to_json(name_of(options.by), candidates, table.schema.inputs, result));
  else
    show(to_text(candidates, result, options.by == moe::Criterion::kCv));
  const std::size_t ended = result.outcomes.size();
  if (interrupted() != 0)
    throw Error(ErrorKind::kFit, "interrupted: " + std::to_string(ended) + " of " + std::to_string(candidates.size()) +
                                     " candidates had ended, and the best is chosen among them");
  if (!best.failure.empty()) throw Error(ErrorKind::kFit, "every candidate failed: " + best.failure);
  warn_of_units(result.outcomes);
  if (options.by == moe::Criterion::kCv)
    for (const std::string& note : notes_on_lone_classes(table, "fold")) say(note);
  for (const std::string& note : warnings(*best.model, best.report, table)) say(note);
}

/// The options of `moe train`; some of them take a list.
std::vector<Option> options_of_select() {
  std::vector<Option> result = fit_options();
  for (const Option& changed : std::vector<Option>{
           {"features", "", "COLS", "", "the inputs; each time it is given, a set of them to try", true},
           {"experts", "k", "N-N|N,..", "1-4", "how many experts: a range, a list, or both, as 1-3,6"},
           {"expert", "", "SPEC", "linear",
            "the network of all experts, or FAMILY:NETWORK; each time it is given, one to try", true},
           {"family", "", "SPEC,..", "auto",
            "how an expert describes the target: a list to try; of several targets as gaussian+poisson"},
           {"gate-link", "", "LINK", "softmax", "from the gate's outputs to weights: the others give no likelihood"},
           {"l2", "", "R,..", "0", "train's penalty of the experts' squared weights: a number or a list to try"},
           {"gate-l2", "", "R,..", "1e-12", "the same for the gate"},
           threads_option()}) {
    Option& option =
        *std::find_if(result.begin(), result.end(), [&](const Option& one) { return one.name == changed.name; });
    option = Option{changed.name, changed.letter,     changed.value, changed.fallback,
                    changed.help, changed.repeatable, option.group,  option.words};
  }
  return with_csv_options(joined(
      {std::move(result),
       in_group(
           Group::kFit,
           {{"by", "", "bic|icl|aic|cv", "",
             "what the best has the best of. By itself bic, or cv where BIC is not to be trusted: where a candidate of "
             "several inputs has more than one parameter for ten rows, where a network is not linear, or where "
             "penalties differ"},
            {"folds", "", "N", "10",
             "of --by cv; --seed deals the rows out, each class by itself, alike for all candidates"},
            {"lrt", "", "B", "",
             "tests each K against K+1, where both are tried, by the likelihood ratio's size in B tables drawn from "
             "K's fit, both fitted to each from as many starts as to the data"}}),
       in_group(Group::kOutput,
                {json_option(),
                 {"output", "o", "FILE", "", "save the best, fitted to all rows: what train writes for it"},
                 {"quiet", "q", "", "", "no progress; warnings all the same"}})}));
}

constexpr const char* kNotes =
    "Tries every combination of the numbers of experts, families, networks, penalties and sets of inputs, and lists "
    "them best first. What is named twice, as in -k 1,1 or --l2 0,0, is tried once. SPECs and all that is not named "
    "here are train's: 'moe train --help' has their words.\n\n"
    "aic, bic, icl: lower is better. AIC = -2 l + 2 p, BIC = -2 l + p log n, ICL = BIC + 2 entropy of the "
    "responsibilities; l is the log-likelihood of the training rows, p counts free parameters (sigmas too), n is the "
    "sum of the weights.\n"
    "cv: higher is better. Mean of log p(y|x), in the data's own units, over rows held out: each fold's rows are "
    "judged by a fit to the others, which standardises by those alone. cv_se: its standard error, by the folds' "
    "differences. train: the same mean over the training rows. Each candidate is told when it ends.\n"
    "lr, p: 2 (l of K+1 - l of K), and (1 + draws with as large a one) / (1 + draws) (McLachlan 1987); a small p "
    "speaks for K+1. Draws to which a model could not be fitted do not count.\n\n"
    "A spurious fit, one of whose experts explains a few rows all but exactly from whatever start, has a likelihood "
    "without a maximum and stands behind all others; one that failed, with its reason, at the end. ^C ends the fits: "
    "the table and -o then have the candidates that had ended.\n"
    "Exit status: 0 done; 1 every candidate failed; 2 usage; 3 bad data; 5 cannot read or write.";

}  // namespace

Command select_command() {
  return {"select",
          "Choose the number of experts, the family, the network or the inputs: fit them all and compare.",
          {{"one to six experts, the best by BIC kept", "moe select -y accel -k 1-6 mcycle.csv -o best.moe"},
           {"two families and two sets of inputs, by rows held out",
            "moe select --family gaussian,gaussian:hetero --features x1-x4 --features x1,x2 --by cv data.csv"},
           {"whether one line is enough", "moe select -k 1-3 --lrt 99 data.csv"}},
          "[DATA]",
          1,
          options_of_select(),
          kNotes,
          run_select};
}

}  // namespace cli
