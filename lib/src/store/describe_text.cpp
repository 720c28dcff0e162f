// The text of `moe inspect`.
#include <algorithm>
#include <cinttypes>
#include <string_view>

#include "judge/reported.hpp"
#include "moe/describe.hpp"
#include "moe/error.hpp"
#include "moe/numeric.hpp"
#include "store/report_parts.hpp"

namespace moe {
namespace {

/// A name in the text: escaped and shortened. The JSON has it unchanged.
std::string shown(const std::string& name) {
  constexpr std::size_t kLongest = 80;
  return printable(name, kLongest);
}

/// The model with all names of its schema in this form.
Model with_shown_names(Model model) {
  const auto show = [](std::vector<std::string>& names) {
    for (std::string& name : names) name = shown(name);
  };
  Schema& schema = model.schema;
  for (auto* names : {&schema.inputs, &schema.targets, &schema.labels}) show(*names);
  for (Column& column : schema.columns) {
    column.name = shown(column.name);
    show(column.levels);
  }
  return model;
}

/// How many parameters a branch has, in words.
std::string count_of_parameters(const Branch& branch) {
  const arma::uword count = branch.network->parameters();
  return std::to_string(count) + (count == 1 ? " parameter" : " parameters");
}

std::string figure(double value) { return formatted("%12.6g", value); }

/// The number of UTF-8 characters.
std::size_t width_of(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xc0) != 0x80; }));
}

std::string padded(const std::string& text, std::size_t to) {
  return text + std::string(to - std::min(to, width_of(text)), ' ');
}

std::size_t widest(const std::vector<std::string>& names) {
  std::size_t width = 0;
  for (const std::string& name : names) width = std::max(width, width_of(name));
  return width;
}

/// The heading of a column, aligned to the right.
std::string heading_of(std::string text) {
  constexpr std::size_t kWidth = 12;
  while (width_of(text) > kWidth) text.pop_back();
  return " " + std::string(kWidth - width_of(text), ' ') + text;
}

/// A table of coefficients with a heading for each column.
std::string table(const arma::mat& coefficients, const std::vector<std::string>& names,
                  const std::vector<std::string>& headings) {
  const std::size_t width = widest(names);
  std::string result = "  " + padded("", width);
  for (const std::string& heading : headings) result += heading_of(heading);
  result += '\n';
  for (arma::uword j = 0; j < coefficients.n_rows; ++j) {
    result += "  " + padded(names[j], width);
    for (arma::uword c = 0; c < coefficients.n_cols; ++c) result += " " + figure(coefficients(j, c));
    result += '\n';
  }
  return result;
}

/// The coefficients of one output, each with its standard error beside it, or "-" where it has none.
std::string table(const Estimates& estimates, arma::uword column, const std::vector<std::string>& names,
                  const std::string& heading, const Errors& errors) {
  const std::size_t width = widest(names);
  const std::string percent = formatted(" %.4g %%", 100 * errors.level);
  const bool student = errors.inference.uncertainty.degrees_of_freedom > 0;
  std::string result = "  " + padded("", width) + heading_of(heading) + heading_of("std. error") +
                       (student ? "         t" : "         z") + "          p" + heading_of("lower" + percent) +
                       heading_of("upper" + percent) + "\n";
  for (arma::uword j = 0; j < estimates.value.n_rows; ++j) {
    result += "  " + padded(names[j], width) + " " + figure(estimates.value(j, column));
    const bool known = std::isfinite(estimates.error(j, column));
    const auto cell = [&](const char* format, const arma::mat& values) {
      const std::string text = formatted(format, values(j, column));
      return " " + (known ? text : std::string(text.size() - 1, ' ') + "-");
    };
    result += cell("%12.6g", estimates.error) + cell("%9.3f", estimates.z) + cell("%10.3g", estimates.p) +
              cell("%12.6g", estimates.lower) + cell("%12.6g", estimates.upper) + "\n";
  }
  return result;
}

/// A table for every output but the reference, with which they are compared.
std::string tables(const Model& model, arma::uword branch, const Estimates& estimates,
                   const std::vector<std::string>& outputs, const Errors& errors) {
  std::string text;
  for (arma::uword c = 0; c < outputs.size(); ++c)
    if (reference_output(model, branch) != c)
      text += table(estimates, c, coefficient_names(model, branch_of(model, branch)), outputs[c], errors);
  return text;
}

/// The weight of each member, and its gate.
std::string describe_members(const Model& model) {
  std::string text = "gate: a committee of " + std::to_string(model.members.size()) + " mixtures\n";
  const arma::vec weights = member_weights(model);
  for (std::size_t b = 0; b < model.members.size(); ++b) {
    const Member& member = model.members[b];
    text += "member " + std::to_string(b + 1) + (weights.is_empty() ? "" : formatted(", weight %.6g", weights[b])) +
            ": experts " + std::to_string(member.first + 1) + " to " + std::to_string(member.first + member.experts) +
            ", gate " + model.gate->name() + " of " + member.network->spec() + ", " + count_of_parameters(member) +
            "\n";
    const arma::mat coefficients = gate_forms(model, model.size() + 1 + b).at(model.theta);
    if (coefficients.is_empty() || member.experts == 1) continue;
    std::vector<std::string> headings;
    for (arma::uword k = 1; k <= member.experts; ++k) headings.push_back("expert " + std::to_string(member.first + k));
    text += table(coefficients, coefficient_names(model, member), headings);
  }
  return text;
}

