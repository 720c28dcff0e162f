#include "moe/train.hpp"

#include <unistd.h>

#include <algorithm>
#include <cmath>

#include "automatic.hpp"
#include "calibrate.hpp"
#include "command.hpp"
#include "csv_options.hpp"
#include "dry_run.hpp"
#include "fit_page.hpp"
#include "fit_record.hpp"
#include "follower.hpp"
#include "moe/checkpoint.hpp"
#include "moe/error.hpp"
#include "moe/file.hpp"
#include "moe/model_file.hpp"
#include "moe/registry.hpp"
#include "moe/stop.hpp"
#include "penalty.hpp"
#include "resume.hpp"
#include "signals.hpp"
#include "train_options.hpp"
#include "train_summary.hpp"

namespace cli {
namespace {

using moe::Error;
using moe::ErrorKind;

/// The networks of the experts: one --expert for all, or one for each.
std::vector<std::string> expert_networks(const Arguments& arguments) {
  std::vector<std::string> given = arguments.all("expert");
  const std::uint64_t most = 10'000;
  if (given.size() > 1) {
    if (arguments.has("experts") && arguments.count("experts", 1, most) != given.size())
      throw Error(ErrorKind::kUsage, "--expert: given " + std::to_string(given.size()) + " times, and -k says " +
                                         arguments.text("experts") + ": expected one for all or one for each");
    return given;
  }
  return std::vector<std::string>(arguments.count("experts", 1, most), given.empty() ? "linear" : given[0]);
}

/// The table, read for a new model, or as the model reads it with which the fit begins.
moe::TrainingTable training_table(const Arguments& arguments, const moe::Model* start, const moe::ModelSpec& spec) {
  moe::CsvReader reader(data_path(arguments.positional(0), arguments.text("resume")),
                        csv_options(arguments, start == nullptr ? missing_words(arguments) : start->schema.na));
  if (start == nullptr) return moe::read_training_table(reader, column_request(arguments, spec), spec.experts.size());
  for (const char* option :
       {"target", "features", "gate-features", "expert-features", "weight",      "id",         "positive",
        "trials", "offset",   "exposure",      "categorical",     "missing",     "na",         "experts",
        "expert", "gate",     "gate-link",     "family",          "standardize", "sigma-floor"})
    if (arguments.has(option))
      throw Error(ErrorKind::kUsage, std::string("--") + option +
                                         ": --resume goes on with the model as it is: expected one of the two only");
  moe::TrainingTable table;
  table.schema = start->schema;
  table.data = rows_with_target(arguments, reader, start->schema);
  return table;
}

/// Reads the table and reports what it is, without a fit.
void dry_run(const Arguments& arguments) {
  const moe::ModelSpec spec = model_spec(arguments, expert_networks(arguments), arguments.text("family"));
  if (arguments.has("resume"))
    throw Error(ErrorKind::kUsage,
                "--dry-run: --resume's columns are the model's: expected 'moe inspect', which shows them");
  moe::CsvReader reader(data_path(arguments.positional(0)), csv_options(arguments, missing_words(arguments)));
  moe::ColumnRequest request = column_request(arguments, spec);
  request.survey = true;
  const moe::TrainingTable table = moe::read_training_table(reader, request, spec.experts.size());
  show(to_text(reader, table));
  if (!table.refused.empty()) throw Error(ErrorKind::kData, table.refused);
}

/// Sets up what a later run needs to continue this one. Not for a fit that begins with a model, as the checkpoint would
/// need to hold that, too.
void follow(const Arguments& arguments, const moe::TrainingTable& table, const std::optional<moe::Dataset>& validation,
            std::optional<moe::Checkpoint>& from, moe::FitProgress& progress, Follower& follower) {
  const std::string words = words_of_run(arguments, table.schema, table.data, validation);
  std::optional<moe::Model> best;
  if (from) {
    require_same_rows(from->words, words);
    progress = std::move(from->progress);
    best = std::move(from->model);
  }
  follower.keep_progress(progress, words, std::move(best));
}

/// With fewer rows, too few are held out to tell when to stop.
constexpr arma::uword kLeastRowsToHold = 100;
constexpr double kHeld = 0.1;

/// Where nothing is said of how long a network is fitted, rows that are held out tell when to stop. Returns what the
/// summary says of it, or nothing.
std::vector<std::string> pace_by_itself(const Arguments& arguments, const moe::ModelSpec& spec, arma::uword rows,
                                        moe::TrainOptions& options) {
  for (const char* option :
       {"epochs", "batch", "schedule", "patience", "validation", "resume", "l1", "gate-l1", "firth"})
    if (arguments.has(option)) return {};
  const auto is_linear = [&](const std::string& network) {
    return spec.network_of(network, {0}, 1).is_linear_in_parameters();
  };
  const bool linear = (spec.experts.size() == 1 || is_linear(spec.gate)) &&
                      std::all_of(spec.experts.begin(), spec.experts.end(), is_linear);
  if (linear || rows < kLeastRowsToHold || options.objective != "likelihood" ||
      (options.solver != "auto" && !options.solver.starts_with("adam")))
    return {};
  moe::pace(options, rows);
  options.validation = kHeld;
  return {"note: a tenth of the rows was held out, to tell when to stop; --epochs N asks for N passes over all rows"};
}

void say_all(const std::vector<std::string>& lines) {
  for (const std::string& line : lines) say(line);
}

void say_summary(const Arguments& arguments, const moe::FitResult& result,
                 const std::vector<std::vector<std::string>>& notes) {
  if (arguments.has("quiet")) return;
  summarise(result.model, result.report);
  for (const std::vector<std::string>& some : notes) say_all(some);
}

/// `from`: a model to begin with, or the checkpoint of an earlier run with these arguments.
void fit(const Arguments& arguments, std::optional<moe::Checkpoint> from) {
  moe::ModelSpec spec = model_spec(arguments, expert_networks(arguments), arguments.text("family"));
  moe::TrainOptions options = train_options(arguments);
  moe::make_gate(spec.gate_link);
  moe::make_objective(options.objective);
  const moe::Model* const start = from && from->progress.empty() ? &from->model : nullptr;
  if (start && !arguments.has("objective") && !start->fit.objective.empty()) options.objective = start->fit.objective;
  for (const char* option : {"log", "checkpoint"})
    if (arguments.text(option) == "-")
      throw Error(ErrorKind::kUsage, std::string("--") + option + ": standard output is the model's: expected a file");

  moe::TrainingTable table = training_table(arguments, start, spec);
  spec.gate_inputs = table.gate_inputs;
  spec.expert_inputs = table.expert_inputs;
  check_conformal(arguments, table.schema);
  refuse_folds_of_one_fit(arguments);
  const std::optional<moe::Dataset> held = hold_for_conformal(arguments, table);
  std::optional<moe::Dataset> validation = validation_rows(arguments, table.schema, options);
  const std::vector<std::string> paced = pace_by_itself(arguments, spec, table.data.rows(), options);
  if (!arguments.has("quiet") && spec.gate_link != "softmax")
    say("note: under --gate-link " + spec.gate_link + " the weights need not sum to 1: the likelihood is not one");

  moe::FitProgress progress;
  FitRecord summary(arguments);
  FitPage page(arguments);
  page.keep(table.data);
  moe::OutputFile out(arguments.text("output"));  // before the fit, so that an error is reported at once
  Follower follower(arguments);
  if (start == nullptr && (from || arguments.has("checkpoint"))) {
    follow(arguments, table, validation, from, progress, follower);
    options.progress = &progress;
  }
  try {
    const moe::StopScope scope(interruption());
    auto [result, penalties, notes] = fit_and_watch(
        arguments,
        {table.schema, spec, std::move(table.data), std::move(validation), options, std::ref(follower), start},
        table.groups, follower);
    auto& [model, report] = result;
    if (report.stopped) throw moe::Stopped();
    follower.finish();
    std::vector<std::string> said = warnings(model, report, table);
    for (const auto& more : {notes, notes_on_penalties(start, model.fit)})
      said.insert(said.end(), more.begin(), more.end());
    const Json record = record_of(model, report, said);
    const std::string missed = summary.unmet_by(record);
    if (held) model.conformal = calibrated_by(arguments, model, *held);
    if (missed.empty()) moe::save_model(model, out);
    say_summary(arguments, result, {paced, penalties});
    say_calibration(arguments, model);
    say_all(said);
    if (missed.empty()) page.write(model, follower.course().history(model, report), said);
    summary.write(record, missed);
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::kFit) follower.finish();
    throw;
  } catch (const moe::Stopped&) {
    follower.finish();
    throw Error(ErrorKind::kFit, "interrupted: no model written" + follower.how_to_go_on(arguments));
  }
}

void run_train(const Arguments& arguments) {
  if (arguments.has("dry-run")) return dry_run(arguments);
  const std::string output = arguments.text("output");
  if ((output == "-" || output.empty()) && isatty(STDOUT_FILENO))
    throw Error(ErrorKind::kUsage, "standard output is a terminal, and a model is binary: expected -o FILE or a pipe");
  const std::string described_by = describing_option(arguments);
  if (described_by.empty()) return fit_automatic(arguments);
  if (arguments.has("effort"))
    throw Error(ErrorKind::kUsage, "--effort: it belongs to the automatic fit, and --" + described_by +
                                       " asks for one model: expected --auto with it");
  if (arguments.has("committee") && chooses_penalty(arguments))
    throw Error(ErrorKind::kUsage, "--l2 auto: a committee's penalty is not chosen: expected a number");
  if (arguments.has("committee"))
    return fit_committee(arguments, model_spec(arguments, expert_networks(arguments), arguments.text("family")));
  if (arguments.has("fold-group") && !chooses_penalty(arguments) && !arguments.has("conformal"))
    throw Error(ErrorKind::kUsage,
                "--fold-group: this fit has no folds: expected it with --auto or --committee, with --l2 auto, or with "
                "--conformal PART");
  if (arguments.has("every") && !arguments.has("checkpoint"))
    throw Error(ErrorKind::kUsage, "--every: there is nothing to save: expected --checkpoint FILE with it");
  std::optional<moe::Checkpoint> from;
  if (arguments.has("resume")) from = moe::load_checkpoint(arguments.text("resume"));
  const bool goes_on = from && !from->progress.empty();
  const Arguments begun = goes_on ? as_begun(arguments, from->words) : arguments;
  fit(begun, std::move(from));
}

std::vector<Option> options_of_train() {
  return with_csv_options(joined(
      {fit_options(),
       in_group(Group::kModel,
                {{"auto", "", "", "",
                  "find the model, as train does where no option describes one: linear and MLP mixtures of several "
                  "sizes are "
                  "fitted without each of 5 folds, judged by the rows held out, and the best are averaged, each by its "
                  "weight, in one model. --family limits it"},
                 {"effort",
                  "",
                  "1..9",
                  "5",
                  "of --auto: each step allows 1.6 times the passes over the rows",
                  false,
                  Group::kModel,
                  {"1", "2", "3", "4", "5", "6", "7", "8", "9"}},
                 {"committee", "", "B", "",
                  "fit the model B times, each time without another part of the rows, and average the B fits in one "
                  "model"}}),
       in_group(Group::kFit, conformal_options()),
       in_group(Group::kOutput,
                {output_option("where the model goes"),
                 {"log", "", "FILE.jsonl", "", "one JSON object a pass"},
                 {"report", "", "FILE.html", "",
                  "show the model as a page, as `moe report` does, at these rows, with the fit's course"},
                 {"quiet", "q", "", "", "no summary and no progress bar; warnings all the same"}}),
       in_group(Group::kOutput, record_options()),
       {{"checkpoint", "", "FILE", "",
         "save the best model so far and all that --resume needs, also when the fit fails or is interrupted"},
        {"every", "", "SECONDS", "60", "how often"},
        {"resume", "", "FILE", "",
         "a checkpoint: go on with its run, whose options stay, to the model that it would have come to without a "
         "break. A model: begin a new fit from it, with its networks, family, columns and parameters"},
        {"dry-run", "", "", "", "say what was understood of DATA and of the options, and fit nothing"}}}));
}

std::string listing(const char* title, const std::vector<moe::Word>& words) {
  std::string text = std::string(title) + "\n";
  for (const moe::Word& word : words)
    text += "  " + word.name + std::string(word.name.size() < 12 ? 12 - word.name.size() : 1, ' ') + word.help + "\n";
  return text;
}

std::string notes() {
  return "COLS is a list of names, 1-based indices, ranges a-b of either, and -NAME to drop one.\n\n" +
         listing("Networks (SPEC of --expert and --gate):", moe::network_words()) +
         listing("Families:", moe::family_words()) +
         listing("Families of several targets (-y COLS), which are numbers:", moe::several_family_words()) +
         "  auto        bernoulli or categorical for a class; for a number gaussian (gaussian:unit under me and "
         "me-batch)\n" +
         listing("Objectives (minimised, penalties added; means over rows but for me-batch):", moe::objective_words()) +
         listing("Gate links:", moe::gate_words()) + listing("Solvers:", moe::solver_words()) +
         "  auto        adam where a network has hidden layers; else em, or lbfgs where that cannot be; owlqn under "
         "--l1 or "
         "--gate-l1\n\n"
         "Exit status: 0 done; 1 the fit failed, no model written; 2 usage; 3 bad data; 4 bad model file; 5 cannot "
         "read or write.";
}

}  // namespace

Command train_command() {
  return {
      "train",
      "Fit a mixture of experts to a CSV file.",
      {{"a model for the best prediction, found by itself", "moe train -y price houses.csv -o price.moe"},
       {"two linear experts and a softmax gate", "moe train -y price -k 2 houses.csv -o price.moe"},
       {"what is in a table, and what would become of it", "moe train --dry-run houses.csv"},
       {"two targets and their correlation", "moe train -y a,b --family gaussian:full data.csv -o both.moe"},
       {"three experts, the best of 100 starts", "moe train -y accel -k 3 --restarts 100 mcycle.csv -o mcycle.moe"},
       {"two classes, two multilayer perceptrons", "moe train -y diagnosis --expert mlp:16 train.csv -o diagnosis.moe"},
       {"inputs of its own for each branch",
        "moe train --gate-features x1-x4 --expert-features 1=x5-x8 --expert-features 2=x9-x12 data.csv -o m.moe"}},
      "[DATA]",
      1,
      options_of_train(),
      notes(),
      run_train};
}

}  // namespace cli
