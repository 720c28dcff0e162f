// Names the coefficients that a finding concerns. A finding is a set of directions in theta; a reported coefficient is
// an affine form of theta, and is concerned if the form changes along one of the directions.
#include "store/guards.hpp"

#include <cmath>
#include <cstdio>

#include "judge/reported.hpp"
#include "moe/coefficient_names.hpp"
#include "moe/error.hpp"
#include "moe/numeric.hpp"
#include "store/json_text.hpp"

namespace moe {
namespace {

constexpr std::size_t kMostNamed = 8;

/// A coefficient in the report.
struct Cell {
  arma::uword branch;  // 0 is the gate
  std::string output, name;
  double value;
};

std::string branch_name(arma::uword branch) { return branch == 0 ? "the gate" : "expert " + std::to_string(branch); }

std::vector<std::string> outputs_of(const Model& model, arma::uword branch) {
  if (branch > 0) return output_names(model, branch - 1);
  std::vector<std::string> names;
  for (arma::uword k = 1; k <= model.size(); ++k) names.push_back("expert " + std::to_string(k));
  return names;
}

/// The coefficients that change when theta moves along one of these directions.
std::vector<Cell> moved(const Model& model, const arma::mat& directions) {
  std::vector<Cell> cells;
  for (arma::uword b = 0; b <= model.size() && !directions.is_empty(); ++b) {
    const FormTable forms = b == 0 ? gate_forms(model) : expert_forms(model, b - 1);
    const std::vector<bool> which = moved_cells(model, b, forms, directions);
    const std::vector<std::string> names = coefficient_names(model, branch_of(model, b)),
                                   outputs = outputs_of(model, b);
    for (arma::uword i = 0; i < which.size(); ++i)
      if (which[i])
        cells.push_back({b, outputs[i / forms.rows], names[i % forms.rows], forms.cells[i].at(model.theta)});
  }
  return cells;
}

/// "expert 1's c=rare (+), x (-)", and how many more there are.
std::string listed(const Model& model, const std::vector<Cell>& cells, bool signs) {
  std::string text;
  for (std::size_t i = 0; i < std::min(cells.size(), kMostNamed); ++i) {
    const Cell& cell = cells[i];
    const bool first = i == 0 || cells[i - 1].branch != cell.branch;
    text += (i == 0 ? "" : ", ") + (first ? branch_name(cell.branch) + "'s " : "") + printable(cell.name);
    const bool several = model.classes() ? model.schema.labels.size() > 2 : model.targets() > 1;
    if (cell.branch == 0 ? model.size() > 2 : several) text += " of " + printable(cell.output);
    if (signs) text += cell.value < 0 ? " (-)" : " (+)";
  }
  if (cells.size() > kMostNamed) text += " and " + std::to_string(cells.size() - kMostNamed) + " more";
  return text;
}

std::string separation_note(const Model& model, const std::vector<Cell>& cells) {
  const bool one = cells.size() == 1, gate = cells.front().branch == 0, experts = cells.back().branch > 0;
  const Family& family = model.family();
  const bool known = model.targets() == 1 && family.dispersions() == 0 && family.link() != Family::Link::kIdentity &&
                     family.link() != Family::Link::kLogMedian;
  const std::string remedy = model.size() == 1 ? (known ? "--l2 R, or --firth" : "--l2 R")
                             : gate && experts ? "--l2 R and --gate-l2 R"
                             : gate            ? "--gate-l2 R, or --firth"
                                               : "--l2 R";
  return "warning: " + listed(model, cells, true) + (one ? " has" : " have") +
         " no finite estimate (separation): no row speaks against " +
         (one ? "its going further that way" : "their going further that way") + ", so that " +
         (one ? "its figure says" : "their figures say") + " only where the fit stopped and " + (one ? "has" : "have") +
         " no standard error: expected " + remedy;
}

std::string untold_note(const Model& model, const std::vector<Cell>& cells) {
  const bool one = cells.size() == 1;
  return "note: no row tells " + listed(model, cells, false) + ": " +
         (one ? "its figure means" : "their figures mean") + " nothing, and " + (one ? "has" : "have") +
         " no standard error";
}

nlohmann::ordered_json objects(const std::vector<Cell>& cells, bool signs) {
  auto result = nlohmann::ordered_json::array();
  for (const Cell& cell : cells) {
    nlohmann::ordered_json object{{"branch", cell.branch == 0 ? "gate" : "expert " + std::to_string(cell.branch)},
                                  {"output", cell.output},
                                  {"coefficient", cell.name}};
    if (signs) object["sign"] = cell.value < 0 ? -1 : 1;
    result.push_back(object);
  }
  return result;
}

}  // namespace

std::vector<std::string> finding_notes(const Model& model) {
  std::vector<std::string> notes;
  if (!model.fit.study) return notes;
  const FitStudy& study = *model.fit.study;
  std::vector<std::string> exact;
  for (const arma::uword k : arma::uvec(arma::find(study.exact > 0))) exact.push_back(std::to_string(k + 1));
  if (!exact.empty())
    notes.push_back(
        "note: expert " + join(exact) + (exact.size() == 1 ? " fits its" : " fit their") +
        " rows exactly: what is left of them is rounding, and sigma, the log-likelihood and the errors tell "
        "of nothing else");
  if (const auto cells = moved(model, study.recession); !cells.empty()) notes.push_back(separation_note(model, cells));
  if (const auto cells = moved(model, study.unseen); !cells.empty()) notes.push_back(untold_note(model, cells));
  if (!std::isnan(study.simpler)) {
    char figures[100];
    std::snprintf(figures, sizeof figures, "%.6f for the fit's %.6f", study.simpler, model.fit.log_likelihood);
    notes.push_back("warning: one expert alone explains the rows better: its log-likelihood is " +
                    std::string(figures) +
                    ": expected -k 1, another --solver, more --epochs, or a smaller --learning-rate of adam and sgd");
  }
  return notes;
}

void add_findings(const Model& model, nlohmann::ordered_json& guards) {
  const FitStudy& study = *model.fit.study;
  guards["exact"] = nlohmann::ordered_json::array();
  for (const arma::uword k : arma::uvec(arma::find(study.exact > 0))) guards["exact"].push_back(k + 1);
  guards["infinite"] = objects(moved(model, study.recession), true);
  guards["untold"] = objects(moved(model, study.unseen), false);
  guards["simpler"] = number_or_null(study.simpler);
}

}  // namespace moe
