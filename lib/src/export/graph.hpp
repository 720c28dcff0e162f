// Graph: a model as operations on the vectors of a row, in an order in which they can be computed. Exporters do not
// look into families, gates and networks: each writes this list of operations in its own language.
//
// The graph begins with the inputs; how cells become inputs is told by columns_of(). It ends with predictions in the
// data's units. There are few operations: matrix products, selections and concatenations of elements, sums and maxima
// of runs of elements, and functions of single elements. All experts are computed at once: a vector has one element for
// each of them.
#pragma once

#include <armadillo>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "model/expression.hpp"
#include "moe/model.hpp"
#include "predict/bounds.hpp"

namespace moe {

struct Graph {
  /// The place of a value in `values`.
  using Id = std::size_t;

  enum class Kind {
    kInputs,   ///< the inputs of the row in the data's units (Schema::inputs)
    kOffset,   ///< the offset plus the logarithm of the exposure
    kTrials,   ///< the number of trials
    kTargets,  ///< the targets in the data's units; for densities and distribution functions only
    kNumbers,  ///< the constants `numbers`
    kDense,    ///< numbers + weights' operands[0]
    kPick,     ///< the elements of operands[0] at `indices`
    kJoin,     ///< all operands, one after the other
    kSum,      ///< the sum of each `run` neighbouring elements of operands[0]
    kLargest,  ///< the largest of each `run` neighbouring elements of operands[0]
    kEach,     ///< op of the operands, element by element; an operand of width 1 is used for every element
  };
  struct Value {
    Kind kind;
    arma::uword width = 1;
    std::vector<Id> operands{};  ///< earlier values
    std::vector<double> numbers{};
    arma::mat weights{};  ///< inputs x width
    std::vector<arma::uword> indices{};
    arma::uword run = 1;
    Expression::Op op = Expression::Op::kNumber;

    /// Whether this is a kPick of neighbours in order, so that a pointer into the operand suffices.
    bool is_range() const;
  };

  std::vector<Value> values;
  arma::uword experts = 0, classes = 0;

  // The predictions. The width of each value is given.
  Id gate = 0;  ///< K weights
  std::vector<Id> mean,
      /// One for each target: 1; K. Classes have no mean; expert_means then holds each expert's probability of the last
      /// class.
      expert_means;
  std::vector<Id> sd;               ///< one for each target, where the model is a density of numbers: 1
  std::optional<Id> probabilities;  ///< for classes: C
  std::vector<Id> cdf;              ///< one for each target, at the target, where the model is a density of numbers: 1
  std::optional<Id> log_density;    ///< of a density: 1, at the targets; for classes C, one for each
  std::vector<Id> bounds;           ///< one for each of GraphRequest::bounds: 1

  /// All values that the outputs need, the outputs themselves included, in the order of computation.
  std::vector<Id> needed(const std::vector<Id>& outputs) const;
  /// For each value, whether it needs a target.
  std::vector<bool> needs_target() const;
};

/// What a graph is to hold beside what every graph has.
struct GraphRequest {
  std::vector<Bound> bounds{};
  /// Whether the language lacks special functions. Bounds are then computed by elementary ones: see elementary.hpp.
  bool elementary = false;
};

/// Throws Error (usage) where the model has no mean, or no formula for a bound that is asked for.
Graph graph_of(const Model& model, const GraphRequest& request = {});

}  // namespace moe
