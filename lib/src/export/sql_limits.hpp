// Finds where numbers of a model could overflow, and limits them there.
//
// PostgreSQL ends a SELECT with an error at an overflow. From the largest magnitude of a cell we compute a bound for
// every node of the graph. Where the next operation might overflow, its operand gets a limit. A row in which an operand
// exceeds its limit has no prediction.
#pragma once

#include <optional>
#include <vector>

#include "export/scalar_graph.hpp"

namespace moe {

struct SqlLimits {
  std::vector<double> most;                  ///< log10 of the largest magnitude of each node
  std::vector<std::optional<double>> limit;  ///< log10 of the limit of a node that has one
};

/// `used`: for each node, whether it is computed. `largest`: log10 of the largest magnitude of inputs, offset and
/// trials.
SqlLimits sql_limits(const ScalarGraph& scalar_graph, const std::vector<bool>& used, double largest);

}  // namespace moe
