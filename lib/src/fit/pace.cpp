// How long a network is fitted, and in which steps, where nobody says: Adam needs many passes over few rows and few
// passes over many. Held-out rows end the fit, and the rate falls to 0 by then.
#include <algorithm>
#include <cmath>

#include "moe/train.hpp"

namespace moe {
namespace {

/// At effort 5 a fit passes over at most kRowPasses rows, within these numbers of epochs. Tables of 300 to 1,000 rows
/// gain nothing from more: docs/quality.md has the figures.
constexpr double kRowPasses = 2.8e6, kFewestEpochs = 60, kMostEpochs = 600;
constexpr double kEffortFactor = 1.6;
constexpr arma::uword kLeastBatch = 32, kMostBatch = 256, kStepsOfPass = 100;
constexpr arma::uword kLeastPatience = 50;

}  // namespace

void pace(TrainOptions& options, arma::uword rows, int effort) {
  const double factor = std::pow(kEffortFactor, effort - 5), passes = kRowPasses * factor / static_cast<double>(rows);
  SolverOptions& solver = options.solver_options;
  solver.epochs = static_cast<arma::uword>(std::clamp(passes, kFewestEpochs, kMostEpochs * factor));
  solver.schedule = "cosine";
  options.batch = kLeastBatch;
  while (options.batch < kMostBatch && options.batch * kStepsOfPass <= rows) options.batch *= 2;
  options.patience = std::max(kLeastPatience, solver.epochs / 3);
}

}  // namespace moe
