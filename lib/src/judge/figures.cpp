// Figures of merit from the scores of rows. A mean has the scores less their mean as its influence; for other figures
// it is the first derivative (the delta method): of a root mean square, of r2, and of the area under the ROC curve, for
// which it is that of DeLong, DeLong, Clarke-Pearson (1988).
#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>

#include "moe/numeric.hpp"
#include "moe/scores.hpp"

namespace moe {
namespace {

constexpr double kNoFigure = std::numeric_limits<double>::quiet_NaN();

Estimate mean_estimate(const arma::vec& scores, const arma::vec& w) {
  Estimate result;
  result.value = arma::dot(w, scores) / arma::accu(w);
  result.influence = scores - result.value;
  return result;
}

Estimate times(double factor, Estimate estimate) {
  estimate.value *= factor;
  estimate.influence *= factor;
  return estimate;
}

/// The root of the mean of squares.
Estimate root_mean_square(const arma::vec& errors, const arma::vec& w) {
  const double unit = unit_of_squares(errors);
  Estimate result = mean_estimate(arma::square(errors / unit), w);
  result.value = std::sqrt(result.value);
  result.influence /= 2 * result.value;
  return times(unit, result);
}

/// 1 - sum w e^2 / sum w (y - mean)^2
Estimate explained(const arma::vec& error, const arma::vec& y, const arma::vec& w) {
  const double total = arma::accu(w), unit = unit_of_squares(error), scale = unit_of_squares(y);
  const arma::vec scaled = y / scale;
  const Estimate left = mean_estimate(arma::square(error / unit), w);
  const Estimate all = mean_estimate(arma::square(scaled - arma::dot(w, scaled) / total), w);
  if (!(all.value > 0)) return {};
  const double ratio = (unit / scale) * (unit / scale), share = ratio * (left.value / all.value);
  return {1 - share, (share * all.influence - ratio * left.influence) / all.value};
}

/// The area under the ROC curve. The influence of a row is the share of the other class on its right side, less the
/// area, over the share of its own class.
Estimate area(const arma::vec& score, const arma::vec& positive, const arma::vec& w) {
  Estimate result;
  result.value = area_under_curve(score, positive, w);
  if (std::isnan(result.value)) return result;
  const arma::uvec order = arma::stable_sort_index(score);
  const double total = arma::accu(w), all[2] = {arma::dot(w, positive == 0), arma::dot(w, positive)};
  result.influence.set_size(score.n_elem);
  double before[2] = {0, 0};
  for (arma::uword first = 0, next = 0; first < order.n_elem; first = next) {
    double tied[2] = {0, 0};
    for (; next < order.n_elem && score[order[next]] == score[order[first]]; ++next)
      tied[positive[order[next]] > 0 ? 1 : 0] += w[order[next]];
    for (arma::uword i = first; i < next; ++i) {
      const int own = positive[order[i]] > 0 ? 1 : 0, other = 1 - own;
      const double below = (before[other] + 0.5 * tied[other]) / all[other];
      result.influence[order[i]] = ((own == 1 ? below : 1 - below) - result.value) * total / all[own];
    }
    for (const int c : {0, 1}) before[c] += tied[c];
  }
  return result;
}

std::size_t place_of_level(double level) {
  return static_cast<std::size_t>(std::find_if(std::begin(kJudgedQuantiles), std::end(kJudgedQuantiles),
                                               [&](double known) { return std::abs(known - level) < 1e-9; }) -
                                  std::begin(kJudgedQuantiles));
}

/// Whether y is inside the central interval: unless P(Y < y) > 1 - tail or P(Y <= y) < tail.
arma::vec inside(const RowScores::OfNumber& scores, double level) {
  const double tail = 0.5 * (1 - level);
  const arma::vec& below = scores.below.is_empty() ? scores.up_to : scores.below;
  return arma::conv_to<arma::vec>::from(scores.up_to >= tail && below <= 1 - tail);
}

/// max(p (y - q), (p - 1) (y - q))
arma::vec quantile_loss(const arma::vec& quantile, const arma::vec& y, double p) {
  const arma::vec gap = y - quantile;
  return arma::max(p * gap, (p - 1) * gap);
}

Estimate estimate_of_interval(const std::string& name, const RowScores::OfNumber& scores, const arma::vec& y,
                              const arma::vec& w, double level) {
  const double tail = 0.5 * (1 - level);
  const arma::vec low = scores.quantiles.col(place_of_level(tail)),
                  high = scores.quantiles.col(place_of_level(1 - tail)), width = high - low;
  if (name == "width") return mean_estimate(width, w);
  const arma::vec zero(y.n_elem, arma::fill::zeros);
  return mean_estimate(width + (arma::max(low - y, zero) + arma::max(y - high, zero)) / tail, w);
}

bool is_conformal(const Measure& figure) { return figure.name.starts_with("conformal_"); }

/// "conformal_coverage", or the mean size of the sets.
Estimate estimate_of_conformal(const Measure& figure, const RowScores::OfConformal& conformal, const arma::vec& w) {
  const auto* const place = std::find(std::begin(kJudgedIntervals), std::end(kJudgedIntervals), figure.level);
  const auto column = static_cast<arma::uword>(std::distance(std::begin(kJudgedIntervals), place));
  return mean_estimate((figure.name == "conformal_coverage" ? conformal.inside : conformal.size).col(column), w);
}

Estimate estimate_of_number(const Measure& figure, const RowScores::OfNumber& scores, const arma::vec& all,
                            const arma::vec& w) {
  const std::string& name = figure.name;
  const double unit = scores.unit;
  if (name == "nll") return times(-1, mean_estimate(scores.log_p, w));
  if (name == "rmse") return times(unit, root_mean_square(scores.error, w));
  if (name == "mae") return times(unit, mean_estimate(arma::abs(scores.error), w));
  if (name == "r2") return explained(scores.error, all / unit, w);
  if (name == "crps") return times(unit, mean_estimate(scores.crps, w));
  if (name == "coverage") return mean_estimate(inside(scores, figure.level), w);
  if (name == "rounding_log_p") return mean_estimate(scores.rounding_log_p, w);
  const arma::vec y = all / unit;
  if (name == "quantile_loss") {
    const arma::vec quantile = scores.quantiles.col(place_of_level(figure.level));
    return times(unit, mean_estimate(quantile_loss(quantile, y, figure.level), w));
  }
  return times(unit, estimate_of_interval(name, scores, y, w, figure.level));
}

Estimate estimate_of_classes(const std::string& name, const RowScores::OfClasses& scores, const JudgedRows& rows) {
  const arma::vec truth = rows.y.col(0);
  if (name == "brier") return mean_estimate(scores.brier, rows.w);
  if (name == "auc") return area(scores.positive, truth, rows.w);
  arma::vec right(truth.n_elem);
  for (arma::uword n = 0; n < truth.n_elem; ++n) right[n] = static_cast<double>(scores.predicted[n]) == truth[n];
  return mean_estimate(right, rows.w);
}

void add_number_figures(const RowScores::OfNumber& scores, std::size_t t, bool several, std::vector<Measure>& figures) {
  const auto add = [&](const char* name, double level = kNoFigure) { figures.push_back({name, t, level, !several}); };
  if (!scores.log_p.is_empty()) add("nll");
  if (!scores.error.is_empty())
    for (const char* name : {"rmse", "mae", "r2"}) add(name);
  if (!scores.crps.is_empty()) add("crps");
  if (!scores.up_to.is_empty())
    for (const double level : kJudgedIntervals) add("coverage", level);
  if (!scores.rounding_log_p.is_empty()) add("rounding_log_p");
  if (scores.quantiles.is_empty()) return;
  for (const char* name : {"width", "interval_score"})
    for (const double level : kJudgedIntervals) add(name, level);
  for (const double level : kJudgedQuantiles) add("quantile_loss", level);
}

}  // namespace

bool Measure::operator==(const Measure& other) const {
  const bool same_level = level == other.level || (std::isnan(level) && std::isnan(other.level));
  return name == other.name && target == other.target && same_level && joint == other.joint;
}

std::vector<Measure> figures_of(const RowScores& scores) {
  std::vector<Measure> figures;
  const bool several = scores.numbers.size() > 1;
  if (!scores.log_p.is_empty()) figures.push_back({"nll"});
  if (!scores.energy.is_empty()) figures.push_back({"energy_score"});
  if (scores.classes) {
    figures.push_back({"accuracy"});
    figures.push_back({"brier"});
    if (!scores.classes->positive.is_empty()) figures.push_back({"auc"});
    for (const char* name : {"conformal_coverage", "conformal_size"})
      for (const double level : kJudgedIntervals)
        if (!scores.classes->conformal.inside.is_empty()) figures.push_back({name, 0, level});
  }
  for (std::size_t t = 0; t < scores.numbers.size(); ++t) {
    add_number_figures(scores.numbers[t], t, several, figures);
    const RowScores::OfConformal& conformal = scores.numbers[t].conformal;
    if (conformal.inside.is_empty()) continue;
    for (const double level : kJudgedIntervals) figures.push_back({"conformal_coverage", t, level, !several});
    for (std::size_t i = 0; i < std::size(kJudgedIntervals); ++i)
      if (conformal.size.col(i).is_finite()) figures.push_back({"conformal_width", t, kJudgedIntervals[i], !several});
  }
  return figures;
}

std::string spelling(const Measure& figure, const JudgedRows& rows) {
  std::string text = figure.name;
  if (!figure.joint) text += ":" + rows.targets[figure.target];
  if (!std::isnan(figure.level)) text += ":" + format_number(figure.level);
  return text;
}

Estimate estimate(const Measure& figure, const RowScores& scores, const JudgedRows& rows) {
  if (figure.name == "energy_score") return mean_estimate(scores.energy, rows.w);
  if (figure.name == "nll" && figure.joint) return times(-1, mean_estimate(scores.log_p, rows.w));
  if (is_conformal(figure) && scores.classes) return estimate_of_conformal(figure, scores.classes->conformal, rows.w);
  if (scores.classes) return estimate_of_classes(figure.name, *scores.classes, rows);
  if (const RowScores::OfNumber& number = scores.numbers[figure.target]; is_conformal(figure)) {
    const Estimate found = estimate_of_conformal(figure, number.conformal, rows.w);
    return figure.name == "conformal_width" ? times(number.unit, found) : found;
  }
  return estimate_of_number(figure, scores.numbers[figure.target], rows.y.col(figure.target), rows.w);
}

std::vector<MeasuredFigure> measure(const RowScores& scores, const JudgedRows& rows) {
  std::vector<MeasuredFigure> result;
  for (const Measure& figure : figures_of(scores)) {
    const Estimate found = estimate(figure, scores, rows);
    result.push_back({figure, found.value,
                      found.influence.is_empty() ? kNoFigure : standard_error(found.influence, rows.w, rows.groups)});
  }
  return result;
}

std::vector<MeasuredFigure> measure_differences(const RowScores& scores, const RowScores& from,
                                                const JudgedRows& rows) {
  std::vector<MeasuredFigure> result;
  const std::vector<Measure> others = figures_of(from);
  for (const Measure& figure : figures_of(scores)) {
    if (std::find(others.begin(), others.end(), figure) == others.end()) continue;
    const Estimate one = estimate(figure, scores, rows), other = estimate(figure, from, rows);
    const bool known = !one.influence.is_empty() && !other.influence.is_empty();
    result.push_back({figure, one.value - other.value,
                      known ? standard_error(one.influence - other.influence, rows.w, rows.groups) : kNoFigure});
  }
  return result;
}

}  // namespace moe
