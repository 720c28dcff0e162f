// The JSON of `moe inspect --json`.
#include <cmath>

#include "judge/reported.hpp"
#include "moe/conformal.hpp"
#include "moe/describe.hpp"
#include "store/guards.hpp"
#include "store/json_text.hpp"
#include "store/report_parts.hpp"

namespace moe {
namespace {

Json column_object(const arma::mat& values, arma::uword column, const std::vector<std::string>& names) {
  Json result = Json::object();
  for (arma::uword j = 0; j < values.n_rows; ++j) result[names[j]] = number_or_null(values(j, column));
  return result;
}

/// The columns beside a table of coefficients, with their keys.
std::vector<std::pair<const char*, const arma::mat*>> columns_of(const Estimates& estimates) {
  return {{"standard_errors", &estimates.error},
          {"z", &estimates.z},
          {"p", &estimates.p},
          {"lower", &estimates.lower},
          {"upper", &estimates.upper}};
}

Json branch_object(const Model& model, const Branch& branch) {
  return {{"kind", branch.network->spec()},
          {"features", input_names(model, branch)},
          {"parameters", branch.network->parameters()}};
}

Json member_object(const Model& model, std::size_t b, const arma::vec& weights) {
  const Member& member = model.members[b];
  Json result = branch_object(model, member);
  if (!weights.is_empty()) result["weight"] = weights[b];
  result["experts"] = Json::array();
  for (arma::uword k = 1; k <= member.experts; ++k) result["experts"].push_back(member.first + k);
  const arma::mat coefficients = gate_forms(model, model.size() + 1 + b).at(model.theta);
  for (arma::uword k = 0; k < coefficients.n_cols; ++k)
    result["coefficients"].push_back(column_object(coefficients, k, coefficient_names(model, member)));
  return result;
}

Json gate_object(const Model& model, const Errors* errors) {
  Json gate = branch_object(model, model.gate_branch);
  gate["link"] = model.gate->name();
  const arma::vec weights = member_weights(model);
  for (std::size_t b = 0; b < model.members.size(); ++b) gate["members"].push_back(member_object(model, b, weights));
  if (model.is_committee()) return gate;
  const arma::mat coefficients = gate_coefficients(model);
  if (coefficients.is_empty()) return gate;
  if (model.gate->redundant_outputs() > 0) gate["reference"] = model.size();
  const auto add = [&](const char* key, const arma::mat& values) {
    gate[key] = Json::array();
    for (arma::uword k = 0; k < model.size(); ++k)
      gate[key].push_back(column_object(values, k, coefficient_names(model, model.gate_branch)));
  };
  add("coefficients", coefficients);
  if (errors == nullptr) return gate;
  const Estimates estimates = gate_estimates(model, errors->inference, errors->level);
  for (const auto& [key, values] : columns_of(estimates)) add(key, *values);
  return gate;
}

Json expert_object(const Model& model, arma::uword k, const Errors* errors) {
  const Expert& expert = model.experts[k];
  Json result = branch_object(model, expert);
  result["family"] = expert.family->name();
  const auto names = coefficient_names(model, expert), outputs = output_names(model, k);
  const auto add = [&](const char* key, const arma::mat& values) {
    if (values.n_cols == 1) result[key] = column_object(values, 0, names);
    for (arma::uword c = 0; c < values.n_cols && values.n_cols > 1; ++c)
      result[key][outputs[c]] = column_object(values, c, names);
  };
  add("coefficients", expert_coefficients(model, k));
  if (errors != nullptr) {
    const Estimates estimates = expert_estimates(model, errors->inference, k, errors->level);
    for (const auto& [key, values] : columns_of(estimates)) add(key, *values);
  }
  const auto figures = expert_figures(model, k);
  for (const Family::Figure& figure : figures) result[figure.name] = number_or_null(figure.value);
  if (errors == nullptr) return result;
  const std::vector<double> deviations = figure_errors(model, errors->inference, k);
  for (std::size_t i = 0; i < figures.size(); ++i)
    result[figures[i].name + "_standard_error"] = number_or_null(deviations[i]);
  return result;
}

/// null for a model without a record of a fit: the truth of a recipe, or a checkpoint.
Json fit_object(const FitSummary& fit) {
  if (fit.rows == 0) return nullptr;
  return {{"rows", fit.rows},
          {"weight", fit.weight},
          {"log_likelihood", number_or_null(fit.log_likelihood)},
          {"parameters", fit.parameters},
          {"aic", number_or_null(fit.aic)},
          {"bic", number_or_null(fit.bic)},
          {"icl", number_or_null(fit.icl)},
          {"converged", fit.converged},
          {"iterations", fit.iterations},
          {"restarts", fit.restarts},
          {"solver", fit.solver},
          {"objective", fit.objective},
          {"objective_value", number_or_null(fit.objective_value)},
          {"penalty", number_or_null(fit.penalty)},
          {"seed", fit.seed}};
}

Json numbers_of(const arma::vec& flags) {
  Json result = Json::array();
  for (const arma::uword k : arma::uvec(arma::find(flags > 0))) result.push_back(k + 1);
  return result;
}

Json as_simple_object(const Model& model) {
  Json result = Json::array();
  for (const AsSimple& at : as_simple_of(model)) {
    Json item{{"expert", at.expert}, {"family", at.family}, {"simpler", at.simpler}};
    if (!at.target.empty()) item["target"] = at.target;
    result.push_back(item);
  }
  return result;
}

arma::vec at_bound(const Model& model) {
  arma::vec flags(model.size(), arma::fill::zeros);
  for (arma::uword k = 0; k < model.size(); ++k) flags[k] = bound_note(model, k).empty() ? 0 : 1;
  return flags;
}

/// null where the fit was not studied.
Json guards_object(const Model& model) {
  if (!model.fit.study) return nullptr;
  const FitStudy& study = *model.fit.study;
  Json guards{{"shares", study.shares},
              {"starved", numbers_of(study.starved)},
              {"steps", numbers_of(study.separated)},
              {"supremum", number_or_null(study.supremum)},
              {"on_floor", numbers_of(on_floor(model))},
              {"at_bound", numbers_of(at_bound(model))},
              {"as_simple", as_simple_object(model)}};
  add_findings(model, guards);
  return guards;
}

/// null for a model without standard errors.
Json inference_object(const Model& model, const Errors* errors) {
  if (errors == nullptr) return nullptr;
  const Inference& inference = errors->inference;
  const Uncertainty& uncertainty = inference.uncertainty;
  const bool student = uncertainty.degrees_of_freedom > 0;
  Json result{{"kind", inference.kind},
              {"level", errors->level},
              {"distribution", student ? "t" : "z"},
              {"degrees_of_freedom", student ? Json(uncertainty.degrees_of_freedom) : Json(nullptr)}};
  if (student) result["residual_standard_error"] = number_or_null(uncertainty.residual_standard_error);
  if (!inference.replicates.is_empty()) {
    result["replicates"] = inference.replicates.n_cols;
    result["failed"] = inference.failed;
  }
  result["undetermined"] = undetermined_names(model, uncertainty);
  result["notes"] = notes_of(model, uncertainty);
  return result;
}

Json column_object(const Column& column) {
  Json result{{"name", column.name}};
  if (column.category) {
    result["kind"] = "category";
    result["levels"] = column.levels;
  } else {
    result["kind"] = "number";
    result["missing"] = number_or_null(column.fill);
  }
  return result;
}

Json described(const Model& model, const Errors* errors) {
  Json result;
  result["task"] = model.classes() ? "classification" : "regression";
  if (model.targets() == 1)
    result["target"] = model.schema.targets[0];
  else
    result["targets"] = model.schema.targets;
  if (model.classes()) result["labels"] = model.schema.labels;
  result["features"] = model.schema.inputs;
  for (const Column& column : model.schema.columns) result["columns"].push_back(column_object(column));
  result["family"] = model.family_spec();
  result["gate"] = gate_object(model, errors);
  result["experts"] = Json::array();
  for (arma::uword k = 0; k < model.size(); ++k) result["experts"].push_back(expert_object(model, k, errors));
  result["inference"] = inference_object(model, errors);
  result["guards"] = guards_object(model);
  result["fit"] = fit_object(model.fit);
  if (model.conformal) {
    arma::uword rows = 0;
    for (const arma::vec& scores : model.conformal->scores) rows += scores.n_elem;
    result["conformal"] = {{"rows", rows / model.targets()},
                           {"by_expert", conformal_groups(model) == ConformalGroups::kExperts}};
    if (!model.conformal->column.empty()) result["conformal"]["by"] = model.conformal->column;
  }
  return result;
}

}  // namespace

Json number_or_null(double value) { return std::isfinite(value) ? Json(value) : Json(nullptr); }

Json describe(const Model& model) {
  return with_errors(stored_inference(model), kLevel, [&](const Errors* errors) { return described(model, errors); });
}

std::string describe_json(const Model& model, const std::optional<Inference>& inference, double level) {
  return with_errors(inference, level, [&](const Errors* errors) { return described(model, errors).dump(2) + "\n"; });
}

std::string describe_json(const Model& model) { return describe_json(model, stored_inference(model), kLevel); }

}  // namespace moe
