// Parts of a report on a model that the text and the JSON share.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "moe/inference.hpp"
#include "moe/model.hpp"

namespace moe {

/// The level of intervals unless the user asks for another.
constexpr double kLevel = 0.95;

/// Standard errors and intervals for a report.
struct Errors {
  const Inference& inference;
  double level;
};

/// Calls use() with the Errors, or with null where there are none.
template <class Use>
auto with_errors(const std::optional<Inference>& inference, double level, const Use& use) {
  if (!inference) return use(nullptr);
  const Errors errors{*inference, level};
  return use(&errors);
}

/// The numbers, from 1, of the experts with flag 1.
std::vector<std::string> flagged(const arma::vec& flags);
/// 1 for each expert whose scale is on its floor, else 0.
arma::vec on_floor(const Model& model);

/// A family that describes the rows of an expert as well as the expert's own.
struct AsSimple {
  arma::uword expert;  // counted from 1
  std::string target;  // empty unless there are several
  std::string family, simpler;
};

std::vector<AsSimple> as_simple_of(const Model& model);

/// A sentence where a parameter of expert k's family is at its bound; else "".
std::string bound_note(const Model& model, arma::uword k);
/// The names of parameters that the rows do not determine, as "expert 1's zero_share".
std::vector<std::string> undetermined_names(const Model& model, const Uncertainty& uncertainty);
/// Sentences on standard errors: parameters on a boundary, dependent columns, and parameters that the rows do not
/// determine.
std::vector<std::string> notes_of(const Model& model, const Uncertainty& uncertainty);

std::string formatted(const char* format, double value);

}  // namespace moe
