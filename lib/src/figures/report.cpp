// The kinds of figures by name, and all of them as a report.
#include <algorithm>
#include <iterator>

#include "figures/drawing.hpp"
#include "figures/figure_parts.hpp"
#include "moe/conformal.hpp"
#include "moe/error.hpp"
#include "moe/figures.hpp"

namespace moe {
namespace {

/// Coverage of numbers, reliability of classes.
std::vector<Figure> calibration_figures(const Scene& scene) {
  return scene.model().classes() ? reliability_figures(scene) : coverage_figures(scene);
}

struct KindEntry {
  const char* name;
  const char* help;
  std::vector<Figure> (*draw)(const Scene&);
};

constexpr KindEntry kFigureKinds[] = {
    {"fit", "mean and 90 % interval along an input, the others at their median; of classes their probabilities",
     fit_figures},
    {"gate", "each expert's weight along an input; of two inputs a map", gate_figures},
    {"map", "which expert answers where, over the two inputs that matter most to the gate", map_figures},
    {"shares", "the share of the rows of each expert", share_figures},
    {"effects", "what inputs do within each expert, in standard deviations", effect_figures},
    {"importance", "the rise of nll when an input's values are exchanged among rows", importance_figures},
    {"dependence", "the prediction along an input, averaged over rows (partial dependence)", dependence_figures},
    {"residuals", "quantile residuals against the prediction", residual_figures},
    {"pit", "histogram of the distribution function at the target", pit_figures},
    {"calibration", "coverage against level; of classes their reliability", calibration_figures},
    {"roc", "ROC curve of classes", roc_figures},
    {"precision-recall", "precision against recall of classes", precision_recall_figures},
    {"members", "the weights of a committee's members", member_figures},
};

const KindEntry& find_kind(const std::string& name) {
  std::vector<std::string> known;
  for (const KindEntry& entry : kFigureKinds) {
    if (name == entry.name) return entry;
    known.emplace_back(entry.name);
  }
  throw Error(ErrorKind::kUsage, "--kind: " + unknown_word("kind", name, known));
}

std::string title_of(const Model& model, const FigureOptions& options) {
  return options.model_name.empty() ? join(model.schema.targets) : options.model_name;
}

/// "4 linear experts, softmax gate; 133 rows of mcycle.csv".
std::string subtitle_of(const Scene& scene) {
  const Model& model = scene.model();
  const std::string network = model.experts.front().network->spec();
  const bool alike = std::all_of(model.experts.begin(), model.experts.end(),
                                 [&](const Expert& expert) { return expert.network->spec() == network; });
  std::string text = counted(model.size(), (alike ? network + " " : "") + "expert");
  if (model.is_committee())
    text += " in a committee of " + std::to_string(model.members.size());
  else if (model.size() > 1)
    text += ", " + model.gate->name() + " gate";
  text += ", " + model.family_spec();
  if (!scene.given()) return text + "; without rows";
  const std::string& data = scene.options().data_name;
  return text + "; " + shown_count(scene.rows().rows()) + " rows" + (data.empty() ? "" : " of " + shown_name(data));
}

void append(std::vector<Figure>& to, std::vector<Figure> figures) {
  std::move(figures.begin(), figures.end(), std::back_inserter(to));
}

/// The sentences of all experts; of many, those with the largest shares.
std::vector<std::string> largest_experts_in_words(const Scene& scene) {
  constexpr std::size_t kMostTold = 12;
  std::vector<std::string> all = words_of_experts(scene);
  if (all.size() <= kMostTold) return all;
  const arma::vec shares = shares_of_experts(scene);
  const arma::uvec order = arma::stable_sort_index(shares, "descend");
  std::vector<std::string> told;
  for (const arma::uword k : arma::uvec(arma::sort(order.head(kMostTold)))) told.push_back(all[k]);
  told.push_back("The other " + std::to_string(all.size() - kMostTold) + " experts answer for " +
                 shown_percent(arma::accu(shares.elem(order.tail(all.size() - kMostTold)))) +
                 " of the rows together. The table has all of them.");
  return told;
}

/// What the automatic fit has changed in the committee that it found.
std::vector<std::string> rescaling_in_words(const Scene& scene) {
  const double factor = scene.options().history.factor;
  if (factor == 1) return {};
  return {scene.model().classes()
              ? "All log-odds are divided by " + shown_number(factor) + ", as the rows held out suggest."
              : "All scales are multiplied by " + shown_number(factor) + ", as the rows held out suggest."};
}

/// The sections in order; those that do not apply stay empty.
std::vector<ReportSection> sections_of(const Scene& scene) {
  const Model& model = scene.model();
  const bool density = scene.has_density(), target = scene.has_target(), judged = target && density;
  const bool mean = !model.without_mean();
  std::vector<ReportSection> sections;
  const auto add = [&](const char* id, const char* title) -> ReportSection& {
    return sections.emplace_back(ReportSection{id, title});
  };
  if (ReportSection& section = add("summary", "How good it is"); target) section.tables.push_back(score_table(scene));
  ReportSection& fit = add("fit", "The fit");
  fit.figures = history_figures(scene);
  append(fit.figures, tried_figures(scene));
  fit.tables = tried_table(scene);
  fit.text = rescaling_in_words(scene);
  ReportSection& experts = add("experts", "What each expert is");
  experts.text = largest_experts_in_words(scene);
  experts.tables.push_back(expert_table(scene));
  experts.figures = effect_figures(scene);
  if (ReportSection& section = add("gate", "Where each expert answers"); model.size() > 1) {
    section.figures = gate_figures(scene);
    if (scene.chosen(&Scene::Sway::gate, 2).size() == 2 && scene.options().along.size() != 2)
      append(section.figures, map_figures(scene));
  }
  if (ReportSection& section = add("importance", "Which inputs matter"); judged)
    section.figures = importance_figures(scene);
  if (ReportSection& section = add("dependence", "What inputs do on average");
      scene.given() && mean && scene.axes().size() > 1)
    section.figures = dependence_figures(scene);
  if (ReportSection& section = add("fitted", "The fit along inputs"); !scene.axes().empty())
    section.figures = fit_figures(scene);
  if (ReportSection& section = add("residuals", "What is left"); judged && !model.classes()) {
    section.figures = residual_figures(scene);
    append(section.figures, pit_figures(scene));
  }
  if (ReportSection& section = add("calibration", "Whether probabilities are right"); judged) {
    if (model.conformal) section.text.push_back("Conformal sets are " + calibration_summary(model) + ".");
    section.figures = calibration_figures(scene);
    if (model.classes()) {
      append(section.figures, roc_figures(scene));
      append(section.figures, precision_recall_figures(scene));
    }
  }
  ReportSection& rows = add("rows", "Rows to look at");
  rows.tables = worst_rows(scene);
  for (ReportTable& table : far_rows(scene)) rows.tables.push_back(std::move(table));
  if (ReportSection& section = add("members", "The committee"); model.is_committee())
    section.figures = member_figures(scene);
  std::erase_if(sections, [](const ReportSection& section) { return section.is_empty(); });
  return sections;
}

std::vector<ReportNote> notes_on(const Scene& scene) {
  std::vector<ReportNote> notes;
  if (!scene.given())
    notes.push_back({"The report was made without rows: it tells what the model alone knows.",
                     "Name a table to see how well the model fits it."});
  else if (!scene.has_target())
    notes.push_back({"The rows have no target: nothing tells how well the model fits them.",
                     "Name a table with a column " + shown_name(scene.model().schema.targets[0]) + "."});
  if (!scene.has_density())
    notes.push_back(
        {"The gate's weights do not sum to 1, so that the model is no density: there are no intervals, "
         "importance, residuals and calibration.",
         "Train with a softmax gate for these."});
  if (scene.model().targets() > kTargetsDrawn)
    notes.push_back({"The model has " + std::to_string(scene.model().targets()) + " targets, of which the first " +
                         std::to_string(kTargetsDrawn) + " are drawn.",
                     ""});
  return notes;
}

}  // namespace

std::vector<FigureKind> figure_kinds() {
  std::vector<FigureKind> kinds;
  for (const KindEntry& entry : kFigureKinds) kinds.push_back({entry.name, entry.help});
  return kinds;
}

std::vector<Figure> make_figures(const Model& model, const Dataset* data, const std::string& kind,
                                 const FigureOptions& options) {
  const KindEntry& entry = find_kind(kind);
  std::vector<Figure> figures = entry.draw(Scene(model, data, options));
  std::erase_if(figures, [](const Figure& figure) { return figure.marks.empty(); });
  if (figures.empty())
    throw Error(ErrorKind::kUsage, kind +
                                       ": there is nothing to draw: expected inputs that change the prediction, and "
                                       "rows of more than one kind");
  return figures;
}

Report make_report(const Model& model, const Dataset* data, const FigureOptions& options) {
  const Scene scene(model, data, options);
  Report report{title_of(model, options), subtitle_of(scene), notes_on(scene), sections_of(scene)};
  for (ReportSection& section : report.sections)
    std::erase_if(section.figures, [](const Figure& figure) { return figure.marks.empty(); });
  for (const InputAxis& axis : scene.axes())
    report.inputs.push_back({.name = axis.name,
                             .levels = axis.levels,
                             .low = axis.low,
                             .high = axis.high,
                             .value = axis.is_category() ? static_cast<double>(axis.mode) : axis.middle,
                             .missing = axis.refilled});
  report.targets = model.schema.targets;
  report.labels = model.schema.labels;
  report.experts = model.size();
  return report;
}

}  // namespace moe
