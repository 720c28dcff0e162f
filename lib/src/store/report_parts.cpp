// Findings about a fit as notes: which experts are starved or separated, which scale is on its floor, which
// coefficients have no value of their own. The text and the JSON of `moe inspect` both use them.
#include "store/report_parts.hpp"

#include <algorithm>
#include <cstdio>

#include "judge/reported.hpp"
#include "moe/describe.hpp"
#include "moe/error.hpp"
#include "store/guards.hpp"

namespace moe {
namespace {

/// Whether the rows determine the parameter, possibly as infinite.
bool is_told(const Model& model, const Uncertainty& uncertainty, arma::uword parameter) {
  const auto moves = [&](const arma::mat& in) { return !in.is_empty() && arma::any(in.row(parameter) != 0); };
  const auto& study = model.fit.study;
  return moves(uncertainty.factor) || moves(uncertainty.undetermined) ||
         (study && (moves(study->recession) || moves(study->unseen)));
}

/// The names of coefficients, in any branch, whose columns are linear combinations of earlier columns.
std::vector<std::string> dependent_names(const Model& model, const Uncertainty& uncertainty) {
  std::vector<std::string> names;
  for (arma::uword b = 0; b <= model.size(); ++b) {
    const Branch& branch = branch_of(model, b);
    const std::vector<std::string> inputs = coefficient_names(model, branch);
    arma::mat W(inputs.size(), branch.network->outputs());
    for (arma::uword i = 0; i < W.n_elem; ++i) W[i] = is_told(model, uncertainty, branch.offset + i) ? 1 : 0;
    for (arma::uword j = 0; j < W.n_rows && arma::any(arma::vectorise(W) != 0); ++j)
      if (arma::all(W.row(j) == 0) && std::find(names.begin(), names.end(), inputs[j]) == names.end())
        names.push_back(inputs[j]);
  }
  return names;
}

}  // namespace

std::vector<std::string> flagged(const arma::vec& flags) {
  std::vector<std::string> experts;
  for (const arma::uword k : arma::uvec(arma::find(flags > 0))) experts.push_back(std::to_string(k + 1));
  return experts;
}

arma::vec on_floor(const Model& model) {
  arma::vec flags(model.size(), arma::fill::zeros);
  for (arma::uword k = 0; k < model.size(); ++k)
    if (model.experts[k].family->on_floor(model.theta.memptr() + model.experts[k].psi_offset)) flags[k] = 1;
  return flags;
}

std::vector<AsSimple> as_simple_of(const Model& model) {
  std::vector<AsSimple> result;
  const arma::vec& flags = model.fit.study->as_simple;
  for (const arma::uword i : arma::uvec(arma::find(flags > 0))) {
    const arma::uword k = i / model.targets(), t = i % model.targets();
    const Expert& expert = model.experts[k];
    const Family& family = *expert.family->marginal(t, model.theta.memptr() + expert.psi_offset).family;
    result.push_back({k + 1, model.targets() > 1 ? model.schema.targets[t] : "", family.spec(), family.simpler()});
  }
  return result;
}

std::string bound_note(const Model& model, arma::uword k) {
  return model.experts[k].family->bound_note(model.theta.memptr() + model.experts[k].psi_offset);
}

std::vector<std::string> undetermined_names(const Model& model, const Uncertainty& uncertainty) {
  std::vector<std::string> names;
  if (uncertainty.undetermined.is_empty()) return names;
  const auto add = [&](const FormTable& forms, const Branch& branch, const std::vector<std::string>& owners) {
    const std::vector<std::string> inputs = coefficient_names(model, branch);
    for (arma::uword c = 0; c < forms.columns; ++c)
      for (arma::uword j = 0; j < forms.rows; ++j)
        if (!forms(j, c).is_determined(uncertainty)) names.push_back(owners[c] + "'s " + inputs[j]);
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
      for (std::size_t j = 0; j < figure.slope.size(); ++j)
        form.terms.push_back({expert.psi_offset + j, figure.slope[j]});
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

std::string formatted(const char* format, double value) {
  char text[48];
  std::snprintf(text, sizeof text, format, value);
  return text;
}

arma::mat expert_coefficients(const Model& model, arma::uword k) { return expert_forms(model, k).at(model.theta); }

arma::mat gate_coefficients(const Model& model) { return gate_forms(model).at(model.theta); }

std::vector<Family::Figure> expert_figures(const Model& model, arma::uword k) {
  const Expert& expert = model.experts[k];
  return expert.family->figures(model.theta.memptr() + expert.psi_offset);
}

std::vector<std::string> guard_notes(const Model& model) {
  std::vector<std::string> notes;
  if (!model.fit.study) return notes;
  const FitStudy& study = *model.fit.study;
  // An expert that fits its rows exactly gets another note.
  if (arma::any(on_floor(model) - (study.exact.is_empty() ? arma::zeros(model.size()) : study.exact) > 0))
    notes.emplace_back(
        "warning: an expert's scale sits on its floor: what is left is the target's rounding, or nothing, or less than "
        "--sigma-floor, and the likelihood means little");
  for (const AsSimple& at : as_simple_of(model))
    notes.push_back("note: expert " + std::to_string(at.expert) +
                    (at.target.empty() ? "" : ", target '" + at.target + "'") + ": " + at.simpler +
                    " describes its rows as well as " + at.family +
                    ", whose own parameter has no finite maximum or no error here: expected --family " + at.simpler);
  for (arma::uword k = 0; k < model.size(); ++k)
    if (const std::string note = bound_note(model, k); !note.empty())
      notes.push_back("note: expert " + std::to_string(k + 1) + "'s " + note);
  const std::vector<std::string> starved = flagged(study.starved), separated = flagged(study.separated);
  if (!starved.empty()) {
    const double rows =
        arma::accu(study.shares.elem(arma::find(study.starved > 0))) * static_cast<double>(model.fit.rows);
    constexpr std::size_t kMostNamed = 5;
    const bool many = starved.size() > kMostNamed;
    notes.push_back(
        "warning: " +
        (many ? std::to_string(starved.size()) + " of " + counted(model.size(), "expert") : "expert " + join(starved)) +
        (starved.size() == 1 ? " is starved: it explains " : " are starved: they explain ") + formatted("%.3g", rows) +
        " of " + std::to_string(model.fit.rows) + " rows: expected fewer experts");
  }
  if (!separated.empty())
    notes.push_back("note: the gate's split " +
                    (separated.size() == model.size() ? "between the experts"
                                                      : (separated.size() == 1 ? "of expert " : "of experts ") +
                                                            join(separated) + " from the others") +
                    " is a step: its weights grow without end, the log-likelihood's supremum is about " +
                    formatted("%.6f", study.supremum));
  const std::vector<std::string> found = finding_notes(model);
  notes.insert(notes.end(), found.begin(), found.end());
  return notes;
}

}  // namespace moe