std::string describe_gate(const Model& model, const Errors* errors) {
  if (model.is_committee()) return describe_members(model);
  std::string text = "gate: " + model.gate->name() + " of " + model.gate_branch.network->spec();
  const arma::mat coefficients = gate_coefficients(model);
  if (coefficients.is_empty()) return text + ", " + count_of_parameters(model.gate_branch) + "\n";
  if (model.size() == 1) return text + "\n";
  if (model.gate->redundant_outputs() > 0) text += ", expert " + std::to_string(model.size()) + " the reference";
  std::vector<std::string> headings;
  for (arma::uword k = 1; k <= model.size(); ++k) headings.push_back("expert " + std::to_string(k));
  text += "\n";
  if (errors == nullptr) return text + table(coefficients, coefficient_names(model, model.gate_branch), headings);
  return text + tables(model, 0, gate_estimates(model, errors->inference, errors->level), headings, *errors);
}

std::string describe_expert(const Model& model, arma::uword k, const Errors* errors) {
  const Expert& expert = model.experts[k];
  std::string text = "expert " + std::to_string(k + 1) + ": " + expert.network->spec() + ", " + expert.family->name();
  const auto figures = expert_figures(model, k);
  const std::vector<double> deviations =
      errors != nullptr ? figure_errors(model, errors->inference, k) : std::vector<double>();
  for (std::size_t i = 0; i < figures.size(); ++i) {
    text += ", " + shown(figures[i].name) + formatted(" %.6g", figures[i].value);
    if (errors != nullptr && std::isfinite(deviations[i])) text += formatted(" (std. error %.6g)", deviations[i]);
  }
  const arma::mat coefficients = expert_coefficients(model, k);
  if (coefficients.is_empty()) return text + ", " + count_of_parameters(expert) + "\n";
  text += "\n";
  if (errors == nullptr) return text + table(coefficients, coefficient_names(model, expert), output_names(model, k));
  return text + tables(model, k + 1, expert_estimates(model, errors->inference, k, errors->level),
                       output_names(model, k), *errors);
}

/// Says of which kind the standard errors are, and where they do not apply.
std::string describe_inference(const Model& model, const Errors* errors) {
  if (errors == nullptr) return "";
  const Inference& inference = errors->inference;
  const Uncertainty& uncertainty = inference.uncertainty;
  std::string text;
  if (uncertainty.known()) {
    text = "errors: " + inference.kind;
    if (!inference.replicates.is_empty())
      text += " (" + std::to_string(inference.replicates.n_cols) + " fits, " + std::to_string(inference.failed) +
              " that gave nothing; intervals are percentiles)";
    text += uncertainty.degrees_of_freedom > 0
                ? formatted(", t with %.6g degrees of freedom", uncertainty.degrees_of_freedom)
                : ", z normal";
    if (std::isfinite(uncertainty.residual_standard_error))
      text += formatted(", residual standard error %.6g", uncertainty.residual_standard_error);
    text += "\n";
  }
  for (const std::string& note : notes_of(model, uncertainty)) text += "note: " + note + "\n";
  return text;
}

std::string describe_fit(const FitSummary& fit) {
  if (fit.rows == 0) return "fit: none recorded (a checkpoint, or a model that was not fitted)\n";
  char text[300];
  std::snprintf(text, sizeof text,
                "fit: %" PRIu64 " row%s, %s %.8g by %s, %s after %" PRIu64 " pass%s (best of %" PRIu64
                " start%s, seed %" PRIu64 ")\n",
                fit.rows, fit.rows == 1 ? "" : "s", minimised_figure(fit).c_str(), fit.objective_value,
                fit.solver.c_str(), fit.converged ? "converged" : "not converged", fit.iterations,
                fit.iterations == 1 ? "" : "es", fit.restarts, fit.restarts == 1 ? "" : "s", fit.seed);
  const std::string first = text;
  if (!std::isfinite(fit.log_likelihood)) return first + "  no log-likelihood: the gate's weights do not sum to 1\n";
  std::snprintf(text, sizeof text,
                "  log-likelihood %.6f, %" PRIu64 " parameters, AIC %.4f, BIC %.4f, ICL %.4f (lower is better)\n",
                fit.log_likelihood, fit.parameters, fit.aic, fit.bic, fit.icl);
  return first + text;
}

/// Says how the inputs of categories are coded, and what stands for missing cells.
std::string describe_columns(const Model& model) {
  std::string text;
  for (const Column& column : model.schema.columns) {
    if (column.category)
      text += "category '" + column.name + "': " + std::to_string(column.levels.size()) + " levels, compared to '" +
              (column.levels.empty() ? "" : column.levels[0]) + "'\n";
    else if (!column.plain())
      text += "number '" + column.name + "': " + format_number(column.fill) + " where the cell is missing\n";
  }
  return text;
}

}  // namespace

std::string minimised_figure(const FitSummary& fit) { return fit.objective == "likelihood" ? "nll" : fit.objective; }

std::string describe_text(const Model& exact, const std::optional<Inference>& inference, double level) {
  const Model model = with_shown_names(exact);
  const char* const what = model.classes() ? "classes of '" : model.targets() == 1 ? "number '" : "numbers '";
  std::string text = what + join(model.schema.targets, "', '") + "' from " +
                     std::to_string(model.schema.inputs.size()) +
                     (model.schema.inputs.size() == 1 ? " input" : " inputs") + " by " + std::to_string(model.size()) +
                     (model.size() == 1 ? " expert\n" : " experts\n") + describe_columns(model);
  with_errors(inference, level, [&](const Errors* errors) {
    text += describe_gate(model, errors);
    for (arma::uword k = 0; k < model.size(); ++k) text += describe_expert(model, k, errors);
    text += describe_inference(model, errors);
  });
  text += describe_fit(model.fit);
  for (const std::string& note : guard_notes(model)) text += note + "\n";
  return text;
}

std::string describe_text(const Model& model) { return describe_text(model, stored_inference(model), kLevel); }

}  // namespace moe
