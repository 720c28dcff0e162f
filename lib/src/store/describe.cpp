#include "moe/describe.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "judge/reported.hpp"
#include "moe/error.hpp"
#include "moe/numeric.hpp"
#include "store/guards.hpp"
#include "store/json_text.hpp"

namespace moe {
namespace {

/// Of intervals where nothing else is asked for.
constexpr double kLevel = 0.95;

/// A report's errors and intervals, where there are any.
struct Errors {
  const Inference& inference;
  double level;
};

Json column_object(const arma::mat& values, arma::uword column, const std::vector<std::string>& names) {
  Json result = Json::object();
  for (arma::uword j = 0; j < values.n_rows; ++j) result[names[j]] = number_or_null(values(j, column));
  return result;
}

/// The columns that stand beside a table of coefficients, by their keys.
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

Json gate_object(const Model& model, const Errors* errors) {
  Json gate = branch_object(model, model.gate_branch);
  gate["link"] = model.gate->name();
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

/// The experts, from 1, that have a flag of 1.
std::vector<std::string> flagged(const arma::vec& flags) {
  std::vector<std::string> experts;
  for (const arma::uword k : arma::uvec(arma::find(flags > 0))) experts.push_back(std::to_string(k + 1));
  return experts;
}

arma::vec on_floor(const Model& model) {
  arma::vec flags(model.size(), arma::fill::zeros);
  for (arma::uword k = 0; k < model.size(); ++k)
    if (model.experts[k].family->on_floor(model.theta.memptr() + model.experts[k].psi)) flags[k] = 1;
  return flags;
}

Json numbers_of(const arma::vec& flags) {
  Json result = Json::array();
  for (const arma::uword k : arma::uvec(arma::find(flags > 0))) result.push_back(k + 1);
  return result;
}

/// What an expert's family is described as well by.
struct AsSimple {
  arma::uword expert;  // from 1
  std::string target;  // of several; else empty
  std::string family, simpler;
};

std::vector<AsSimple> as_simple_of(const Model& model) {
  std::vector<AsSimple> result;
  const arma::vec& flags = model.fit.study->as_simple;
  for (const arma::uword i : arma::uvec(arma::find(flags > 0))) {
    const arma::uword k = i / model.targets(), t = i % model.targets();
    const Expert& expert = model.experts[k];
    const Family& family = *expert.family->marginal(t, model.theta.memptr() + expert.psi).family;
    result.push_back({k + 1, model.targets() > 1 ? model.schema.targets[t] : "", family.spec(), family.simpler()});
  }
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

std::string bound_note(const Model& model, arma::uword k) {
  return model.experts[k].family->bound_note(model.theta.memptr() + model.experts[k].psi);
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
              {"steps", numbers_of(study.steps)},
              {"supremum", number_or_null(study.supremum)},
              {"on_floor", numbers_of(on_floor(model))},
              {"at_bound", numbers_of(at_bound(model))},
              {"as_simple", as_simple_object(model)}};
  add_findings(model, guards);
  return guards;
}

/// Whether a parameter has a value of its own, be it infinite.
bool is_told(const Model& model, const Uncertainty& uncertainty, arma::uword parameter) {
  const auto moves = [&](const arma::mat& in) { return !in.is_empty() && arma::any(in.row(parameter) != 0); };
  const auto& study = model.fit.study;
  return moves(uncertainty.factor) || moves(uncertainty.undetermined) ||
         (study && (moves(study->recession) || moves(study->unseen)));
}

/// Coefficients of columns that follow from those before them, of any branch.
std::vector<std::string> dependent_names(const Model& model, const Uncertainty& uncertainty) {
  std::vector<std::string> names;
  for (arma::uword b = 0; b <= model.size(); ++b) {
    const Branch& branch = branch_of(model, b);
    const std::vector<std::string> own = coefficient_names(model, branch);
    arma::mat W(own.size(), branch.network->outputs());
    for (arma::uword i = 0; i < W.n_elem; ++i) W[i] = is_told(model, uncertainty, branch.offset + i) ? 1 : 0;
    for (arma::uword j = 0; j < W.n_rows && arma::any(arma::vectorise(W) != 0); ++j)
      if (arma::all(W.row(j) == 0) && std::find(names.begin(), names.end(), own[j]) == names.end())
        names.push_back(own[j]);
  }
  return names;
}

/// What moves along directions that the rows do not determine, as "expert 1's zero_share".
std::vector<std::string> undetermined_names(const Model& model, const Uncertainty& uncertainty) {
  std::vector<std::string> names;
  if (uncertainty.undetermined.is_empty()) return names;
  const auto add = [&](const FormTable& forms, const Branch& branch, const std::vector<std::string>& owners) {
    const std::vector<std::string> own = coefficient_names(model, branch);
    for (arma::uword c = 0; c < forms.columns; ++c)
      for (arma::uword j = 0; j < forms.rows; ++j)
        if (!forms(j, c).is_determined(uncertainty)) names.push_back(owners[c] + "'s " + own[j]);
  };
  std::vector<std::string> weights;
  for (arma::uword k = 1; k <= model.size(); ++k) weights.push_back("the gate's expert " + std::to_string(k));
  add(gate_forms(model), model.gate_branch, weights);
  for (arma::uword k = 0; k < model.size(); ++k) {
    const Expert& expert = model.experts[k];
    const std::string owner = "expert " + std::to_string(k + 1);
    std::vector<std::string> outputs = output_names(model, k);
    for (std::string& output : outputs) output = outputs.size() > 1 ? owner + "'s " + output : owner;
    add(expert_forms(model, k), expert, outputs);
    for (const Family::Figure& figure : expert_figures(model, k)) {
      AffineForm form;
      for (std::size_t j = 0; j < figure.slope.size(); ++j) form.terms.push_back({expert.psi + j, figure.slope[j]});
      if (!form.is_determined(uncertainty)) names.push_back(owner + "'s " + figure.name);
    }
  }
  return names;
}

std::vector<std::string> notes_of(const Model& model, const Uncertainty& uncertainty) {
  std::vector<std::string> notes = boundary_notes(model, uncertainty);
  if (!uncertainty.known()) return notes;
  const std::vector<std::string> names = dependent_names(model, uncertainty);
  if (!names.empty())
    notes.push_back("these follow from the columns before them and have no coefficient of their own: " + listed(names));
  const arma::uword free = uncertainty.undetermined.n_cols;
  if (free > 0)
    notes.push_back(
        "the rows do not tell these apart (" + std::to_string(free) +
        (free == 1 ? " direction in which they move together leaves" : " directions in which they move leave") +
        " the likelihood as it is), so that they have no errors, and " +
        (free == 1 ? "one parameter less counts: " : std::to_string(free) + " parameters less count: ") +
        listed(undetermined_names(model, uncertainty)));
  return notes;
}

/// null for a model without errors.
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

std::string formatted(const char* format, double value) {
  char text[48];
  std::snprintf(text, sizeof text, format, value);
  return text;
}

/// A name as text for people has it; JSON has it as it is.
std::string shown(const std::string& name) {
  constexpr std::size_t kLongest = 80;
  return printable(name, kLongest);
}

/// The model with such names in its schema.
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

std::string figure(double value) { return formatted("%12.6g", value); }

/// Characters of UTF-8.
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

/// Right above its column.
std::string heading_of(std::string text) {
  constexpr std::size_t kWidth = 12;
  while (width_of(text) > kWidth) text.pop_back();
  return " " + std::string(kWidth - width_of(text), ' ') + text;
}

/// Rows of coefficients under one heading for each column.
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

/// One output's coefficients, each with its error beside it; "-" where there is none.
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

/// Every output but the reference, to which they are compared.
std::string tables(const Model& model, arma::uword branch, const Estimates& estimates,
                   const std::vector<std::string>& outputs, const Errors& errors) {
  std::string text;
  for (arma::uword c = 0; c < outputs.size(); ++c)
    if (reference_output(model, branch) != c)
      text += table(estimates, c, coefficient_names(model, branch_of(model, branch)), outputs[c], errors);
  return text;
}

std::string describe_gate(const Model& model, const Errors* errors) {
  std::string text = "gate: " + model.gate->name() + " of " + model.gate_branch.network->spec();
  const arma::mat coefficients = gate_coefficients(model);
  if (coefficients.is_empty())
    return text + ", " + std::to_string(model.gate_branch.network->parameters()) + " parameters\n";
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
  if (coefficients.is_empty()) return text + ", " + std::to_string(expert.network->parameters()) + " parameters\n";
  text += "\n";
  if (errors == nullptr) return text + table(coefficients, coefficient_names(model, expert), output_names(model, k));
  return text + tables(model, k + 1, expert_estimates(model, errors->inference, k, errors->level),
                       output_names(model, k), *errors);
}

/// What the errors are, and where they mean nothing.
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
                "fit: %.0f row%s, %s %.8g by %s, %s after %.0f pass%s (best of %.0f start%s, seed %.0f)\n", fit.rows,
                fit.rows == 1 ? "" : "s", fit.objective.c_str(), fit.objective_value, fit.solver.c_str(),
                fit.converged != 0 ? "converged" : "not converged", fit.iterations, fit.iterations == 1 ? "" : "es",
                fit.restarts, fit.restarts == 1 ? "" : "s", fit.seed);
  const std::string first = text;
  if (!std::isfinite(fit.log_likelihood)) return first + "  no log-likelihood: the gate's weights do not sum to 1\n";
  std::snprintf(text, sizeof text,
                "  log-likelihood %.6f, %.0f parameters, AIC %.4f, BIC %.4f, ICL %.4f (lower is better)\n",
                fit.log_likelihood, fit.parameters, fit.aic, fit.bic, fit.icl);
  return first + text;
}

}  // namespace

