// Two samples of a column: how far apart they are. The bins of the population stability index are deciles of the sample
// before, or each of its values where these are few; levels of a category.
#include "moe/drift.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>

#include "base/special.hpp"
#include "moe/error.hpp"

namespace moe {
namespace {

constexpr double kNoIndex = std::numeric_limits<double>::quiet_NaN();

/// 1 - K(x), with K the limiting distribution function of Kolmogorov. For a small x by the other of the two series of
/// a theta function, as each needs only a few terms on its side.
double kolmogorov_tail(double x) {
  constexpr double kBetween = 1.18;
  constexpr int kTerms = 20;
  if (!(x > 0)) return 1;
  double sum = 0;
  if (x < kBetween) {
    for (int k = 1; k < 2 * kTerms; k += 2) sum += std::exp(-k * k * std::numbers::pi * std::numbers::pi / (8 * x * x));
    return 1 - std::sqrt(2 * std::numbers::pi) / x * sum;
  }
  for (int k = kTerms; k >= 1; --k) sum += (k % 2 == 1 ? 2 : -2) * std::exp(-2.0 * k * k * x * x);
  return sum;
}

double total(const std::vector<double>& counts) { return std::accumulate(counts.begin(), counts.end(), 0.0); }

std::vector<double> sorted(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values;
}

/// At most so many different values have bins of their own, and others one more.
constexpr std::size_t kFewValues = 10;

/// Counts a sample's values by bins that another sample, which is sorted, gives.
class Bins {
 public:
  explicit Bins(const std::vector<double>& before) {
    values_ = before;
    values_.erase(std::unique(values_.begin(), values_.end()), values_.end());
    few_ = values_.size() <= kFewValues;
    if (!few_) values_ = decile_bounds(before);
  }
  std::vector<double> counts(const std::vector<double>& sample) const {
    std::vector<double> result(values_.size() + 1, 0);
    for (const double x : sample) {
      const auto at = std::lower_bound(values_.begin(), values_.end(), x);
      const bool other = few_ && (at == values_.end() || *at != x);
      ++result[other ? values_.size() : static_cast<std::size_t>(at - values_.begin())];
    }
    return result;
  }

