#include "figures/scene.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/parallel.hpp"
#include "figures/figure_parts.hpp"
#include "moe/error.hpp"
#include "moe/random.hpp"

namespace moe {
namespace {

constexpr arma::uword kSceneBlock = 1024;
constexpr arma::uword kMadeRows = 1000;
constexpr double kMadeRange = 2;        // standard deviations to each side
constexpr double kDecades = 1e3;        // from here on an axis is logarithmic
constexpr std::size_t kSwayRows = 500;  // enough to put inputs in order

/// Streams of the seed, one for each purpose.
enum Stream : std::uint64_t { kMadeStream = 101, kSwayStream, kSwayPermutation };

arma::uvec all_of_weight(const arma::vec& w) {
  const arma::uvec places = arma::find(w > 0);
  return places.is_empty() && !w.is_empty() ? arma::regspace<arma::uvec>(0, w.n_elem - 1) : places;
}

}  // namespace

double weighted_quantile(const arma::vec& values, const arma::vec& w, double p) {
  const arma::uvec order = arma::stable_sort_index(values);
  const double wanted = p * arma::accu(w);
  double sum = 0;
  for (const arma::uword n : order) {
    sum += w[n];
    if (sum >= wanted) return values[n];
  }
  return values[order.back()];
}

std::vector<std::size_t> exchanged(const arma::vec& w, Random& random) {
  if (w.is_empty() || w.min() == w.max()) return random.permutation(w.n_elem);
  const arma::vec sums = arma::cumsum(w);
  std::vector<std::size_t> result(w.n_elem);
  for (std::size_t& place : result) {
    const double* const found = std::upper_bound(sums.begin(), sums.end(), random.uniform() * sums.back());
    place = std::min<std::size_t>(static_cast<std::size_t>(found - sums.begin()), w.n_elem - 1);
  }
  return result;
}

Axis InputAxis::drawn() const {
  if (is_category()) return categories_axis(shown_name(name), levels);
  return {shown_name(name), logarithmic ? Axis::Scale::kLog : Axis::Scale::kLinear, {}};
}

arma::vec InputAxis::places(std::size_t grid) const {
  if (is_category()) return counted_up(levels.size());
  if (logarithmic) {
    arma::vec result = arma::exp(arma::linspace(std::log(low), std::log(high), grid));
    result.front() = low;
    result.back() = high;
    return result;
  }
  return arma::linspace(low, high, grid);
}

void InputAxis::set(arma::mat& X, arma::uword n, double value) const {
  if (!is_category()) X(first, n) = value;
  if (!is_category() && indicator) X(first + 1, n) = 0;
  for (arma::uword level = 1; level < levels.size(); ++level)
    X(first + level - 1, n) = static_cast<double>(level) == value ? 1 : 0;
}

arma::vec InputAxis::values(const arma::mat& X) const {
  if (!is_category()) return X.row(first).t();
  arma::vec result(X.n_cols, arma::fill::zeros);
  for (arma::uword level = 1; level < levels.size(); ++level)
    result.elem(arma::find(X.row(first + level - 1) > 0.5)).fill(static_cast<double>(level));
  return result;
}

Scene::Scene(const Model& model, const Dataset* data, const FigureOptions& options)
    : model_(model), data_(data), options_(options) {
  if (options.grid < 2 || options.rows < 1)
    throw Error(ErrorKind::kUsage, "a figure has too few places or rows: expected a grid of 2 and 1 row at least");
  for (arma::uword row = 1; const Column& column : columns_of(model.schema)) {
    if (column.inputs() > 0)
      axes_.push_back({.name = column.name,
                       .first = row,
                       .inputs = column.inputs(),
                       .levels = column.category ? column.levels : std::vector<std::string>(),
                       .indicator = column.indicator,
                       .refilled = !std::isnan(column.fill)});
    row += column.inputs();
  }
  if (!given()) make_rows();
  counted_ = all_of_weight(rows().w);
  make_axes();
}

// A model's units are means and standard deviations of its inputs. The input of a level has its share for a mean.
void Scene::make_rows() {
  const Standardization& units = model_.standardization;
  Random random(options_.seed, kMadeStream);
  made_.X.ones(1 + model_.schema.inputs.size(), kMadeRows);
  made_.y.set_size(kMadeRows, 0);
  made_.w.ones(kMadeRows);
  if (!model_.schema.trials.empty()) made_.trials.ones(kMadeRows);
  for (const InputAxis& axis : axes_) {
    std::vector<double> shares{1};
    for (arma::uword level = 1; level < axis.levels.size(); ++level) {
      shares.push_back(std::clamp(units.input_center[axis.first + level - 2], 0.0, 1.0));
      shares[0] = std::max(0.0, shares[0] - shares.back());
    }
    for (arma::uword n = 0; n < kMadeRows; ++n)
      axis.set(made_.X, n,
               axis.is_category()
                   ? static_cast<double>(random.index(shares))
                   : units.input_center[axis.first - 1] +
                         units.input_scale[axis.first - 1] * std::clamp(random.normal(), -kMadeRange, kMadeRange));
  }
}

void Scene::measure_axis(InputAxis& axis) const {
  const Dataset& seen = rows();
  if (!given() && !axis.is_category()) {
    const Standardization& units = model_.standardization;
    axis.middle = units.input_center[axis.first - 1];
    axis.low = axis.middle - kMadeRange * units.input_scale[axis.first - 1];
    axis.high = axis.middle + kMadeRange * units.input_scale[axis.first - 1];
    return;
  }
  arma::uvec places = counted_;
  if (axis.indicator) {
    const arma::uvec known = arma::find(arma::rowvec(seen.X.row(axis.first + 1)).elem(counted_) == 0);
    if (!known.is_empty()) places = counted_.elem(known);
  }
  const arma::vec values = arma::vec(axis.values(seen.X)).elem(places), w = seen.w.elem(places);
  if (axis.is_category()) {
    arma::vec sums(axis.levels.size(), arma::fill::zeros);
    for (arma::uword n = 0; n < values.n_elem; ++n) sums[static_cast<arma::uword>(values[n])] += w[n];
    axis.mode = sums.index_max();
    return;
  }
  axis.low = values.min();
  axis.high = values.max();
  axis.middle = weighted_quantile(values, w, 0.5);
  axis.logarithmic = axis.low > 0 && axis.high >= kDecades * axis.low;
  if (axis.low == axis.high) {  // a constant column has a neighbourhood, too
    const double unit = model_.standardization.input_scale[axis.first - 1];
    const double half = axis.low + 0.5 * unit > axis.low ? 0.5 * unit : std::abs(axis.low);
    axis.low -= half;
    axis.high += half;
  }
}

void Scene::make_axes() {
  parallel_for_without_blas(axes_.size(), options_.threads, [&](std::size_t j) { measure_axis(axes_[j]); });
  const Dataset& seen = rows();
  middle_.X.zeros(seen.X.n_rows, 1);
  middle_.X[0] = 1;
  middle_.y.set_size(1, 0);
  middle_.w.ones(1);
  for (const InputAxis& axis : axes_)
    axis.set(middle_.X, 0, axis.is_category() ? static_cast<double>(axis.mode) : axis.middle);
  const arma::vec w = seen.w.elem(counted_);
  for (auto member : {&Dataset::offset, &Dataset::trials})
    if (const arma::vec& values = seen.*member; !values.is_empty())
      middle_.*member = arma::vec{weighted_quantile(values.elem(counted_), w, 0.5)};
}

arma::uvec Scene::some(std::size_t most, std::uint64_t stream) const {
  if (counted_.n_elem <= most) return counted_;
  Random random(options_.seed, stream);
  std::vector<std::size_t> order = random.permutation(counted_.n_elem);
  order.resize(most);
  std::sort(order.begin(), order.end());
  return counted_.elem(arma::conv_to<arma::uvec>::from(order));
}

Dataset Scene::along(const InputAxis& axis, const arma::vec& values) const {
  Dataset result{middle_.take(arma::uvec(values.n_elem, arma::fill::zeros))};
  for (arma::uword n = 0; n < values.n_elem; ++n) axis.set(result.X, n, values[n]);
  return result;
}

Dataset Scene::across(const InputAxis& first, const arma::vec& values, const InputAxis& second,
                      const arma::vec& others) const {
  Dataset result{middle_.take(arma::uvec(values.n_elem * others.n_elem, arma::fill::zeros))};
  for (arma::uword n = 0; n < result.rows(); ++n) {
    first.set(result.X, n, values[n % values.n_elem]);
    second.set(result.X, n, others[n / values.n_elem]);
  }
  return result;
}

std::string Scene::others_are() const {
  if (axes_.size() < 2) return "";
  return given() ? " Other inputs are at their median or most frequent level."
                 : " Other inputs are at their mean or most frequent level.";
}

void Scene::predict(const Dataset& rows, const std::function<void(const Predictive&, arma::uword first)>& work) const {
  const arma::uword blocks = (rows.rows() + kSceneBlock - 1) / kSceneBlock;
  parallel_for(blocks, options_.threads, [&](std::size_t b) {
    const arma::uword first = b * kSceneBlock;
    Predictive predictive(model_);
    predictive.at({rows.slice(first, std::min(first + kSceneBlock, rows.rows()) - 1)});
    work(predictive, first);
  });
}

std::string Scene::suffix(arma::uword t) const { return model_.targets() > 1 ? ":" + model_.schema.targets[t] : ""; }

double Scene::target_deviation(arma::uword t) const {
  const double unit = model_.standardization.target_scale[t];
  if (!has_target()) return unit;
  const arma::vec y = arma::vec(data_->y.col(t)).elem(counted_), w = data_->w.elem(counted_);
  const double scale = arma::abs(y).max(), total = arma::accu(w);
  if (!(scale > 0)) return unit;
  const arma::vec small = y / scale;
  const double deviation = std::sqrt(arma::dot(w, arma::square(small - arma::dot(w, small) / total)) / total);
  return deviation > 0 ? deviation * scale : unit;
}

const std::vector<Scene::Sway>& Scene::sway() const {
  if (!sway_.empty() || axes_.empty()) return sway_;
  const Dataset sample = take(some(kSwayRows, kSwayStream));
  const double total = arma::accu(sample.w);
  const arma::uword outcomes = model_.classes() ? 0 : targets();
  arma::vec units(outcomes);
  for (arma::uword t = 0; t < outcomes; ++t) units[t] = target_deviation(t);
  const auto look = [&](const Dataset& rows, arma::mat& weights, arma::mat& means) {
    Predictive predictive(model_);
    predictive.at(rows);
    weights = predictive.weights();
    if (model_.classes()) means = predictive.probabilities();
    for (arma::uword t = 0; t < outcomes; ++t) means.insert_cols(t, arma::vec(predictive.mean(t) / units[t]));
  };
  arma::mat weights, means;
  look(sample, weights, means);
  sway_.resize(axes_.size());
  parallel_for(axes_.size(), options_.threads, [&](std::size_t j) {
    Random random(options_.seed, kSwayPermutation);
    const std::vector<std::size_t> from = exchanged(sample.w, random);
    Dataset other = sample;
    for (arma::uword n = 0; n < from.size(); ++n)
      for (arma::uword i = axes_[j].first; i < axes_[j].first + axes_[j].inputs; ++i)
        other.X(i, n) = sample.X(i, from[n]);
    arma::mat g, mu;
    look(other, g, mu);
    const double part = model_.classes() ? 0.5 : 1.0 / static_cast<double>(outcomes);
    sway_[j].gate = 0.5 * arma::dot(sample.w, arma::vec(arma::sum(arma::abs(g - weights), 1))) / total;
    sway_[j].mean = part * arma::dot(sample.w, arma::vec(arma::sum(arma::abs(mu - means), 1))) / total;
  });
  return sway_;
}

std::vector<arma::uword> Scene::named() const {
  std::vector<std::string> known;
  for (const InputAxis& axis : axes_) known.push_back(axis.name);
  std::vector<arma::uword> result;
  for (const std::string& name : options_.along) {
    const auto found = std::find(known.begin(), known.end(), name);
    if (found == known.end()) throw Error(ErrorKind::kUsage, "--input: " + unknown_word("input", name, known));
    result.push_back(static_cast<arma::uword>(found - known.begin()));
  }
  return result;
}

std::vector<arma::uword> Scene::most_important(double Sway::*measure, std::size_t most) const {
  std::vector<arma::uword> order(axes_.size());
  std::iota(order.begin(), order.end(), arma::uword{0});
  const std::vector<Sway>& sways = sway();
  std::stable_sort(order.begin(), order.end(),
                   [&](arma::uword a, arma::uword b) { return sways[a].*measure > sways[b].*measure; });
  std::erase_if(order, [&](arma::uword j) { return !(sways[j].*measure > 0); });
  order.resize(std::min(order.size(), most));
  return order;
}

}  // namespace moe
