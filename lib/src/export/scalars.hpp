// A plan element by element: what an exporter writes whose language knows numbers only, no vectors.
#pragma once

#include <vector>

#include "export/plan.hpp"

namespace moe {

struct Scalars {
  using Id = std::size_t;
  enum class Kind {
    kInput,    ///< element `index` of Plan::Kind::kInputs
    kOffset,   ///< as Plan has it
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
  std::vector<std::vector<Id>> elements;  ///< of each value of the plan; empty for one that was not asked for

  Id add(Node node);
};

/// Those values of the plan, none of which needs a target. Weights of 0 are left out, and what depends on numbers alone is
/// computed.
Scalars scalars_of(const Plan& plan, const std::vector<Plan::Id>& values);

}  // namespace moe
