#include "automatic.hpp"

#include <algorithm>
#include <cstdio>
#include <limits>

#include "calibrate.hpp"
#include "csv_options.hpp"
#include "fit_page.hpp"
#include "fit_record.hpp"
#include "help.hpp"
#include "moe/automatic.hpp"
#include "moe/conformal.hpp"
#include "moe/error.hpp"
#include "moe/file.hpp"
#include "moe/model_file.hpp"
#include "moe/select.hpp"
#include "moe/stop.hpp"
#include "progress.hpp"
#include "signals.hpp"
#include "table_notes.hpp"
#include "train_options.hpp"
#include "train_summary.hpp"

namespace cli {
namespace {

using moe::Error;
using moe::ErrorKind;

/// The options that describe a model, or how one is fitted. The automatic fit settles them itself.
const std::vector<std::string> kSettled{
    "experts", "expert", "gate",     "gate-link", "gate-features", "expert-features", "objective", "solver",
    "epochs",  "batch",  "schedule", "momentum",  "learning-rate", "tolerance",       "restarts",  "l2",
    "gate-l2", "l1",     "gate-l1",  "firth",     "standardize",   "validation",      "patience",  "sigma-floor"};
/// Options of a single fit.
const std::vector<std::string> kOfOneFit{"log", "checkpoint", "every", "resume"};

void refuse(const Arguments& arguments, const std::vector<std::string>& options, const std::string& sentence) {
  for (const std::string& option : options)
    if (arguments.has(option)) throw Error(ErrorKind::kUsage, "--" + option + ": " + sentence);
}

std::string figures(const char* format, double a, double b) {
  char text[80];
  std::snprintf(text, sizeof text, format, a, b);
  return text;
}

/// Says the text behind its beginning, in lines of at most 100 characters that stand below each other.
void say_wrapped(const std::string& begin, const std::string& text) {
  constexpr std::size_t kDeepest = 40, kMostWidth = 100;
  const std::string lines = begin + folded(text, begin.size(), std::min(begin.size(), kDeepest), kMostWidth);
  for (std::size_t first = 0; first <= lines.size();) {
    const std::size_t end = std::min(lines.find('\n', first), lines.size());
    say(lines.substr(first, end - first));
    first = end + 1;
  }
}

void summarise_committee(const moe::AutomaticResult& result) {
  const moe::Model& model = result.model;
  const arma::uword folds = result.folds;
  say(moe::counted(model.fit.rows, "row") + ", " + moe::counted(model.schema.inputs.size(), "input") + "; tried " +
      moe::counted(result.tried.size(), "model") + " on " + std::to_string(folds) +
      " folds; nll of rows held out, lower is better:");
  for (const moe::Tried& tried : result.tried) {
    if (!tried.failure.empty())
      say_wrapped("  failed: ", tried.words + ": " + tried.failure);
    else
      say_wrapped("  " + figures("%.4f +- %.4f", -tried.score, tried.error) +
                      (tried.folds < folds ? ", in the trial" : figures(", weight %.2f", tried.weight, 0)) + "  ",
                  tried.words);
  }
  if (result.factor != 1)
    say(figures(model.classes() ? "rescaled, as the rows held out suggest: log-odds divided by %.2f"
                                : "rescaled, as the rows held out suggest: all scales times %.2f",
                result.factor, 0));
  say(figures("committee: %.4f +- %.4f", -result.score, result.error) + ", " + std::to_string(model.members.size()) +
      " members" + figures(", %.1f s", result.seconds, 0));
}

/// What was tried, for the page of the fit.
moe::FitHistory history_of(const moe::AutomaticResult& result) {
  moe::FitHistory history;
  history.nll = -result.score;
  history.error = result.error;
  history.factor = result.factor;
  history.folds = result.folds;
  for (const moe::Tried& tried : result.tried)
    if (tried.failure.empty())
      history.tried.push_back({tried.words, -tried.score, tried.error, tried.weight, tried.folds < result.folds});
  return history;
}

/// Larger whole numbers are more often prices than counts.
constexpr double kMostCount = 1000;

/// Whether the target may be a count. The density of a number does not compare with the probability of a count, so the
/// automatic fit does not try both.
bool may_be_count(const moe::Model& model, const moe::Dataset& data) {
  if (model.classes() || model.targets() > 1 || model.experts[0].family->discrete()) return false;
  const arma::vec y = data.y.col(0);
  return arma::all(y >= 0) && arma::all(arma::floor(y) == y) && y.min() < y.max() && y.max() <= kMostCount;
}

std::vector<std::string> notes_on(const moe::AutomaticResult& result, const moe::AutomaticOptions& options,
                                  const moe::TrainingTable& table) {
  std::vector<std::string> notes;
  if (result.constant_target) notes.push_back(constant_note(result.model));
  for (const std::string& note : notes_on_table(result.model, result.far_values, table)) notes.push_back(note);
  if (table.few_whole_numbers == 0 && may_be_count(result.model, table.data))
    notes.push_back("note: all values of '" + moe::printable(result.model.schema.targets[0]) +
                    "' are whole numbers, and are taken as any number; --auto --family poisson or negative-binomial "
                    "takes them as counts");
  if (options.groups.empty())
    for (const std::string& note : notes_on_lone_classes(table, "fold")) notes.push_back(note);
  else
    for (const std::string& name : moe::classes_of_one_row(table.schema, table.data))
      notes.push_back("note: class " + moe::printable(name) +
                      " has a single row, which is judged by fits that have not seen this class");
  if (result.folds < options.folds)
    notes.push_back("note: there are " + std::to_string(result.folds) +
                    " folds, as there are too few rows or groups for " + std::to_string(options.folds));
  return notes;
}

/// Fits the candidates, saves the committee and says what was tried.
void fit_and_save(const Arguments& arguments, moe::TrainingTable table, moe::AutomaticOptions options) {
  check_conformal(arguments, table.schema);
  const std::optional<moe::Dataset> held = hold_for_conformal(arguments, table);
  options.seed = arguments.count("seed", 0, std::numeric_limits<std::uint64_t>::max());
  options.threads = threads(arguments);
  options.groups = table.groups;
  std::vector<moe::Conformal> of_folds;
  if (conformal_by_folds(arguments))
    options.on_unseen = [&](const moe::Model& committee, const std::vector<std::size_t>& rows) {
      of_folds.push_back(calibrated_by(arguments, committee, moe::take_rows(table.data, rows)));
    };
  FitRecord summary(arguments);
  FitPage page(arguments);
  page.keep(table.data);
  moe::OutputFile out(arguments.text("output"));  // before the fit: where it cannot be written is known at once
  Progress progress(arguments.has("quiet"));
  catch_interrupts();
  try {
    const moe::StopScope scope(interruption());
    moe::AutomaticResult result =
        moe::fit_automatically(table.schema, table.data, options,
                               [&](std::size_t done, std::size_t fits) { progress.show("fits", done, fits); });
    progress.clear();
    const std::vector<std::string> notes = notes_on(result, options, table);
    const Json record = record_of(result, notes);
    const std::string missed = summary.unmet_by(record);
    if (held) result.model.conformal = calibrated_by(arguments, result.model, *held);
    if (!of_folds.empty()) result.model.conformal = moe::joined(of_folds);
    if (missed.empty()) moe::save_model(result.model, out);
    if (!arguments.has("quiet")) summarise_committee(result);
    say_calibration(arguments, result.model);
    for (const std::string& note : notes) say(note);
    if (missed.empty()) page.write(result.model, history_of(result), notes);
    summary.write(record, missed);
    if (result.stopped)
      throw Error(ErrorKind::kFit, "interrupted: the model is made of the candidates that were done by then");
  } catch (const moe::Stopped&) {
    progress.clear();
    throw Error(ErrorKind::kFit, "interrupted: no model written");
  }
}

moe::TrainingTable read_table(const Arguments& arguments, const moe::ModelSpec& spec) {
  moe::CsvReader reader(data_path(arguments.positional(0)), csv_options(arguments, missing_words(arguments)));
  return moe::read_training_table(reader, column_request(arguments, spec), spec.experts.size());
}

/// Throws Error (data) where so many fits cannot each leave out rows, or groups of rows, of their own.
void require_rows_for(arma::uword members, const moe::TrainingTable& table) {
  const std::size_t units = moe::units_of_folds(table.data.w, table.groups);
  const bool rows = table.groups.empty();
  const std::size_t most = rows ? units / 2 : units;
  if (members <= most) return;
  throw Error(ErrorKind::kData,
              "--committee " + std::to_string(members) + ": the table has " +
                  moe::counted(units, rows ? "row" : "group") + ", and each fit leaves out " +
                  (rows ? "2 rows or more" : "a group or more") + " of its own: expected " +
                  (most < 2 ? "more of them, or no --committee" : "--committee " + std::to_string(most) + " at most"));
}

}  // namespace

std::string describing_option(const Arguments& arguments) {
  if (arguments.has("auto")) return "";
  std::vector<std::string> describing = kSettled;
  describing.insert(describing.end(), {"family", "resume", "committee"});
  const auto given = std::find_if(describing.begin(), describing.end(),
                                  [&](const std::string& option) { return arguments.has(option); });
  return given == describing.end() ? "" : *given;
}

void fit_automatic(const Arguments& arguments) {
  refuse(arguments, kSettled, "--auto settles it: expected one of the two");
  refuse(arguments, {"committee"}, "--auto makes a committee of its own: expected one of the two");
  refuse(arguments, kOfOneFit,
         "it belongs to one fit, and this one tries several models: expected a model, as -k 2, with it");
  moe::AutomaticOptions options;
  options.family = arguments.text("family");
  options.effort = static_cast<int>(arguments.count("effort", 1, 9));
  const moe::ModelSpec spec = model_spec(arguments, {"linear", "linear"}, options.family);
  fit_and_save(arguments, read_table(arguments, spec), options);
}

void fit_committee(const Arguments& arguments, moe::ModelSpec spec) {
  refuse(arguments, {"validation"},
         "with --committee, each fit has a part that it leaves out: expected one of the two");
  refuse(arguments, kOfOneFit, "it belongs to one fit, and --committee makes several: expected one of the two");
  moe::AutomaticOptions options;
  options.folds = arguments.count("committee", 2, 1000);
  const moe::TrainingTable table = read_table(arguments, spec);
  require_rows_for(options.folds, table);
  spec.gate_inputs = table.gate_inputs;
  spec.expert_inputs = table.expert_inputs;
  moe::Tried& tried = options.candidates.emplace_back();
  tried.spec = std::move(spec);
  tried.options = train_options(arguments);
  tried.options.errors = false;
  tried.words = "as asked for";
  fit_and_save(arguments, table, options);
}

}  // namespace cli