Json number_or_null(double value) { return std::isfinite(value) ? Json(value) : Json(nullptr); }

arma::mat expert_coefficients(const Model& model, arma::uword k) { return expert_forms(model, k).at(model.theta); }

arma::mat gate_coefficients(const Model& model) { return gate_forms(model).at(model.theta); }

std::vector<Family::Figure> expert_figures(const Model& model, arma::uword k) {
  const Expert& expert = model.experts[k];
  return expert.family->figures(model.theta.memptr() + expert.psi);
}

std::vector<std::string> guard_notes(const Model& model) {
  std::vector<std::string> notes;
  if (!model.fit.study) return notes;
  const FitStudy& study = *model.fit.study;
  // An expert that fits its rows exactly has a note of its own.
  if (arma::any(on_floor(model) - (study.exact.is_empty() ? arma::zeros(model.size()) : study.exact) > 0))
    notes.emplace_back(
        "warning: an expert's scale sits on its floor (what is left is the target's rounding, or nothing): it explains "
        "its rows "
        "exactly, and the likelihood means little");
  for (const AsSimple& at : as_simple_of(model))
    notes.push_back("note: expert " + std::to_string(at.expert) +
                    (at.target.empty() ? "" : ", target '" + at.target + "'") + ": " + at.simpler +
                    " describes its rows as well as " + at.family +
                    ", whose own parameter has no finite maximum or no error here: expected --family " + at.simpler);
  for (arma::uword k = 0; k < model.size(); ++k)
    if (const std::string note = bound_note(model, k); !note.empty())
      notes.push_back("note: expert " + std::to_string(k + 1) + "'s " + note);
  const std::vector<std::string> starved = flagged(study.starved), steps = flagged(study.steps);
  if (!starved.empty()) {
    const double rows = arma::accu(study.shares.elem(arma::find(study.starved > 0))) * model.fit.rows;
    notes.push_back("warning: expert " + join(starved) +
                    (starved.size() == 1 ? " is starved: it explains " : " are starved: they explain ") +
                    formatted("%.3g", rows) + " of " + formatted("%.0f", model.fit.rows) +
                    " rows: expected fewer experts");
  }
  if (!steps.empty())
    notes.push_back(
        "note: the gate's split " +
        (steps.size() == model.size() ? "between the experts" : "of expert " + join(steps) + " from the others") +
        " is a step: its weights grow without end, the log-likelihood's supremum is about " +
        formatted("%.6f", study.supremum));
  const std::vector<std::string> found = finding_notes(model);
  notes.insert(notes.end(), found.begin(), found.end());
  return notes;
}

namespace {

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

/// What stands behind the inputs of a category, and for missing cells.
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
  return result;
}

/// Calls use() with what there is.
template <class Use>
auto with_errors(const std::optional<Inference>& inference, double level, const Use& use) {
  if (!inference) return use(nullptr);
  const Errors errors{*inference, level};
  return use(&errors);
}

}  // namespace

Json describe(const Model& model) {
  return with_errors(stored_inference(model), kLevel, [&](const Errors* errors) { return described(model, errors); });
}

std::string describe_json(const Model& model, const std::optional<Inference>& inference, double level) {
  return with_errors(inference, level, [&](const Errors* errors) { return described(model, errors).dump(2) + "\n"; });
}

std::string describe_json(const Model& model) { return describe_json(model, stored_inference(model), kLevel); }

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
