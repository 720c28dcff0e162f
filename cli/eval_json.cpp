#include <algorithm>
#include <cmath>

#include "eval_report.hpp"
#include "moe/numeric.hpp"

namespace cli {
namespace {

/// The JSON object for the figures of target t. Of several targets, each has one under its name.
Json& place_of_target(Json& to, std::size_t t, bool several, const moe::JudgedRows& rows) {
  return several ? to["targets"][rows.targets[t]] : to;
}

void put_figure(Json& to, const moe::Measure& figure, double value, const moe::JudgedRows& rows) {
  Json& place = place_of_target(to, figure.target, !figure.joint, rows);
  (std::isnan(figure.level) ? place[figure.name] : place[figure.name][moe::format_number(figure.level)]) =
      number(value);
}

/// The figures, and their errors under "errors".
void put_figures(Json& to, const std::vector<moe::MeasuredFigure>& figures, const moe::JudgedRows& rows) {
  Json errors = Json::object();
  for (const moe::MeasuredFigure& measured : figures) {
    put_figure(to, measured.figure, measured.value, rows);
    put_figure(errors, measured.figure, measured.error, rows);
  }
  to["errors"] = std::move(errors);
}

/// The keys that every prediction of numbers has, null where the figure does not exist.
void put_nulls(Json& to, const moe::RowScores& scores, const moe::JudgedRows& rows) {
  for (std::size_t t = 0; t < scores.numbers.size(); ++t) {
    Json& place = place_of_target(to, t, scores.numbers.size() > 1, rows);
    for (const char* name : {"rmse", "mae", "r2", "crps"}) place[name] = nullptr;
    for (const double level : moe::kJudgedIntervals) place["coverage"][moe::format_number(level)] = nullptr;
    if (scores.numbers[t].rounding_step > 0) place["rounding_step"] = scores.numbers[t].rounding_step;
  }
}

Json confusion_json(const arma::mat& counts) {
  Json rows = Json::array();
  for (arma::uword i = 0; i < counts.n_rows; ++i) {
    const arma::rowvec row = counts.row(i);
    rows.push_back(std::vector<double>(row.begin(), row.end()));
  }
  return rows;
}

void put_class_details(Json& to, const moe::RowScores::OfClasses& scores, const moe::JudgedRows& rows) {
  const moe::Calibration calibration = moe::calibration_of(scores, rows);
  Json bins = Json::array();
  for (const moe::Calibration::Bin& bin : calibration.bins)
    bins.push_back({{"low", bin.low},
                    {"high", bin.high},
                    {"weight", bin.weight},
                    {"probability", number(bin.probability)},
                    {"share", number(bin.share)}});
  to["calibration_error"] = number(calibration.expected_error);
  to["calibration"] = std::move(bins);
  to["brier_parts"] = {{"reliability", number(calibration.reliability)},
                       {"resolution", number(calibration.resolution)},
                       {"uncertainty", number(calibration.uncertainty)},
                       {"within_bins", number(calibration.within_bins)}};
  to["classes"] = Json::array();
  const std::vector<moe::ClassFigures> classes = moe::class_figures(scores, rows);
  for (std::size_t c = 0; c < classes.size(); ++c)
    to["classes"].push_back({{"label", rows.labels[c]},
                             {"weight", classes[c].weight},
                             {"precision", number(classes[c].precision)},
                             {"recall", number(classes[c].recall)},
                             {"f1", number(classes[c].f1)},
                             {"auc", number(classes[c].auc)},
                             {"average_precision", number(classes[c].average_precision)}});
}

void put_details(Json& to, const moe::RowScores& scores, const moe::JudgedRows& rows) {
  if (scores.classes) put_class_details(to, *scores.classes, rows);
  for (std::size_t t = 0; t < scores.numbers.size(); ++t) {
    if (scores.numbers[t].up_to.is_empty()) continue;
    const moe::Uniformity pit = moe::pit_uniformity(scores.numbers[t], rows.w);
    place_of_target(to, t, scores.numbers.size() > 1, rows)["pit"] = {{"shares", pit.shares},
                                                                      {"distance", number(pit.distance)}};
  }
  if (!scores.energy.is_empty())
    to["energy_score_draw_error"] =
        std::sqrt(arma::dot(arma::square(rows.w), scores.energy_variance)) / arma::accu(rows.w);
}

/// Figures of rows of one level of a column, and how many these are.
Json by_json(const Judgement& judgement, const moe::RowScores& scores) {
  Json levels = Json::array();
  const arma::uvec of_row = arma::conv_to<arma::uvec>::from(judgement.by_levels.of_row);
  for (std::size_t i = 0; i < judgement.by_levels.levels.size(); ++i) {
    const arma::uvec here = arma::find(of_row == i);
    const moe::JudgedRows rows = judgement.rows.take(here);
    Json level = {{"level", judgement.by_levels.levels[i]}, {"rows", rows.count()}, {"weight", arma::accu(rows.w)}};
    if (arma::accu(rows.w) > 0) put_figures(level, moe::measure(scores.take(here), rows), rows);
    levels.push_back(std::move(level));
  }
  return {{"column", judgement.by}, {"levels", std::move(levels)}};
}

Json prediction_json(const Judgement& judgement, const Judged& judged, const EvalReport& report) {
  const moe::JudgedRows& rows = judgement.rows;
  const moe::RowScores& scores = judged.scores;
  Json result = {{"rows", rows.count()}, {"task", scores.classes ? "classification" : "regression"}};
  if (judged.model) result["objective"] = number(judged.objective);
  if (judged.model) result["objective_name"] = judged.objective_name;
  result["nll"] = nullptr;
  result["log_likelihood"] = nullptr;
  result["weight"] = arma::accu(rows.w);
  put_nulls(result, scores, rows);
  put_figures(result, moe::measure(scores, rows), rows);
  if (result["nll"].is_number()) result["log_likelihood"] = number(arma::dot(rows.w, scores.log_p));
  if (scores.classes) {
    result["log_loss"] = result["nll"];
    result["confusion"] = confusion_json(moe::confusion_of(*scores.classes, rows));
    result["labels"] = rows.labels;
  }
  result["experts"] = Json::array();
  for (std::size_t k = 0; k < scores.experts.size(); ++k)
    result["experts"].push_back({{"expert", k + 1},
                                 {"share", number(scores.experts[k].share)},
                                 {"responsibility", number(scores.experts[k].responsibility)},
                                 {"nll", number(scores.experts[k].nll)}});
  if (report.details) put_details(result, scores, rows);
  if (!judgement.group.empty())
    result["groups"] = {{"column", judgement.group},
                        {"count", *std::max_element(rows.groups.begin(), rows.groups.end()) + 1}};
  if (!judgement.by.empty()) result["by"] = by_json(judgement, scores);
  return result;
}

}  // namespace

Json eval_json(const Judgement& judgement, const EvalReport& report) {
  if (judgement.of.size() == 1) return prediction_json(judgement, judgement.of[0], report);
  Json result = {{"rows", judgement.rows.count()}, {"predictions", Json::array()}, {"differences", Json::array()}};
  for (const Judged& judged : judgement.of) {
    Json prediction = {{"prediction", judged.letter}, {"name", judged.name}};
    prediction.update(prediction_json(judgement, judged, report));
    result["predictions"].push_back(std::move(prediction));
  }
  const Judged& first = judgement.of[0];
  for (std::size_t i = 1; i < judgement.of.size(); ++i) {
    Json difference = {{"prediction", judgement.of[i].letter}, {"less", first.letter}};
    put_figures(difference, moe::measure_differences(judgement.of[i].scores, first.scores, judgement.rows),
                judgement.rows);
    result["differences"].push_back(std::move(difference));
  }
  return result;
}

}  // namespace cli
