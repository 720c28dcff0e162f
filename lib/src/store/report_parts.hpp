// What is said of a model in text for people and in JSON alike.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "moe/inference.hpp"
#include "moe/model.hpp"

namespace moe {

/// Of intervals where nothing else is asked for.
constexpr double kLevel = 0.95;

/// A report's errors and intervals, where there are any.
struct Errors {
  const Inference& inference;
  double level;
};

/// Calls use() with what there is.
template <class Use>
auto with_errors(const std::optional<Inference>& inference, double level, const Use& use) {
  if (!inference) return use(nullptr);
  const Errors errors{*inference, level};
  return use(&errors);
}

/// The experts, from 1, that have a flag of 1.
std::vector<std::string> flagged(const arma::vec& flags);
/// 1 for each expert whose scale is on its floor, else 0.
arma::vec on_floor(const Model& model);

/// What an expert's family is described as well by.
struct AsSimple {
  arma::uword expert;  // from 1
  std::string target;  // of several; else empty
  std::string family, simpler;
};

std::vector<AsSimple> as_simple_of(const Model& model);

/// What is to be said where expert k's psi is at a bound of its family; else "".
std::string bound_note(const Model& model, arma::uword k);
/// What moves along directions that the rows do not determine, as "expert 1's zero_share".
std::vector<std::string> undetermined_names(const Model& model, const Uncertainty& uncertainty);
/// Sentences on errors: boundaries, dependent columns, what the rows do not tell apart.
std::vector<std::string> notes_of(const Model& model, const Uncertainty& uncertainty);

std::string formatted(const char* format, double value);

}  // namespace moe
