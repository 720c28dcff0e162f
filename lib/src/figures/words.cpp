// What an expert is, in a sentence: "Expert 3 answers for times below 14.4 (18 % of rows): accel falls by 0.2 for each
// 1 of times; sigma 1.4".
#include <algorithm>
#include <cmath>
#include <limits>

#include "figures/drawing.hpp"
#include "figures/effects.hpp"
#include "figures/figure_parts.hpp"
#include "figures/region.hpp"
#include "moe/error.hpp"
#include "moe/forward_pass.hpp"

namespace moe {
namespace {

constexpr std::uint64_t kProfileStream = 181;
constexpr std::size_t kInputsNamed = 2;
constexpr arma::uword kOutcomesNamed = 2;

/// What experts are like over the rows in which they answer.
struct Profile {
  std::vector<arma::rowvec> means;  // of each expert: of its targets, or the probabilities of classes
  /// How much an input varies there (inputs x K): of a level 1 where half of the rows have it, 0 where none or all
  /// have; of a number always 1.
  arma::mat variety;
};

Profile profile_of(const Scene& scene) {
  constexpr std::size_t kProfileRows = 1'000;
  const Model& model = scene.model();
  const Dataset sample = scene.take(scene.some(kProfileRows, kProfileStream));
  const Rows rows = model.standardize(sample);
  ForwardPass forward(model);
  forward.run(model.theta, rows);
  Profile result{{}, arma::mat(model.schema.inputs.size(), model.size(), arma::fill::ones)};
  arma::mat mu;
  for (arma::uword k = 0; k < model.size(); ++k) {
    model.experts[k].family->mean(forward.eta(k), model.theta.memptr() + model.experts[k].psi_offset, mu);
    const arma::vec share = rows.w % arma::abs(forward.weights().col(k));
    const double total = std::max(arma::accu(share), std::numeric_limits<double>::min());
    result.means.emplace_back(share.t() * mu / total);
    for (const InputAxis& axis : scene.axes())
      for (arma::uword i = axis.first; i < axis.first + axis.inputs; ++i) {
        const double part = std::clamp(arma::dot(share, sample.X.row(i)) / total, 0.0, 1.0);
        if (axis.is_category() || i > axis.first) result.variety(i - 1, k) = 2 * std::sqrt(part * (1 - part));
      }
  }
  return result;
}

/// The step of an input of which a sentence tells: 1, or the power of ten near its spread where that is far from 1.
double told_step(double spread) {
  constexpr double kFine = 0.3, kCoarse = 300;
  if (!(spread > 0) || !std::isfinite(spread) || (spread >= kFine && spread <= kCoarse)) return 1;
  return std::pow(10.0, std::round(std::log10(spread)));
}

/// "accel falls by 0.2 for each 1 of times". `change` is on the scale of the link.
std::string change_in_words(Family::Link link, const std::string& subject, double change, const std::string& cause) {
  if (link == Family::Link::kIdentity)
    return subject + (change < 0 ? " falls by " : " grows by ") + shown_number(std::abs(change)) + " " + cause;
  constexpr double kPercents = 0.69;  // up to a factor of 2
  const double factor = std::exp(change);
  const bool odds = link == Family::Link::kLogistic;  // a plural
  if (std::abs(change) > kPercents)
    return subject + (odds ? " are " : " is ") + (change < 0 ? "divided by " : "multiplied by ") +
           shown_number(std::exp(std::abs(change))) + " " + cause;
  return subject + (change < 0 ? " fall" : " grow") + (odds ? " by " : "s by ") + shown_percent(std::abs(factor - 1)) +
         " " + cause;
}

/// An input, as something that changes.
struct Cause {
  std::string words;
  double factor;  // from an effect of one standard deviation to that of the change in words
};

Cause cause_of(const Scene& scene, const InputAxis& axis, arma::uword row) {
  const std::string& input = scene.model().schema.inputs[row - 1];
  if (axis.is_category()) return {"with " + shown_name(input), 1};
  if (row != axis.first) return {"where " + shown_name(axis.name) + " is missing", 1};
  const double spread = spread_of_input(scene, axis, row) * scene.model().standardization.input_scale[row - 1];
  const double step = told_step(spread);
  return {"for each " + shown_number(step) + " of " + shown_name(input), spread > 0 ? step / spread : 0};
}

struct Sentences {
  EffectOutcome outcome;
  arma::mat effects;  // inputs x K
};

std::string subject_of(const Model& model, const EffectOutcome& outcome, Family::Link link) {
  if (model.classes())
    return "the odds of " + outcome.name +
           (model.family().outputs() > 1 ? " against " + shown_name(model.schema.labels[0]) : "");
  return link == Family::Link::kLogistic ? "the odds of " + outcome.name
         : link == Family::Link::kLog    ? "the mean of " + outcome.name
                                         : outcome.name;
}

Family::Link link_of(const Model& model, arma::uword k, const EffectOutcome& outcome) {
  const Expert& expert = model.experts[k];
  if (model.classes()) return Family::Link::kLogistic;
  return expert.family->marginal(outcome.target, model.theta.memptr() + expert.psi_offset).family->link();
}

std::string effects_in_words(const Scene& scene, arma::uword k, const Sentences& sentences, const arma::vec& variety) {
  constexpr double kSmall = 0.02, kBesideLargest = 0.2;
  const Model& model = scene.model();
  const arma::vec size = arma::abs(sentences.effects.col(k)) % variety;
  const arma::uvec order = arma::stable_sort_index(size, "descend");
  const Family::Link link = link_of(model, k, sentences.outcome);
  // Effects on a scale with units count in standard deviations, and come back to data units.
  const double unit = link == Family::Link::kIdentity
                          ? sentences.outcome.unit * model.standardization.target_scale[sentences.outcome.target]
                          : 1;
  std::string text;
  for (std::size_t i = 0; i < std::min<std::size_t>(kInputsNamed, order.n_elem); ++i) {
    const arma::uword j = order[i];
    if (!(size[j] > kSmall && size[j] > kBesideLargest * size[order[0]])) break;
    const InputAxis& axis = *std::find_if(scene.axes().begin(), scene.axes().end(), [&](const InputAxis& one) {
      return one.first <= j + 1 && j + 1 < one.first + one.inputs;
    });
    const Cause cause = cause_of(scene, axis, j + 1);
    const std::string part = change_in_words(link, i == 0 ? subject_of(model, sentences.outcome, link) : "",
                                             sentences.effects(j, k) * unit * cause.factor, cause.words);
    text += (i == 0 ? "" : " and") + part;
  }
  const bool straight = model.experts[k].network->is_linear() && model.experts[k].network->degree() == 1;
  return text.empty() || straight
             ? text
             : text + (scene.given() ? " on average over its rows" : " on average over normal inputs");
}

/// What the expert predicts where no input changes it.
std::string level_in_words(const Scene& scene, const arma::rowvec& mean, const EffectOutcome& outcome) {
  const Model& model = scene.model();
  if (model.classes()) return "";
  return outcome.name + " is about " + shown_number(model.target_in_data_units(mean[outcome.target], outcome.target));
}

std::string class_in_words(const Model& model, const arma::rowvec& mean) {
  const arma::rowvec p = mean.n_elem == 1 ? arma::rowvec{1 - mean[0], mean[0]} : mean;
  const arma::uword most = p.index_max();
  constexpr double kNearlySure = 0.9995;
  return shown_name(model.schema.labels[most]) + " with probability " +
         (p[most] > kNearlySure ? "above 0.999" : shown_number(p[most])) + " on average";
}

/// "least_sigma" as "least sigma".
std::string spaced(std::string name) {
  std::replace(name.begin(), name.end(), '_', ' ');
  return name;
}

std::string figures_of_expert(const Model& model, arma::uword k) {
  std::string text;
  for (const Family::Figure& figure :
       model.experts[k].family->figures(model.theta.memptr() + model.experts[k].psi_offset))
    text += "; " + spaced(shown_name(figure.name)) + " " + shown_number(figure.value);
  return text;
}

std::string beginning(const Model& model, arma::uword k) {
  std::string text = "Expert " + std::to_string(k + 1);
  for (std::size_t b = 0; b < model.members.size(); ++b)
    if (model.members[b].first <= k && k < model.members[b].first + model.members[b].experts)
      text += " (of member " + std::to_string(b + 1) + ")";
  return text;
}

std::string sentence_of(const Scene& scene, arma::uword k, const std::string& region, double share,
                        const Profile& profile, const std::vector<Sentences>& outcomes) {
  const Model& model = scene.model();
  std::vector<std::string> parts;
  if (model.classes()) parts.push_back(class_in_words(model, profile.means[k]));
  for (const Sentences& sentences : outcomes) {
    std::string part;
    if (!profile.variety.is_empty()) part = effects_in_words(scene, k, sentences, profile.variety.col(k));
    if (part.empty()) part = level_in_words(scene, profile.means[k], sentences.outcome);
    if (!part.empty()) parts.push_back(part);
  }
  const std::string of_rows =
      model.size() == 1 ? "" : " (" + shown_percent(share) + " of " + (scene.given() ? "the rows)" : "rows)");
  return beginning(model, k) + " " + region + of_rows + ": " + join(parts, "; ") + figures_of_expert(model, k) + ".";
}

}  // namespace

std::vector<std::string> words_of_experts(const Scene& scene) {
  const Model& model = scene.model();
  const std::vector<std::string> regions = regions_in_words(scene);
  const bool stored = !scene.has_target() && model.fit.study && model.fit.study->shares.n_elem == model.size();
  const arma::vec shares = stored ? model.fit.study->shares : shares_of_experts(scene);
  const Profile profile = profile_of(scene);
  std::vector<Sentences> outcomes;
  for (const EffectOutcome& outcome : outcomes_of(scene))
    if (outcomes.size() < kOutcomesNamed) {
      outcomes.push_back({outcome, effects_of(scene, outcome)});
      outcomes.back().effects.replace(arma::datum::nan, 0);
    }
  std::vector<std::string> result;
  for (arma::uword k = 0; k < model.size(); ++k)
    result.push_back(sentence_of(scene, k, regions[k], shares[k], profile, outcomes));
  return result;
}

std::vector<std::string> in_words(const Model& model, const Dataset* data, const FigureOptions& options) {
  return words_of_experts(Scene(model, data, options));
}

std::string in_words(const Model& model, arma::uword k, const Dataset* data, const FigureOptions& options) {
  return in_words(model, data, options).at(k);
}

}  // namespace moe
