#include "fit_page.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "figure_options.hpp"
#include "moe/error.hpp"
#include "moe/report.hpp"

namespace cli {

void FitCourse::add(const moe::PassReport& report) {
  if (report.pilot || !std::isfinite(report.objective)) return;
  Start& start = starts_[report.restart];
  start.objective.push_back(report.objective);
  if (report.validation && std::isfinite(*report.validation)) start.validation.push_back(*report.validation);
}

moe::FitHistory FitCourse::history(const moe::Model& model, const moe::TrainReport& report) const {
  moe::FitHistory history;
  double best = std::numeric_limits<double>::infinity();
  for (const auto& [number, start] : starts_) {
    const bool judged = start.validation.size() == start.objective.size();
    const std::vector<double>& values = judged ? start.validation : start.objective;
    const double least = *std::min_element(values.begin(), values.end());
    if (!(least < best)) continue;
    best = least;
    history.objective = start.objective;
    history.validation = judged ? start.validation : std::vector<double>{};
  }
  std::vector<double> ends;
  for (const moe::Maximum& maximum : report.maxima)
    ends.insert(ends.end(), maximum.starts, -maximum.objective * model.fit.weight);
  if (std::isfinite(model.fit.log_likelihood)) history.ends = ends;
  return history;
}

FitPage::FitPage(const Arguments& arguments) : arguments_(arguments) {
  if (!arguments.has("report")) return;
  if (arguments.text("report") == "-")
    throw moe::Error(moe::ErrorKind::kUsage, "--report: standard output is the model's: expected a file");
  out_ = std::make_unique<moe::OutputFile>(arguments.text("report"));
}

void FitPage::keep(const moe::Dataset& rows) {
  if (out_) rows_ = rows;
}

void FitPage::write(const moe::Model& model, const moe::FitHistory& history, const std::vector<std::string>& notes) {
  if (!out_) return;
  moe::FigureOptions options;
  options.threads = threads(arguments_);
  options.model_name = title_of_file(arguments_.text("output"));
  options.data_name = title_of_file(arguments_.positional(0));
  options.history = history;
  moe::Report report = moe::make_report(model, &rows_, options);
  report.notes.push_back({"The rows are those of the fit, whose figures flatter it.",
                          "Show it with rows that it has not seen: moe report -m MODEL DATA."});
  for (const std::string& note : notes) report.notes.push_back(moe::note_of(note));
  out_->write(moe::report_page(std::move(report), model));
  out_->commit();
}

}  // namespace cli
