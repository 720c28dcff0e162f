// Tables of rows: those that the model fits worst, and those far from its training rows; and figures of merit.
#include <algorithm>
#include <cmath>

#include "figures/drawing.hpp"
#include "figures/figure_parts.hpp"
#include "moe/scores.hpp"

namespace moe {
namespace {

constexpr arma::uword kRowsListed = 10;

/// The rows with the largest values, the largest first.
arma::uvec largest_rows(const arma::vec& values, const arma::uvec& among) {
  const arma::uvec order = arma::stable_sort_index(arma::vec(values.elem(among)), "descend");
  return among.elem(order.head(std::min(order.n_elem, kRowsListed)));
}

std::string value_in_words(const InputAxis& axis, const arma::mat& X, arma::uword row) {
  if (axis.is_category()) {
    const auto level = static_cast<arma::uword>(arma::as_scalar(axis.values(X.col(row))));
    return shown_name(axis.levels[level]);
  }
  if (axis.indicator && X(axis.first + 1, row) > 0) return "(missing)";
  char text[40];
  std::snprintf(text, sizeof text, "%.6g", X(axis.first, row));
  return text;
}

std::string six_digits(double value) {
  char text[40];
  std::snprintf(text, sizeof text, "%.6g", value);
  return text;
}

/// The columns and cells that say what was predicted for rows.
void add_predictions(const Scene& scene, const Dataset& rows, ReportTable& table) {
  const Model& model = scene.model();
  Predictive predictive(model);
  predictive.at(rows);
  const auto add = [&](const std::string& column, bool numeric, const std::function<std::string(arma::uword)>& cell) {
    table.columns.push_back(column);
    table.numeric.push_back(numeric);
    for (arma::uword n = 0; n < rows.rows(); ++n) table.rows[n].push_back(cell(n));
  };
  if (model.classes()) {
    const arma::mat p = predictive.probabilities();
    const auto truth = [&](arma::uword n) { return static_cast<arma::uword>(rows.y[n]); };
    add(shown_name(model.schema.targets[0]), false,
        [&](arma::uword n) { return shown_name(model.schema.labels[truth(n)]); });
    add("predicted", false, [&](arma::uword n) { return shown_name(model.schema.labels[p.row(n).index_max()]); });
    return add("its probability of the true class", true, [&](arma::uword n) { return six_digits(p(n, truth(n))); });
  }
  constexpr double kTail = 0.05;
  for (arma::uword t = 0; t < scene.targets(); ++t) {
    const std::string target = shown_name(model.schema.targets[t]);
    const arma::vec center = model.without_mean() ? predictive.quantile(0.5, t) : predictive.mean(t),
                    lower = predictive.quantile(kTail, t), upper = predictive.quantile(1 - kTail, t);
    add(target, true, [&](arma::uword n) { return six_digits(rows.y(n, t)); });
    add((model.without_mean() ? "median of " : "mean of ") + target, true,
        [&](arma::uword n) { return six_digits(center[n]); });
    add("90 % interval", true, [&](arma::uword n) { return six_digits(lower[n]) + " to " + six_digits(upper[n]); });
  }
}

/// Center and unit of each input: the model's, or those of the rows where the model keeps none.
Standardization units_of_distance(const Scene& scene) {
  const Standardization& units = scene.model().standardization;
  return units.has_input_units() ? units : Standardization::of(scene.rows(), scene.model().classes(), {});
}

}  // namespace

std::vector<ReportTable> worst_rows(const Scene& scene) {
  if (!scene.has_target() || !scene.has_density()) return {};
  arma::vec nll(scene.rows().rows());
  scene.predict(scene.rows(), [&](const Predictive& predictive, arma::uword first) {
    nll.subvec(first, first + predictive.rows() - 1) = -predictive.log_density();
  });
  const arma::uvec places = largest_rows(nll, scene.counted());
  const Dataset rows = scene.take(places);
  ReportTable table{"Rows that fit worst", {"row"}, {true}};
  for (const arma::uword n : places) table.rows.push_back({std::to_string(n + 1)});
  add_predictions(scene, rows, table);
  table.columns.emplace_back("nll");
  table.numeric.push_back(true);
  for (arma::uword i = 0; i < places.n_elem; ++i) table.rows[i].push_back(six_digits(nll[places[i]]));
  constexpr std::size_t kInputsListed = 4;
  for (const arma::uword j : scene.most_important(&Scene::Sway::mean, kInputsListed)) {
    const InputAxis& axis = scene.axes()[j];
    table.columns.push_back(shown_name(axis.name));
    table.numeric.push_back(!axis.is_category());
    for (arma::uword i = 0; i < places.n_elem; ++i) table.rows[i].push_back(value_in_words(axis, rows.X, i));
  }
  return {table};
}

std::vector<ReportTable> far_rows(const Scene& scene) {
  constexpr double kFar = 3;
  if (!scene.given()) return {};
  const Standardization units = units_of_distance(scene);
  const Dataset& seen = scene.rows();
  arma::vec distance(seen.rows(), arma::fill::zeros);
  arma::uvec which(seen.rows(), arma::fill::zeros);
  for (arma::uword j = 0; j < scene.axes().size(); ++j) {
    const InputAxis& axis = scene.axes()[j];
    if (axis.is_category()) continue;
    for (arma::uword n = 0; n < seen.rows(); ++n) {
      const double z =
          std::abs(seen.X(axis.first, n) - units.input_center[axis.first - 1]) / units.input_scale[axis.first - 1];
      if (!(z > distance[n])) continue;
      distance[n] = z;
      which[n] = j;
    }
  }
  ReportTable table{"Rows far from the training rows",
                    {"row", "input", "value", "standard deviations from its mean"},
                    {true, false, true, true}};
  for (const arma::uword n : largest_rows(distance, scene.counted())) {
    if (!(distance[n] > kFar)) break;
    const InputAxis& axis = scene.axes()[which[n]];
    table.rows.push_back(
        {std::to_string(n + 1), shown_name(axis.name), value_in_words(axis, seen.X, n), shown_number(distance[n])});
  }
  if (table.rows.empty()) return {};
  return {table};
}

namespace {

/// "coverage of 90 % intervals of b": the figure, in the words of a page.
std::string words_of_figure(const Measure& figure, const Model& model) {
  std::string text = figure.name;
  std::replace(text.begin(), text.end(), '_', ' ');
  if (figure.name == "coverage" || figure.name == "conformal_coverage")
    text += " of " + shown_percent(figure.level) + (model.classes() ? " sets" : " intervals");
  else if (!std::isnan(figure.level))
    text += " of " + shown_percent(figure.level) + (figure.name == "conformal_size" ? " sets" : " intervals");
  return text + (model.targets() > 1 && !figure.joint ? " of " + shown_name(model.schema.targets[figure.target]) : "");
}

}  // namespace

ReportTable score_table(const Scene& scene) {
  // The CRPS of other than normal distributions is an integral of its own in each row, and a conformal interval has
  // quantiles.
  constexpr std::size_t kScoredRows = 20'000, kIntegratedRows = 2'000;
  constexpr std::uint64_t kScoredStream = 161;
  const Model& model = scene.model();
  const bool closed = model.classes() ||
                      (!model.conformal && std::all_of(model.experts.begin(), model.experts.end(),
                                                       [](const Expert& expert) { return expert.family->normal(); }));
  const arma::uvec places = scene.some(closed ? kScoredRows : kIntegratedRows, kScoredStream);
  const Dataset rows = scene.take(places);
  const JudgedRows judged{rows.y, rows.w, {}, model.schema.targets, model.schema.labels};
  ScoreOptions options;
  options.threads = scene.options().threads;
  ReportTable table{thinned(places.n_elem, scene.counted().n_elem, "judged"),
                    {"figure", "value", "standard error"},
                    {false, true, true}};
  table.rows.push_back({"rows", shown_count(rows.rows()), ""});
  for (const MeasuredFigure& each : measure(score_rows(model, rows, options), judged))
    if (!std::isnan(each.value))
      table.rows.push_back({words_of_figure(each.figure, model), six_digits(each.value),
                            std::isnan(each.error) ? "" : shown_number(each.error)});
  return table;
}

}  // namespace moe
