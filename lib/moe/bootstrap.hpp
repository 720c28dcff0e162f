// Errors by fitting again: to rows drawn from the table, or to targets drawn from the model.
#pragma once

#include <cstdint>
#include <vector>

#include "moe/dataset.hpp"
#include "moe/inference.hpp"
#include "moe/model.hpp"

namespace moe {

struct BootstrapOptions {
  arma::uword replicates = 1000;
  /// False: as many rows as there are, drawn with replacement, each with its weight (Efron 1979). True: the table's inputs, and
  /// targets drawn from the model there.
  bool parametric = false;
  std::uint64_t seed = 1;
  unsigned threads = 1;
};

/// Every replicate is fitted from the model's theta on, by its objective and penalties, and its experts are put into the model's
/// order. Errors are the fits' standard deviations. Same bits for any number of threads. Throws Error: usage for a model whose
/// networks are not linear, or that is no density where targets are to be drawn; fit where fewer than two replicates could be
/// fitted.
Inference bootstrap(const Model& model, const Dataset& data, const BootstrapOptions& options);

/// `theta` with its experts, and their gate weights, in the order that is nearest to the model's: least in the sum of squared
/// differences of the experts' parameters, each in units of its standard error where one is known. Best of all orders for up to 6
/// experts, nearest first beyond. Only experts of one kind change places. References are set to 0.
arma::vec aligned(const Model& model, const Uncertainty& uncertainty, const arma::vec& theta);

}  // namespace moe
