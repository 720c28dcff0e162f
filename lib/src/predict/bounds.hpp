// Quantiles, the ends of intervals and conformal sets, by the words with which `moe predict --output` asks for them. This is what an
// exported model can give beside its mean and standard deviation.
#pragma once

#include <armadillo>
#include <optional>
#include <string>
#include <vector>

#include "moe/model.hpp"

namespace moe {

/// A column of numbers: a quantile of a target or near one; or whether a class is in the row's conformal set.
struct Bound {
  /// The quantile at p plus `beyond` times half the distance between the quantiles at Phi(-1) and Phi(1).
  struct Quantile {
    double p, beyond = 0;
  };
  std::string name;  ///< that of the column which `moe predict` gives
  arma::uword target;
  /// One; or one for each expert, of which that of the expert with the largest weight counts; or one for each level.
  std::vector<Quantile> quantiles;
  /// Of a class, in place of quantiles: 1 where the more probable classes have no more than this probability together,
  /// else 0. As many as there would be quantiles.
  std::vector<double> thresholds{};
  arma::uword label = 0;
  /// Where there is one for each level of a category: the place of the input for its second level.
  std::optional<std::size_t> second_level{};
};

/// The bounds that a comma-separated list of "median", "qP", "interval:P" and "conformal:P" asks for, which is the value
/// of an option --with. Of classes it can ask for "conformal:P". Throws Error (usage) for another word, and for one that
/// makes no sense for the model.
std::vector<Bound> bounds_of(const Model& model, const std::string& list);
/// Sentences on words of the list that say nothing, as too few rows have calibrated the model.
std::vector<std::string> notes_on_bounds(const Model& model, const std::string& list);

}  // namespace moe
