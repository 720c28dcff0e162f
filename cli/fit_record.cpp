#include "fit_record.hpp"

#include <algorithm>
#include <cmath>

#include "moe/error.hpp"
#include "requirement.hpp"

namespace cli {
namespace {

using moe::Error;
using moe::ErrorKind;

/// What all fits have.
Json common_record(const moe::Model& model) {
  Json labels = model.classes() ? Json(model.schema.labels) : Json(nullptr);
  return {{"task", model.classes() ? "classification" : "regression"},
          {"target", model.targets() == 1 ? Json(model.schema.targets[0]) : Json(model.schema.targets)},
          {"labels", std::move(labels)},
          {"rows", model.fit.rows},
          {"weight", number(model.fit.weight)},
          {"inputs", model.schema.inputs.size()},
          {"experts", model.size()},
          {"family", model.family_spec()},
          {"seed", model.fit.seed}};
}

void put_notes(Json& record, double seconds, const std::vector<std::string>& notes) {
  record["seconds"] = seconds;
  record["warnings"] =
      std::count_if(notes.begin(), notes.end(), [](const std::string& note) { return note.starts_with("warning:"); });
  record["notes"] = notes;
}

/// Adds the figures of the record that a requirement may name. Some are null where they have no meaning, but so are the
/// labels of a number.
void add_figures(const Json& record, std::vector<std::string>& names) {
  for (const auto& [name, value] : record.items())
    if ((value.is_number() || value.is_boolean() || value.is_null()) && name != "labels" &&
        std::find(names.begin(), names.end(), name) == names.end())
      names.push_back(name);
}

/// The figures of the records of a fit and of a committee.
std::vector<std::string> known_figures() {
  std::vector<std::string> names;
  add_figures(record_of(moe::Model(), moe::TrainReport(), {}), names);
  add_figures(record_of(moe::AutomaticResult(), {}), names);
  return names;
}

/// A slip of the fingers should not cost a fit.
void require_known_figures(const std::vector<std::string>& requirements) {
  const std::vector<std::string> known = known_figures();
  unmet(requirements, [&](const std::string& operand) {
    if (std::find(known.begin(), known.end(), operand) == known.end())
      throw Error(ErrorKind::kUsage, "--require: " + moe::unknown_word("figure", operand, known));
    return std::vector<NamedFigure>{{operand, 0}};
  });
}

}  // namespace

Json record_of(const moe::Model& model, const moe::TrainReport& report, const std::vector<std::string>& notes) {
  const moe::FitSummary& fit = model.fit;
  Json record = common_record(model);
  record.update({{"objective", fit.objective},
                 {"objective_value", number(fit.objective_value)},
                 {"nll", fit.objective == "likelihood" ? number(fit.objective_value) : Json(nullptr)},
                 {"penalty", number(fit.penalty)},
                 {"log_likelihood", number(fit.log_likelihood)},
                 {"parameters", fit.parameters},
                 {"aic", number(fit.aic)},
                 {"bic", number(fit.bic)},
                 {"icl", number(fit.icl)},
                 {"validation", number(report.validation)},
                 {"solver", report.solver},
                 {"iterations", fit.iterations},
                 {"converged", fit.converged},
                 {"stop", report.stop},
                 {"starts", fit.restarts},
                 {"starts_at_best", report.starts_at_best},
                 {"starts_set_aside", report.starts_set_aside},
                 {"stayed", report.stayed},
                 {"maxima", Json::array()}});
  for (const moe::Maximum& maximum : report.maxima)
    record["maxima"].push_back({{"log_likelihood", number(-maximum.objective * fit.weight)},
                                {"starts", maximum.starts},
                                {"spurious", maximum.spurious}});
  put_notes(record, report.seconds, notes);
  return record;
}

Json record_of(const moe::AutomaticResult& result, const std::vector<std::string>& notes) {
  Json record = common_record(result.model);
  record.update({{"members", result.model.members.size()},
                 {"folds", result.folds},
                 {"score", number(result.score)},
                 {"score_error", number(result.error)},
                 {"held_out_nll", number(-result.score)},
                 {"factor", number(result.factor)},
                 {"tried", Json::array()}});
  for (const moe::Tried& tried : result.tried) {
    const bool failed = !tried.failure.empty();
    record["tried"].push_back({{"options", tried.words},
                               {"score", failed ? Json(nullptr) : number(tried.score)},
                               {"score_error", failed ? Json(nullptr) : number(tried.error)},
                               {"weight", number(tried.weight)},
                               {"folds", tried.folds},
                               {"failure", failed ? Json(tried.failure) : Json(nullptr)}});
  }
  put_notes(record, result.seconds, notes);
  return record;
}

FitRecord::FitRecord(const Arguments& arguments) : requirements_(arguments.all("require")) {
  for (const std::string& text : requirements_) check_requirement(text);
  require_known_figures(requirements_);
  if (!arguments.has("summary")) return;
  const std::string name = arguments.text("summary"), output = arguments.text("output");
  if (name == "-" && (output == "-" || output.empty()))
    throw Error(ErrorKind::kUsage, "--summary -: standard output is the model's: expected a file, or -o FILE with it");
  out_ = std::make_unique<moe::OutputFile>(name);
}

std::string FitRecord::unmet_by(const Json& record) const {
  const std::string missed = unmet(requirements_, [&](const std::string& operand) {
    std::vector<std::string> known;
    add_figures(record, known);
    if (std::find(known.begin(), known.end(), operand) == known.end())
      throw Error(ErrorKind::kUsage, "--require: " + moe::unknown_word("figure", operand, known));
    const Json& value = record.at(operand);
    const double figure = value.is_null() ? std::nan("") : value.is_boolean() ? (value ? 1 : 0) : value.get<double>();
    return std::vector<NamedFigure>{{operand, figure}};
  });
  return missed.empty() ? "" : missed + ": no model written";
}

void FitRecord::write(Json record, const std::string& missed) {
  if (out_) {
    record["written"] = missed.empty();
    out_->write(record.dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
    out_->commit();
  }
  if (!missed.empty()) throw Error(ErrorKind::kFit, missed);
}

std::vector<Option> record_options() {
  return {
      {"summary", "", "FILE.json", "", "write what is said of the fit as one JSON object, too: figures, starts, notes"},
      {"require", "", "TEST", "",
       "write no model, and exit with status 1, unless this holds of a figure in --summary's object, as "
       "'converged>=1', 'starts_at_best>=2', 'validation<=0.5' or 'warnings<=0'; may stand several times",
       true}};
}

}  // namespace cli
