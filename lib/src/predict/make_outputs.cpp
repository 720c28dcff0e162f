// The functions of Predictive behind each word for --output, and the names of their columns.
#include <cmath>
#include <memory>

#include "moe/conformal.hpp"
#include "moe/error.hpp"
#include "moe/numeric.hpp"
#include "predict/outputs.hpp"

namespace moe {
namespace {

constexpr double kMostDraws = 10000;

std::vector<std::string> numbered(const std::string& stem, arma::uword count) {
  std::vector<std::string> result;
  for (arma::uword k = 1; k <= count; ++k) result.push_back(stem + std::to_string(k));
  return result;
}

/// The whole number behind a word's colon, 1 to kMostDraws.
std::size_t count_behind(const std::string& typed, const char* expected) {
  const auto value = parse_number(behind_colon(typed));
  if (!value || !(*value >= 1 && *value <= kMostDraws) || *value != std::floor(*value))
    throw Error(ErrorKind::kUsage, "--output: '" + typed + "': expected " + expected);
  return static_cast<std::size_t>(*value);
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

/// Quantiles, and the ends of intervals between them.
Output make_bounds_output(const AskedWord& word, const Model& model, bool several) {
  const std::vector<Bound> bounds = bounds_of(word, model, several);
  Output result{};
  for (const Bound& bound : bounds) result.headers.push_back(bound.name);
  result.values = [bounds](const Predictive& p) {
    arma::mat all(p.rows(), bounds.size());
    for (std::size_t i = 0; i < bounds.size(); ++i) all.col(i) = p.quantile(bounds[i].quantiles[0].p, bounds[i].target);
    return all;
  };
  return result;
}

/// An output for numbers.
Output make_number_output(const AskedWord& word, const Model& model, bool several) {
  const std::string &name = word.name, &typed = word.typed;
  if (name == "mean")
    return of_each_target(model, {name}, [](const Predictive& p, arma::uword t) { return p.mean(t); });
  if (name == "sd") {
    Output sd = of_each_target(model, {name}, [](const Predictive& p, arma::uword t) { return p.sd(t); });
    sd.endless = true;
    return sd;
  }
  if (name == "cdf:V") {
    const std::string given = behind_colon(typed);
    const auto value = parse_number(given);
    if (!value || !std::isfinite(*value))
      throw Error(ErrorKind::kUsage, "--output: '" + typed + "': expected a number, as cdf:10");
    return of_each_target(model, {"cdf_" + given}, [at = *value](const Predictive& p, arma::uword t) {
      return p.cdf(arma::vec(p.rows()).fill(at), t);
    });
  }
  return make_bounds_output(word, model, several);
}

/// "[1, 2] [5, 7]"
std::string text_of(const std::vector<Interval>& set, int digits) {
  std::string text;
  for (const Interval& part : set) {
    text += text.empty() ? "[" : " [";
    append_rounded(text, part.low, digits);
    text += ", ";
    append_rounded(text, part.high, digits);
    text += ']';
  }
  return text;
}

/// "[a] [b]"
std::string text_of(const std::vector<arma::uword>& classes, const Model& model) {
  std::string text;
  for (const arma::uword label : classes) text += (text.empty() ? "[" : " [") + model.schema.labels[label] + "]";
  return text;
}

/// The conformal interval, or set of classes.
Output make_conformal_output(const AskedWord& word, const Model& model) {
  const std::string given = behind_colon(word.typed);
  const double at = level_of(word, given);
  if (model.classes()) {
    Output output{{"conformal_" + given}, nullptr};
    output.texts = [&model, at](const Predictive& p) {
      std::vector<std::string> texts;
      for (const auto& classes : conformal_labels(model, p, at)) texts.push_back(text_of(classes, model));
      return texts;
    };
    return output;
  }
  Output output =
      of_each_target(model, {"conformal_lower_" + given, "conformal_upper_" + given},
                     [&model, at](const Predictive& p, arma::uword t) { return conformal_interval(model, p, at, t); });
  output.endless = true;  // where too few rows have calibrated the model
  return output;
}

/// The sets of highest density, one output for each target.
std::vector<Output> make_region_outputs(const AskedWord& word, const Model& model, int digits) {
  const std::string given = behind_colon(word.typed), header = "hdr_" + given;
  const double at = level_of(word, given);
  std::vector<Output> result;
  for (arma::uword t = 0; t < model.targets(); ++t) {
    Output output{{model.targets() > 1 ? header + "_" + model.schema.targets[t] : header}, nullptr};
    output.texts = [&model, at, t, digits](const Predictive& p) {
      std::vector<std::string> texts(p.rows());
      if (model.classes()) {
        const auto sets = p.probable_classes(at);
        for (arma::uword n = 0; n < p.asked(); ++n) texts[n] = text_of(sets[n], model);
      } else {
        const auto sets = p.highest_density(at, t);
        for (arma::uword n = 0; n < p.asked(); ++n) texts[n] = text_of(sets[n], digits);
      }
      return texts;
    };
    result.push_back(std::move(output));
  }
  return result;
}

Output make_sample_output(const std::string& typed, const Model& model, std::uint64_t seed) {
  const std::size_t draws = count_behind(typed, "a number of draws from 1 to 10000, as sample:100");
  Output output{{}, [seed, draws](const Predictive& p) { return p.sample(seed, draws); }};
  for (const std::string& name : numbered("sample_", draws)) {
    if (model.targets() == 1) output.headers.push_back(name);
    for (std::size_t t = 0; t < model.targets() && model.targets() > 1; ++t)
      output.headers.push_back(name + "_" + model.schema.targets[t]);
  }
  if (model.classes()) output.labels = &model.schema.labels;
  return output;
}

/// For each quantity its baseline, the columns' effects, and their errors where there are any.
Output make_explain_output(const std::string& name, const std::string& typed, const Model& model, std::uint64_t seed) {
  const char* const expected = "an even number of orders from 2 to 10000, as explain:200";
  const std::size_t orders = typed == name ? 0 : count_behind(typed, expected);
  if (orders % 2 != 0) throw Error(ErrorKind::kUsage, "--output: '" + typed + "': expected " + expected);
  const auto explainer = std::make_shared<const Explainer>(
      model, name == "explain" ? Explained::kPrediction : Explained::kGate, orders, seed);
  Output output{};
  for (const std::string& quantity : explainer->quantities) {
    const std::string behind = quantity.empty() ? "" : "_" + quantity;
    output.headers.push_back("baseline" + behind);
    for (const std::string& column : explainer->columns) output.headers.push_back("effect_" + column + behind);
    for (const std::string& column : explainer->columns)
      if (!explainer->exact()) output.headers.push_back("error_" + column + behind);
  }
  output.values = [explainer](const Predictive& p) {
    const Explainer::Told told = explainer->at(p);
    arma::mat all;
    for (arma::uword q = 0; q < explainer->quantities.size(); ++q) {
      all = arma::join_rows(all, told.baseline.col(q), told.effects.slice(q));
      if (!explainer->exact()) all = arma::join_rows(all, told.errors.slice(q));
    }
    return all;
  };
  return output;
}

/// An output that only depends on the word's name.
Output make_plain_output(const std::string& name, const Model& model) {
  if (name == "mode" && model.classes())
    return {
        {"mode"}, [](const Predictive& p) { return arma::conv_to<arma::mat>::from(p.label()); }, &model.schema.labels};
  if (name == "mode")
    return of_each_target(model, {name}, [](const Predictive& p, arma::uword t) { return p.mode(t); });
  if (name == "std_residual") {
    Output output =
        of_each_target(model, {name}, [](const Predictive& p, arma::uword t) { return p.standard_residual(t); });
    output.endless = true;  // where sd is 0
    return output;
  }
  if (name == "novelty") return {{name}, [](const Predictive& p) { return arma::mat(p.novelty()); }};
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

}  // namespace

std::string behind_colon(const std::string& typed) {
  const std::size_t colon = typed.find(':');
  return colon == typed.npos ? "" : typed.substr(colon + 1);
}

double level_of(const AskedWord& word, const std::string& text) {
  const auto value = parse_number(text);
  const std::size_t colon = word.name.find(':');
  const std::string example = colon == word.name.npos ? "q0.05" : word.name.substr(0, colon + 1) + "0.9";
  if (!value || !(*value > 0 && *value < 1))
    throw Error(ErrorKind::kUsage,
                word.option + ": '" + word.typed + "': expected a level between 0 and 1, as " + example);
  return *value;
}

std::vector<Output> make_outputs(const AskedWord& word, const Model& model, bool several, const OutputForm& form) {
  const std::string &name = word.name, &typed = word.typed;
  if (name == "conformal:P") return {make_conformal_output(word, model)};
  if (name == "hdr:P") return make_region_outputs(word, model, form.digits);
  if (name == "sample:N") return {make_sample_output(typed, model, form.seed)};
  if (name.starts_with("explain")) return {make_explain_output(name, typed, model, form.seed)};
  const bool number =
      name == "mean" || name == "sd" || name == "median" || name == "qP" || name == "interval:P" || name == "cdf:V";
  if (number) return {make_number_output(word, model, several)};
  return {make_plain_output(name, model)};
}

}  // namespace moe
