// A model as text and JSON, with coefficients in the data's units, as `moe inspect` shows them.
#pragma once

#include <armadillo>
#include <optional>
#include <string>
#include <vector>

#include "moe/coefficient_names.hpp"
#include "moe/inference.hpp"
#include "moe/model.hpp"

namespace moe {

/// The coefficients of a branch with a linear or constant network in the data's units: if input j grows by 1, output o
/// grows by coefficients(j, o). Rows are those of coefficient_names(). Empty for other networks.
arma::mat expert_coefficients(const Model& model, arma::uword k);
/// The coefficients of the gate's logits. Under a softmax the last expert is the reference; its column is 0.
arma::mat gate_coefficients(const Model& model);
/// The sigma of an expert and similar parameters, in data units.
std::vector<Family::Figure> expert_figures(const Model& model, arma::uword k);

/// Sentences on the findings about a fit: starved experts, a gate that separates experts completely, a sigma on its
/// floor.
std::vector<std::string> guard_notes(const Model& model);

/// The name under which people read FitSummary::objective_value: "nll" for the objective likelihood, else the
/// objective's own.
std::string minimised_figure(const FitSummary& fit);

/// A JSON object; `moe inspect --help` lists its keys. Standard errors are those of the fit, or of `inference`, with
/// intervals of this level.
std::string describe_json(const Model& model);
std::string describe_json(const Model& model, const std::optional<Inference>& inference, double level);
/// What describe_text() shows.
struct TextOptions {
  double level = 0.95;  ///< of the intervals
  /// Significant digits. 0: 6 of coefficients and their like, and 4 to 6 decimals of the likelihood and the criteria.
  int digits = 0;
  bool coefficients = true;          ///< false: a line for each member of a committee, and no experts
  std::vector<arma::uword> order{};  ///< the experts (from 0) in the order of the text; empty: as they are stored
};
/// Aligned tables for people. Lines that begin a section have no blank before them.
std::string describe_text(const Model& model);
std::string describe_text(const Model& model, const std::optional<Inference>& inference, double level);
std::string describe_text(const Model& model, const std::optional<Inference>& inference, const TextOptions& options);

}  // namespace moe
