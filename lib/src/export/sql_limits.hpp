// Where a model's numbers could leave the range of doubles, and how far each may go so that none does.
//
// PostgreSQL ends a SELECT at such a result. From the largest magnitude of a cell the largest of every node follows; where the next
// operation might overflow, its operand is held to a limit, and a row in which one goes beyond it has no prediction.
#pragma once

#include <optional>
#include <vector>

#include "export/scalar_graph.hpp"

namespace moe {

struct SqlLimits {
  std::vector<double> most;                  ///< log10 of the largest magnitude of each node
  std::vector<std::optional<double>> limit;  ///< log10 of what a node is held to
};

/// `used`: of each node, whether it is computed. `largest`: log10 of the largest magnitude of inputs, offset and trials.
SqlLimits sql_limits(const ScalarGraph& scalar_graph, const std::vector<bool>& used, double largest);

}  // namespace moe
