// How the rows of a table differ from others: from a model's training rows, or from another table.
#pragma once

#include <cstddef>
#include <limits>
#include <string>
#include <vector>

#include "moe/model.hpp"
#include "moe/survey.hpp"

namespace moe {

/// The population stability index: the sum over bins of (q - p) log(q / p), where p and q are the shares of the bins
/// among the rows before and now. A share below 1e-4 counts as 1e-4. Both have a count for each bin.
double stability_index(const std::vector<double>& before, const std::vector<double>& now);

struct TestOfTwo {
  double statistic = std::numeric_limits<double>::quiet_NaN();
  double p = std::numeric_limits<double>::quiet_NaN();  ///< of a statistic so large where both are draws of the same
};
/// The largest distance of the distribution functions of two samples, which are sorted (Kolmogorov, Smirnov). p is that
/// of many rows: Kolmogorov's limit at sqrt(n m / (n + m)) times the distance. With ties it is too large.
TestOfTwo smirnov_test(const std::vector<double>& before, const std::vector<double>& now);
/// Pearson's chi-square of a table with two rows and a column for each bin that has a count. p is that of many rows.
TestOfTwo homogeneity_test(const std::vector<double>& before, const std::vector<double>& now);

/// Up to 9 bounds between bins of a sample, which is sorted: its deciles, each once. The bin of x is the number of
/// bounds below x.
std::vector<double> decile_bounds(const std::vector<double>& sorted);

/// What has changed in a column. NaN is what is not known; "before" is the reference, or what the model knows of its
/// training rows.
struct ColumnDrift {
  std::string name, role;
  bool there = true, category = false;
  double missing = kUnknown, missing_before = kUnknown;  ///< shares of the cells
  double unknown = kUnknown;                             ///< the same of texts that are no number, or no level
  double outside = kUnknown;                             ///< the same of numbers outside of the range before
  /// The distance of the means in standard deviations before; 0 or more.
  double shift = kUnknown;
  double psi = kUnknown;  ///< by deciles before, or levels; missing cells and unknown ones have bins of their own
  double ks = kUnknown, chi_square = kUnknown, p = kUnknown;
  /// Of the numbers.
  struct Summary {
    double low = kUnknown, high = kUnknown, mean = kUnknown, deviation = kUnknown;
  } before{}, now{};

  static constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();
};

/// One element for each column of `now`. `reference` has the same columns, or is nullptr: then means, standard
/// deviations and shares of levels are those that the model's units keep. Throws Error (data) where the reference lacks
/// a column that `now` has, or has no rows.
std::vector<ColumnDrift> drift(const Model& model, const Survey& now, const Survey* reference);

}  // namespace moe
