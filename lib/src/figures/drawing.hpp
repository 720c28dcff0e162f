// The kinds of figures, each as a function of a scene. They return nothing where there is nothing to draw, and throw
// Error (usage) where the kind does not suit the model or what is known of rows.
#pragma once

#include <string>
#include <vector>

#include "figures/scene.hpp"
#include "moe/figures.hpp"

namespace moe {

// Along inputs, the others at their median.
std::vector<Figure> fit_figures(const Scene& scene);
std::vector<Figure> gate_figures(const Scene& scene);
std::vector<Figure> map_figures(const Scene& scene);

// Of what inputs do.
std::vector<Figure> effect_figures(const Scene& scene);
std::vector<Figure> importance_figures(const Scene& scene);
std::vector<Figure> dependence_figures(const Scene& scene);

// Of rows with a known target.
std::vector<Figure> residual_figures(const Scene& scene);
std::vector<Figure> pit_figures(const Scene& scene);
std::vector<Figure> coverage_figures(const Scene& scene);
std::vector<Figure> reliability_figures(const Scene& scene);
std::vector<Figure> roc_figures(const Scene& scene);
std::vector<Figure> precision_recall_figures(const Scene& scene);

// Of the model and its fit.
std::vector<Figure> share_figures(const Scene& scene);
std::vector<Figure> member_figures(const Scene& scene);
std::vector<Figure> history_figures(const Scene& scene);
std::vector<Figure> tried_figures(const Scene& scene);

// Tables.
std::vector<ReportTable> tried_table(const Scene& scene);
std::vector<ReportTable> worst_rows(const Scene& scene);
std::vector<ReportTable> far_rows(const Scene& scene);
ReportTable score_table(const Scene& scene);
ReportTable expert_table(const Scene& scene);

/// See in_words().
std::vector<std::string> words_of_experts(const Scene& scene);
/// The mean share of the rows' weight that each expert has: by responsibility where targets are known, else by the
/// gate's weights.
arma::vec shares_of_experts(const Scene& scene);

/// Throws Error (usage) unless there are rows, with a target.
void require_rows(const Scene& scene, const std::string& kind);
void require_targets(const Scene& scene, const std::string& kind);

}  // namespace moe
