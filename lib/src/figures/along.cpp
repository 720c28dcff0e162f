// Curves along an input, while the other inputs stay at their median or most frequent level.
#include <algorithm>
#include <numeric>

#include "figures/drawing.hpp"
#include "figures/figure_parts.hpp"
#include "moe/error.hpp"

namespace moe {
namespace {

constexpr double kFitLevel = 0.9;
constexpr arma::uword kMostCurves = 7;  // more colours cannot be told apart
constexpr std::size_t kMapCells = 40;   // to a side
constexpr std::uint64_t kDrawnStream = 111;

/// What the predictive distribution is along an axis. Empty vectors are unknown.
struct Course {
  arma::vec center, lower, upper;  // of one target
  arma::mat weights, probabilities;
};

Course course_of(const Scene& scene, const Dataset& rows, arma::uword t) {
  const Model& model = scene.model();
  Course course;
  course.weights.set_size(rows.rows(), model.size());
  course.center.set_size(model.classes() ? 0 : rows.rows());
  const bool interval = scene.has_density() && !model.classes();
  course.lower.set_size(interval ? rows.rows() : 0);
  course.upper.set_size(interval ? rows.rows() : 0);
  course.probabilities.set_size(model.classes() ? rows.rows() : 0, model.schema.labels.size());
  scene.predict(rows, [&](const Predictive& predictive, arma::uword first) {
    const arma::uword last = first + predictive.rows() - 1;
    course.weights.rows(first, last) = predictive.weights();
    if (model.classes()) {
      course.probabilities.rows(first, last) = predictive.probabilities();
      return;
    }
    course.center.subvec(first, last) = model.without_mean() ? predictive.quantile(0.5, t) : predictive.mean(t);
    if (!interval) return;
    course.lower.subvec(first, last) = predictive.quantile(0.5 * (1 - kFitLevel), t);
    course.upper.subvec(first, last) = predictive.quantile(0.5 * (1 + kFitLevel), t);
  });
  return course;
}

/// A column's cells, one for each place on the x axis and each of the categories on the y axis.
void add_category_cells(Figure& figure, const std::string& series, const arma::vec& value, arma::uword row) {
  const arma::vec x = counted_up(value.n_elem);
  const double y = static_cast<double>(row);
  add_cells(figure, series,
            {.x = x - 0.5,
             .x2 = x + 0.5,
             .y = arma::vec(x.n_elem).fill(y - 0.5),
             .y2 = arma::vec(x.n_elem).fill(y + 0.5),
             .value = arma::clamp(value, 0, 1)});
}

std::vector<std::string> expert_names(arma::uword experts) {
  std::vector<std::string> names;
  for (arma::uword k = 1; k <= experts; ++k) names.push_back("expert " + std::to_string(k));
  return names;
}

/// The columns of a matrix that reach the highest values, in their order.
arma::uvec most_prominent(const arma::mat& values) {
  arma::uvec order = arma::stable_sort_index(arma::vec(arma::max(values, 0).t()), "descend");
  if (order.n_elem > kMostCurves) order.resize(kMostCurves - 1);
  return arma::sort(order);
}

/// A curve for each of the columns, or for the most prominent ones and the sum of the others.
void add_curves(Figure& figure, const InputAxis& axis, const arma::vec& x, const arma::mat& values,
                const std::vector<std::string>& names) {
  if (axis.is_category()) {
    figure.y = categories_axis("", names);
    for (arma::uword k = 0; k < values.n_cols; ++k) add_category_cells(figure, names[k], values.col(k), k);
    return;
  }
  const arma::uvec drawn = most_prominent(values);
  arma::vec others = arma::sum(values, 1);
  for (const arma::uword k : drawn) {
    add_line(figure, names[k], x, values.col(k));
    others -= values.col(k);
  }
  if (drawn.n_elem < values.n_cols)
    add_line(figure, "the other " + std::to_string(values.n_cols - drawn.n_elem), x, others);
}

/// The observed shares of classes in parts of the range that have equally many rows, for a model of one input.
void add_observed_shares(Figure& figure, const Scene& scene, const InputAxis& axis) {
  constexpr arma::uword kMostParts = 20, kFewestRows = 10;
  const Dataset& seen = scene.rows();
  const arma::vec x = arma::vec(axis.values(seen.X)).elem(scene.counted());
  const arma::vec y = arma::vec(seen.y.col(0)).elem(scene.counted()), w = seen.w.elem(scene.counted());
  const arma::uvec order = arma::stable_sort_index(x);
  const arma::uword parts = std::min(kMostParts, x.n_elem / kFewestRows);
  const double positive = static_cast<double>(scene.model().schema.labels.size() - 1);
  arma::vec at(parts), share(parts);
  for (arma::uword i = 0; i < parts; ++i) {
    const arma::uvec rows = order.subvec(i * x.n_elem / parts, (i + 1) * x.n_elem / parts - 1);
    const arma::vec weight = w.elem(rows);
    at[i] = arma::dot(weight, x.elem(rows)) / arma::accu(weight);
    share[i] =
        arma::dot(weight, arma::conv_to<arma::vec>::from(arma::vec(y.elem(rows)) == positive)) / arma::accu(weight);
  }
  add_points(figure, "observed share in rows", at, share);
}

Figure fit_of_classes(const Scene& scene, const InputAxis& axis) {
  const Model& model = scene.model();
  const arma::vec x = axis.places(scene.options().grid);
  const Course course = course_of(scene, scene.along(axis, x), 0);
  Figure figure{.id = "fit:" + axis.name,
                .title = "Probability of each class along " + shown_name(axis.name),
                .caption = "The predicted probability of each class." + scene.others_are(),
                .x = axis.drawn(),
                .y = {"probability"}};
  std::vector<std::string> names;
  for (const std::string& label : model.schema.labels) names.push_back(shown_name(label));
  const bool two = names.size() == 2 && !axis.is_category();
  if (two) {
    figure.title = "Probability of " + names[1] + " along " + shown_name(axis.name);
    add_line(figure, "predicted", x, course.probabilities.col(1));
    if (scene.has_target() && scene.axes().size() == 1) add_observed_shares(figure, scene, axis);
  } else {
    add_curves(figure, axis, x, course.probabilities, names);
  }
  return figure;
}

Figure fit_of_number(const Scene& scene, const InputAxis& axis, arma::uword t) {
  const Model& model = scene.model();
  const std::string target = shown_name(model.schema.targets[t]);
  const arma::vec x = axis.places(scene.options().grid);
  const Course course = course_of(scene, scene.along(axis, x), t);
  const std::string center = model.without_mean() ? "median" : "mean";
  const bool interval = !course.lower.is_empty();
  Figure figure{.id = "fit:" + axis.name + scene.suffix(t),
                .title = target + " along " + shown_name(axis.name),
                .caption = "The predicted " + center +
                           (interval ? " and the central 90 % interval."
                                     : ". The gate's weights do not sum to 1, so "
                                       "that there is no interval.") +
                           scene.others_are(),
                .x = axis.drawn(),
                .y = {target}};
  if (axis.is_category()) {
    add_bars(figure, center + (interval ? ", 90 % interval" : ""), x, course.center, course.lower, course.upper);
  } else {
    if (interval) add_band(figure, "90 % interval", x, course.lower, course.upper);
    if (scene.has_target()) {
      const arma::uvec drawn = scene.some(scene.options().rows, kDrawnStream);
      add_points(figure, "rows", arma::vec(axis.values(scene.rows().X)).elem(drawn),
                 arma::vec(scene.rows().y.col(t)).elem(drawn));
      figure.thinned = thinned(drawn.n_elem, scene.counted().n_elem, "drawn");
      figure.caption += " Points are rows.";
    }
    add_line(figure, center, x, course.center);
  }
  return figure;
}

Figure gate_along(const Scene& scene, const InputAxis& axis) {
  const arma::vec x = axis.places(scene.options().grid);
  const Course course = course_of(scene, scene.along(axis, x), 0);
  Figure figure{.id = "gate:" + axis.name,
                .title = "Where each expert answers, along " + shown_name(axis.name),
                .caption = "The gate's weight of each expert." + scene.others_are() +
                           (scene.has_density() ? "" : " These weights do not sum to 1."),
                .x = axis.drawn(),
                .y = {"weight"}};
  add_curves(figure, axis, x, course.weights, expert_names(scene.model().size()));
  return figure;
}

/// The edges of cells around places: halfway between neighbours, on the scale of the axis.
struct CellEdges {
  arma::vec places, low, high;
};

CellEdges cell_edges(const InputAxis& axis) {
  if (axis.is_category()) {
    const arma::vec places = axis.places(0);
    return {places, places - 0.5, places + 0.5};
  }
  const arma::vec edges = axis.places(kMapCells + 1);
  const arma::vec low = edges.head(kMapCells), high = edges.tail(kMapCells);
  return {axis.logarithmic ? arma::vec(arma::sqrt(low) % arma::sqrt(high)) : arma::vec(0.5 * low + 0.5 * high), low,
          high};
}

Figure gate_map(const Scene& scene, const InputAxis& first, const InputAxis& second) {
  const CellEdges x = cell_edges(first), y = cell_edges(second);
  const Course course = course_of(scene, scene.across(first, x.places, second, y.places), 0);
  Figure figure{.id = "gate:" + first.name + "," + second.name,
                .title = "Which expert answers, by " + shown_name(first.name) + " and " + shown_name(second.name),
                .caption =
                    "Each place has the colour of the expert with the greatest weight there, the stronger the "
                    "greater its weight." +
                    (scene.axes().size() > 2 ? scene.others_are() : ""),
                .x = first.drawn(),
                .y = second.drawn()};
  const arma::uvec strongest = arma::index_max(course.weights, 1);
  Mark cells;
  const arma::uword count = strongest.n_elem, width = x.places.n_elem;
  for (arma::vec* part : {&cells.x, &cells.x2, &cells.y, &cells.y2}) part->set_size(count);
  for (arma::uword i = 0; i < count; ++i) {
    cells.x[i] = x.low[i % width];
    cells.x2[i] = x.high[i % width];
    cells.y[i] = y.low[i / width];
    cells.y2[i] = y.high[i / width];
  }
  const std::vector<std::string> names = expert_names(scene.model().size());
  for (arma::uword k = 0; k < names.size(); ++k) {
    cells.value = arma::clamp(course.weights.col(k), 0, 1);
    cells.value.elem(arma::find(strongest != k)).zeros();
    add_cells(figure, names[k], cells);
  }
  return figure;
}

/// The inputs along which to draw; where none matters, the first one.
std::vector<arma::uword> drawn_along(const Scene& scene, double Scene::Sway::*measure) {
  std::vector<arma::uword> chosen = scene.chosen(measure, scene.options().inputs);
  if (chosen.empty() && !scene.axes().empty()) chosen.push_back(0);
  return chosen;
}

}  // namespace

std::vector<Figure> fit_figures(const Scene& scene) {
  std::vector<Figure> figures;
  if (scene.axes().empty()) throw Error(ErrorKind::kUsage, "fit: the model has no inputs: expected a model with one");
  for (const arma::uword j : drawn_along(scene, &Scene::Sway::mean)) {
    const InputAxis& axis = scene.axes()[j];
    if (scene.model().classes()) figures.push_back(fit_of_classes(scene, axis));
    for (arma::uword t = 0; t < scene.targets() && !scene.model().classes(); ++t)
      figures.push_back(fit_of_number(scene, axis, t));
  }
  return figures;
}

std::vector<Figure> gate_figures(const Scene& scene) {
  if (scene.options().along.size() == 2) return map_figures(scene);
  std::vector<Figure> figures;
  const std::vector<arma::uword> along = scene.chosen(&Scene::Sway::gate, scene.options().inputs);
  for (const arma::uword j : along) figures.push_back(gate_along(scene, scene.axes()[j]));
  if (along.empty()) return share_figures(scene);
  return figures;
}

std::vector<Figure> map_figures(const Scene& scene) {
  const std::vector<arma::uword> pair = scene.chosen(&Scene::Sway::gate, 2);
  if (pair.size() != 2)
    throw Error(ErrorKind::kUsage,
                "map: it has two axes, and there " +
                    std::string(pair.size() == 1 ? "is 1 input" : "are " + std::to_string(pair.size()) + " inputs") +
                    " to draw: expected --input with two names, or a gate that reads two inputs");
  if (pair[0] == pair[1]) throw Error(ErrorKind::kUsage, "map: both axes have one input: expected two inputs");
  return {gate_map(scene, scene.axes()[pair[0]], scene.axes()[pair[1]])};
}

}  // namespace moe
