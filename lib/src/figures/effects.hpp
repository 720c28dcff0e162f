// Average partial effects of inputs within each expert, on the scale on which its network adds them up.
#pragma once

#include <armadillo>
#include <string>
#include <vector>

#include "figures/scene.hpp"

namespace moe {

/// One of the numbers that an expert predicts: a target, or the log-odds of a class.
struct EffectOutcome {
  std::string name;    ///< of the target or class, as in shown_name()
  arma::uword target;  ///< or the output, of classes
  double unit;         ///< model units of the target in one standard deviation; 1 on scales without units
  std::string scale;   ///< the scale in words
};

/// The first few targets, or classes compared to the first one.
std::vector<EffectOutcome> outcomes_of(const Scene& scene);

/// The standard deviation of an input (its row in X) in units of the model: of the rows where there are any. 1 for
/// levels and indicators.
double spread_of_input(const Scene& scene, const InputAxis& axis, arma::uword row);

/// The effects (inputs x K) of one such deviation, or of a level instead of the first one, in units of the outcome:
/// averages over rows, by the expert's weight there.
arma::mat effects_of(const Scene& scene, const EffectOutcome& outcome);

}  // namespace moe
