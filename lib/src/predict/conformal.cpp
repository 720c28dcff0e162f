#include "moe/conformal.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/parallel.hpp"
#include "moe/error.hpp"
#include "moe/numeric.hpp"
#include "moe/random.hpp"

namespace moe {
namespace {

constexpr arma::uword kRowsOfConformal = 256;
/// Scores of the same row may differ by rounding.
constexpr double kScoreRounding = 1e-12;

/// What a score beyond kConformalReach is measured by: the quantiles at z = -6 and 6, and half the distance between those at
/// -1 and 1.
struct Edges {
  arma::vec low, high, unit;
};

Edges edges_of(const Predictive& predictive, arma::uword t) {
  Edges edges{
      predictive.quantile(normal_cdf(-kConformalReach), t), predictive.quantile(normal_cdf(kConformalReach), t), {}};
  edges.unit = 0.5 * (predictive.quantile(normal_cdf(1), t) - predictive.quantile(normal_cdf(-1), t));
  edges.unit.transform([&](double unit) { return unit > 0 ? unit : predictive.unit_of(t); });
  return edges;
}

double z_of(double p) {
  static const double least = normal_cdf(-kConformalReach), most = normal_cdf(kConformalReach);
  return p <= least ? -kConformalReach : p >= most ? kConformalReach : portable::normal_quantile(p);
}

/// The scores of the block's numbers.
arma::vec scores_of_numbers(const Predictive& predictive, const arma::vec& y, arma::uword t) {
  const arma::vec upper = predictive.cdf(y, t);
  const arma::vec lower = predictive.discrete(t) ? predictive.cdf(y - 1, t) : upper;
  arma::vec result(y.n_elem);
  for (arma::uword n = 0; n < y.n_elem; ++n) result[n] = std::max({z_of(lower[n]), -z_of(upper[n]), 0.0});
  if (!arma::any(result >= kConformalReach)) return result;
  const Edges edges = edges_of(predictive, t);
  for (arma::uword n = 0; n < y.n_elem; ++n)
    if (result[n] >= kConformalReach)
      result[n] += std::max({y[n] - edges.high[n], edges.low[n] - y[n], 0.0}) / edges.unit[n];
  return result;
}

/// The probability of all classes that are more probable than class c.
double probability_above(const arma::rowvec& p, arma::uword c) {
  double sum = 0;
  for (arma::uword other = 0; other < p.n_elem; ++other)
    if (p[other] > p[c] || (p[other] == p[c] && other < c)) sum += p[other];
  return sum;
}

arma::vec scores_of_classes(const Predictive& predictive, const arma::vec& y) {
  const arma::mat p = predictive.probabilities();
  arma::vec result(y.n_elem);
  for (arma::uword n = 0; n < y.n_elem; ++n) result[n] = probability_above(p.row(n), static_cast<arma::uword>(y[n]));
  return result;
}

/// The level of each row, from 0.
arma::uvec levels_of(const Model& model, const Predictive& predictive, const std::string& column) {
  const CategoryInputs category = conformal_category(model.schema, column);
  const Standardization& units = model.standardization;
  arma::uvec result(predictive.rows(), arma::fill::zeros);
  for (std::size_t level = 1; level < category.column.levels.size(); ++level) {
    const std::size_t input = category.first + level - 1;
    const arma::rowvec is_level =
        units.input_center[input] + units.input_scale[input] * predictive.block().X.row(input + 1);
    result.elem(arma::find(is_level > 0.5)).fill(level);
  }
  return result;
}

/// The threshold of each row.
arma::vec thresholds(const Model& model, const Predictive& predictive, double level, arma::uword t) {
  const arma::vec all = conformal_thresholds(model, level, t);
  switch (conformal_groups(model)) {
    case ConformalGroups::kNone:
      break;
    case ConformalGroups::kExperts:
      return all.elem(predictive.most_responsible());
    case ConformalGroups::kLevels:
      return all.elem(levels_of(model, predictive, model.conformal->column));
  }
  return arma::vec(predictive.rows()).fill(all[0]);
}

}  // namespace

ConformalGroups conformal_groups(const Model& model) {
  if (!model.conformal->column.empty()) return ConformalGroups::kLevels;
  return model.conformal->scores.size() > model.targets() ? ConformalGroups::kExperts : ConformalGroups::kNone;
}

CategoryInputs conformal_category(const Schema& schema, const std::string& name) {
  if (std::optional<CategoryInputs> category = category_inputs(schema, name)) return *std::move(category);
  std::string categories;
  for (const Column& column : columns_of(schema))
    if (column.category) categories += (categories.empty() ? "'" : ", '") + printable(column.name) + "'";
  throw Error(ErrorKind::kUsage, "'" + printable(name) + "' is no category that the model reads: expected " +
                                     (categories.empty() ? "a model that reads a category" : "one of " + categories));
}

Conformal conformal_scores(const Model& model, const Dataset& rows, bool by_expert, unsigned threads,
                           const std::string& column) {
  require_density(model, "a conformal set");
  arma::uword group_count = by_expert ? model.size() : 1;
  if (!column.empty()) group_count = conformal_category(model.schema, column).column.levels.size();
  const arma::uvec counted = arma::find(rows.w > 0);
  const arma::uword T = model.targets();
  arma::mat scores(counted.n_elem, T);
  arma::uvec groups(counted.n_elem, arma::fill::zeros);
  const arma::uword blocks = (counted.n_elem + kRowsOfConformal - 1) / kRowsOfConformal;
  parallel_for(blocks, threads, [&](std::size_t block) {
    const arma::uword first = block * kRowsOfConformal;
    const arma::uvec own = counted.subvec(first, std::min(first + kRowsOfConformal, counted.n_elem) - 1);
    const Dataset part = take_rows(rows, arma::conv_to<std::vector<std::size_t>>::from(own));
    Predictive predictive(model);
    predictive.at(part);
    for (arma::uword t = 0; t < T; ++t)
      scores.col(t).subvec(first, first + own.n_elem - 1) = model.classes()
                                                                ? scores_of_classes(predictive, part.y.col(0))
                                                                : scores_of_numbers(predictive, part.y.col(t), t);
    if (by_expert) groups.subvec(first, first + own.n_elem - 1) = predictive.most_responsible();
    if (!column.empty()) groups.subvec(first, first + own.n_elem - 1) = levels_of(model, predictive, column);
  });
  if (!scores.is_finite())
    throw Error(ErrorKind::kFit,
                "how far a row's target is from what the model expects is not a finite number: expected targets within "
                "reach of the training data's");
  Conformal result;
  result.column = column;
  for (arma::uword g = 0; g < group_count; ++g)
    for (arma::uword t = 0; t < T; ++t)
      result.scores.emplace_back(arma::sort(scores.col(t).eval().elem(arma::find(groups == g))));
  return result;
}

Conformal joined(const std::vector<Conformal>& parts) {
  Conformal result = parts.front();
  for (std::size_t i = 1; i < parts.size(); ++i)
    for (std::size_t list = 0; list < result.scores.size(); ++list)
      result.scores[list] = arma::join_cols(result.scores[list], parts[i].scores[list]);
  for (arma::vec& scores : result.scores) scores = arma::sort(scores);
  return result;
}

namespace {

/// ", none for 'c'": the levels at which no row has calibrated the model.
std::string levels_without_rows(const Model& model) {
  std::string text;
  const std::vector<std::string> levels = conformal_category(model.schema, model.conformal->column).column.levels;
  for (std::size_t level = 0; level < levels.size(); ++level)
    if (model.conformal->scores[level * model.targets()].is_empty())
      text += (text.empty() ? ", none for '" : ", '") + printable(levels[level]) + "'";
  return text;
}

}  // namespace

std::string calibration_summary(const Model& model) {
  const std::vector<arma::vec>& scores = model.conformal->scores;
  arma::uword rows = 0, fewest = scores.front().n_elem, most = 0;
  for (std::size_t i = 0; i < scores.size(); i += model.targets()) {
    rows += scores[i].n_elem;
    fewest = std::min(fewest, scores[i].n_elem);
    most = std::max(most, scores[i].n_elem);
  }
  std::string text = "calibrated by " + std::to_string(rows) + (rows == 1 ? " row" : " rows");
  if (const ConformalGroups groups = conformal_groups(model); groups != ConformalGroups::kNone)
    return text + ", " + std::to_string(fewest) + " to " + std::to_string(most) +
           (groups == ConformalGroups::kExperts ? " for each expert"
                                                : " for each level of '" + printable(model.conformal->column) + "'") +
           (groups == ConformalGroups::kLevels ? levels_without_rows(model) : "") +
           ": n rows are enough for levels up to n / (n + 1)";
  const double highest = static_cast<double>(most) / (static_cast<double>(most) + 1);
  return text + ": enough for levels up to " + format_number(std::floor(1e4 * highest) / 1e4);
}

std::string calibration_gap(const Model& model, double level) {
  const arma::uvec gaps = arma::find_nonfinite(conformal_thresholds(model, level));
  if (gaps.is_empty()) return "";
  std::string groups;
  switch (conformal_groups(model)) {
    case ConformalGroups::kNone:
      break;
    case ConformalGroups::kExperts:
      for (const arma::uword k : gaps) groups += (groups.empty() ? "expert " : ", ") + std::to_string(k + 1);
      break;
    case ConformalGroups::kLevels: {
      const CategoryInputs category = conformal_category(model.schema, model.conformal->column);
      for (const arma::uword g : gaps)
        groups += (groups.empty() ? "'" : ", '") + printable(category.column.levels[g]) + "'";
      groups += " of '" + printable(category.column.name) + "'";
    }
  }
  return "too few rows have calibrated the model for level " + format_number(level) +
         (groups.empty() ? "" : " at " + groups) + ", so that " +
         (model.classes() ? "a set holds every class" : "an interval has no end") + (groups.empty() ? "" : " there");
}

double conformal_threshold(const arma::vec& scores, double level) {
  const double place = std::max(std::ceil((static_cast<double>(scores.n_elem) + 1) * level - 1e-9), 1.0);
  if (place > static_cast<double>(scores.n_elem)) return std::numeric_limits<double>::infinity();
  return scores[static_cast<arma::uword>(place) - 1] + kScoreRounding;
}

arma::vec conformal_thresholds(const Model& model, double level, arma::uword t) {
  const std::vector<arma::vec>& scores = model.conformal->scores;
  arma::vec result(scores.size() / model.targets());
  for (arma::uword i = 0; i < result.n_elem; ++i)
    result[i] = conformal_threshold(scores[i * model.targets() + t], level);
  return result;
}

arma::mat conformal_interval(const Model& model, const Predictive& predictive, double level, arma::uword t) {
  const arma::vec q = thresholds(model, predictive, level, t);
  arma::mat result(q.n_elem, 2);
  result.col(0).fill(-arma::datum::inf);
  result.col(1).fill(arma::datum::inf);
  const arma::vec all = arma::unique(q);
  for (const double each : all) {
    if (std::isinf(each)) continue;
    const double inner = std::min(each, kConformalReach), beyond = each - inner;
    arma::vec low = predictive.quantile(normal_cdf(-inner), t), high = predictive.quantile(normal_cdf(inner), t);
    if (beyond > 0) {
      const arma::vec unit = edges_of(predictive, t).unit;
      low -= beyond * unit;
      high += beyond * unit;
    }
    for (const arma::uword n : arma::uvec(arma::find(q == each))) {
      result(n, 0) = low[n];
      result(n, 1) = high[n];
    }
  }
  return result;
}

std::vector<std::vector<arma::uword>> conformal_labels(const Model& model, const Predictive& predictive, double level) {
  const arma::mat p = predictive.probabilities();
  const arma::vec q = thresholds(model, predictive, level, 0);
  std::vector<std::vector<arma::uword>> result(p.n_rows);
  for (arma::uword n = 0; n < p.n_rows; ++n)
    for (const arma::uword c : arma::uvec(arma::stable_sort_index(p.row(n).t(), "descend")))
      if (probability_above(p.row(n), c) <= q[n]) result[n].push_back(c);
  return result;
}

}  // namespace moe
