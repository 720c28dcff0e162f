// The table of words for --output, and rows predicted by them.
#include "predict/outputs.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <optional>

#include "moe/conformal.hpp"
#include "moe/error.hpp"
#include "moe/numeric.hpp"

namespace moe {
namespace {

enum class Needs { kAnything, kNumber, kClasses };

struct OutputWord {
  const char* name;
  const char* help;
  Needs needs;
  bool density;  // makes sense under a softmax gate only
  bool target;   // needs the target
};

constexpr OutputWord kWords[] = {
    {"mean", "the predicted number; this and what follows of several targets as mean_<target>..", Needs::kNumber, false,
     false},
    {"sd", "its standard deviation, within and between experts; inf where there is none", Needs::kNumber, true, false},
    {"median", "the same as q0.5", Needs::kNumber, true, false},
    {"qP", "a quantile, as q0.05", Needs::kNumber, true, false},
    {"interval:P", "lower,upper: the central interval, as interval:0.9; of several lower_0.9,upper_0.9 and so on",
     Needs::kNumber, true, false},
    {"conformal:P",
     "conformal_lower_P,conformal_upper_P: an interval that holds the target with probability P whatever the model is; "
     "of "
     "classes conformal_P, a set as text: \"[a] [b]\". Needs a model of `moe calibrate` or `train --conformal`",
     Needs::kAnything, true, false},
    {"cdf:V", "cdf_V: P(Y <= V), as cdf:10", Needs::kNumber, true, false},
    {"mode", "the number of the highest density; of counts and classes the most probable one", Needs::kAnything, true,
     false},
    {"hdr:P", "hdr_P: the smallest set that has probability P, as text: \"[1, 2.5] [7, 8]\"; of classes \"[a] [b]\"",
     Needs::kAnything, true, false},
    {"sample:N", "sample_1..sample_N: draws from the row's distribution (--seed)", Needs::kAnything, true, false},
    {"std_residual", "(y - mean) / sd at the row's target; of two classes y is 1 for the last", Needs::kAnything, true,
     true},
    {"novelty", "the largest distance of the row's numbers from their training means, in standard deviations",
     Needs::kAnything, false, false},
    {"explain", "baseline, and effect_<column>..: what each column adds to the mean (Shapley values)", Needs::kAnything,
     false, false},
    {"explain_gate", "baseline_gate_1, effect_<column>_gate_1..: the same for each expert's weight", Needs::kAnything,
     false, false},
    {"density", "p(y|x) at the row's target", Needs::kAnything, true, true},
    {"log_density", "its logarithm", Needs::kAnything, true, true},
    {"expert", "the expert with the largest weight, 1..K", Needs::kAnything, false, false},
    {"gate", "gate_1..gate_K: the gate's weights", Needs::kAnything, false, false},
    {"responsibility", "responsibility_1..: who explains the row, its target known", Needs::kAnything, true, true},
    {"expert_means",
     "mean_1..mean_K: each expert's prediction (for classes the last one's probability); of several targets "
     "mean_1_<target>..",
     Needs::kAnything, false, false},
    {"label", "the most probable class", Needs::kClasses, false, false},
    {"proba", "p_<label>..: each class's probability", Needs::kClasses, false, false},
};

bool means(const OutputWord& word, const std::string& typed) {
  const std::string name = word.name;
  const std::size_t colon = name.find(':');
  if (colon != name.npos) return typed.starts_with(name.substr(0, colon + 1));
  if (name == "qP") return typed.size() > 1 && typed[0] == 'q' && parse_number(typed.substr(1));
  if (name.starts_with("explain") && typed.starts_with(name + ":")) return true;
  return typed == name;
}

/// The entry of the table for a word that the user typed.
const OutputWord& find_word(const std::string& typed, const std::string& option) {
  std::vector<std::string> known;
  for (const OutputWord& word : kWords) {
    known.emplace_back(word.name);
    if (means(word, typed)) return word;
  }
  throw Error(ErrorKind::kUsage, option + ": " + unknown_word("word", typed, known));
}

void check(const OutputWord& word, const Model& model, const std::string& option) {
  const std::string place = option + " " + word.name;
  if (word.needs == Needs::kNumber && model.classes())
    throw Error(ErrorKind::kUsage, place + ": the model predicts classes: expected " +
                                       (option == "--with" ? "conformal:P" : "words such as label, proba"));
  if (word.needs == Needs::kClasses && !model.classes())
    throw Error(ErrorKind::kUsage, place + ": the model predicts a number: expected words such as mean, sd, q0.05");
  if (word.density) require_density(model, place);
  const std::string name = word.name;
  if (name == "mode" || name == "hdr:P") require_one_kind(model, place);
  if (name == "conformal:P" && !model.conformal)
    throw Error(ErrorKind::kUsage, place +
                                       ": the model is not calibrated: expected one of moe calibrate, or of moe "
                                       "train --conformal");
  if (name == "novelty") require_novelty(model, place);
  if (name == "std_residual" && model.schema.labels.size() > 2)
    throw Error(ErrorKind::kUsage,
                place + ": the model predicts more than two classes: expected a number or two classes");
  const bool of_mean =
      name == "mean" || name == "sd" || name == "expert_means" || name == "std_residual" || name == "explain";
  const auto k = of_mean ? model.without_mean() : std::nullopt;
  if (k)
    throw Error(ErrorKind::kUsage, place + ": expert " + std::to_string(*k + 1) +
                                       "'s tails are so heavy (nu is at most 1) that its mean does not exist: expected "
                                       "words such as median, interval:0.9");
}

/// The first row with a value that is not finite; n if there is none. With `endless`, infinite values are allowed.
arma::uword first_odd_row(const arma::mat& values, bool endless) {
  if (values.is_finite()) return values.n_rows;
  arma::uvec odd = endless ? arma::uvec(arma::find_nan(values)) : arma::uvec(arma::find_nonfinite(values));
  if (odd.is_empty()) return values.n_rows;
  odd.transform([&](arma::uword i) { return i % values.n_rows; });
  return odd.min();
}

}  // namespace

std::vector<AskedWord> asked_words(const Model& model, const std::string& list, const std::string& option) {
  std::vector<AskedWord> result;
  for (std::size_t begin = 0; begin <= list.size();) {
    const std::size_t end = std::min(list.find(',', begin), list.size());
    const std::string typed = list.substr(begin, end - begin);
    const OutputWord& word = find_word(typed, option);
    check(word, model, option);
    result.push_back({word.name, typed, word.target, option});
    begin = end + 1;
  }
  return result;
}

void append_rounded(std::string& text, double value, int digits) {
  if (digits == 0 || !std::isfinite(value)) return append_number(text, value);
  char rounded[40];
  std::snprintf(rounded, sizeof rounded, "%.*g", digits, value);
  text += rounded;
}

std::string calibration_gap(const Model& model, const AskedWord& word) {
  return word.name == "conformal:P" ? calibration_gap(model, level_of(word, behind_colon(word.typed))) : "";
}

bool several_intervals(const std::vector<AskedWord>& words) {
  return std::count_if(words.begin(), words.end(), [](const AskedWord& word) { return word.name == "interval:P"; }) > 1;
}

Outputs::Outputs(const Model& model, const std::string& list, const OutputForm& form) {
  const std::vector<AskedWord> words = asked_words(model,
                                                   !list.empty()     ? list
                                                   : model.classes() ? "label,proba"
                                                                     : "mean",
                                                   "--output");
  for (const AskedWord& word : words) {
    needs_target_ = needs_target_ || word.target;
    numbered_ = numbered_ || word.name == "sample:N";
    for (Output& output : make_outputs(word, model, several_intervals(words), form)) list_.push_back(std::move(output));
    if (const std::string gap = calibration_gap(model, word); !gap.empty()) notes_.push_back("note: " + gap);
  }
}

arma::uword GroupPredictor::predict(const Dataset& rows, arma::uword first, arma::uword count) {
  arma::uvec index(kGroup);
  for (arma::uword n = 0; n < kGroup; ++n) index[n] = first + std::min(n, count - 1);
  Dataset group{rows.take(index)};
  group.first = rows.first + first;
  predictive_.at(group, count);
  arma::uword good = count;
  for (std::size_t i = 0; i < values_.size(); ++i) {
    if (outputs_.list()[i].texts) {
      texts_[i] = outputs_.list()[i].texts(predictive_);
      const auto untold = std::find(texts_[i].begin(), texts_[i].begin() + static_cast<long>(good), "");
      good = static_cast<arma::uword>(untold - texts_[i].begin());
      continue;
    }
    values_[i] = outputs_.list()[i].values(predictive_);
    good = std::min(good, first_odd_row(values_[i], outputs_.list()[i].endless));
  }
  return good;
}

std::vector<std::pair<std::string, std::string>> predict_outputs() {
  std::vector<std::pair<std::string, std::string>> result;
  for (const OutputWord& word : kWords) result.emplace_back(word.name, word.help);
  return result;
}

}  // namespace moe
