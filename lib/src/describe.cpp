#include "moe/describe.hpp"

#include <cmath>
#include <cstdio>
#include <limits>

#include "json_text.hpp"

namespace moe {
namespace {

constexpr const char* kIntercept = "(intercept)";

/// theta's matrix of a branch that is one dense step, with its inputs' standardization undone.
arma::mat in_input_units(const Model& model, const Branch& branch) {
  if (!branch.network->is_linear()) return {};
  const Step& step = branch.network->steps()[0];
  arma::mat result(model.theta.memptr() + branch.offset, 1 + step.inputs, step.outputs);
  const Standardization& by = model.standardization;
  for (arma::uword j = 1; j < result.n_rows; ++j) {
    const arma::uword input = branch.columns[j] - 1;
    result.row(j) /= by.input_scale[input];
    result.row(0) -= result.row(j) * by.input_center[input];
  }
  return result;
}

Json column_object(const arma::mat& coefficients, arma::uword column, const std::vector<std::string>& names) {
  Json result = Json::object();
  for (arma::uword j = 0; j < coefficients.n_rows; ++j)
    result[j == 0 ? kIntercept : names[j - 1]] = coefficients(j, column);
  return result;
}

Json branch_object(const Model& model, const Branch& branch) {
  return {{"kind", branch.network->spec()},
          {"features", input_names(model, branch)},
          {"parameters", branch.network->parameters()}};
}

Json gate_object(const Model& model) {
  Json gate = branch_object(model, model.gate_branch);
  gate["link"] = model.gate->name();
  const arma::mat coefficients = gate_coefficients(model);
  if (coefficients.is_empty()) return gate;
  if (model.gate->normalised()) gate["reference"] = model.size();
  gate["coefficients"] = Json::array();
  for (arma::uword k = 0; k < model.size(); ++k)
    gate["coefficients"].push_back(column_object(coefficients, k, input_names(model, model.gate_branch)));
  return gate;
}

Json expert_object(const Model& model, arma::uword k) {
  const Expert& expert = model.experts[k];
  Json result = branch_object(model, expert);
  result["family"] = expert.family->spec();
  const arma::mat coefficients = expert_coefficients(model, k);
  const auto names = input_names(model, expert);
  if (!coefficients.is_empty() && coefficients.n_cols == 1) {
    result["coefficients"] = column_object(coefficients, 0, names);
  } else if (!coefficients.is_empty()) {
    result["coefficients"] = Json::object();
    for (arma::uword c = 0; c < coefficients.n_cols; ++c)
      result["coefficients"][model.schema.labels[c]] = column_object(coefficients, c, names);
  }
  if (!model.classes()) result["sigma"] = number_or_null(expert_sigma(model, k));
  return result;
}

Json count(double value) { return static_cast<std::uint64_t>(value); }

/// null for a model that records no fit: a recipe's truth, a checkpoint.
Json fit_object(const FitSummary& fit) {
  if (fit.rows == 0) return nullptr;
  return {{"rows", count(fit.rows)},
          {"weight", fit.weight},
          {"log_likelihood", number_or_null(fit.log_likelihood)},
          {"parameters", count(fit.parameters)},
          {"aic", number_or_null(fit.aic)},
          {"bic", number_or_null(fit.bic)},
          {"icl", number_or_null(fit.icl)},
          {"converged", fit.converged != 0},
          {"iterations", count(fit.iterations)},
          {"restarts", count(fit.restarts)},
          {"solver", fit.solver},
          {"objective", fit.objective},
          {"objective_value", number_or_null(fit.objective_value)},
          {"penalty", number_or_null(fit.penalty)},
          {"seed", count(fit.seed)}};
}

std::string figure(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%12.6g", value);
  return text;
}

/// Rows of coefficients under one heading for each column.
std::string table(const arma::mat& coefficients, const std::vector<std::string>& names,
                  const std::vector<std::string>& headings) {
  std::size_t width = std::string(kIntercept).size();
  for (const std::string& name : names) width = std::max(width, name.size());
  const auto padded = [](const std::string& text, std::size_t to) {
    return text.size() < to ? text + std::string(to - text.size(), ' ') : text;
  };
  std::string result = "  " + padded("", width);
  for (const std::string& heading : headings) {
    const std::string shown = heading.substr(0, 12);
    result += " " + std::string(12 - shown.size(), ' ') + shown;
  }
  result += '\n';
  for (arma::uword j = 0; j < coefficients.n_rows; ++j) {
    result += "  " + padded(j == 0 ? kIntercept : names[j - 1], width);
    for (arma::uword c = 0; c < coefficients.n_cols; ++c) result += " " + figure(coefficients(j, c));
    result += '\n';
  }
  return result;
}

std::string describe_gate(const Model& model) {
  std::string text = "gate: " + model.gate->name() + " of " + model.gate_branch.network->spec();
  const arma::mat coefficients = gate_coefficients(model);
  if (coefficients.is_empty())
    return text + ", " + std::to_string(model.gate_branch.network->parameters()) + " parameters\n";
  if (model.size() == 1) return text + "\n";
  if (model.gate->normalised()) text += ", expert " + std::to_string(model.size()) + " the reference";
  std::vector<std::string> headings;
  for (arma::uword k = 1; k <= model.size(); ++k) headings.push_back("expert " + std::to_string(k));
  return text + "\n" + table(coefficients, input_names(model, model.gate_branch), headings);
}

std::string describe_expert(const Model& model, arma::uword k) {
  const Expert& expert = model.experts[k];
  std::string text = "expert " + std::to_string(k + 1) + ": " + expert.network->spec() + ", " + expert.family->spec();
  if (!model.classes()) {
    char sigma[48];
    std::snprintf(sigma, sizeof sigma, ", sigma %.6g", expert_sigma(model, k));
    text += sigma;
  }
  const arma::mat coefficients = expert_coefficients(model, k);
  if (coefficients.is_empty()) return text + ", " + std::to_string(expert.network->parameters()) + " parameters\n";
  const std::vector<std::string> one{model.classes() ? "log-odds" : model.schema.target};
  return text + "\n" +
         table(coefficients, input_names(model, expert), coefficients.n_cols == 1 ? one : model.schema.labels);
}

std::string describe_fit(const FitSummary& fit) {
  if (fit.rows == 0) return "fit: none recorded (a checkpoint, or a model that was not fitted)\n";
  char text[300];
  std::snprintf(text, sizeof text,
                "fit: %.0f rows, %s %.8g by %s, %s after %.0f passes (best of %.0f starts, seed %.0f)\n", fit.rows,
                fit.objective.c_str(), fit.objective_value, fit.solver.c_str(),
                fit.converged != 0 ? "converged" : "not converged", fit.iterations, fit.restarts, fit.seed);
  const std::string first = text;
  if (!std::isfinite(fit.log_likelihood)) return first + "  no log-likelihood: the gate's weights do not sum to 1\n";
  std::snprintf(text, sizeof text,
                "  log-likelihood %.6f, %.0f parameters, AIC %.4f, BIC %.4f, ICL %.4f (lower is better)\n",
                fit.log_likelihood, fit.parameters, fit.aic, fit.bic, fit.icl);
  return first + text;
}

}  // namespace

Json number_or_null(double value) { return std::isfinite(value) ? Json(value) : Json(nullptr); }

arma::mat expert_coefficients(const Model& model, arma::uword k) {
  arma::mat result = in_input_units(model, model.experts[k]);
  if (result.is_empty()) return result;
  result *= model.standardization.target_scale;
  result.row(0) += model.standardization.target_center;
  // Only differences between classes mean something: the first is the reference.
  if (result.n_cols > 1) result.each_col() -= arma::vec(result.col(0));
  return result;
}

arma::mat gate_coefficients(const Model& model) {
  arma::mat result = in_input_units(model, model.gate_branch);
  if (!result.is_empty() && model.gate->normalised()) result.each_col() -= arma::vec(result.col(result.n_cols - 1));
  return result;
}

std::vector<std::string> input_names(const Model& model, const Branch& branch) {
  std::vector<std::string> names;
  for (arma::uword j = 1; j < branch.columns.n_elem; ++j) names.push_back(model.schema.inputs[branch.columns[j] - 1]);
  return names;
}

double expert_sigma(const Model& model, arma::uword k) {
  if (model.classes()) return std::numeric_limits<double>::quiet_NaN();
  const Expert& expert = model.experts[k];
  return model.standardization.target_scale * expert.family->sd(model.theta.memptr() + expert.psi);
}

Json describe(const Model& model) {
  Json result;
  result["task"] = model.classes() ? "classification" : "regression";
  result["target"] = model.schema.target;
  if (model.classes()) result["labels"] = model.schema.labels;
  result["features"] = model.schema.inputs;
  result["family"] = model.family().spec();
  result["gate"] = gate_object(model);
  result["experts"] = Json::array();
  for (arma::uword k = 0; k < model.size(); ++k) result["experts"].push_back(expert_object(model, k));
  result["fit"] = fit_object(model.fit);
  return result;
}

std::string describe_json(const Model& model) { return describe(model).dump(2) + "\n"; }

std::string describe_text(const Model& model) {
  std::string text = std::string(model.classes() ? "classes of '" : "number '") + model.schema.target + "' from " +
                     std::to_string(model.schema.inputs.size()) +
                     (model.schema.inputs.size() == 1 ? " input" : " inputs") + " by " + std::to_string(model.size()) +
                     (model.size() == 1 ? " expert\n" : " experts\n");
  text += describe_gate(model);
  for (arma::uword k = 0; k < model.size(); ++k) text += describe_expert(model, k);
  return text + describe_fit(model.fit);
}

}  // namespace moe
