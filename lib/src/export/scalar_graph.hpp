// ScalarGraph: a graph whose values are single numbers, for exporters to languages without vectors.
#pragma once

#include <vector>

#include "export/graph.hpp"

namespace moe {

struct ScalarGraph {
  using Id = std::size_t;
  enum class Kind {
    kInput,    ///< element `index` of Graph::Kind::kInputs
    kOffset,   ///< as in Graph
    kTrials,   ///< as in Graph
    kNumber,   ///< `number`
    kDense,    ///< number + sum_i weights[i] operands[i]; at least one operand
    kSum,      ///< the sum of the operands
    kLargest,  ///< the largest of the operands
    kEach,     ///< op(operands)
  };
  struct Node {
    Kind kind;
    std::vector<Id> operands{};  ///< earlier nodes
    double number = 0;
    std::vector<double> weights{};
    arma::uword index = 0;
    Expression::Op op = Expression::Op::kNumber;
  };

  std::vector<Node> nodes;
  /// The nodes of each value of the graph; empty for a value that was not asked for.
  std::vector<std::vector<Id>> elements;

  Id add(Node node);
};

using ScalarId = ScalarGraph::Id;
using ScalarNode = ScalarGraph::Node;
using ScalarKind = ScalarGraph::Kind;

/// Translates these values of the graph, none of which may need a target. Weights of 0 are left out, and results that
/// depend on numbers only are computed.
ScalarGraph scalar_graph_of(const Graph& graph, const std::vector<Graph::Id>& values);

}  // namespace moe
