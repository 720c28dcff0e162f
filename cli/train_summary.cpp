#include "train_summary.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <set>

#include "command.hpp"
#include "moe/describe.hpp"
#include "moe/error.hpp"
#include "moe/numeric.hpp"
#include "moe/solver.hpp"
#include "table_notes.hpp"

namespace cli {
namespace {

std::string in_format(const char* format, double value) {
  char text[64];
  std::snprintf(text, sizeof text, format, value);
  return text;
}

/// " (benign, malignant)", or the number of classes where there are many.
std::string classes_of(const moe::Model& model) {
  const std::vector<std::string>& labels = model.schema.labels;
  constexpr std::size_t kMost = 8;
  if (labels.empty()) return "";
  return " (" + (labels.size() > kMost ? std::to_string(labels.size()) + " classes" : moe::listed(labels)) + ")";
}

std::string starts_of(const moe::FitSummary& fit, const moe::TrainReport& report) {
  if (fit.restarts <= 1) return "";
  std::string text =
      ", " + std::to_string(report.starts_at_best) + " of " + std::to_string(fit.restarts) + " starts reached the best";
  if (report.pilot_rows > 0) text += " on " + std::to_string(report.pilot_rows) + " of the rows";
  if (report.from_simpler) text += ", which the fit of a simpler model led to";
  if (report.moved) text += ", which splitting and merging experts found";
  if (report.starts_set_aside > 0)
    text +=
        ", " + std::to_string(report.starts_set_aside) + " set aside as spurious (an expert fits a handful of rows)";
  return text;
}

void summarise_l1(const moe::TrainReport& report) {
  const auto kept = [](const moe::WeightCount& count) {
    return std::to_string(count.not_zero) + " of " + std::to_string(count.all);
  };
  const moe::WeightCount &experts = report.experts_l1, &gate = report.gate_l1;
  if (experts.all > 0 && gate.all > 0)
    say("l1: " + kept(experts) + " weights of the experts are not 0, " + kept(gate) + " of the gate's");
  else if (experts.all + gate.all > 0)
    say("l1: " + (experts.all > 0 ? kept(experts) + " weights of the experts" : kept(gate) + " weights of the gate") +
        " are not 0");
}

/// How many of the inputs that follow from others are named.
constexpr std::size_t kMostAliased = 20;

/// Notes on equal columns. A table may have thousands of them, so only some are named.
void note_same_columns(const moe::TrainingTable& table, std::vector<std::string>& notes) {
  constexpr std::size_t kMost = 8;
  std::size_t same = 0;
  for (const moe::ColumnNote& note : table.notes) {
    if (note.same_as.empty() || ++same > kMost) continue;
    notes.push_back("note: column '" + moe::printable(note.name) + "' is the same as '" + moe::printable(note.same_as) +
                    "'");
  }
  if (same > kMost)
    notes.push_back("note: " + std::to_string(same - kMost) + " more columns are the same as one before them");
}

/// The inputs that the others tell exactly, but for those of which another note says that they are constant.
std::vector<std::string> aliased_inputs(const moe::TrainReport& report, const moe::TrainingTable& table) {
  std::vector<std::string> result;
  const std::vector<std::string> constant = constant_inputs(table);
  for (const std::string& name : report.aliased)
    if (std::none_of(constant.begin(), constant.end(),
                     [&](const std::string& one) { return name == one || name.rfind(one + "^", 0) == 0; }))
      result.push_back(name);
  return result;
}

/// Whether heavier tails than the model's could take outliers in.
bool could_have_heavy_tails(const moe::Model& model) {
  return std::all_of(model.experts.begin(), model.experts.end(), [](const moe::Expert& expert) {
    return expert.family->location_scale() && expert.family->name().find("student") == std::string::npos;
  });
}

/// Values of a target that are far from all others.
void note_far_values(const moe::Model& model, const std::vector<moe::FarValues>& all, const moe::TrainingTable& table,
                     std::vector<std::string>& notes) {
  for (const moe::FarValues& far : all) {
    // Rows that are left out make the places of the others unknown.
    const std::string row = table.dropped == 0 ? " in row " + std::to_string(far.row) : "";
    const std::string value = moe::format_number(far.value);
    const std::string which = far.rows == 1 ? "1 value of '" : std::to_string(far.rows) + " values of '";
    notes.push_back(
        "note: " + which + moe::printable(model.schema.targets[far.target]) + "' " + (far.rows == 1 ? "is" : "are") +
        " far from all others: " + (far.rows == 1 ? "" : "the farthest is ") + value + row + ", " +
        in_format("%.3g", far.times) + " times the distance between the quartiles from the median: expected --na " +
        value + " --missing drop if it stands for a missing value" +
        (could_have_heavy_tails(model) ? ", or --family student for outliers" : ""));
  }
}

}  // namespace

bool mixes_measures(const std::vector<const moe::Model*>& models) {
  std::set<bool> discrete;
  for (const moe::Model* model : models)
    for (const moe::Expert& expert : model->experts)
      if (!model->classes()) discrete.insert(expert.family->discrete());
  return discrete.size() > 1;
}

void summarise(const moe::Model& model, const moe::TrainReport& report) {
  const moe::FitSummary& fit = model.fit;
  say(moe::counted(fit.rows, "row") + ", " + moe::counted(model.schema.inputs.size(), "input") + ", " +
      moe::counted(model.size(), "expert") + ", " + model.family_spec() + classes_of(model) + ", " +
      std::to_string(fit.parameters) + " free parameters");
  say(report.solver + ": " + std::to_string(fit.iterations) + (fit.iterations == 1 ? " pass, " : " passes, ") +
      (fit.converged ? "converged" : "not converged") + " (" + report.stop + ")" + starts_of(fit, report));
  std::string line = moe::minimised_figure(fit) + in_format(" %.8g", fit.objective_value);
  if (fit.penalty > 0) line += in_format(" + penalty %.3g", fit.penalty);
  if (std::isfinite(fit.log_likelihood)) line += in_format(", log-likelihood %.6f", fit.log_likelihood);
  if (std::isfinite(report.validation)) line += in_format(", best validation %.6g", report.validation);
  say(line + in_format(", %.2f s", report.seconds));
  summarise_l1(report);
  if (report.maxima.size() < 2 || !std::isfinite(fit.log_likelihood)) return;
  constexpr std::size_t kMost = 4;
  std::vector<std::string> listed;
  for (const moe::Maximum& maximum : report.maxima)
    if (listed.size() < kMost)
      listed.push_back(in_format("%.4f", -maximum.objective * fit.weight) + " (" +
                       (maximum.starts > 0 ? moe::counted(maximum.starts, "start") : "found from another end") +
                       (maximum.spurious ? ", spurious)" : ")"));
  say("maxima: " + moe::join(listed) +
      (report.maxima.size() > kMost ? ", and " + std::to_string(report.maxima.size() - kMost) + " more" : ""));
}

std::string constant_note(const moe::Model& model) {
  return std::string("warning: every ") + (model.targets() > 1 ? "value of a target" : "target") +
         " is the same: there is nothing to learn";
}

std::vector<std::string> notes_on_table(const moe::Model& model, const std::vector<moe::FarValues>& far_values,
                                        const moe::TrainingTable& table) {
  std::vector<std::string> notes;
  if (table.few_whole_numbers > 0)
    notes.push_back("note: '" + moe::printable(model.schema.targets[0]) + "' has " +
                    std::to_string(table.few_whole_numbers) +
                    " different whole numbers and is taken as a number; --family categorical takes them as classes");
  note_far_values(model, far_values, table, notes);
  note_same_columns(table, notes);
  for (const std::string& note : table_notes(table)) notes.push_back(note);
  for (const std::string& note : notes_on_constant_inputs(table)) notes.push_back(note);
  if (table.dropped > 0)
    notes.push_back("note: " + moe::counted(table.dropped, "row") + " left out: cells are missing");
  return notes;
}

std::vector<std::string> warnings(const moe::Model& model, const moe::TrainReport& report,
                                  const moe::TrainingTable& table) {
  const moe::FitSummary& fit = model.fit;
  std::vector<std::string> notes;
  if (!fit.converged && report.solver != "firth" && !moe::make_solver(report.solver)->stochastic())
    notes.push_back(
        "warning: the fit has not converged (" + report.stop +
        "): its figures are those of where it stopped: expected more --epochs, --l2 and --gate-l2, or fewer experts");
  if (fit.parameters > fit.rows && !report.restrained)
    notes.push_back("warning: " + std::to_string(fit.parameters) + " free parameters and " + std::to_string(fit.rows) +
                    " rows: the fit says little about other rows: expected fewer experts, or --l2");
  if (report.stayed)
    notes.push_back(
        "note: the fit found nothing better than where it began: the model has the parameters of --resume's");
  if (report.constant_target) notes.push_back(constant_note(model));
  if (mixes_measures({&model}))
    notes.push_back(
        "warning: some experts give probabilities of counts and some densities: their likelihoods do not compare");
  for (const std::string& note : moe::guard_notes(model)) notes.push_back(note);
  if (const std::vector<std::string> aliased = aliased_inputs(report, table); !aliased.empty())
    notes.push_back("note: " + moe::listed(aliased, kMostAliased) + (aliased.size() == 1 ? " is" : " are") +
                    " told exactly by the other inputs: no coefficient of its own, it stays 0");
  if (report.separated)
    notes.push_back(
        "warning: the model is certain of the class of every training row, so that its weights have no finite maximum "
        "and grow until they are stopped: expected --l2 and --gate-l2, or --validation with --patience");
  for (const std::string& note : notes_on_table(model, report.far_values, table)) notes.push_back(note);
  return notes;
}

}  // namespace cli