 private:
  std::vector<double> values_;
  bool few_ = false;
};

ColumnDrift::Summary summary_of(const std::vector<double>& values) {
  if (values.empty()) return {};
  const auto [low, high] = std::minmax_element(values.begin(), values.end());
  const double n = static_cast<double>(values.size());
  const double mean = total(values) / n;
  double squares = 0;
  for (const double x : values) squares += (x - mean) * (x - mean);
  return {*low, *high, mean, std::sqrt(squares / n)};
}

/// Counts of levels, then of missing cells where these are no level, then of unknown cells.
std::vector<double> counts_of_levels(const SurveyedColumn& column) {
  std::vector<double> counts(column.counts.begin(), column.counts.end());
  const std::vector<std::string>& levels = column.column.levels;
  const bool level = std::find(levels.begin(), levels.end(), kMissingLevel) != levels.end();
  counts.push_back(level ? 0.0 : static_cast<double>(column.missing));
  counts.push_back(static_cast<double>(column.unknown));
  return counts;
}

/// Compares the column with the same one of the reference.
void compare(const SurveyedColumn& now, const SurveyedColumn& before, std::size_t rows_before, ColumnDrift& drift) {
  drift.missing_before = static_cast<double>(before.missing) / static_cast<double>(rows_before);
  TestOfTwo test;
  if (drift.category) {
    const std::vector<double> counts_before = counts_of_levels(before), counts_now = counts_of_levels(now);
    drift.psi = stability_index(counts_before, counts_now);
    test = homogeneity_test(counts_before, counts_now);
    drift.chi_square = test.statistic;
    drift.p = test.p;
    return;
  }
  const std::vector<double> values_before = sorted(before.numbers), values_now = sorted(now.numbers);
  drift.before = summary_of(values_before);
  const Bins bins(values_before);
  std::vector<double> counts_before = bins.counts(values_before), counts_now = bins.counts(values_now);
  for (const auto& [counts, column] : {std::pair{&counts_before, &before}, std::pair{&counts_now, &now}}) {
    counts->push_back(static_cast<double>(column->missing));
    counts->push_back(static_cast<double>(column->unknown));
  }
  drift.psi = stability_index(counts_before, counts_now);
  if (values_before.empty() || values_now.empty()) return;
  test = smirnov_test(values_before, values_now);
  drift.ks = test.statistic;
  drift.p = test.p;
  const double low = values_before.front(), high = values_before.back();
  drift.outside = static_cast<double>(std::count_if(values_now.begin(), values_now.end(),
                                                    [=](double x) { return x < low || x > high; })) /
                  static_cast<double>(values_now.size());
}

/// Compares a category with the shares of its levels in training, which are the centers of its inputs where these were
/// standardised. `first`: the first of its inputs.
void compare_levels(const Model& model, const SurveyedColumn& now, std::size_t first, ColumnDrift& drift) {
  const std::size_t levels = now.column.levels.size();
  std::vector<double> before(levels, 0);
  for (std::size_t i = 1; i < levels; ++i) {
    before[i] = model.standardization.input_center[first + i - 1];
    if (!(before[i] > 0)) return;  // they were not standardised: no level has no rows
  }
  before[0] = 1 - total(before);
  if (!(before[0] > 0) || model.fit.rows == 0) return;
  const auto rows = static_cast<double>(model.fit.rows);
  for (double& share : before) share *= rows;
  const auto missing = std::find(now.column.levels.begin(), now.column.levels.end(), kMissingLevel);
  drift.missing_before = missing == now.column.levels.end()
                             ? 0
                             : before[static_cast<std::size_t>(missing - now.column.levels.begin())] / rows;
  before.resize(levels + 2, 0);
  const std::vector<double> counts = counts_of_levels(now);
  drift.psi = stability_index(before, counts);
  const TestOfTwo test = homogeneity_test(before, counts);
  drift.chi_square = test.statistic;
  drift.p = test.p;
}

/// What the model's units tell of an input's training rows. `first`: the first of its inputs.
void compare_units(const Model& model, const SurveyedColumn& now, std::size_t first, ColumnDrift& drift) {
  const arma::vec &center = model.standardization.input_center, &scale = model.standardization.input_scale;
  if (drift.category) return compare_levels(model, now, first, drift);
  if (now.column.plain()) drift.missing_before = 0;
  if (center[first] == 0 || scale[first] == 1) return;  // not standardised, or constant
  drift.before.mean = center[first];
  drift.before.deviation = scale[first];
  if (now.column.indicator && center[first + 1] > 0) drift.missing_before = center[first + 1];
}

/// What the column has without anything to compare it with.
ColumnDrift shares_of(const SurveyedColumn& now, std::size_t rows) {
  ColumnDrift result{now.column.name, now.role, now.there, now.column.category};
  if (!now.there || rows == 0) return result;
  result.missing = static_cast<double>(now.missing) / static_cast<double>(rows);
  result.unknown = static_cast<double>(now.unknown) / static_cast<double>(rows);
  if (!result.category) result.now = summary_of(now.numbers);
  return result;
}

}  // namespace

double stability_index(const std::vector<double>& before, const std::vector<double>& now) {
  constexpr double kLeastShare = 1e-4;
  const double n = total(before), m = total(now);
  if (!(n > 0 && m > 0)) return kNoIndex;
  double sum = 0;
  for (std::size_t i = 0; i < before.size(); ++i) {
    if (before[i] == 0 && now[i] == 0) continue;
    const double p = std::max(before[i] / n, kLeastShare), q = std::max(now[i] / m, kLeastShare);
    sum += (q - p) * std::log(q / p);
  }
  return sum;
}

TestOfTwo smirnov_test(const std::vector<double>& before, const std::vector<double>& now) {
  if (before.empty() || now.empty()) return {};
  const auto n = static_cast<double>(before.size()), m = static_cast<double>(now.size());
  double distance = 0;
  for (std::size_t i = 0, j = 0; i < before.size() && j < now.size();) {
    const double x = std::min(before[i], now[j]);
    while (i < before.size() && before[i] == x) ++i;
    while (j < now.size() && now[j] == x) ++j;
    distance = std::max(distance, std::abs(static_cast<double>(i) / n - static_cast<double>(j) / m));
  }
  return {distance, kolmogorov_tail(std::sqrt(n * m / (n + m)) * distance)};
}

TestOfTwo homogeneity_test(const std::vector<double>& before, const std::vector<double>& now) {
  const double n = total(before), m = total(now);
  if (!(n > 0 && m > 0)) return {};
  double sum = 0, bins = 0;
  for (std::size_t i = 0; i < before.size(); ++i) {
    const double both = before[i] + now[i];
    if (!(both > 0)) continue;
    const double expected_before = both * n / (n + m), expected_now = both * m / (n + m);
    sum += (before[i] - expected_before) * (before[i] - expected_before) / expected_before +
           (now[i] - expected_now) * (now[i] - expected_now) / expected_now;
    ++bins;
  }
  return {sum, bins > 1 ? 1 - gamma_cdf(sum / 2, (bins - 1) / 2) : 1};
}

std::vector<double> decile_bounds(const std::vector<double>& sorted) {
  constexpr std::size_t kBins = 10;
  std::vector<double> bounds;
  for (std::size_t i = 1; i < kBins && !sorted.empty(); ++i) {
    const double bound = sorted[(i * sorted.size() + kBins - 1) / kBins - 1];
    if ((bounds.empty() || bound > bounds.back()) && bound < sorted.back()) bounds.push_back(bound);
  }
  return bounds;
}

std::vector<ColumnDrift> drift(const Model& model, const Survey& now, const Survey* reference) {
  std::vector<ColumnDrift> result;
  if (reference != nullptr && reference->rows == 0)
    throw Error(ErrorKind::kData, "the reference has no rows: expected those of the training");
  std::size_t input = 0;
  for (std::size_t i = 0; i < now.columns.size(); ++i) {
    const SurveyedColumn& column = now.columns[i];
    ColumnDrift& own = result.emplace_back(shares_of(column, now.rows));
    const std::size_t first = input;
    if (column.role == "input") input += column.column.inputs();
    if (!column.there || now.rows == 0) continue;
    if (reference != nullptr) {
      if (!reference->columns[i].there)
        throw Error(ErrorKind::kData,
                    "the reference has no column '" + printable(own.name) + "': expected those of the training");
      compare(column, reference->columns[i], reference->rows, own);
    } else if (column.role == "input") {
      compare_units(model, column, first, own);
    }
    own.shift = std::abs(own.now.mean - own.before.mean) / own.before.deviation;
  }
  return result;
}

}  // namespace moe
