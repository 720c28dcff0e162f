#include "predict/bounds.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "moe/conformal.hpp"
#include "moe/error.hpp"
#include "moe/numeric.hpp"
#include "predict/outputs.hpp"

namespace moe {
namespace {

using Quantiles = std::vector<Bound::Quantile>;
using Ends = std::vector<std::pair<std::string, Quantiles>>;  // the names of columns, and their quantiles

/// The intervals between -z and z for these z.
Ends conformal_ends(const AskedWord& word, const std::string& given, const Model& model, arma::uword t) {
  if (const std::string gap = calibration_gap(model, word); !gap.empty())
    throw Error(ErrorKind::kUsage, word.option + " " + word.typed + ": " + gap +
                                       ": expected a lower level, or more rows for moe calibrate");
  const arma::vec thresholds = conformal_thresholds(model, level_of(word, given), t);
  Quantiles low, high;
  for (const double threshold : thresholds) {
    const double z = std::min(threshold, kConformalReach), beyond = threshold - z;
    low.push_back({normal_cdf(-z), -beyond});
    high.push_back({normal_cdf(z), beyond});
  }
  return {{"conformal_lower_" + given, low}, {"conformal_upper_" + given, high}};
}

Ends ends_of(const AskedWord& word, const Model& model, bool several, arma::uword t) {
  const std::string given = behind_colon(word.typed);
  if (word.name == "conformal:P") return conformal_ends(word, given, model, t);
  if (word.name == "interval:P") {
    const double tail = 0.5 * (1 - level_of(word, given));
    const std::string behind = several ? "_" + given : "";
    return {{"lower" + behind, {{tail}}}, {"upper" + behind, {{1 - tail}}}};
  }
  return {{word.typed, {{word.name == "median" ? 0.5 : level_of(word, word.typed.substr(1))}}}};
}

/// One for each class. Where too few rows have calibrated the model, every class is in the set.
std::vector<Bound> conformal_classes(const AskedWord& word, const Model& model,
                                     std::optional<std::size_t> second_level) {
  constexpr double kAboveAll = 2;  // of any probability
  const std::string given = behind_colon(word.typed);
  std::vector<double> thresholds;
  for (const double threshold : conformal_thresholds(model, level_of(word, given)))
    thresholds.push_back(std::min(threshold, kAboveAll));
  std::vector<Bound> result;
  for (arma::uword c = 0; c < model.schema.labels.size(); ++c)
    result.push_back({.name = "conformal_" + given + "_" + model.schema.labels[c],
                      .target = 0,
                      .quantiles = {},
                      .thresholds = thresholds,
                      .label = c,
                      .second_level = second_level});
  return result;
}

}  // namespace

std::vector<Bound> bounds_of(const AskedWord& word, const Model& model, bool several) {
  std::vector<Bound> result;
  std::optional<std::size_t> second_level;
  if (word.name == "conformal:P" && conformal_groups(model) == ConformalGroups::kLevels)
    second_level = conformal_category(model.schema, model.conformal->column).first;
  if (model.classes()) return conformal_classes(word, model, second_level);
  for (arma::uword t = 0; t < model.targets(); ++t)
    for (auto& [name, quantiles] : ends_of(word, model, several, t))
      result.push_back({.name = model.targets() > 1 ? name + "_" + model.schema.targets[t] : name,
                        .target = t,
                        .quantiles = std::move(quantiles),
                        .second_level = second_level});
  return result;
}

std::vector<Bound> bounds_of(const Model& model, const std::string& list) {
  std::vector<Bound> result;
  const std::vector<AskedWord> words = asked_words(model, list, "--with");
  for (const AskedWord& word : words) {
    const bool known =
        word.name == "conformal:P" || word.name == "interval:P" || word.name == "median" || word.name == "qP";
    if (!known || (model.classes() && word.name != "conformal:P"))
      throw Error(ErrorKind::kUsage, word.option + ": '" + word.typed + "': expected " +
                                         (model.classes() ? "conformal:P, as the model predicts classes"
                                                          : "median, qP, interval:P or conformal:P, as interval:0.9"));
    if (std::count_if(words.begin(), words.end(), [&](const AskedWord& x) { return x.typed == word.typed; }) > 1)
      throw Error(ErrorKind::kUsage, word.option + ": '" + word.typed + "' is there twice: expected each word once");
    for (Bound& bound : bounds_of(word, model, several_intervals(words))) result.push_back(std::move(bound));
  }
  return result;
}

std::vector<std::string> notes_on_bounds(const Model& model, const std::string& list) {
  std::vector<std::string> notes;
  if (list.empty() || !model.conformal) return notes;
  for (const AskedWord& word : asked_words(model, list, "--with"))
    if (const std::string gap = calibration_gap(model, word); !gap.empty()) notes.push_back(gap);
  return notes;
}

}  // namespace moe
