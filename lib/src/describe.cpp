#include "moe/describe.hpp"

#include <cmath>
#include <cstdio>

#include "json_text.hpp"

namespace moe {
namespace {

constexpr const char* kIntercept = "(intercept)";

/// The square matrix that takes a branch's coefficients of standardised inputs to those of the data's own: with z = (x - c) / s,
/// b z^p = sum_q b s^-p (p over q) (-c)^(p - q) x^q.
std::vector<std::vector<long double>> input_units(const Model& model, const Branch& branch) {
  const Step& step = branch.network->steps().back();
  const arma::uword d = branch.network->inputs(), first = step.intercept ? 1 : 0;
  std::vector<std::vector<long double>> units(step.height(), std::vector<long double>(step.height(), 0));
  if (first == 1) units[0][0] = 1;
  for (arma::uword j = 0; j < d; ++j) {
    const long double scale = model.standardization.input_scale[branch.columns[1 + j] - 1];
    const long double shift = -model.standardization.input_center[branch.columns[1 + j] - 1];
    for (arma::uword p = 1; p <= branch.network->degree(); ++p) {
      long double term = std::pow(scale, -static_cast<long double>(p));  // of x^p, then of the powers below
      for (arma::uword q = p + 1; q-- > 0;) {
        if (q > 0) units[first + (q - 1) * d + j][first + (p - 1) * d + j] = term;
        if (q == 0 && first == 1) units[0][first + (p - 1) * d + j] = term;
        term *= shift * static_cast<long double>(q) / static_cast<long double>(p - q + 1);
      }
    }
  }
  return units;
}

/// theta's matrix of a branch that is one dense step, with its inputs' standardization undone.
arma::mat in_input_units(const Model& model, const Branch& branch) {
  if (!branch.network->is_linear()) return {};
  const Step& step = branch.network->steps().back();
  const arma::mat W(model.theta.memptr() + branch.offset, step.height(), step.outputs);
  // Powers of a shifted input cancel: the sums are taken with more digits than a double's.
  const std::vector<std::vector<long double>> units = input_units(model, branch);
  arma::mat result(arma::size(W));
  for (arma::uword out = 0; out < W.n_cols; ++out)
    for (arma::uword j = 0; j < W.n_rows; ++j) {
      long double sum = 0;
      for (arma::uword i = 0; i < W.n_rows; ++i) sum += units[j][i] * W(i, out);
      result(j, out) = static_cast<double>(sum);
    }
  return result;
}

Json column_object(const arma::mat& coefficients, arma::uword column, const std::vector<std::string>& names) {
  Json result = Json::object();
  for (arma::uword j = 0; j < coefficients.n_rows; ++j) result[names[j]] = coefficients(j, column);
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
    gate["coefficients"].push_back(column_object(coefficients, k, coefficient_names(model, model.gate_branch)));
  return gate;
}

Json expert_object(const Model& model, arma::uword k) {
  const Expert& expert = model.experts[k];
  Json result = branch_object(model, expert);
  result["family"] = expert.family->spec();
  const arma::mat coefficients = expert_coefficients(model, k);
  const auto names = coefficient_names(model, expert);
  if (!coefficients.is_empty() && coefficients.n_cols == 1) {
    result["coefficients"] = column_object(coefficients, 0, names);
  } else if (!coefficients.is_empty()) {
    result["coefficients"] = Json::object();
    const std::vector<std::string> outputs = output_names(model, k);
    for (arma::uword c = 0; c < coefficients.n_cols; ++c)
      result["coefficients"][outputs[c]] = column_object(coefficients, c, names);
  }
  for (const Family::Figure& figure : expert_figures(model, k)) result[figure.name] = number_or_null(figure.value);
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
  std::size_t width = 0;
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
    result += "  " + padded(names[j], width);
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
  return text + "\n" + table(coefficients, coefficient_names(model, model.gate_branch), headings);
}

std::string describe_expert(const Model& model, arma::uword k) {
  const Expert& expert = model.experts[k];
  std::string text = "expert " + std::to_string(k + 1) + ": " + expert.network->spec() + ", " + expert.family->spec();
  for (const Family::Figure& figure : expert_figures(model, k)) {
    char value[48];
    std::snprintf(value, sizeof value, " %.6g", figure.value);
    text += ", " + figure.name + value;
  }
  const arma::mat coefficients = expert_coefficients(model, k);
  if (coefficients.is_empty()) return text + ", " + std::to_string(expert.network->parameters()) + " parameters\n";
  return text + "\n" + table(coefficients, coefficient_names(model, expert), output_names(model, k));
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
  const Expert& expert = model.experts[k];
  arma::mat result = in_input_units(model, expert);
  if (result.is_empty()) return result;
  result.col(0) *= model.standardization.target_scale;
  if (expert.network->has_intercept()) result(0, 0) += model.standardization.target_center;
  if (!model.classes() && result.n_cols > 1)  // the second output is a log scale
    result(0, 1) += std::log(model.standardization.target_scale);
  // Only differences between classes mean something: the first is the reference.
  if (model.classes() && result.n_cols > 1) result.each_col() -= arma::vec(result.col(0));
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

std::vector<std::string> coefficient_names(const Model& model, const Branch& branch) {
  const std::vector<std::string> inputs = input_names(model, branch);
  std::vector<std::string> names;
  if (branch.network->has_intercept()) names.emplace_back(kIntercept);
  for (arma::uword power = 1; power <= branch.network->degree(); ++power)
    for (const std::string& input : inputs) names.push_back(power == 1 ? input : input + "^" + std::to_string(power));
  return names;
}

std::vector<std::string> output_names(const Model& model, arma::uword k) {
  const Family& family = *model.experts[k].family;
  if (family.classes() && family.outputs() > 1) return model.schema.labels;
  const std::string first = family.link() == Family::Link::kLogistic ? "log-odds"
                            : family.link() == Family::Link::kLog    ? "log mean"
                                                                     : model.schema.target;
  return family.outputs() == 1 ? std::vector<std::string>{first} : std::vector<std::string>{"mean", "log_sigma"};
}

std::vector<Family::Figure> expert_figures(const Model& model, arma::uword k) {
  const Expert& expert = model.experts[k];
  return expert.family->figures(model.theta.memptr() + expert.psi);
}

Json describe(const Model& model) {
  Json result;
  result["task"] = model.classes() ? "classification" : "regression";
  result["target"] = model.schema.target;
  if (model.classes()) result["labels"] = model.schema.labels;
  result["features"] = model.schema.inputs;
  result["family"] = model.family_spec();
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
