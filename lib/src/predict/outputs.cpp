// The table of words for --output, and the functions of Predictive that give their columns.
#include "predict/outputs.hpp"

#include <algorithm>

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

constexpr std::string_view kInterval = "interval:";

std::vector<std::string> numbered(const std::string& stem, arma::uword count) {
  std::vector<std::string> result;
  for (arma::uword k = 1; k <= count; ++k) result.push_back(stem + std::to_string(k));
  return result;
}

double level(const std::string& word, const std::string& text) {
  const auto value = parse_number(text);
  if (!value || !(*value > 0 && *value < 1))
    throw Error(ErrorKind::kUsage,
                "--output: '" + word + "': expected a level between 0 and 1, as q0.05 or interval:0.9");
  return *value;
}

/// The entry of the table for a word that the user typed.
const OutputWord& find_word(const std::string& typed) {
  std::vector<std::string> known;
  for (const OutputWord& word : kWords) {
    known.emplace_back(word.name);
    const std::string name = word.name;
    if (typed == name && name.back() != 'P') return word;
    if (name == "qP" && typed.size() > 1 && typed[0] == 'q' && parse_number(typed.substr(1))) return word;
    if (name == "interval:P" && typed.starts_with(kInterval)) return word;
  }
  throw Error(ErrorKind::kUsage, "--output: " + unknown_word("word", typed, known));
}

void check(const OutputWord& word, const Model& model) {
  const std::string place = std::string("--output ") + word.name;
  if (word.needs == Needs::kNumber && model.classes())
    throw Error(ErrorKind::kUsage, place + ": the model predicts classes: expected words such as label, proba");
  if (word.needs == Needs::kClasses && !model.classes())
    throw Error(ErrorKind::kUsage, place + ": the model predicts a number: expected words such as mean, sd, q0.05");
  if (word.density) require_density(model, place);
  const std::string name = word.name;
  const auto k = name == "mean" || name == "sd" || name == "expert_means" ? model.without_mean() : std::nullopt;
  if (k)
    throw Error(ErrorKind::kUsage, place + ": expert " + std::to_string(*k + 1) +
                                       "'s tails are so heavy (nu is at most 1) that its mean does not exist: expected "
                                       "words such as median, interval:0.9");
}

/// An output with columns for each target: `values` for target t. The name of the target follows each header where
/// there are several.
Output of_each_target(const Model& model, const std::vector<std::string>& headers,
                      const std::function<arma::mat(const Predictive&, arma::uword)>& values) {
  const arma::uword targets = model.targets();
  if (targets == 1) return {headers, [values](const Predictive& p) { return values(p, 0); }};
  Output result{};
  for (const std::string& target : model.schema.targets)
    for (const std::string& header : headers) result.headers.push_back(header + "_" + target);
  result.values = [values, targets](const Predictive& p) {
    arma::mat all;
    for (arma::uword t = 0; t < targets; ++t) all = arma::join_rows(all, values(p, t));
    return all;
  };
  return result;
}

/// An output for numbers. `several`: the list asks for more than one interval, so that headers must name the levels.
Output make_number_output(const std::string& name, const std::string& typed, const Model& model, bool several) {
  if (name == "mean")
    return of_each_target(model, {name}, [](const Predictive& p, arma::uword t) { return p.mean(t); });
  if (name == "sd") {
    Output sd = of_each_target(model, {name}, [](const Predictive& p, arma::uword t) { return p.sd(t); });
    sd.endless = true;
    return sd;
  }
  if (name == "interval:P") {
    const std::string given = typed.substr(kInterval.size()), behind = several ? "_" + given : "";
    const double tail = 0.5 * (1 - level(typed, given));
    return of_each_target(model, {"lower" + behind, "upper" + behind}, [tail](const Predictive& p, arma::uword t) {
      return arma::mat(arma::join_rows(p.quantile(tail, t), p.quantile(1 - tail, t)));
    });
  }
  const double at = name == "median" ? 0.5 : level(typed, typed.substr(1));
  return of_each_target(model, {typed}, [at](const Predictive& p, arma::uword t) { return p.quantile(at, t); });
}

Output make_output(const OutputWord& word, const std::string& typed, const Model& model, bool several) {
  const std::string name = word.name;
  if (word.needs == Needs::kNumber) return make_number_output(name, typed, model, several);
  if (name == "density")
    return {{"density"}, [](const Predictive& p) { return arma::mat(arma::exp(p.log_density())); }};
  if (name == "log_density") return {{"log_density"}, [](const Predictive& p) { return arma::mat(p.log_density()); }};
  if (name == "expert")
    return {.headers = {"expert"},
            .values = [](const Predictive& p) { return arma::conv_to<arma::mat>::from(p.most_responsible() + 1); },
            .number = true};
  if (name == "gate") return {numbered("gate_", model.size()), [](const Predictive& p) { return p.weights(); }};
  if (name == "responsibility")
    return {numbered("responsibility_", model.size()), [](const Predictive& p) { return p.responsibilities(); }};
  if (name == "expert_means")
    return of_each_target(model, numbered("mean_", model.size()),
                          [](const Predictive& p, arma::uword t) { return p.expert_means(t); });
  if (name == "label")
    return {
        {"label"}, [](const Predictive& p) { return arma::conv_to<arma::mat>::from(p.label()); }, &model.schema.labels};
  Output proba{{}, [](const Predictive& p) { return p.probabilities(); }};
  for (const std::string& label : model.schema.labels) proba.headers.push_back("p_" + label);
  return proba;
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

Outputs::Outputs(const Model& model, const std::string& list) {
  const std::string words = !list.empty() ? list : model.classes() ? "label,proba" : "mean";
  const std::size_t interval = words.find(kInterval);
  const bool several = interval != words.npos && words.find(kInterval, interval + 1) != words.npos;
  for (std::size_t begin = 0; begin <= words.size();) {
    const std::size_t end = std::min(words.find(',', begin), words.size());
    const std::string typed = words.substr(begin, end - begin);
    const OutputWord& word = find_word(typed);
    check(word, model);
    needs_target_ = needs_target_ || word.target;
    list_.push_back(make_output(word, typed, model, several));
    begin = end + 1;
  }
}

arma::uword GroupPredictor::predict(const Dataset& rows, arma::uword first, arma::uword count) {
  arma::uvec index(kGroup);
  for (arma::uword n = 0; n < kGroup; ++n) index[n] = first + std::min(n, count - 1);
  predictive_.at({rows.take(index)});
  arma::uword good = count;
  for (std::size_t i = 0; i < values_.size(); ++i) {
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
