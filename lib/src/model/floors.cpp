#include "model/floors.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numeric>

namespace moe {
namespace {

/// Of the target's largest value: what is left beyond is rounding.
constexpr double kRounding = 4 * std::numeric_limits<double>::epsilon();
/// Of the spread that one linear fit leaves: an expert of a mixture whose scale is smaller sits on rows that lie on it by chance.
/// The first where such ends are set aside, whatever their scale; the second where the floor alone stands against them.
constexpr double kGuarded = 1e-8, kAlone = 1e-4;
/// Of step / sqrt(12), the deviation of rounding itself. Twice the floor counts as on it; more than half of that deviation must not, or
/// fits on their way through scales that are hardly told apart from rounding are set aside (faithful, three experts).
constexpr double kOfRounding = 0.25;
/// Rows and multiplications that the fit may cost: it tells an order of magnitude.
constexpr arma::uword kMostRows = 20000;
constexpr double kMostWork = 1e9;
/// Digits behind the point that are looked at.
constexpr int kMostDigits = 17;

/// values * 10^digits as whole numbers; false where one is none, or too large to be told from its neighbours.
bool whole(const arma::vec& values, int digits, std::vector<std::int64_t>& out) {
  constexpr double kLargest = 9007199254740992.0;  // 2^53
  const double power = std::pow(10.0, digits);
  for (arma::uword n = 0; n < values.n_elem; ++n) {
    const double value = values[n] * power, nearest = std::round(value);
    if (!(std::abs(value) < kLargest) || std::abs(value - nearest) > kRounding * std::abs(value)) return false;
    out[n] = static_cast<std::int64_t>(nearest);
  }
  return true;
}

/// The branch that alone makes the model, where it is linear; else every input as it is.
arma::mat design_of(const Model& model, const arma::mat& X) {
  if (model.size() > 1 || !model.experts[0].network->is_linear()) return X;
  arma::mat design;
  model.experts[0].design(X, design);
  return design;
}

/// Rows that lie evenly, as many as the fit may cost.
arma::uvec some_rows(arma::uword rows, arma::uword columns) {
  const double allowed = kMostWork / (static_cast<double>(columns) * static_cast<double>(columns));
  const arma::uword most = std::clamp(static_cast<arma::uword>(allowed), 2 * columns, std::max(kMostRows, 2 * columns));
  return arma::regspace<arma::uvec>(0, (rows + most - 1) / most, rows - 1);
}

/// What one linear fit leaves of each target: its standard deviation, or 10 quartile distances; nothing where rows are too few to tell.
arma::vec left_by_one_fit(const Model& model, const Rows& rows) {
  const arma::mat design = design_of(model, rows.X);
  const arma::uvec some = some_rows(design.n_cols, design.n_rows);
  if (some.n_elem < 2 * design.n_rows) return {};
  const arma::vec w = rows.w.elem(some), root = arma::sqrt(w);
  arma::mat Q, R, D = design.cols(some).t();
  D.each_col() %= root;
  if (!arma::qr_econ(Q, R, D)) return {};
  arma::vec left(rows.y.n_cols);
  for (arma::uword t = 0; t < left.n_elem; ++t) {
    const arma::vec y = arma::vec(rows.y.col(t)).elem(some);
    const arma::vec residuals = y - Q * (Q.t() * (root % y)) / root;
    left[t] = spread_of(residuals, w, std::sqrt(arma::dot(w, arma::square(residuals)) / arma::accu(w)));
  }
  return left;
}

}  // namespace

double step_between(const arma::vec& values) {
  std::vector<std::int64_t> numbers(values.n_elem);
  for (int digits = 0; digits <= kMostDigits; ++digits) {
    if (!whole(values, digits, numbers)) continue;
    std::int64_t step = 0;
    for (const std::int64_t number : numbers) step = std::gcd(step, number - numbers[0]);
    return static_cast<double>(step) / std::pow(10.0, digits);
  }
  return 0;
}

arma::vec steps_between(const arma::mat& y) {
  arma::vec steps(y.n_cols);
  for (arma::uword t = 0; t < y.n_cols; ++t) steps[t] = step_between(y.col(t));
  return steps;
}

arma::vec least_scales(const Model& model, const Rows& rows, const arma::vec& steps, bool guarded) {
  const Standardization& units = model.standardization;
  const Expert& first = model.experts[0];
  // One linear expert with one scale has a maximum of its own wherever there are more rows than coefficients.
  const bool alone =
      model.size() == 1 && model.targets() == 1 && guarded && rows.count() > first.network->last_inputs();
  const arma::vec left = alone ? arma::vec() : left_by_one_fit(model, rows);
  arma::vec least(rows.y.n_cols);
  for (arma::uword t = 0; t < least.n_elem; ++t) {
    const double center = units.target_center[t] / units.target_scale[t];
    least[t] = kRounding * arma::abs(rows.y.col(t) + center).max();
    if (alone) continue;
    const double rounding = steps[t] / std::sqrt(12.0) / units.target_scale[t];
    const double spread = left.is_empty() ? units.target_typical[t] : std::min(left[t], units.target_typical[t]);
    least[t] = std::max({least[t], kOfRounding * rounding, (guarded ? kGuarded : kAlone) * spread});
  }
  return least;
}

}  // namespace moe
