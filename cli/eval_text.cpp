#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>

#include "eval_report.hpp"
#include "moe/error.hpp"
#include "moe/numeric.hpp"

namespace cli {
namespace {

/// More classes than this make no table that one can read.
constexpr std::size_t kMostClassesShown = 20;

std::string shown(const char* format, double value) {
  char text[64];
  std::snprintf(text, sizeof text, format, value);
  return text;
}

/// A line with a figure and its error; "" where the figure has no meaning for this prediction.
std::string line(const std::string& name, double value, double error = std::numeric_limits<double>::quiet_NaN()) {
  if (std::isnan(value)) return "";
  char text[120];
  std::snprintf(text, sizeof text, "%-20s %12.6g", name.c_str(), value);
  return text + (std::isnan(error) ? "" : "  +- " + shown("%.2g", error)) + "\n";
}

std::string name_in_text(const moe::Measure& figure) {
  return figure.name + (std::isnan(figure.level) ? "" : " " + moe::format_number(figure.level));
}

/// The beginning of a label, escaped, in exactly `width` characters.
std::string fitted(const std::string& label, std::size_t width, bool to_the_right) {
  std::string text = moe::printable(label, width);
  while (moe::characters_in(text) > width) text.pop_back();
  const std::string blanks(width - moe::characters_in(text), ' ');
  return to_the_right ? blanks + text : text + blanks;
}

std::string confusion_table(const arma::mat& counts, const std::vector<std::string>& labels) {
  std::string text = "confusion (rows: true, columns: predicted)\n" + std::string(14, ' ');
  for (const std::string& label : labels) text += " " + fitted(label, 10, true);
  for (std::size_t i = 0; i < labels.size(); ++i) {
    text += "\n  " + fitted(labels[i], 12, false);
    for (std::size_t j = 0; j < labels.size(); ++j) text += shown(" %10g", counts(i, j));
  }
  return text + "\n";
}

std::string class_table(const moe::RowScores::OfClasses& scores, const moe::JudgedRows& rows) {
  std::string text = "class             weight  precision     recall         f1        auc  average_precision\n";
  const std::vector<moe::ClassFigures> classes = moe::class_figures(scores, rows);
  for (std::size_t c = 0; c < classes.size(); ++c) {
    const moe::ClassFigures& of = classes[c];
    text += fitted(rows.labels[c], 12, false) + shown(" %11.6g", of.weight);
    for (const double value : {of.precision, of.recall, of.f1, of.auc})
      text += std::isnan(value) ? "          -" : shown(" %10.4f", value);
    text +=
        (std::isnan(of.average_precision) ? std::string(18, ' ') + "-" : shown(" %18.4f", of.average_precision)) + "\n";
  }
  return text;
}

std::string calibration_table(const moe::RowScores::OfClasses& scores, const moe::JudgedRows& rows) {
  const moe::Calibration calibration = moe::calibration_of(scores, rows);
  std::string text = line("calibration_error", calibration.expected_error);
  text += "brier = reliability " + shown("%.6g", calibration.reliability) + " - resolution " +
          shown("%.6g", calibration.resolution) + " + uncertainty " + shown("%.6g", calibration.uncertainty) +
          " + within_bins " + shown("%.6g", calibration.within_bins) + "\n";
  text += rows.labels.size() == 2 ? "probability of '" + moe::printable(rows.labels[1]) + "'"
                                  : "probability of the predicted class";
  text += ": bin, weight, mean probability, share that came true\n";
  for (const moe::Calibration::Bin& bin : calibration.bins) {
    if (!(bin.weight > 0)) continue;
    text += shown("  %.1f", bin.low) + shown(" - %.1f", bin.high) + shown(" %12.6g", bin.weight) +
            shown(" %10.4f", bin.probability) + shown(" %10.4f", bin.share) + "\n";
  }
  return text;
}

std::string pit_lines(const moe::RowScores::OfNumber& scores, const arma::vec& w) {
  const moe::Uniformity pit = moe::pit_uniformity(scores, w);
  std::string text = line("pit distance", pit.distance) + "pit shares of tenths";
  for (const double share : pit.shares) text += shown(" %.3f", share);
  return text + "\n";
}

/// The figures of all targets together, or those of target t.
std::string figure_lines(const moe::RowScores& scores, const moe::JudgedRows& rows, bool joint, std::size_t t = 0) {
  std::string text;
  for (const moe::MeasuredFigure& measured : moe::measure(scores, rows)) {
    const moe::Measure& figure = measured.figure;
    if (figure.joint != joint || (!joint && figure.target != t)) continue;
    if (figure.name == "rounding_log_p") text += line("rounding_step", scores.numbers[figure.target].rounding_step);
    text += line(name_in_text(figure), measured.value, measured.error);
    if (figure.name == "nll" && joint) text += line("log_likelihood", arma::dot(rows.w, scores.log_p));
  }
  return text;
}

std::string expert_table(const std::vector<moe::ExpertScore>& experts) {
  std::string text = "expert        share   responsibility          nll\n";
  for (std::size_t k = 0; k < experts.size(); ++k) {
    char row[100];
    std::snprintf(row, sizeof row, "%6zu %12.6g %16.6g %12.6g\n", k + 1, experts[k].share, experts[k].responsibility,
                  experts[k].nll);
    text += row;
  }
  return text;
}

std::string class_tables(const moe::RowScores::OfClasses& scores, const moe::JudgedRows& rows, bool details) {
  std::string text;
  if (rows.labels.size() <= kMostClassesShown) text += confusion_table(moe::confusion_of(scores, rows), rows.labels);
  if (details) text += calibration_table(scores, rows) + class_table(scores, rows);
  return text;
}

/// What a prediction has beside its figures.
std::string tables_of(const Judged& judged, const moe::JudgedRows& rows, const EvalReport& report) {
  const moe::RowScores& scores = judged.scores;
  std::string text;
  if (!scores.energy.is_empty())
    text += line("energy_score draws",
                 std::sqrt(arma::dot(arma::square(rows.w), scores.energy_variance)) / arma::accu(rows.w));
  if (scores.classes) text += class_tables(*scores.classes, rows, report.details);
  for (std::size_t t = 0; t < scores.numbers.size(); ++t) {
    if (!report.details || scores.numbers[t].up_to.is_empty()) continue;
    if (scores.numbers.size() > 1) text += "target '" + moe::printable(rows.targets[t]) + "'\n";
    text += pit_lines(scores.numbers[t], rows.w);
  }
  if (report.by_expert && judged.model) text += expert_table(scores.experts);
  return text;
}

std::string prediction_text(const Judged& judged, const moe::JudgedRows& rows) {
  const moe::RowScores& scores = judged.scores;
  std::string text;
  if (judged.model && scores.log_p.is_empty())
    text += "(the gate's weights do not sum to 1: no density, and so no nll, crps or coverage)\n";
  if (judged.model && judged.objective_name != "likelihood") text += line(judged.objective_name, judged.objective);
  text += figure_lines(scores, rows, true);
  for (std::size_t t = 0; t < scores.numbers.size() && scores.numbers.size() > 1; ++t)
    text += "target '" + moe::printable(rows.targets[t]) + "'\n" + figure_lines(scores, rows, false, t);
  return text;
}

/// Cells in columns that are aligned to the right, but for the first one.
std::string aligned_table(const std::vector<std::vector<std::string>>& table) {
  std::vector<std::size_t> widths(table[0].size(), 0);
  for (const auto& row : table)
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  std::string text;
  for (const auto& row : table) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) {
      const std::string gap(widths[i] - row[i].size(), ' ');
      line += i == 0 ? row[i] + gap : "  " + gap + row[i];
    }
    text += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
  }
  return text;
}

