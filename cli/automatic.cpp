#include "automatic.hpp"

#include <cstdio>
#include <limits>

#include "csv_options.hpp"
#include "moe/automatic.hpp"
#include "moe/error.hpp"
#include "moe/file.hpp"
#include "moe/model_file.hpp"
#include "moe/stop.hpp"
#include "progress.hpp"
#include "signals.hpp"
#include "table_notes.hpp"
#include "train_options.hpp"

namespace cli {
namespace {

using moe::Error;
using moe::ErrorKind;

/// Throws Error (usage) for an option that the automatic fit settles itself, or cannot use.
void refuse_what_it_settles(const Arguments& arguments) {
  for (const char* option :
       {"experts",    "expert", "gate",          "gate-link", "gate-features", "expert-features", "objective", "solver",
        "epochs",     "batch",  "learning-rate", "schedule",  "momentum",      "tolerance",       "restarts",  "l2",
        "gate-l2",    "l1",     "gate-l1",       "firth",     "standardize",   "validation",      "patience",  "log",
        "checkpoint", "every",  "resume",        "dry-run"})
    if (arguments.has(option))
      throw Error(ErrorKind::kUsage,
                  std::string("--auto: it settles what --") + option + " says: expected one of the two");
}

std::string figures(const char* format, double a, double b) {
  char text[80];
  std::snprintf(text, sizeof text, format, a, b);
  return text;
}

void summarise(const moe::AutomaticResult& result, arma::uword folds) {
  const moe::Model& model = result.model;
  say(std::to_string(model.fit.rows) + " rows, " + std::to_string(model.schema.inputs.size()) + " inputs; tried " +
      std::to_string(result.tried.size()) + " models on " + std::to_string(folds) +
      " folds; the score is the mean log p(y|x) of rows held out, higher is better");
  for (const moe::Tried& tried : result.tried) {
    std::string line = "  ";
    if (!tried.failure.empty())
      line += "failed: " + tried.failure;
    else
      line += figures("%.4f +- %.4f", tried.score, tried.error) +
              (tried.folds < folds ? ", one fold" : figures(", weight %.2f", tried.weight, 0));
    say(line + "  " + tried.words);
  }
  say(figures("committee: %.4f +- %.4f", result.score, result.error) + ", " + std::to_string(model.members.size()) +
      " members" + figures(", %.1f s", result.seconds, 0));
}

}  // namespace

void fit_automatic(const Arguments& arguments) {
  refuse_what_it_settles(arguments);
  moe::AutomaticOptions options;
  options.family = arguments.text("family");
  options.effort = static_cast<int>(arguments.count("effort", 1, 9));
  options.seed = arguments.count("seed", 0, std::numeric_limits<std::uint64_t>::max());
  options.threads = threads(arguments);
  const moe::ModelSpec spec = model_spec(arguments, {"linear", "linear"}, options.family);
  moe::CsvReader reader(data_path(arguments.positional(0)), csv_options(arguments, missing_words(arguments)));
  const moe::TrainingTable table = moe::read_training_table(reader, column_request(arguments, spec), 2);
  moe::OutputFile out(arguments.text("output"));  // before the fit: where it cannot be written is known at once
  Progress progress(arguments.has("quiet"));
  catch_interrupts();
  try {
    const moe::StopScope scope(interruption());
    const moe::AutomaticResult result =
        moe::fit_automatically(table.schema, table.data, options,
                               [&](std::size_t done, std::size_t fits) { progress.show("fits", done, fits); });
    progress.clear();
    moe::save_model(result.model, out);
    if (!arguments.has("quiet")) summarise(result, options.folds);
    for (const std::string& note : table_notes(table)) say(note);
    if (result.stopped)
      throw Error(ErrorKind::kFit, "interrupted: the model is made of the candidates that were done by then");
  } catch (const moe::Stopped&) {
    progress.clear();
    throw Error(ErrorKind::kFit, "interrupted: no model written");
  }
}

}  // namespace cli
