// A model from a file may be wrong or made to do harm. These checks hold for model files and JSON alike: sizes agree,
// numbers are finite and possible, and the model predicts a finite number in the middle of its inputs.
#include "store/model_checks.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <system_error>
#include <tuple>
#include <utility>

#include "moe/forward_pass.hpp"
#include "moe/objective.hpp"

namespace moe {
namespace {

constexpr const char* kUnitsPlace = "/standardization";
constexpr const char* kFitPlace = "/fit";

[[noreturn]] void fail(const std::string& place, const std::string& sentence) { throw ModelFault(place, sentence); }

std::string branch_place(const char* list, std::size_t k, const char* member) {
  return place_of(place_of(std::string("/") + list, k), member);
}

/// The family of expert k. An Error names the place where the family is named.
std::shared_ptr<const Family> family_of(const Description& description, std::size_t k) {
  const Schema& schema = description.schema;
  const ModelSpec& spec = description.spec;
  const std::vector<TargetInfo> targets(schema.targets.size(), TargetInfo{schema.labels.size(), 1, 1});
  const bool differs = !spec.expert_families.empty() && spec.expert_families[k] != spec.family;
  return at_place(differs ? branch_place("experts", k, "family") : "/family",
                  [&] { return make_family(differs ? spec.expert_families[k] : spec.family, targets); });
}

/// Checks the columns beside the inputs that families and targets need.
void check_columns(const Description& description) {
  const Schema& schema = description.schema;
  for (std::size_t t = 0; t < schema.targets.size(); ++t)
    for (const Column& column : columns_of(schema))
      if (column.name == schema.targets[t])
        fail(schema.targets.size() > 1 ? place_of("/targets", t) : "/target",
             "the target '" + printable(column.name) + "' is an input, too");
  for (const auto& [name, column] : {std::pair{"/trials", schema.trials}, std::pair{"/offset", schema.offset},
                                     std::pair{"/exposure", schema.exposure}})
    if (schema.targets.size() > 1 && !column.empty())
      fail(name, std::string(name).substr(1) + " tells of one target, and there are " +
                     std::to_string(schema.targets.size()));
  for (std::size_t k = 0; k < description.spec.experts.size() && schema.trials.empty(); ++k)
    if (const auto family = family_of(description, k); family->reads_trials())
      fail("/trials",
           "family '" + family->spec() + "' counts successes of a number of trials: expected the name of their column");
}

/// `list`: whether `place` is that of a list, so that the index belongs to the place.
void require_finite(const arma::vec& numbers, const std::string& place, const char* sentence, bool list = true) {
  for (arma::uword i = 0; i < numbers.n_elem; ++i)
    if (!std::isfinite(numbers[i])) fail(list ? place_of(place, i) : place, sentence);
}

void require_scales(const arma::vec& scales, const std::string& place, bool list = true) {
  for (arma::uword i = 0; i < scales.n_elem; ++i)
    if (!(std::isfinite(scales[i]) && scales[i] > 0))
      fail(list ? place_of(place, i) : place, "a scale is not above 0 and finite");
}

void check_penalties(const FitSummary& fit) {
  constexpr const char* kSentence = "a penalty of its fit is below 0, or no number";
  if (std::isnan(fit.l2) != std::isnan(fit.gate_l2)) fail(kFitPlace, kSentence);
  const bool recorded = !std::isnan(fit.l2);
  for (const auto& [name, value, needed] :
       {std::tuple{"l2", fit.l2, recorded}, std::tuple{"gate_l2", fit.gate_l2, recorded},
        std::tuple{"l1", fit.l1, true}, std::tuple{"gate_l1", fit.gate_l1, true}})
    if (needed && !(value >= 0 && std::isfinite(value))) fail(place_of(kFitPlace, name), kSentence);
}

void check_directions(const arma::mat& directions, const char* member, const Model& model) {
  const std::string place = std::string(kFitPlace) + "/study/" + member;
  if (directions.is_empty()) return;
  if (directions.n_rows != model.theta.n_elem || directions.n_cols > model.theta.n_elem)
    fail(place, "its fit has directions of other parameters than its own");
  if (!directions.is_finite()) fail(place, "a direction is not finite");
}

void check_study(const FitStudy& study, const Model& model) {
  for (const auto& [name, numbers] :
       {std::pair{"shares", &study.shares}, std::pair{"starved", &study.starved}, std::pair{"steps", &study.separated}})
    if (numbers->n_elem != model.size() || !numbers->is_finite())
      fail(std::string(kFitPlace) + "/study/" + name, "its fit tells of other experts than its own");
  if (!study.exact.is_empty() && (study.exact.n_elem != model.size() || !study.exact.is_finite()))
    fail(std::string(kFitPlace) + "/study/exact", "its fit tells of other experts than its own");
  check_directions(study.recession, "recession", model);
  check_directions(study.unseen, "unseen", model);
  if (std::isinf(study.supremum))
    fail(std::string(kFitPlace) + "/study/supremum", "a supremum of its fit is not finite");
  if (std::isinf(study.simpler))
    fail(std::string(kFitPlace) + "/study/simpler", "a simpler model's log-likelihood is not finite");
}

void check_simpler(const arma::vec& simpler, const Model& model) {
  const std::string place = std::string(kFitPlace) + "/study/as_simple";
  if (!simpler.is_empty() && (simpler.n_elem != model.size() * model.targets() || !simpler.is_finite()))
    fail(place, "its fit tells of other experts than its own");
  for (arma::uword i = 0; i < simpler.n_elem; ++i) {
    const Expert& expert = model.experts[i / model.targets()];
    if (simpler[i] > 0 && expert.family->marginal(i % model.targets(), model.theta.memptr() + expert.psi_offset)
                              .family->simpler()
                              .empty())
      fail(place, "its fit tells of a simpler family where there is none");
  }
}

void check_uncertainty(const Uncertainty& uncertainty, const Model& model) {
  const std::string place = std::string(kFitPlace) + "/uncertainty";
  const arma::mat& factor = uncertainty.factor;
  const bool known = factor.n_cols > 0;
  if ((known && factor.n_rows != model.theta.n_elem) || factor.n_cols > model.theta.n_elem)
    fail(place + "/covariance_factor", "it has a covariance of other parameters than its own");
  if (!factor.is_finite()) fail(place + "/covariance_factor", "a covariance is not finite");
  const arma::mat& undetermined = uncertainty.undetermined;
  if (!undetermined.is_empty() && (undetermined.n_rows != model.theta.n_elem ||
                                   undetermined.n_cols > model.theta.n_elem || !undetermined.is_finite()))
    fail(place + "/undetermined", "it has directions of other parameters than its own");
  if (!(uncertainty.degrees_of_freedom >= 0 && std::isfinite(uncertainty.degrees_of_freedom)) ||
      uncertainty.residual_standard_error < 0 || std::isinf(uncertainty.residual_standard_error))
    fail(place, "it has degrees of freedom, or a residual standard error, below 0 or without end");
}

void check_fit(const FitSummary& fit, const Model& model) {
  if (!fit.objective.empty()) at_place(place_of(kFitPlace, "objective"), [&] { make_objective(fit.objective); });
  check_penalties(fit);
  if (fit.study) check_study(*fit.study, model);
  if (fit.study) check_simpler(fit.study->as_simple, model);
  if (fit.uncertainty) check_uncertainty(*fit.uncertainty, model);
}

/// The linear predictors must be finite at the middle of the inputs and one unit away from it, and the prediction at
/// the middle.
void check_prediction(const Model& model) {
  constexpr const char* kSentence = "the prediction at the middle of its inputs is not a finite number";
  Rows rows;
  rows.X.ones(1 + model.schema.inputs.size(), 2);
  for (arma::uword j = 1; j < rows.X.n_rows; ++j) rows.X(j, 0) = 0;
  rows.w.ones(2);
  rows.offset.zeros(2);
  rows.trials.ones(2);
  ForwardPass forward(model);
  forward.run(model.theta, rows);
  arma::mat mean;
  for (arma::uword k = 0; k < model.size(); ++k) {
    const Expert& expert = model.experts[k];
    if (!forward.eta(k).is_finite()) fail("/parameters", kSentence);
    expert.family->mean(forward.eta(k), model.theta.memptr() + expert.psi_offset, mean);
    for (arma::uword t = 0; t < mean.n_cols; ++t) {
      const double value = model.classes() ? mean(0, t) : model.target_in_data_units(mean(0, t), t);
      if (!std::isfinite(value)) fail("/parameters", kSentence);
    }
  }
  if (!forward.weights().is_finite()) fail("/parameters", kSentence);
}

}  // namespace

double double_of(std::uint64_t count) {
  constexpr double kLargest = 18446744073709549568.0;  // below 2^64
  return std::min(static_cast<double>(count), kLargest);
}

bool is_double(std::uint64_t count) { return static_cast<std::uint64_t>(double_of(count)) == count; }

double number_of(const FitSummary& fit, const FitNumber& number) {
  if (const auto* count = std::get_if<std::uint64_t FitSummary::*>(&number.member)) return double_of(fit.**count);
  if (const auto* flag = std::get_if<bool FitSummary::*>(&number.member)) return fit.**flag ? 1 : 0;
  return fit.*std::get<double FitSummary::*>(number.member);
}

void set_number(FitSummary& fit, const FitNumber& number, double value) {
  constexpr double kTooLarge = 18446744073709551616.0;  // 2^64
  const std::string place = place_of(kFitPlace, number.name);
  if (const auto* count = std::get_if<std::uint64_t FitSummary::*>(&number.member)) {
    if (!(value >= 0 && value < kTooLarge)) fail(place, "a count of its fit is none");
    fit.** count = static_cast<std::uint64_t>(value);
  } else if (const auto* flag = std::get_if<bool FitSummary::*>(&number.member)) {
    if (*flag == &FitSummary::firth && value != 0 && value != 1) fail(place, "it is neither 0 nor 1");
    fit.** flag = value != 0;
  } else {
    fit.*std::get<double FitSummary::*>(number.member) = value;
  }
}

void set_whole_seed(FitSummary& fit, const std::string& digits) {
  std::uint64_t seed = 0;
  const char* const end = digits.data() + digits.size();
  const auto [stop, error] = std::from_chars(digits.data(), end, seed);
  if (error != std::errc() || stop != end || double_of(seed) != double_of(fit.seed))
    fail(place_of(kFitPlace, "seed"), "its seed in full is another than its number");
  fit.seed = seed;
}

bool has_findings(const FitStudy& study) {
  return arma::any(study.exact > 0) || !study.recession.is_empty() || !study.unseen.is_empty() ||
         !std::isnan(study.simpler);
}

std::uint64_t count_parameters(const Description& description, std::uint64_t most) {
  const ModelSpec& spec = description.spec;
  const std::uint64_t experts = spec.experts.size();
  std::uint64_t count = 0;
  const auto add = [&](const std::string& place, const std::string& network, const std::vector<std::size_t>& inputs,
                       arma::uword outputs) {  // no sum of two networks overflows: see make_network()'s widths
    count += at_place(place, [&] { return spec.network_of(network, inputs, outputs).parameters(); });
  };
  at_place("/gate/link", [&] { make_gate(spec.gate_link); });
  if (!spec.members.empty() && spec.gate_link != "softmax") fail("/gate/link", "a committee's gates are softmax ones");
  add("/gate/network", spec.gate, spec.gate_inputs, spec.members.empty() ? experts : spec.members.size());
  for (std::size_t b = 0; b < spec.members.size() && count <= most; ++b) {
    const MemberSpec& member = spec.members[b];
    add(branch_place("gate/members", b, "network"), member.gate, member.inputs, member.experts);
  }
  for (std::size_t k = 0; k < experts && count <= most; ++k) {
    const auto family = family_of(description, k);
    add(branch_place("experts", k, "network"), spec.experts[k], spec.expert_inputs[k], family->outputs());
    if (k == 0 || !family->shared_dispersion()) count += family->dispersions();
  }
  return count;
}

void check_units(const Standardization& units, const Schema& schema) {
  const std::string features = std::string(kUnitsPlace) + "/features", target = std::string(kUnitsPlace) + "/target";
  if (units.input_center.n_elem != schema.inputs.size() || units.input_scale.n_elem != schema.inputs.size())
    fail(features, "it has centers and scales for other inputs than its own");
  for (const arma::vec* numbers : {&units.target_center, &units.target_scale, &units.target_spread})
    if (numbers->n_elem != schema.targets.size())
      fail(target, "it has centers and scales for other targets than its own");
  constexpr const char* kCenter = "a center is not finite";
  require_finite(units.input_center, features + "/center", kCenter);
  // With one target, the member is a number and not a list.
  const auto of_target = [&](const char* member) { return target + "/" + member; };
  const bool several = schema.targets.size() > 1;
  require_finite(units.target_center, of_target("center"), kCenter, several);
  require_scales(units.input_scale, features + "/scale");
  require_scales(units.target_scale, of_target("scale"), several);
  require_scales(units.target_spread, of_target("spread"), several);
}

namespace {

void check_conformal(const Model& model) {
  const std::vector<arma::vec>& lists = model.conformal->scores;
  if (const std::string& name = model.conformal->column; !name.empty()) {
    const std::optional<CategoryInputs> category = category_inputs(model.schema, name);
    if (!category || lists.size() != model.targets() * category->column.levels.size())
      fail("/conformal", "its lists of scores are not one for each target of each level of a category");
  } else if (lists.size() != model.targets() && lists.size() != model.targets() * model.size()) {
    fail("/conformal", "its lists of scores are not one for each target, or one for each target of each expert");
  }
  for (const arma::vec& scores : lists)
    if (!scores.is_finite() || !scores.is_sorted() || (!scores.is_empty() && scores[0] < 0))
      fail("/conformal", "its scores are not numbers from 0 in ascending order");
}

}  // namespace

void check_model(const Model& model) {
  check_units(model.standardization, model.schema);
  if (!model.theta.is_finite()) fail("/parameters", "a parameter is not finite");
  check_fit(model.fit, model);
  if (model.conformal) check_conformal(model);
  check_prediction(model);
}

Model make_described(Description description, Standardization units, arma::vec theta) {
  check_columns(description);
  return at_place("/experts", [&] {
    return Model(std::move(description.schema), std::move(units), description.spec, std::move(theta));
  });
}

}  // namespace moe
