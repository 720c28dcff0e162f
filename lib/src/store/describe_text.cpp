// The text of `moe inspect`.
#include <algorithm>
#include <cmath>

#include "judge/reported.hpp"
#include "moe/conformal.hpp"
#include "moe/describe.hpp"
#include "moe/error.hpp"
#include "moe/numeric.hpp"
#include "store/report_parts.hpp"
#include "store/text_table.hpp"

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

/// How many parameters a branch has that rows can tell apart, in words.
std::string count_of_parameters(const Branch& branch) {
  const Network& network = *branch.network;
  return counted(network.parameters() - network.outputs() * (network.last_inputs() - network.last_rank()), "parameter");
}

/// The experts of a range in the order of the text.
std::vector<arma::uword> ordered(const Shown& style, arma::uword first, arma::uword count) {
  std::vector<arma::uword> result;
  for (const arma::uword k : style.options.order)
    if (first <= k && k < first + count) result.push_back(k);
  for (arma::uword k = first; k < first + count && result.size() < count; ++k)
    if (std::find(result.begin(), result.end(), k) == result.end()) result.push_back(k);
  return result;
}

/// The members of a committee, as the order of the experts has them.
std::vector<std::size_t> ordered_members(const Model& model, const Shown& style) {
  std::vector<std::size_t> result;
  for (const arma::uword k : ordered(style, 0, model.size()))
    for (std::size_t b = 0; b < model.members.size(); ++b)
      if (model.members[b].first <= k && k < model.members[b].first + model.members[b].experts &&
          std::find(result.begin(), result.end(), b) == result.end())
        result.push_back(b);
  return result;
}

std::vector<std::string> headings_of(const std::vector<arma::uword>& experts) {
  std::vector<std::string> result;
  for (const arma::uword k : experts) result.push_back("expert " + std::to_string(k + 1));
  return result;
}

/// The weight of each member, and its gate.
std::string describe_members(const Model& model, const Shown& style) {
  std::string text;
  const arma::vec weights = member_weights(model);
  for (const std::size_t b : ordered_members(model, style)) {
    const Member& member = model.members[b];
    text += "member " + std::to_string(b + 1) + (weights.is_empty() ? "" : ", weight " + style.number(weights[b])) +
            ": experts " + std::to_string(member.first + 1) + " to " + std::to_string(member.first + member.experts) +
            ", gate " + model.gate->name() + " of " + member.network->spec() + ", " + count_of_parameters(member) +
            "\n";
    const arma::mat coefficients = gate_forms(model, model.size() + 1 + b).at(model.theta);
    if (coefficients.is_empty() || member.experts == 1) continue;
    const std::vector<arma::uword> own = ordered(style, member.first, member.experts);
    arma::uvec columns(own.size());
    for (std::size_t i = 0; i < own.size(); ++i) columns[i] = own[i] - member.first;
    text +=
        coefficients_table(coefficients.cols(columns), coefficient_names(model, member), headings_of(own), {}, style);
  }
  return text;
}

/// The different words among these.
std::string different_words(const std::vector<std::string>& words) {
  std::vector<std::string> different;
  for (const std::string& word : words)
    if (std::find(different.begin(), different.end(), word) == different.end()) different.push_back(word);
  return join(different, " and ");
}

/// The inputs that a member reads: of its gate and its experts.
std::string inputs_of_member(const Model& model, const Member& member) {
  constexpr std::size_t kMostNamed = 6;
  std::vector<bool> reads(model.schema.inputs.size(), false);
  const auto add = [&](const Branch& branch) {
    for (const std::string& name : input_names(model, branch))
      for (std::size_t j = 0; j < reads.size(); ++j)
        if (model.schema.inputs[j] == name) reads[j] = true;
  };
  if (member.experts > 1 && member.network->spec() != "constant") add(member);
  for (arma::uword k = member.first; k < member.first + member.experts; ++k)
    if (model.experts[k].network->spec() != "constant") add(model.experts[k]);
  std::vector<std::string> names;
  for (std::size_t j = 0; j < reads.size(); ++j)
    if (reads[j]) names.push_back(model.schema.inputs[j]);
  if (names.empty()) return "no input";
  if (names.size() == reads.size() && names.size() > 1) return "all inputs";
  return listed(names, kMostNamed);
}

/// A line for each member: its weight, kind and inputs.
std::string list_members(const Model& model, const Shown& style) {
  const arma::vec weights = member_weights(model);
  std::vector<std::string> begins, kinds, rest;
  for (const std::size_t b : ordered_members(model, style)) {
    const Member& member = model.members[b];
    std::vector<std::string> networks, families;
    for (arma::uword k = member.first; k < member.first + member.experts; ++k) {
      networks.push_back(model.experts[k].network->spec());
      families.push_back(model.experts[k].family->name());
    }
    const std::string count = std::to_string(member.experts);
    begins.push_back("member " + std::to_string(b + 1) +
                     (weights.is_empty() ? "" : ", weight " + style.number(weights[b])) + ":");
    kinds.push_back(count + (member.experts == 1 ? " expert,  " : " experts, ") + different_words(networks) + ", " +
                    different_words(families));
    rest.push_back((member.experts > 1 ? "gate " + member.network->spec() + ", " : "") +
                   inputs_of_member(model, member));
  }
  std::string text;
  for (std::size_t i = 0; i < begins.size(); ++i)
    text +=
        padded(begins[i], widest(begins)) + "  " + padded(kinds[i] + ";", widest(kinds) + 1) + "  " + rest[i] + "\n";
  return text;
}