/// The figure's cell among those that were measured; "-" where it is not there.
std::string cell_of(const moe::Measure& figure, const std::vector<moe::MeasuredFigure>& measured) {
  for (const moe::MeasuredFigure& one : measured)
    if (one.figure == figure && !std::isnan(one.value))
      return shown("%.5g", one.value) + (std::isnan(one.error) ? "" : " +- " + shown("%.2g", one.error));
  return "-";
}

std::string name_with_target(const moe::Measure& figure, const moe::JudgedRows& rows) {
  return name_in_text(figure) + (figure.joint ? "" : " of " + moe::printable(rows.targets[figure.target]));
}

/// A table of all predictions' figures, and of their differences to the first one's.
std::string comparison(const Judgement& judgement) {
  std::vector<std::vector<std::string>> table{{""}};
  std::vector<moe::Measure> figures;
  std::vector<std::vector<moe::MeasuredFigure>> columns;
  for (const Judged& judged : judgement.of) {
    table[0].push_back(judged.letter);
    columns.push_back(moe::measure(judged.scores, judgement.rows));
    for (const moe::MeasuredFigure& one : columns.back())
      if (std::find(figures.begin(), figures.end(), one.figure) == figures.end()) figures.push_back(one.figure);
  }
  for (std::size_t i = 1; i < judgement.of.size(); ++i) {
    table[0].push_back(judgement.of[i].letter + " - " + judgement.of[0].letter);
    columns.push_back(moe::measure_differences(judgement.of[i].scores, judgement.of[0].scores, judgement.rows));
  }
  for (const moe::Measure& figure : figures) {
    std::vector<std::string>& row = table.emplace_back();
    row.push_back(name_with_target(figure, judgement.rows));
    for (const auto& column : columns) row.push_back(cell_of(figure, column));
  }
  return aligned_table(table);
}

