// Standard errors by refitting: to rows drawn from the table (bootstrap), or to targets drawn from the model
// (parametric bootstrap).
#pragma once

#include <cstdint>
#include <vector>

#include "moe/dataset.hpp"
#include "moe/inference.hpp"
#include "moe/model.hpp"

namespace moe {

struct BootstrapOptions {
  arma::uword replicates = 1000;
  /// False: draws as many rows as there are, with replacement, each with its weight (Efron 1979). True: keeps the
  /// table's inputs, and draws targets from the model.
  bool parametric = false;
  std::uint64_t seed = 1;
  unsigned threads = 1;
};

/// Fits every replicate with the model's objective and penalties, beginning at the model's theta, and brings its
/// experts into the model's order. Errors are the standard deviations over the fits. The bits are the same for any
/// number of threads. Throws Error: usage for a model with networks that are not linear, or, where targets must be
/// drawn, for a model that is no density; fit where fewer than two replicates could be fitted.
Inference bootstrap(const Model& model, const Dataset& data, const BootstrapOptions& options);

/// `theta` with its experts, and their gate weights, in the order nearest to the model's. The distance is the sum of
/// squared differences of the experts' parameters, each divided by its standard error where that is known. For up to 6
/// experts all orders are tried; for more, the nearest experts are matched first. Only experts of the same kind are
/// exchanged. Reference outputs are set to 0.
arma::vec aligned(const Model& model, const Uncertainty& uncertainty, const arma::vec& theta);

}  // namespace moe
