// Operations that a graph is made of, as functions that add them to it.
#pragma once

#include <vector>

#include "export/graph.hpp"

namespace moe {

using Indices = std::vector<arma::uword>;

/// first, first + 1, ..
Indices range(arma::uword first, arma::uword count);
/// Each of 0 .. count - 1 `times` times: 0 0 0 1 1 1 ..
Indices repeated(arma::uword count, arma::uword times);
/// 0 .. count - 1, `times` times over.
Indices tiled(arma::uword count, arma::uword times);
/// Where element (i, j) of a rows x columns table by rows stands in the same by columns.
Indices transposed(arma::uword rows, arma::uword columns);

/// Each function gives the place of what it added. What is computed of numbers alone becomes numbers.
class GraphOperations {
 public:
  using Id = Graph::Id;
  using Op = Expression::Op;

  Id add(Graph::Value value);
  /// What a row has, added once.
  Id given(Graph::Kind kind, arma::uword width);
  Id numbers(std::vector<double> values);
  Id numbers(const arma::vec& values) { return numbers(std::vector<double>(values.begin(), values.end())); }
  Id constant(double value) { return numbers(std::vector<double>{value}); }
  Id dense(Id x, const arma::mat& weights, const arma::vec& intercepts);
  Id pick(Id x, const Indices& indices);
  Id join(const std::vector<Id>& parts);
  Id sum(Id x, arma::uword run) { return reduce(Graph::Kind::kSum, x, run); }
  Id largest(Id x, arma::uword run) { return reduce(Graph::Kind::kLargest, x, run); }
  Id each(Op op, const std::vector<Id>& of);
  /// log sum exp of each `run` elements.
  Id log_sum_exp(Id x, arma::uword run);
  struct Softmax {
    Id weights, logs;
  };
  /// Of each `run` elements, the peak taken off first.
  Softmax softmax(Id x, arma::uword run);
  /// `width` elements of one that stands for all.
  Id widened(Id x, arma::uword width) { return at(x).width == width ? x : pick(x, Indices(width, 0)); }

  const Graph::Value& at(Id id) const { return graph_.values[id]; }
  Graph& graph() { return graph_; }

 private:
  bool all_numbers(const std::vector<Id>& of) const;
  Id reduce(Graph::Kind kind, Id x, arma::uword run);
  /// op of each element and the one that belongs to its run.
  Id with_run(Op op, Id x, Id of_run, arma::uword run);

  Graph graph_;
};

}  // namespace moe
