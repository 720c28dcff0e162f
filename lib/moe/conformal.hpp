// Conformal sets: sets of targets whose coverage holds in finite samples, whatever the model is, as long as the rows
// that calibrate it and the rows to come are drawn from the same source, and no fit has seen either (Vovk, Gammerman
// and Shafer 2005; split conformal, Papadopoulos et al. 2002).
//
// A score s(x, y) says how far a target is from what the model expects:
// - numbers: |z| for P(Y <= y | x) = Phi(z), so that sets are intervals between two quantiles of the model (Chernozhukov,
//   Wuthrich and Zhu 2021). Beyond |z| = 6 the score grows as the distance from the 6-sigma quantile does, in units of
//   half the distance between the quantiles at -1 and 1. Counts are taken at both ends of their step.
// - classes: the probability of all classes that the model takes for more probable than y (as Romano, Sesia and Candes
//   2020, without the class's own). So the most probable class is in every set.
// Of n scores the threshold q is the ceil((n + 1) level)-th smallest. The set of a row is {y: s(x, y) <= q}.
// It holds the target with a probability of at least `level`, and at most level + 1 / (n + 1) where scores do not tie.
#pragma once

#include <armadillo>
#include <string>
#include <vector>

#include "moe/model.hpp"
#include "moe/predict.hpp"

namespace moe {

/// The largest |z| whose quantile the model is asked for. Larger scores count distances from the quantile there.
inline constexpr double kConformalReach = 6;

/// The scores of the rows that have a weight above 0; weights do not count else. Where there are groups, each group's
/// rows are judged by themselves, so that coverage holds in each: `by_expert` makes one for each expert's region,
/// `column` one for each level of that category. The same bits for any number of threads. Throws Error: usage for a
/// model that is no density, and for a column that is no category of the model; fit where a score is not a finite
/// number.
Conformal conformal_scores(const Model& model, const Dataset& rows, bool by_expert, unsigned threads,
                           const std::string& column = "");

/// How a model's conformal scores are grouped.
enum class ConformalGroups { kNone, kExperts, kLevels };
/// The model must be calibrated.
ConformalGroups conformal_groups(const Model& model);
/// The category of this name, by whose levels the model can be calibrated. Throws Error (usage) where there
/// is none.
CategoryInputs conformal_category(const Schema& schema, const std::string& name);

/// The scores of all of these, of the same shape, together.
Conformal joined(const std::vector<Conformal>& parts);

/// How many rows have calibrated the model and for which levels they are enough, in a line.
std::string calibration_summary(const Model& model);

/// The threshold q for a level between 0 and 1. Infinite where there are too few scores. `scores`: in ascending order.
double conformal_threshold(const arma::vec& scores, double level);

/// A sentence that says for which groups the rows are too few for this level, so that their sets hold every target; ""
/// where they are enough for all.
std::string calibration_gap(const Model& model, double level);

/// The thresholds of target t: one for each group.
arma::vec conformal_thresholds(const Model& model, double level, arma::uword t = 0);

/// The ends of each row's interval (b x 2) in data units, infinite where there are too few scores. The model must be
/// calibrated and have a number as its target t.
arma::mat conformal_interval(const Model& model, const Predictive& predictive, double level, arma::uword t = 0);

/// The classes in each row's set, the most probable one first.
std::vector<std::vector<arma::uword>> conformal_labels(const Model& model, const Predictive& predictive, double level);

}  // namespace moe