/// The most telling figures at each level of a column.
std::string by_table(const Judgement& judgement, const Judged& judged) {
  std::vector<moe::Measure> figures;
  for (const moe::Measure& figure : moe::figures_of(judged.scores)) {
    for (const char* name : {"nll", "accuracy", "brier", "rmse", "crps"})
      if (figure.name == name) figures.push_back(figure);
    if (figure.name == "conformal_coverage" && figure.level == 0.9) figures.push_back(figure);
  }
  std::vector<std::vector<std::string>> table{{moe::printable(judgement.by), "rows"}};
  for (const moe::Measure& figure : figures) table[0].push_back(name_with_target(figure, judgement.rows));
  const arma::uvec of_row = arma::conv_to<arma::uvec>::from(judgement.by_levels.of_row);
  for (std::size_t i = 0; i < judgement.by_levels.levels.size(); ++i) {
    const arma::uvec here = arma::find(of_row == i);
    const moe::JudgedRows rows = judgement.rows.take(here);
    std::vector<std::string>& row = table.emplace_back();
    row = {moe::printable(judgement.by_levels.levels[i]), std::to_string(rows.count())};
    const std::vector<moe::MeasuredFigure> measured = moe::measure(judged.scores.take(here), rows);
    for (const moe::Measure& figure : figures) row.push_back(cell_of(figure, measured));
  }
  return aligned_table(table);
}

}  // namespace

std::string eval_text(const Judgement& judgement, const EvalReport& report) {
  const moe::JudgedRows& rows = judgement.rows;
  const bool several = judgement.of.size() > 1;
  std::string text;
  for (const Judged& judged : judgement.of)
    if (several) text += judged.letter + "  " + moe::printable(judged.name, 200) + "\n";
  text += line("rows", static_cast<double>(rows.count()));
  const double weight = arma::accu(rows.w);
  if (weight != static_cast<double>(rows.count())) text += line("weight", weight);
  if (!rows.groups.empty())
    text += line("groups", static_cast<double>(*std::max_element(rows.groups.begin(), rows.groups.end()) + 1));
  if (several) text += comparison(judgement);
  for (const Judged& judged : judgement.of) {
    const bool tables = !several || report.details || report.by_expert;
    if (several && (tables || !judgement.by.empty())) text += judged.letter + ":\n";
    if (!several) text += prediction_text(judged, rows);
    if (tables) text += tables_of(judged, rows, report);
    if (!judgement.by.empty()) text += by_table(judgement, judged);
  }
  return text;
}

}  // namespace cli