std::string describe_gate(const Model& model, const Shown& style) {
  if (model.is_committee())
    return "gate: a committee of " + std::to_string(model.members.size()) + " mixtures\n" +
           (style.options.coefficients ? describe_members(model, style) : list_members(model, style));
  std::string text = "gate: " + model.gate->name() + " of " + model.gate_branch.network->spec();
  const arma::mat coefficients = gate_coefficients(model);
  if (coefficients.is_empty()) return text + ", " + count_of_parameters(model.gate_branch) + "\n";
  if (model.size() == 1) return text + "\n";
  if (model.gate->redundant_outputs() > 0) text += ", expert " + std::to_string(model.size()) + " the reference";
  const std::vector<arma::uword> order = ordered(style, 0, model.size());
  const std::vector<std::string> headings = headings_of(order), names = coefficient_names(model, model.gate_branch);
  const arma::vec spreads = spreads_of(model, model.gate_branch);
  text += "\n";
  if (style.errors == nullptr)
    return text + coefficients_table(coefficients.cols(arma::conv_to<arma::uvec>::from(order)), names, headings,
                                     spreads, style);
  const Estimates estimates = gate_estimates(model, style.errors->inference, style.errors->level);
  for (std::size_t i = 0; i < order.size(); ++i)
    if (reference_output(model, 0) != order[i])
      text += estimates_table(estimates, order[i], names, headings[i], spreads, style);
  return text;
}

std::string describe_expert(const Model& model, arma::uword k, const Shown& style) {
  const Expert& expert = model.experts[k];
  std::string text = "expert " + std::to_string(k + 1) + ": " + expert.network->spec() + ", " + expert.family->name();
  const auto figures = expert_figures(model, k);
  const std::vector<double> deviations =
      style.errors != nullptr ? figure_errors(model, style.errors->inference, k) : std::vector<double>();
  for (std::size_t i = 0; i < figures.size(); ++i) {
    text += ", " + shown(figures[i].name) + " " + style.number(figures[i].value);
    if (style.errors != nullptr && std::isfinite(deviations[i]))
      text += " (std. error " + style.number(deviations[i]) + ")";
  }
  const arma::mat coefficients = expert_coefficients(model, k);
  if (coefficients.is_empty()) return text + ", " + count_of_parameters(expert) + "\n";
  text += "\n";
  const std::vector<std::string> names = coefficient_names(model, expert), outputs = output_names(model, k);
  const arma::vec spreads = spreads_of(model, expert);
  if (style.errors == nullptr) return text + coefficients_table(coefficients, names, outputs, spreads, style);
  const Estimates estimates = expert_estimates(model, style.errors->inference, k, style.errors->level);
  for (arma::uword c = 0; c < outputs.size(); ++c)
    if (reference_output(model, k + 1) != c) text += estimates_table(estimates, c, names, outputs[c], spreads, style);
  return text;
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

std::string describe_fit(const FitSummary& fit, const Shown& style) {
  if (fit.rows == 0) return "fit: none recorded (a checkpoint, or a model that was not fitted)\n";
  const std::string value =
      style.options.digits > 0 ? style.number(fit.objective_value) : formatted("%.8g", fit.objective_value);
  if (fit.solver == "committee")
    return "fit: " + counted(fit.rows, "row") + ", nll " + value + " at them (each member has seen most of them), " +
           counted(fit.restarts, "member") + ", seed " + std::to_string(fit.seed) + "\n";
  const std::string first = "fit: " + counted(fit.rows, "row") + ", " + minimised_figure(fit) + " " + value + " by " +
                            fit.solver + ", " + (fit.converged ? "converged" : "not converged") + " after " +
                            counted(fit.iterations, "pass", "passes") + " (best of " + counted(fit.restarts, "start") +
                            ", seed " + std::to_string(fit.seed) + ")\n";
  if (!std::isfinite(fit.log_likelihood)) return first + "  no log-likelihood: the gate's weights do not sum to 1\n";
  return first + "  log-likelihood " + style.decimal(fit.log_likelihood, 6) + ", " + std::to_string(fit.parameters) +
         " parameters, AIC " + style.decimal(fit.aic, 4) + ", BIC " + style.decimal(fit.bic, 4) + ", ICL " +
         style.decimal(fit.icl, 4) + " (lower is better)\n";
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

std::string describe_text(const Model& exact, const std::optional<Inference>& inference, const TextOptions& options) {
  const Model model = with_shown_names(exact);
  const char* const what = model.classes() ? "classes of '" : model.targets() == 1 ? "number '" : "numbers '";
  std::string text = what + join(model.schema.targets, "', '") + "' from " +
                     counted(model.schema.inputs.size(), "input") + " by " + counted(model.size(), "expert") + "\n" +
                     describe_columns(model);
  with_errors(inference, options.level, [&](const Errors* errors) {
    const Shown style{options, errors};
    text += describe_gate(model, style);
    if (options.coefficients || !model.is_committee())
      for (const arma::uword k : ordered(style, 0, model.size())) text += describe_expert(model, k, style);
    text += describe_inference(model, errors);
    text += describe_fit(model.fit, style);
    if (model.conformal) text += "conformal: " + calibration_summary(model) + "\n";
  });
  for (const std::string& note : guard_notes(model)) text += note + "\n";
  return text;
}

std::string describe_text(const Model& model, const std::optional<Inference>& inference, double level) {
  TextOptions options;
  options.level = level;
  return describe_text(model, inference, options);
}

std::string describe_text(const Model& model) { return describe_text(model, stored_inference(model), kLevel); }

}  // namespace moe
