// Shapley values of a row's columns. With v(S) the prediction where the columns in S are the row's and the others those
// of the baseline, column j of D has the effect
//   sum over S without j of |S|! (D - |S| - 1)! / D! (v(S + j) - v(S)),
// the mean, over all orders of the columns, of what the prediction changes by when j takes the row's value after those
// before it. With many columns the mean is over random orders.
#include <algorithm>
#include <bit>
#include <cmath>
#include <utility>

#include "moe/error.hpp"
#include "moe/predict.hpp"
#include "moe/random.hpp"

namespace moe {
namespace {

constexpr std::uint64_t kOrderStreams = std::uint64_t{1} << 34;

/// |S|! (D - |S| - 1)! / D! for the sizes 0 .. D - 1 of S.
std::vector<double> shapley_weights(std::size_t columns) {
  std::vector<double> weights;
  for (std::size_t size = 0; size < columns; ++size) {
    double weight = 1 / static_cast<double>(columns);  // divided by the number of sets of this size
    for (std::size_t i = 0; i < size; ++i) weight *= static_cast<double>(i + 1) / static_cast<double>(columns - 1 - i);
    weights.push_back(weight);
  }
  return weights;
}

/// What a model says of each row, b x Q.
arma::mat said(const Predictive& at, const Model& model, Explained what) {
  if (what == Explained::kGate) return at.weights();
  if (model.classes()) return model.schema.labels.size() == 2 ? at.probabilities().tail_cols(1) : at.probabilities();
  arma::mat result(at.rows(), model.targets());
  for (arma::uword t = 0; t < model.targets(); ++t) result.col(t) = at.mean(t);
  return result;
}

std::vector<std::string> quantities_of(const Model& model, Explained what) {
  std::vector<std::string> names;
  if (what == Explained::kGate)
    for (arma::uword k = 1; k <= model.size(); ++k) names.push_back("gate_" + std::to_string(k));
  else if (model.classes() && model.schema.labels.size() > 2)
    names = model.schema.labels;
  else if (!model.classes() && model.targets() > 1)
    names = model.schema.targets;
  else
    names = {""};
  return names;
}

}  // namespace

Explainer::Explainer(const Model& model, Explained what, std::size_t permutations, std::uint64_t seed)
    : quantities(quantities_of(model, what)), model_(model), what_(what), baseline_(model.schema.inputs.size()) {
  const Standardization& units = model.standardization;
  std::size_t input = 0;
  for (const Column& column : columns_of(model.schema)) {
    for (std::size_t i = 0; i < column.inputs(); ++i, ++input) {
      const bool number = !column.category && i == 0;  // otherwise a level or the mark of a missing cell, which is 0
      baseline_[input] = number ? 0 : -units.input_center[input] / units.input_scale[input];
      column_of_.push_back(columns.size());
    }
    columns.push_back(column.name);
  }
  if (permutations == 0 && columns.size() > kMostExact) permutations = kPermutations;
  for (std::size_t i = 0; i < permutations / 2; ++i) {
    Random random(seed, kOrderStreams + i);
    orders_.push_back(random.permutation(columns.size()));
  }
}

arma::mat Explainer::value(Predictive& at, const Rows& rows, const std::vector<bool>& columns_of_row) const {
  Rows changed = rows;
  for (std::size_t input = 0; input < column_of_.size(); ++input)
    if (!columns_of_row[column_of_[input]]) changed.X.row(input + 1).fill(baseline_[input]);
  at.at_rows(std::move(changed));
  return said(at, model_, what_);
}

Explainer::Told Explainer::at(const Predictive& rows) const {
  Predictive other(model_);
  Told told;
  told.effects.zeros(rows.rows(), columns.size(), quantities.size());
  told.prediction = said(rows, model_, what_);
  told.baseline = value(other, rows.block(), std::vector<bool>(columns.size(), false));
  if (exact())
    enumerate(other, rows.block(), told);
  else
    permute(other, rows.block(), told);
  return told;
}

void Explainer::enumerate(Predictive& at, const Rows& rows, Told& told) const {
  const std::size_t D = columns.size(), sets = std::size_t{1} << D;
  const std::vector<double> weights = shapley_weights(D);
  for (std::size_t set = 0; set < sets; ++set) {
    std::vector<bool> in(D);
    for (std::size_t j = 0; j < D; ++j) in[j] = (set >> j & 1) != 0;
    const arma::mat v = set == 0 ? told.baseline : set + 1 == sets ? told.prediction : value(at, rows, in);
    const auto size = static_cast<std::size_t>(std::popcount(set));
    for (std::size_t j = 0; j < D; ++j)
      for (arma::uword q = 0; q < v.n_cols; ++q)
        told.effects.slice(q).col(j) += (in[j] ? weights[size - 1] : -weights[size]) * v.col(q);
  }
}

void Explainer::permute(Predictive& at, const Rows& rows, Told& told) const {
  const std::size_t D = columns.size();
  const auto pairs = static_cast<double>(orders_.size());
  // Squares are of what a pair exceeds the first one by, so that no digits are lost.
  arma::cube squares(arma::size(told.effects), arma::fill::zeros), first;
  for (const std::vector<std::size_t>& order : orders_) {
    arma::cube both(arma::size(told.effects), arma::fill::zeros);
    for (const bool reverse : {false, true}) {
      std::vector<bool> in(D, false);
      arma::mat before = told.baseline;
      for (std::size_t i = 0; i < D; ++i) {
        const std::size_t j = order[reverse ? D - 1 - i : i];
        in[j] = true;
        const arma::mat after = i + 1 == D ? told.prediction : value(at, rows, in);
        for (arma::uword q = 0; q < after.n_cols; ++q) both.slice(q).col(j) += 0.5 * (after.col(q) - before.col(q));
        before = after;
      }
    }
    if (first.is_empty()) first = both;
    told.effects += both;
    squares += arma::square(both - first);
  }
  told.effects /= pairs;
  // The spread between pairs of an order and its reverse. Of a single pair there is none.
  told.errors = arma::sqrt(arma::clamp(squares / pairs - arma::square(told.effects - first), 0, arma::datum::inf) /
                           std::max(pairs - 1, 1.0));
}

}  // namespace moe
