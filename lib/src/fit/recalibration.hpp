// How much wider or narrower a committee should be than its fits.
#pragma once

#include <armadillo>
#include <optional>
#include <vector>

#include "moe/model.hpp"

namespace moe {

/// The fits of a candidate, each without one of the folds; nothing where it failed.
using FitsOfFolds = std::vector<std::optional<Model>>;

/// Multiplies the scales of all these fits by the factor that suits their committee, and returns it. Each fold is the
/// rows that its fits have not seen. weights: those of the candidates. 1 where some fit has no scale.
double recalibrate(const std::vector<FitsOfFolds*>& candidates, const std::vector<std::vector<std::size_t>>& folds,
                   const Dataset& data, const arma::vec& weights, unsigned threads);

/// Whether every expert has a scale or, for classes, log-odds that a factor can change.
bool can_widen(const Model& model);
/// Multiplies every scale of a model by a factor. For classes, it divides the log-odds.
void widen(Model& model, double factor);

/// The factors at which the fits are scored; the one in the middle is 1.
arma::vec widening_factors();

// In what follows, log_p holds for each factor the log densities (n x M) of rows that the fits of M candidates have not
// seen. v: n weights of the rows. weights: M.

/// The best factor for a committee of `repeats` fits of each candidate.
double committee_factor(const std::vector<arma::mat>& log_p, const arma::vec& v, const arma::vec& weights,
                        std::size_t repeats);
/// For classes: the best factor for one fit of each candidate, or 1 where it gains less than a standard error. One more
/// row, whose class is another one, keeps the probabilities from 1 where all rows are told right.
double temperature(const std::vector<arma::mat>& log_p, const arma::vec& v, const arma::vec& weights);

}  // namespace moe
