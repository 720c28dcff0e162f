// GraphRun: an exported graph, computed in C++.
#pragma once

#include <stdexcept>
#include <vector>

#include "export/graph.hpp"
#include "moe/dataset.hpp"

/// The values of a graph for some rows; each is rows x width.
class GraphRun {
 public:
  GraphRun(const moe::Graph& graph, const moe::Dataset& data) : graph_(graph), data_(data) {
    for (const moe::Graph::Value& value : graph.values) {
      values_.push_back(compute(value));
      if (values_.back().n_cols != value.width) throw std::logic_error("a value of another width");
    }
  }
  const arma::mat& operator[](moe::Graph::Id id) const { return values_[id]; }

 private:
  using Kind = moe::Graph::Kind;
  arma::mat compute(const moe::Graph::Value& value) const {
    const arma::uword n = data_.rows();
    switch (value.kind) {
      case Kind::kInputs:
        return data_.X.tail_rows(value.width).t();
      case Kind::kOffset:
        return data_.offset;
      case Kind::kTrials:
        return data_.trials;
      case Kind::kTargets:
        return data_.y;
      case Kind::kNumbers:
        return arma::repmat(arma::rowvec(value.numbers), n, 1);
      case Kind::kDense: {
        arma::mat out = values_[value.operands[0]] * value.weights;
        return out.each_row() + arma::rowvec(value.numbers);
      }
      case Kind::kPick:
        return values_[value.operands[0]].cols(arma::uvec(value.indices));
      case Kind::kJoin: {
        arma::mat out;
        for (const auto id : value.operands) out = arma::join_rows(out, values_[id]);
        return out;
      }
      case Kind::kSum:
      case Kind::kLargest: {
        arma::mat out(n, value.width);
        for (arma::uword i = 0; i < value.width; ++i) {
          const arma::mat run = values_[value.operands[0]].cols(i * value.run, (i + 1) * value.run - 1);
          out.col(i) = value.kind == Kind::kSum ? arma::vec(arma::sum(run, 1)) : arma::vec(arma::max(run, 1));
        }
        return out;
      }
      case Kind::kEach:
        break;
    }
    arma::mat out(n, value.width);
    for (arma::uword i = 0; i < n; ++i)
      for (arma::uword j = 0; j < value.width; ++j) {
        double arguments[3];
        for (std::size_t a = 0; a < value.operands.size(); ++a)
          arguments[a] = values_[value.operands[a]](i, values_[value.operands[a]].n_cols == 1 ? 0 : j);
        out(i, j) = moe::apply(value.op, arguments);
      }
    return out;
  }

  const moe::Graph& graph_;
  const moe::Dataset& data_;
  std::vector<arma::mat> values_;
};
