// How well the predictive distribution of numbers fits rows: quantile residuals (Dunn, Smyth 1996), the probability
// integral transform (of counts the non-randomised one of Czado, Gneiting, Held 2009), coverage of central intervals.
#include <algorithm>
#include <cmath>

#include "figures/drawing.hpp"
#include "figures/figure_parts.hpp"
#include "moe/error.hpp"
#include "moe/random.hpp"

namespace moe {
namespace {

constexpr std::size_t kCheckedRows = 20'000;
constexpr double kNormal95 = 1.959963984540054;

enum CheckStream : std::uint64_t { kCheckedStream = 131, kResidualStream, kQuantileStream };

/// The distribution function at the target of each row, from its value below the target to that at it.
struct Transforms {
  arma::vec below, up_to, fitted, w;
};

Transforms transforms_of(const Scene& scene, const arma::uvec& places, arma::uword t) {
  const Dataset rows = scene.take(places);
  Transforms result{arma::vec(rows.rows()), arma::vec(rows.rows()), arma::vec(rows.rows()), rows.w};
  scene.predict(rows, [&](const Predictive& predictive, arma::uword first) {
    const arma::uword last = first + predictive.rows() - 1;
    const arma::vec y = arma::vec(rows.y.col(t)).subvec(first, last);
    result.up_to.subvec(first, last) = predictive.cdf(y, t);
    result.below.subvec(first, last) =
        predictive.discrete(t) ? predictive.cdf(y - 0.5, t) : arma::vec(result.up_to.subvec(first, last));
    result.fitted.subvec(first, last) = scene.model().without_mean() ? predictive.quantile(0.5, t) : predictive.mean(t);
  });
  // The weights of experts may add up to a rounding error beyond 1.
  result.up_to = arma::clamp(result.up_to, 0, 1);
  result.below = arma::clamp(result.below, 0, 1);
  return result;
}

/// How many rows of equal weight tell as much as these.
double effective_rows(const arma::vec& w) {
  const arma::vec part = w / w.max();
  return arma::accu(part) * arma::accu(part) / arma::dot(part, part);
}

void require_numbers(const Scene& scene, const std::string& kind) {
  require_targets(scene, kind);
  if (scene.model().classes())
    throw Error(ErrorKind::kUsage, kind + ": the model predicts classes: expected a kind such as calibration or roc");
  require_density(scene.model(), kind);
}

std::string title_for(const Scene& scene, const std::string& title, arma::uword t) {
  return title + (scene.model().targets() > 1 ? " of " + shown_name(scene.model().schema.targets[t]) : "");
}

Figure residual_figure(const Scene& scene, arma::uword t) {
  constexpr double kFarthest = 8;  // beyond this, 1 - u has no digits left
  const arma::uvec drawn = scene.some(scene.options().rows, kResidualStream);
  const Transforms at = transforms_of(scene, drawn, t);
  Random random(scene.options().seed, kQuantileStream);
  arma::vec residual(drawn.n_elem);
  for (arma::uword n = 0; n < drawn.n_elem; ++n) {
    const double u = at.below[n] < at.up_to[n] ? random.uniform(at.below[n], at.up_to[n]) : at.up_to[n];
    residual[n] = u <= 0   ? -kFarthest
                  : u >= 1 ? kFarthest
                           : std::clamp(portable::normal_quantile(u), -kFarthest, kFarthest);
  }
  const std::string center = scene.model().without_mean() ? "median" : "mean";
  Figure figure{.id = "residuals" + scene.suffix(t),
                .title = title_for(scene, "Residuals", t),
                .caption =
                    "Quantile residuals: the standard normal value that is as improbable as the target. If the "
                    "model is right, they have mean 0 and standard deviation 1 everywhere, and 95 % lie between "
                    "the outer lines. Those beyond 8 are drawn at 8.",
                .x = {"predicted " + center + " of " + shown_name(scene.model().schema.targets[t])},
                .y = {"quantile residual"},
                .thinned = thinned(drawn.n_elem, scene.counted().n_elem, "drawn")};
  add_points(figure, "rows", at.fitted, residual);
  for (const double y : {-kNormal95, 0.0, kNormal95}) add_horizontal_rule(figure, y);
  return figure;
}

/// Each row's part of each bin: the share of [below, up_to] that lies in it, or 1 where a single value does.
arma::vec pit_shares(const Transforms& at, arma::uword bins) {
  arma::vec sums(bins, arma::fill::zeros);
  const double count = static_cast<double>(bins);
  for (arma::uword n = 0; n < at.w.n_elem; ++n) {
    const double low = at.below[n], high = at.up_to[n];
    const auto first = std::min(static_cast<arma::uword>(low * count), bins - 1);
    if (!(low < high)) {
      sums[first] += at.w[n];
      continue;
    }
    for (arma::uword i = first; i < bins && static_cast<double>(i) / count < high; ++i) {
      const double from = std::max(low, static_cast<double>(i) / count),
                   to = std::min(high, static_cast<double>(i + 1) / count);
      sums[i] += at.w[n] * std::max(0.0, to - from) / (high - low);
    }
  }
  return sums / arma::accu(at.w);
}

Figure pit_figure(const Scene& scene, arma::uword t) {
  constexpr double kFewestBins = 5, kMostBins = 20, kRowsOfBin = 10;
  const Transforms at = transforms_of(scene, scene.some(kCheckedRows, kCheckedStream), t);
  const double rows = effective_rows(at.w), count = std::floor(std::clamp(rows / kRowsOfBin, kFewestBins, kMostBins));
  const auto bins = static_cast<arma::uword>(count);
  const arma::vec edges = arma::linspace(0, 1, bins + 1);
  Figure figure{.id = "pit" + scene.suffix(t),
                .title = title_for(scene, "Probability integral transform", t),
                .caption = "How often the distribution function at the target lies in each of " + std::to_string(bins) +
                           " bins. If the model is right, all bars are about 1: 95 % of them end between the outer "
                           "lines. A hump "
                           "tells of intervals that are too wide, a valley of ones that are too narrow.",
                .x = {"distribution function at the target"},
                .y = {"density"},
                .thinned = thinned(at.w.n_elem, scene.counted().n_elem, "used")};
  const double chance = kNormal95 * std::sqrt((count - 1) / rows);
  add_histogram(figure, edges.head(bins), edges.tail(bins), count * pit_shares(at, bins));
  for (const double y : {1 - chance, 1.0, 1 + chance})
    if (y > 0) add_horizontal_rule(figure, y);
  return figure;
}

Figure coverage_figure(const Scene& scene, arma::uword t) {
  constexpr arma::uword kLevels = 101;
  const Transforms at = transforms_of(scene, scene.some(kCheckedRows, kCheckedStream), t);
  const arma::vec level = arma::linspace(0, 1, kLevels);
  const double rows = effective_rows(at.w), total = arma::accu(at.w);
  arma::vec coverage(kLevels);
  for (arma::uword i = 0; i < kLevels; ++i) {
    const double tail = 0.5 * (1 - level[i]);
    coverage[i] = arma::dot(at.w, arma::conv_to<arma::vec>::from(at.up_to >= tail && at.below <= 1 - tail)) / total;
  }
  Figure figure{.id = "calibration" + scene.suffix(t),
                .title = title_for(scene, "Coverage of central intervals", t),
                .caption =
                    "The share of rows inside the central interval of each level. Below the diagonal, intervals "
                    "are too narrow; 95 % of right models are in the band at any one level.",
                .x = {"level of the interval"},
                .y = {"share of rows inside"},
                .thinned = thinned(at.w.n_elem, scene.counted().n_elem, "used")};
  if (arma::any(at.below < at.up_to)) figure.caption += " Intervals of whole numbers hold at least their level.";
  const arma::vec chance = kNormal95 * arma::sqrt(level % (1 - level) / rows);
  add_chance(figure, level, arma::clamp(level - chance, 0, 1), arma::clamp(level + chance, 0, 1));
  add_diagonal(figure, "if calibrated");
  add_line(figure, "rows", level, coverage);
  return figure;
}

/// A figure for each target.
template <class Draw>
std::vector<Figure> of_each_target(const Scene& scene, const Draw& draw) {
  std::vector<Figure> figures;
  for (arma::uword t = 0; t < scene.targets(); ++t) figures.push_back(draw(scene, t));
  return figures;
}

}  // namespace

void require_rows(const Scene& scene, const std::string& kind) {
  if (!scene.given()) throw Error(ErrorKind::kUsage, kind + ": it is computed from rows: expected DATA");
}

void require_targets(const Scene& scene, const std::string& kind) {
  require_rows(scene, kind);
  if (!scene.has_target())
    throw Error(ErrorKind::kUsage, kind + ": it compares with the target, and the rows have none: expected a column '" +
                                       printable(scene.model().schema.targets[0]) + "'");
}

std::vector<Figure> residual_figures(const Scene& scene) {
  require_numbers(scene, "residuals");
  return of_each_target(scene, residual_figure);
}

std::vector<Figure> pit_figures(const Scene& scene) {
  require_numbers(scene, "pit");
  return of_each_target(scene, pit_figure);
}

std::vector<Figure> coverage_figures(const Scene& scene) {
  require_numbers(scene, "calibration");
  return of_each_target(scene, coverage_figure);
}

}  // namespace moe
