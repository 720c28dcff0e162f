// An expert's region: the rows in which its weight is the greatest. Where one interval of an input, or some levels,
// tell these rows from the others, it is the interval; else the inputs whose mean there differs most from that of all
// rows.
#include "figures/region.hpp"

#include <algorithm>
#include <cmath>

#include "figures/figure_parts.hpp"
#include "moe/error.hpp"

namespace moe {
namespace {

constexpr std::size_t kRegionRows = 5'000;
constexpr std::uint64_t kRegionStream = 171;
constexpr double kTellsApart = 0.9;   // the F1 score from which an interval stands for the region
constexpr double kEverywhere = 0.98;  // a part of the weight that is nearly all
constexpr double kNoticeable = 0.3;   // standard deviations
constexpr std::size_t kLevelsNamed = 3;

/// A description of a region, and how well it tells it from the other rows: the F1 score, by weight.
struct Described {
  std::string words;
  double score = 0;
};

double f1_score(double hits, double described, double region) { return 2 * hits / (described + region); }

/// A number halfway between two neighbours, with the fewest digits that still lie between them; at least 3.
std::string between(double low, double high) {
  const double middle = 0.5 * low + 0.5 * high;
  for (int digits = 3; digits < 17; ++digits) {
    char text[40];
    std::snprintf(text, sizeof text, "%.*g", digits, middle);
    if (const double read = std::strtod(text, nullptr); low <= read && read <= high) {
      const bool exponent =
          std::string(text).find('e') != std::string::npos && std::abs(middle) >= 1 && std::abs(middle) < 1e9;
      if (exponent) std::snprintf(text, sizeof text, "%.0f", middle);
      return text;
    }
  }
  return shown_number(middle);
}

/// The interval that tells the region apart best: the run of values with the greatest weight inside the region less
/// that outside of it.
Described best_interval(const InputAxis& axis, const arma::vec& values, const arma::vec& inside, const arma::vec& w) {
  const arma::uvec order = arma::stable_sort_index(values);
  std::vector<double> at, hits, gains;  // of each different value
  for (const arma::uword n : order) {
    if (at.empty() || values[n] != at.back()) {
      at.push_back(values[n]);
      hits.push_back(0);
      gains.push_back(0);
    }
    hits.back() += inside[n] * w[n];
    gains.back() += (2 * inside[n] - 1) * w[n];
  }
  std::size_t first = 0, best_first = 0, best_last = 0;
  double sum = 0, best = -1;
  for (std::size_t i = 0; i < at.size(); ++i) {
    if (sum <= 0) {
      sum = 0;
      first = i;
    }
    sum += gains[i];
    if (sum <= best) continue;
    best = sum;
    best_first = first;
    best_last = i;
  }
  double described = 0, found = 0;
  for (std::size_t i = best_first; i <= best_last; ++i) {
    found += hits[i];
    described += 2 * hits[i] - gains[i];
  }
  const bool open_below = best_first == 0, open_above = best_last + 1 == at.size();
  const std::string name = shown_name(axis.name), low = open_below ? "" : between(at[best_first - 1], at[best_first]),
                    high = open_above ? "" : between(at[best_last], at[best_last + 1]);
  const std::string words = open_below && open_above ? ""
                            : open_below             ? name + " below " + high
                            : open_above             ? name + " above " + low
                                                     : name + " between " + low + " and " + high;
  return {words, words.empty() ? 0 : f1_score(found, described, arma::dot(inside, w))};
}

/// The levels most of whose rows lie in the region.
Described best_levels(const InputAxis& axis, const arma::vec& values, const arma::vec& inside, const arma::vec& w) {
  arma::vec all(axis.levels.size(), arma::fill::zeros), hits = all;
  for (arma::uword n = 0; n < values.n_elem; ++n) {
    const auto level = static_cast<arma::uword>(values[n]);
    all[level] += w[n];
    hits[level] += inside[n] * w[n];
  }
  std::vector<std::string> names;
  double found = 0, described = 0;
  for (arma::uword level = 0; level < all.n_elem; ++level) {
    if (!(hits[level] > 0.5 * all[level])) continue;
    names.push_back(shown_name(axis.levels[level]));
    found += hits[level];
    described += all[level];
  }
  if (names.empty() || names.size() > kLevelsNamed || names.size() == axis.levels.size()) return {};
  return {shown_name(axis.name) + " " + join(names, " or "), f1_score(found, described, arma::dot(inside, w))};
}

/// How far the mean of an input in the region is from that of all rows, in standard deviations, and in words.
Described difference_of(const InputAxis& axis, const arma::vec& values, const arma::vec& share, const arma::vec& w) {
  const arma::vec in = w % share;
  const double total = arma::accu(w), inside = arma::accu(in);
  if (!(inside > 0)) return {};
  Described best;
  for (arma::uword level = 0; level < std::max<std::size_t>(axis.levels.size(), 1); ++level) {
    const arma::vec x =
        axis.is_category() ? arma::conv_to<arma::vec>::from(values == static_cast<double>(level)) : values;
    const double mean = arma::dot(w, x) / total, deviation = std::sqrt(arma::dot(w, arma::square(x - mean)) / total);
    const double difference = deviation > 0 ? (arma::dot(in, x) / inside - mean) / deviation : 0;
    if (!(std::abs(difference) > best.score)) continue;
    const std::string name = shown_name(axis.name);
    best = {axis.is_category() ? name + (difference > 0 ? " is " : " is not ") + shown_name(axis.levels[level])
                               : name + (difference > 0 ? " is high" : " is low"),
            std::abs(difference)};
  }
  return best;
}

/// The rows on which regions are found, with the weights of experts, in a committee within their members.
struct RegionRows {
  Dataset rows;
  arma::mat shares;
  std::vector<arma::vec> values;  // of each axis
};

RegionRows region_rows(const Scene& scene) {
  const Model& model = scene.model();
  RegionRows result{scene.take(scene.some(kRegionRows, kRegionStream)), {}, {}};
  result.shares.set_size(result.rows.rows(), model.size());
  scene.predict(result.rows, [&](const Predictive& predictive, arma::uword first) {
    result.shares.rows(first, first + predictive.rows() - 1) = arma::abs(predictive.weights());
  });
  for (const Member& member : model.members) {
    auto part = result.shares.cols(member.first, member.first + member.experts - 1);
    const arma::vec sums = arma::sum(part, 1);
    part.each_col() /= sums;
  }
  for (const InputAxis& axis : scene.axes()) result.values.push_back(axis.values(result.rows.X));
  return result;
}

/// The experts with which expert k shares the rows: all, or those of its member.
std::pair<arma::uword, arma::uword> rivals_of(const Model& model, arma::uword k) {
  for (const Member& member : model.members)
    if (member.first <= k && k < member.first + member.experts) return {member.first, member.experts};
  return {0, model.size()};
}

std::string where_mostly(const Scene& scene, const RegionRows& at, const arma::vec& share) {
  std::vector<Described> differences;
  for (std::size_t j = 0; j < scene.axes().size(); ++j)
    differences.push_back(difference_of(scene.axes()[j], at.values[j], share, at.rows.w));
  std::stable_sort(differences.begin(), differences.end(),
                   [](const Described& a, const Described& b) { return a.score > b.score; });
  std::erase_if(differences, [](const Described& one) { return one.score < kNoticeable; });
  if (differences.empty()) return "";
  std::string words = "mostly where " + differences[0].words;
  if (differences.size() > 1 && differences[1].score > 0.5 * differences[0].score)
    words += " and " + differences[1].words;
  return words;
}

std::string region_in_words(const Scene& scene, const RegionRows& at, arma::uword k) {
  const auto [first, count] = rivals_of(scene.model(), k);
  if (count == 1) return "answers everywhere";
  const arma::mat rivals = at.shares.cols(first, first + count - 1);
  const arma::vec inside = arma::conv_to<arma::vec>::from(arma::index_max(rivals, 1) == k - first);
  const double part = arma::dot(inside, at.rows.w) / arma::accu(at.rows.w);
  if (part > kEverywhere) return "answers nearly everywhere";
  if (part > 0) {
    Described best;
    for (std::size_t j = 0; j < scene.axes().size(); ++j) {
      const InputAxis& axis = scene.axes()[j];
      const Described found = axis.is_category() ? best_levels(axis, at.values[j], inside, at.rows.w)
                                                 : best_interval(axis, at.values[j], inside, at.rows.w);
      if (found.score > best.score) best = found;
    }
    if (best.score >= kTellsApart) return "answers for " + best.words;
  }
  const std::string where = where_mostly(scene, at, at.shares.col(k));
  const std::string begin = part > 0 ? "answers " : "is the first choice nowhere, and has its weight ";
  return begin + (where.empty() ? "in rows that no single input tells apart" : where);
}

}  // namespace

std::vector<std::string> regions_in_words(const Scene& scene) {
  const RegionRows at = region_rows(scene);
  std::vector<std::string> result;
  for (arma::uword k = 0; k < scene.model().size(); ++k) result.push_back(region_in_words(scene, at, k));
  return result;
}

}  // namespace moe
