// What Predictive gives row by row: the mode and sets of highest density, draws, residuals, and how new a row is.
#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "moe/error.hpp"
#include "moe/predict.hpp"
#include "moe/random.hpp"
#include "predict/row_density.hpp"

namespace moe {
namespace {

/// The first of the streams from which rows draw.
constexpr std::uint64_t kRowStreams = std::uint64_t{1} << 33;
/// Probabilities of classes miss a level by no more than rounding.
constexpr double kShareRounding = 1e-12;

/// The rows of X after the ones that are numbers of the table, neither levels nor marks of missing cells.
std::vector<arma::uword> numbers_of(const Schema& schema) {
  std::vector<arma::uword> result;
  arma::uword input = 0;
  for (const Column& column : columns_of(schema)) {
    if (!column.category) result.push_back(input);
    input += column.inputs();
  }
  return result;
}

bool whole(Support support) { return support == Support::kCounts || support == Support::kSuccesses; }

}  // namespace

void require_one_kind(const Model& model, const std::string& what) {
  if (model.classes()) return;
  for (const Expert& expert : model.experts) {
    const std::vector<Support> first = model.experts.front().family->supports(), supports = expert.family->supports();
    for (arma::uword t = 0; t < supports.size(); ++t)
      if (whole(supports[t]) != whole(first[t]))
        throw Error(ErrorKind::kUsage,
                    what +
                        ": some experts give whole numbers a probability and others give any number a density, which "
                        "cannot be compared: expected experts of one kind");
  }
}

void require_novelty(const Model& model, const std::string& what) {
  const std::vector<arma::uword> numbers = numbers_of(model.schema);
  const Standardization& units = model.standardization;
  const bool known = std::any_of(numbers.begin(), numbers.end(), [&](arma::uword j) {
    return units.input_center[j] != 0 || units.input_scale[j] != 1;
  });
  if (!known && !numbers.empty())
    throw Error(ErrorKind::kUsage,
                what +
                    ": the model does not know the means and standard deviations of its inputs: expected one that was "
                    "trained with --standardize yes");
}

arma::vec Predictive::novelty() const {
  arma::vec result(rows(), arma::fill::zeros);
  for (const arma::uword j : numbers_of(model_.schema)) result = arma::max(result, arma::abs(block_.X.row(j + 1).t()));
  return result;
}

arma::vec Predictive::standard_residual(arma::uword t) const {
  if (!model_.classes()) return (in_data_units(block_.y.col(t), t) - mean(t)) / sd(t);
  const arma::mat p = probabilities();
  return (block_.y - p.col(1)) / arma::sqrt(p.col(0) % p.col(1));
}

arma::vec Predictive::mode(arma::uword t) const {
  arma::vec result(rows(), arma::fill::zeros);
  RowDensity density(*this, t);
  for (arma::uword n = 0; n < asked_; ++n)
    result[n] = density.go_to(n) ? density.mode() : std::numeric_limits<double>::quiet_NaN();
  return result;
}

std::vector<std::vector<Interval>> Predictive::highest_density(double level, arma::uword t) const {
  std::vector<std::vector<Interval>> result(rows());
  RowDensity density(*this, t);
  for (arma::uword n = 0; n < asked_; ++n)
    if (density.go_to(n)) result[n] = density.highest(level);
  return result;
}

std::vector<std::vector<arma::uword>> Predictive::probable_classes(double level) const {
  const arma::mat p = probabilities();
  std::vector<std::vector<arma::uword>> result(rows());
  std::vector<arma::uword> order(p.n_cols);
  for (arma::uword n = 0; n < asked_; ++n) {
    if (!p.row(n).is_finite()) continue;
    std::iota(order.begin(), order.end(), 0);
    std::stable_sort(order.begin(), order.end(), [&](arma::uword a, arma::uword b) { return p(n, a) > p(n, b); });
    double sum = 0;
    for (std::size_t i = 0; i < order.size() && (i == 0 || sum < level - kShareRounding); ++i) {
      result[n].push_back(order[i]);
      sum += p(n, order[i]);
    }
  }
  return result;
}

arma::mat Predictive::sample(std::uint64_t seed, arma::uword draws) const {
  const arma::uword targets = model_.targets();
  arma::mat result(rows(), draws * targets, arma::fill::zeros);
  const arma::mat& g = forward_.weights();
  std::vector<arma::mat> eta;  // kept, as it is a copy for families that read trials
  for (arma::uword k = 0; k < model_.size(); ++k) eta.push_back(forward_.eta(k));
  std::vector<double> weights(model_.size());
  arma::vec y(targets);
  for (arma::uword n = 0; n < asked_; ++n) {
    if (!g.row(n).is_finite()) {
      result.row(n).fill(std::numeric_limits<double>::quiet_NaN());
      continue;
    }
    Random random(seed, kRowStreams + block_.first + n);
    for (arma::uword k = 0; k < weights.size(); ++k) weights[k] = g(n, k);
    for (arma::uword i = 0; i < draws; ++i) {
      const std::size_t k = random.index(weights);
      model_.experts[k].family->draw_at(eta[k], n, psi(k), random, y.memptr());
      for (arma::uword t = 0; t < targets; ++t)
        result(n, i * targets + t) = model_.classes() ? y[t] : model_.target_in_data_units(y[t], t);
    }
  }
  return result;
}

}  // namespace moe
