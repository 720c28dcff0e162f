// GraphOperations: functions that add operations to a graph.
#pragma once

#include <vector>

#include "export/graph.hpp"

namespace moe {

using Indices = std::vector<arma::uword>;

/// first, first + 1, ..
Indices range(arma::uword first, arma::uword count);
/// Each of 0 .. count - 1, `times` times in a row: 0 0 0 1 1 1 ..
Indices repeated(arma::uword count, arma::uword times);
/// The sequence 0 .. count - 1, `times` times.
Indices tiled(arma::uword count, arma::uword times);
/// For each element (i, j) of a rows x columns table, by columns, its place in the table stored by rows.
Indices transposed(arma::uword rows, arma::uword columns);

/// Each function returns the place of the value that it has added. Results that depend on numbers only become numbers.
class GraphOperations {
 public:
  using Id = Graph::Id;
  using Op = Expression::Op;

  Id add(Graph::Value value);
  /// A value that the row has. It is added once only.
  Id given(Graph::Kind kind, arma::uword width);
  Id numbers(std::vector<double> values);
  Id numbers(const arma::vec& values) { return numbers(std::vector<double>(values.begin(), values.end())); }
  Id constant(double value) { return numbers(std::vector<double>{value}); }
  Id dense(Id x, const arma::mat& weights, const arma::vec& intercepts);
  Id pick(Id x, const Indices& indices);
  Id join(const std::vector<Id>& parts);
  Id sum(Id x, arma::uword run) { return reduce(Graph::Kind::kSum, x, run); }
  Id largest(Id x, arma::uword run) { return reduce(Graph::Kind::kLargest, x, run); }
  Id each(Op op, const std::vector<Id>& operands);
  /// log sum exp of each `run` elements.
  Id log_sum_exp(Id x, arma::uword run);
  struct Softmax {
    Id weights, logs;
  };
  /// The softmax of each `run` elements. Their maximum is subtracted before exp.
  Softmax softmax(Id x, arma::uword run);
  /// x with `width` elements; x may have a single one that serves all.
  Id widened(Id x, arma::uword width) { return at(x).width == width ? x : pick(x, Indices(width, 0)); }

  const Graph::Value& at(Id id) const { return graph_.values[id]; }
  Graph& graph() { return graph_; }

 private:
  bool all_numbers(const std::vector<Id>& operands) const;
  Id reduce(Graph::Kind kind, Id x, arma::uword run);
  /// op of each element of x and of that element of `of_run` that belongs to its run.
  Id with_run(Op op, Id x, Id of_run, arma::uword run);

  Graph graph_;
};

}  // namespace moe
