// What inputs do: effects within each expert, importance by permutation (Breiman 2001; Fisher, Rudin, Dominici 2019),
// partial dependence (Friedman 2001) with the spread of the rows' own curves (Goldstein et al. 2015).
#include <algorithm>
#include <cmath>

#include "base/parallel.hpp"
#include "figures/drawing.hpp"
#include "figures/effects.hpp"
#include "figures/figure_parts.hpp"
#include "judge/log_scores.hpp"
#include "moe/error.hpp"
#include "moe/random.hpp"
#include "moe/scores.hpp"

namespace moe {
namespace {

constexpr std::size_t kMostInputsShown = 30;

enum EffectStream : std::uint64_t { kImportanceStream = 122, kImportancePermutation = 1000, kIceStream = 123 };

/// The last elements of `order`, at most as many as a figure shows.
arma::uvec last_shown(const arma::uvec& order) {
  if (order.is_empty()) return order;  // Armadillo takes no part of nothing
  return order.tail(std::min<arma::uword>(order.n_elem, kMostInputsShown));
}

/// As many experts as colours can tell apart: those with the largest shares, in their order.
arma::uvec experts_shown(const Scene& scene) {
  constexpr arma::uword kMostExperts = 7;
  const arma::uvec order = arma::stable_sort_index(shares_of_experts(scene), "descend");
  return arma::sort(order.head(std::min(order.n_elem, kMostExperts)));
}

Figure effect_figure(const Scene& scene, const EffectOutcome& outcome) {
  const Model& model = scene.model();
  arma::mat effects = effects_of(scene, outcome);
  effects.replace(arma::datum::nan, 0);
  const arma::vec largest = arma::max(arma::abs(effects), 1);
  arma::uvec order = last_shown(arma::stable_sort_index(largest));
  order = order.elem(arma::find(largest.elem(order) > 0));
  const std::string name = model.classes() ? model.schema.labels[outcome.target] : model.schema.targets[outcome.target];
  const bool several = model.targets() > 1 || (model.classes() && model.family().outputs() > 1);
  Figure figure{
      .id = "effects" + (several ? ":" + name : ""),
      .title = "What inputs do to " + outcome.name + " within each expert",
      .caption = std::string("The average effect of one standard deviation more of a number, and of a level "
                             "instead of the first one, over ") +
                 (scene.given() ? "the rows in which the expert answers"
                                : "normal inputs with the means and standard deviations of the training rows") +
                 ". It is on the scale on which the expert adds up its inputs.",
      .x = {outcome.scale}};
  if (order.is_empty()) return figure;
  std::vector<std::string> names;
  for (const arma::uword i : order) names.push_back(model.schema.inputs[i]);
  figure.y = categories_axis("", names);
  const arma::uvec experts = experts_shown(scene);
  for (arma::uword i = 0; i < experts.n_elem; ++i) {
    constexpr double kRoom = 0.6;  // of the distance between two inputs
    const double offset = kRoom * (0.5 - (static_cast<double>(i) + 0.5) / static_cast<double>(experts.n_elem));
    add_points(figure, "expert " + std::to_string(experts[i] + 1), arma::vec(effects.col(experts[i])).elem(order),
               counted_up(order.n_elem) + offset);
  }
  if (experts.n_elem < model.size())
    figure.caption += " Of " + std::to_string(model.size()) + " experts those with the largest shares are shown.";
  if (order.n_elem < largest.n_elem)
    figure.caption +=
        " Inputs without an effect, or beyond the first " + std::to_string(kMostInputsShown) + ", are left out.";
  add_vertical_rule(figure, 0);
  return figure;
}

/// How many rows and repeats permutation affords: the work is about rows x parameters for each.
std::size_t rows_for_importance(const Scene& scene, std::size_t repeats) {
  constexpr double kWork = 1.5e9;
  constexpr double kMost = 10'000, kFewest = 1'000;
  const double passes = static_cast<double>(repeats * scene.axes().size());
  return static_cast<std::size_t>(
      std::clamp(kWork / (passes * static_cast<double>(20 + scene.model().theta.n_elem)), kFewest, kMost));
}

struct Importance {
  arma::vec rise, error;  // of the mean nll, for each axis
  std::size_t rows;
};

constexpr std::size_t kImportanceRepeats = 5;

Importance importance_of(const Scene& scene) {
  const Model& model = scene.model();
  const Rows rows =
      model.standardize(scene.take(scene.some(rows_for_importance(scene, kImportanceRepeats), kImportanceStream)));
  const std::size_t axes = scene.axes().size();
  const arma::vec before = log_scores(model, rows);
  std::vector<arma::vec> rises(axes * kImportanceRepeats);
  parallel_for(rises.size(), scene.options().threads, [&](std::size_t task) {
    const InputAxis& axis = scene.axes()[task / kImportanceRepeats];
    Random random(scene.options().seed, kImportancePermutation + task % kImportanceRepeats);
    const std::vector<std::size_t> from = exchanged(rows.w, random);
    Rows other = rows;
    for (arma::uword n = 0; n < from.size(); ++n)
      for (arma::uword i = axis.first; i < axis.first + axis.inputs; ++i) other.X(i, n) = rows.X(i, from[n]);
    rises[task] = before - log_scores(model, other);
  });
  Importance result{arma::vec(axes), arma::vec(axes), rows.count()};
  for (std::size_t j = 0; j < axes; ++j) {
    arma::vec mean(rows.count(), arma::fill::zeros);
    for (std::size_t r = 0; r < kImportanceRepeats; ++r) mean += rises[j * kImportanceRepeats + r];
    const MeanScore score = mean_score(mean / static_cast<double>(kImportanceRepeats), rows.w);
    result.rise[j] = score.mean;
    result.error[j] = score.error;
  }
  return result;
}

/// The weighted quantiles of each column of curves (rows x places).
arma::vec quantiles_of(const arma::mat& curves, const arma::vec& w, double p) {
  arma::vec result(curves.n_cols);
  for (arma::uword i = 0; i < curves.n_cols; ++i) result[i] = weighted_quantile(curves.col(i), w, p);
  return result;
}

/// The predictions of some rows at each place of an axis: a matrix (rows x places) for each target or class.
struct IceCurves {
  arma::vec places, weights;
  std::vector<arma::mat> predictions;
};

IceCurves ice_curves(const Scene& scene, const InputAxis& axis) {
  constexpr std::size_t kIceRows = 200, kIcePlaces = 50;
  const Model& model = scene.model();
  const Dataset sample = scene.take(scene.some(kIceRows, kIceStream));
  IceCurves curves{axis.places(std::min(scene.options().grid, kIcePlaces)), sample.w, {}};
  const arma::uword count = sample.rows(), places = curves.places.n_elem;
  Dataset rows{sample.take(arma::repmat(arma::regspace<arma::uvec>(0, count - 1), places, 1))};
  for (arma::uword i = 0; i < rows.rows(); ++i) axis.set(rows.X, i, curves.places[i / count]);
  const std::size_t outcomes = model.classes() ? model.schema.labels.size() : scene.targets();
  curves.predictions.assign(outcomes, arma::mat(count, places));
  scene.predict(rows, [&](const Predictive& predictive, arma::uword first) {
    const arma::mat p = model.classes() ? predictive.probabilities() : arma::mat();
    for (std::size_t c = 0; c < outcomes; ++c) {
      const arma::vec values = model.classes() ? arma::vec(p.col(c)) : predictive.mean(c);
      std::copy(values.begin(), values.end(), curves.predictions[c].begin() + first);
    }
  });
  return curves;
}

arma::vec mean_curve(const IceCurves& curves, std::size_t outcome) {
  return (curves.weights.t() * curves.predictions[outcome]).t() / arma::accu(curves.weights);
}

Figure dependence_figure(const Scene& scene, const InputAxis& axis, const IceCurves& curves) {
  return {.id = "dependence:" + axis.name,
          .title = "What " + shown_name(axis.name) + " does on average",
          .caption =
              "The prediction with this input set in all rows, averaged over them (partial dependence). Where no "
              "rows are like that, it tells of the model alone.",
          .x = axis.drawn(),
          .thinned = thinned(curves.weights.n_elem, scene.counted().n_elem, "averaged")};
}

/// One number or probability, with the spread of the rows' own curves.
Figure dependence_with_band(const Scene& scene, const InputAxis& axis, const IceCurves& curves, std::size_t outcome,
                            const std::string& name) {
  constexpr double kIceTail = 0.1;
  Figure figure = dependence_figure(scene, axis, curves);
  figure.caption += std::string(axis.is_category() ? " Thin lines hold" : " The band holds") +
                    " the middle 80 % of the rows' own curves.";
  figure.y.label = name;
  const arma::vec mean = mean_curve(curves, outcome),
                  lower = quantiles_of(curves.predictions[outcome], curves.weights, kIceTail),
                  upper = quantiles_of(curves.predictions[outcome], curves.weights, 1 - kIceTail);
  if (axis.is_category()) {
    add_bars(figure, "mean over rows, middle 80 %", curves.places, mean, lower, upper);
  } else {
    add_band(figure, "middle 80 % of rows", curves.places, lower, upper);
    add_line(figure, "mean over rows", curves.places, mean);
  }
  return figure;
}

Figure dependence_of_classes(const Scene& scene, const InputAxis& axis, const IceCurves& curves) {
  constexpr std::size_t kMostCurvesOfClasses = 7;
  Figure figure = dependence_figure(scene, axis, curves);
  figure.y.label = "probability";
  const std::vector<std::string>& labels = scene.model().schema.labels;
  for (std::size_t c = 0; c < std::min(labels.size(), kMostCurvesOfClasses); ++c)
    if (axis.is_category())
      add_points(figure, shown_name(labels[c]), curves.places, mean_curve(curves, c));
    else
      add_line(figure, shown_name(labels[c]), curves.places, mean_curve(curves, c));
  return figure;
}

void add_dependence(const Scene& scene, const InputAxis& axis, std::vector<Figure>& figures) {
  const Model& model = scene.model();
  const IceCurves curves = ice_curves(scene, axis);
  if (model.classes() && model.schema.labels.size() > 2)
    return figures.push_back(dependence_of_classes(scene, axis, curves));
  if (model.classes())
    return figures.push_back(
        dependence_with_band(scene, axis, curves, 1, "probability of " + shown_name(model.schema.labels[1])));
  for (arma::uword t = 0; t < scene.targets(); ++t) {
    figures.push_back(dependence_with_band(scene, axis, curves, t, shown_name(model.schema.targets[t])));
    figures.back().id += scene.suffix(t);
    if (model.targets() > 1)
      figures.back().title =
          "What " + shown_name(axis.name) + " does to " + shown_name(model.schema.targets[t]) + " on average";
  }
}

}  // namespace

std::vector<Figure> effect_figures(const Scene& scene) {
  std::vector<Figure> figures;
  for (const EffectOutcome& outcome : outcomes_of(scene)) {
    Figure figure = effect_figure(scene, outcome);
    if (!figure.marks.empty()) figures.push_back(std::move(figure));
  }
  return figures;
}

std::vector<Figure> importance_figures(const Scene& scene) {
  require_targets(scene, "importance");
  require_density(scene.model(), "importance");
  if (scene.axes().empty()) return {};
  const Importance importance = importance_of(scene);
  const arma::uvec order = last_shown(arma::stable_sort_index(importance.rise));
  std::vector<std::string> names;
  for (const arma::uword j : order) names.push_back(scene.axes()[j].name);
  Figure figure{.id = "importance",
                .title = "How much the model needs each input",
                .caption =
                    "The rise of the mean nll when an input's values are exchanged among the rows, with 2 standard "
                    "errors to each side; of the rows given, " +
                    std::to_string(kImportanceRepeats) +
                    " times each. Inputs that tell the same may all seem unimportant.",
                .x = {"rise of nll"},
                .y = categories_axis("", names),
                .thinned = thinned(importance.rows, scene.counted().n_elem, "used")};
  constexpr double kErrors = 2;
  add_vertical_rule(figure, 0);
  arma::vec rise = importance.rise.elem(order), error = importance.error.elem(order);
  const arma::vec place = counted_up(order.n_elem);
  for (arma::uword i = 0; i < order.n_elem; ++i)
    add_line(figure, "", arma::vec{rise[i] - kErrors * error[i], rise[i] + kErrors * error[i]},
             arma::vec{place[i], place[i]});
  add_points(figure, "", rise, place);
  return {figure};
}

std::vector<Figure> dependence_figures(const Scene& scene) {
  require_rows(scene, "dependence");
  if (const auto k = scene.model().without_mean())
    throw Error(ErrorKind::kUsage, "dependence: expert " + std::to_string(*k + 1) +
                                       "'s tails are so heavy (nu is at most 1) that its mean does not exist: expected "
                                       "another kind, such as fit");
  std::vector<Figure> figures;
  for (const arma::uword j : scene.chosen(&Scene::Sway::mean, scene.options().inputs))
    add_dependence(scene, scene.axes()[j], figures);
  return figures;
}

}  // namespace moe
