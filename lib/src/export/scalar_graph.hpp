// A graph element by element: what an exporter writes whose language knows numbers only, no vectors.
#pragma once

#include <vector>

#include "export/graph.hpp"

namespace moe {

struct ScalarGraph {
  using Id = std::size_t;
  enum class Kind {
    kInput,    ///< element `index` of Graph::Kind::kInputs
    kOffset,   ///< as Graph has it
    kTrials,   ///< ..
    kNumber,   ///< `number`
    kDense,    ///< number + sum_i weights[i] of[i], at least one
    kSum,      ///< of `of`
    kLargest,  ///< of `of`
    kEach,     ///< op(of)
  };
  struct Node {
    Kind kind;
    std::vector<Id> of{};  ///< earlier ones
    double number = 0;
    std::vector<double> weights{};
    arma::uword index = 0;
    Expression::Op op = Expression::Op::kNumber;
  };

  std::vector<Node> nodes;
  std::vector<std::vector<Id>> elements;  ///< of each value of the graph; empty for one that was not asked for

  Id add(Node node);
};

/// Those values of the graph, none of which needs a target. Weights of 0 are left out, and what depends on numbers alone is
/// computed.
ScalarGraph scalar_graph_of(const Graph& graph, const std::vector<Graph::Id>& values);

}  // namespace moe
