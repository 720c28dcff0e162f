// A model as a straight line of operations on the vectors of a row: what every exporter writes down in its own language.
//
// It begins where a table's cells are inputs already (columns_of() tells how they become such) and ends at predictions in the data's
// own units. The operations are few: matrix products, picking and joining elements, sums and maxima of runs, and functions of each
// element. Experts are computed side by side: a vector has an element for each of them.
#pragma once

#include <armadillo>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "model/expression.hpp"
#include "moe/model.hpp"

namespace moe {

struct Graph {
  /// A vector's place in `values`.
  using Id = std::size_t;

  enum class Kind {
    kInputs,   ///< the row's inputs in the data's own units (Schema::inputs)
    kOffset,   ///< the offset, with the logarithm of the exposure
    kTrials,   ///< the number of trials
    kTargets,  ///< the targets in the data's own units: for densities and distribution functions
    kNumbers,  ///< `numbers`
    kDense,    ///< numbers + weights' of[0]
    kPick,     ///< elements `indices` of of[0]
    kJoin,     ///< all of `of`, one behind the other
    kSum,      ///< of each `run` elements of of[0]
    kLargest,  ///< of each `run` elements of of[0]
    kEach,     ///< op of the elements of `of`; one of width 1 goes with every element of the others
  };
  struct Value {
    Kind kind;
    arma::uword width = 1;
    std::vector<Id> of{};  ///< earlier ones
    std::vector<double> numbers{};
    arma::mat weights{};  ///< inputs x width
    std::vector<arma::uword> indices{};
    arma::uword run = 1;
    Expression::Op op = Expression::Op::kNumber;

    /// Of a kPick: whether its elements are neighbours in their order, to be found where they are.
    bool is_range() const;
  };

  std::vector<Value> values;
  arma::uword experts = 0, classes = 0;

  // What a prediction consists of.
  Id gate = 0;  ///< K weights
  std::vector<Id> mean,
      expert_means;    ///< a target each: 1; K. Of classes no mean, and every expert's probability of the last one
  std::vector<Id> sd;  ///< .. of a density of numbers: 1
  std::optional<Id> probabilities;  ///< of classes: C
  std::vector<Id> cdf;              ///< .. of a density of numbers, at the target: 1
  std::optional<Id> log_density;    ///< of a density: 1, at the targets; or C, of each class

  /// What these need, in the order of computation, themselves among them.
  std::vector<Id> needed(const std::vector<Id>& outputs) const;
  /// Whether each value needs a target.
  std::vector<bool> needs_target() const;
};

Graph graph_of(const Model& model);

}  // namespace moe
