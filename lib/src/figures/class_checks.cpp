// How well probabilities of classes fit rows: reliability, the ROC curve, precision against recall.
#include <algorithm>
#include <cmath>

#include "figures/drawing.hpp"
#include "figures/figure_parts.hpp"
#include "moe/error.hpp"
#include "moe/metrics.hpp"

namespace moe {
namespace {

constexpr std::size_t kJudgedRows = 20'000;
constexpr std::uint64_t kJudgedStream = 141;
constexpr std::size_t kMostClassCurves = 7;

/// The probability of a class in each row, and whether the row has it.
struct Scores {
  std::string name;
  arma::vec p, hit;
};

struct Judged {
  std::vector<Scores> classes;  // of two, the last alone
  arma::vec w;
  std::string thinned;
};

Judged judged(const Scene& scene, const std::string& kind) {
  require_targets(scene, kind);
  const Model& model = scene.model();
  if (!model.classes())
    throw Error(ErrorKind::kUsage, kind + ": the model predicts a number: expected a kind such as calibration or pit");
  require_density(model, kind);
  const Dataset rows = scene.take(scene.some(kJudgedRows, kJudgedStream));
  const arma::uword classes = model.schema.labels.size();
  arma::mat p(rows.rows(), classes);
  scene.predict(rows, [&](const Predictive& predictive, arma::uword first) {
    p.rows(first, first + predictive.rows() - 1) = predictive.probabilities();
  });
  Judged result{{}, rows.w, thinned(rows.rows(), scene.counted().n_elem, "used")};
  for (arma::uword c = classes == 2 ? 1 : 0; c < std::min<std::size_t>(classes, kMostClassCurves); ++c)
    result.classes.push_back({shown_name(model.schema.labels[c]), p.col(c),
                              arma::conv_to<arma::vec>::from(rows.y.col(0) == static_cast<double>(c))});
  return result;
}

/// The weights of rows whose score is above each threshold, the highest first; tied rows are one step.
struct Thresholds {
  std::vector<double> hits{0}, misses{0};
};

Thresholds thresholds_of(const Scores& scores, const arma::vec& w) {
  Thresholds result;
  const arma::uvec order = arma::stable_sort_index(scores.p, "descend");
  double hits = 0, misses = 0;
  for (arma::uword i = 0; i < order.n_elem; ++i) {
    (scores.hit[order[i]] > 0 ? hits : misses) += w[order[i]];
    if (i + 1 < order.n_elem && scores.p[order[i + 1]] == scores.p[order[i]]) continue;
    result.hits.push_back(hits);
    result.misses.push_back(misses);
  }
  return result;
}

/// Every so manieth place of a curve, with its ends: more than a screen shows is not drawn.
arma::uvec places_drawn(std::size_t count) {
  constexpr std::size_t kMostPlaces = 500;
  return arma::conv_to<arma::uvec>::from(
      arma::round(arma::linspace(0, static_cast<double>(count) - 1, std::min(count, kMostPlaces))));
}

/// Adds up precision times the step of recall, as average precision does.
double average_precision(const Thresholds& at) {
  double sum = 0;
  for (std::size_t i = 1; i < at.hits.size(); ++i)
    sum += (at.hits[i] - at.hits[i - 1]) / at.hits.back() * (at.hits[i] / (at.hits[i] + at.misses[i]));
  return sum;
}

std::string figures_in_words(const Judged& rows, const std::string& figure, const std::vector<double>& values) {
  std::string text;
  for (std::size_t c = 0; c < values.size(); ++c)
    text += (c == 0 ? "" : ", ") + (values.size() == 1 ? figure : rows.classes[c].name) + " " + shown_number(values[c]);
  return (values.size() == 1 ? "" : figure + ": ") + text + ".";
}

std::string class_title(const Judged& rows, const std::string& title) {
  return title + (rows.classes.size() == 1 ? " for " + rows.classes[0].name : ", each class against the rest");
}

}  // namespace

std::vector<Figure> roc_figures(const Scene& scene) {
  const Judged rows = judged(scene, "roc");
  Figure figure{.id = "roc",
                .title = class_title(rows, "ROC curve"),
                .x = {"share of the others that are taken for it"},
                .y = {"share of the class that is found"},
                .thinned = rows.thinned};
  std::vector<double> areas;
  add_diagonal(figure, "by chance");
  for (const Scores& scores : rows.classes) {
    const Thresholds at = thresholds_of(scores, rows.w);
    if (!(at.hits.back() > 0 && at.misses.back() > 0)) return {};  // all rows have the class, or none
    const arma::uvec drawn = places_drawn(at.hits.size());
    add_line(figure, scores.name, arma::vec(arma::vec(at.misses) / at.misses.back()).elem(drawn),
             arma::vec(arma::vec(at.hits) / at.hits.back()).elem(drawn));
    areas.push_back(area_under_curve(scores.p, scores.hit, rows.w));
  }
  figure.caption =
      "How many rows of the class are found at the price of how many false ones, for each threshold of "
      "its probability. " +
      figures_in_words(rows, "Area under the curve", areas);
  return {figure};
}

std::vector<Figure> precision_recall_figures(const Scene& scene) {
  const Judged rows = judged(scene, "precision-recall");
  Figure figure{.id = "precision-recall",
                .title = class_title(rows, "Precision and recall"),
                .x = {"recall: share of the class that is found"},
                .y = {"precision: share that is right"},
                .thinned = rows.thinned};
  std::vector<double> averages;
  for (const Scores& scores : rows.classes) {
    const Thresholds at = thresholds_of(scores, rows.w);
    if (!(at.hits.back() > 0)) return {};
    const arma::vec hits(at.hits), misses(at.misses);
    const arma::uvec drawn = places_drawn(at.hits.size() - 1) + 1;
    add_line(figure, scores.name, arma::vec(hits / hits.back()).elem(drawn),
             arma::vec(hits / (hits + misses)).elem(drawn));
    averages.push_back(average_precision(at));
    if (rows.classes.size() == 1) add_horizontal_rule(figure, hits.back() / (hits.back() + misses.back()));
  }
  figure.caption = "How many of the rows that are taken for the class have it, for each threshold of its probability." +
                   std::string(rows.classes.size() == 1 ? " The dashed line is the class's share of all rows." : "") +
                   " " + figures_in_words(rows, "Average precision", averages);
  return {figure};
}

std::vector<Figure> reliability_figures(const Scene& scene) {
  constexpr arma::uword kBins = 10, kFewestInBin = 5;
  const Judged rows = judged(scene, "calibration");
  const arma::uword count = rows.w.n_elem, bins = std::clamp<arma::uword>(count / kFewestInBin, 1, kBins);
  Figure figure{.id = "calibration",
                .title = class_title(rows, "Reliability"),
                .caption = "How often a class occurs where it is predicted with a probability, in " +
                           std::to_string(bins) +
                           " bins of equally many rows. On the diagonal, probabilities are right.",
                .x = {"predicted probability"},
                .y = {"observed share"},
                .thinned = rows.thinned};
  for (const Scores& scores : rows.classes) {
    const arma::uvec order = arma::stable_sort_index(scores.p);
    arma::vec predicted(bins), observed(bins), chance(bins);
    for (arma::uword i = 0; i < bins; ++i) {
      const arma::uvec in = order.subvec(i * count / bins, (i + 1) * count / bins - 1);
      const arma::vec w = rows.w.elem(in), p = scores.p.elem(in);
      const double total = arma::accu(w);
      predicted[i] = arma::dot(w, p) / total;
      observed[i] = arma::dot(w, scores.hit.elem(in)) / total;
      // The standard deviation of the observed share where every probability is right.
      chance[i] = std::sqrt(arma::dot(arma::square(w), p % (1 - p))) / total;
    }
    constexpr double kTwoSided95 = 1.959963984540054;
    if (rows.classes.size() == 1) {
      add_chance(figure, predicted, arma::clamp(predicted - kTwoSided95 * chance, 0, 1),
                 arma::clamp(predicted + kTwoSided95 * chance, 0, 1));
      add_diagonal(figure, "if calibrated");
    } else if (&scores == &rows.classes.front()) {
      add_diagonal(figure, "if calibrated");
    }
    add_line(figure, scores.name, predicted, observed);
    if (rows.classes.size() == 1) add_points(figure, scores.name, predicted, observed);
  }
  return {figure};
}

}  // namespace moe
