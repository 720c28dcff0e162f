#include "model/floors.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numeric>
#include <optional>

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
/// Of the mean size of what one linear fit leaves: a floor above the first may be above one expert's scale, one at the second is well below
/// it, whatever the family.
constexpr double kOfOneExpert = 0.3, kBelowOneExpert = 0.1;
/// Roundings that an exact fit leaves at most, on average.
constexpr double kExact = 16;
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

/// The expert with most columns, where all experts are linear; else none.
const Expert* widest(const Model& model) {
  const Expert* result = &model.experts[0];
  for (const Expert& expert : model.experts) {
    if (!expert.network->is_linear()) return nullptr;
    if (expert.network->last_inputs() > result->network->last_inputs()) result = &expert;
  }
  return result;
}

/// Its columns, or every input as it is.
arma::mat design_of(const Model& model, const arma::mat& X) {
  const Expert* const expert = widest(model);
  if (expert == nullptr) return X;
  arma::mat design;
  expert->design(X, design);
  return design;
}

/// Rows that lie evenly, as many as the fit may cost.
arma::uvec some_rows(arma::uword rows, arma::uword columns) {
  const double allowed = kMostWork / (static_cast<double>(columns) * static_cast<double>(columns));
  const arma::uword most = std::clamp(static_cast<arma::uword>(allowed), 2 * columns, std::max(kMostRows, 2 * columns));
  return arma::regspace<arma::uvec>(0, (rows + most - 1) / most, rows - 1);
}

/// One linear fit of every target to some of the rows: design rows x p, residuals rows x T, w.
struct OneFit {
  arma::uvec some;
  arma::mat design, residuals;
  arma::vec w;
};

/// Nothing where rows are too few to tell what it leaves.
std::optional<OneFit> one_fit(const Model& model, const Rows& rows, bool guarded) {
  const Expert* const expert = widest(model);
  const arma::uword columns = expert == nullptr ? rows.X.n_rows : expert->network->last_inputs();
  OneFit fit;
  fit.some = some_rows(rows.count(), columns);
  if (fit.some.n_elem < (guarded ? columns + 1 : 2 * columns)) return std::nullopt;
  fit.w = rows.w.elem(fit.some);
  fit.design = design_of(model, rows.X.cols(fit.some)).t();
  fit.residuals = rows.y.rows(fit.some);
  const arma::vec root = arma::sqrt(fit.w);
  arma::mat Q, R, D = fit.design;
  D.each_col() %= root;
  if (!arma::qr_econ(Q, R, D)) return std::nullopt;
  const arma::mat target = fit.residuals.each_col() % root;
  arma::mat explained = Q * (Q.t() * target);
  explained.each_col() /= root;
  fit.residuals -= explained;
  return fit;
}

double mean_size(const arma::vec& values, const arma::vec& w) {
  return arma::dot(w, arma::abs(values)) / arma::accu(w);
}

/// The mean size of what the fit leaves of one target in all rows, which some of them may not tell.
double left_in_all(const OneFit& fit, const Model& model, const Rows& rows, arma::uword t) {
  if (fit.some.n_elem == rows.count()) return mean_size(fit.residuals.col(t), fit.w);
  const arma::vec y = rows.y.col(t), root = arma::sqrt(fit.w);
  const arma::vec coefficients = arma::pinv(fit.design.each_col() % root) * (root % y.elem(fit.some));
  constexpr arma::uword kBlock = 1024;
  double sum = 0;
  for (arma::uword first = 0; first < rows.count(); first += kBlock) {
    const Rows block = rows.block(first, std::min(rows.count(), first + kBlock) - 1);
    const arma::vec left = block.y.col(t) - design_of(model, block.X).t() * coefficients;
    sum += arma::dot(block.w, arma::abs(left));
  }
  return sum / arma::accu(rows.w);
}

/// The floor that follows from how finely a target is given, where it is above `least`. A line that leaves less than that says that
/// the target is given more finely, and the floor is below one expert's scale; one that leaves nothing tells of no scale.
double floor_of_rounding(double rounding, double least, const OneFit& fit, const Model& model, const Rows& rows,
                         arma::uword t) {
  const double floor = kOfRounding * rounding;
  if (floor <= least || kOfOneExpert * mean_size(fit.residuals.col(t), fit.w) >= floor) return floor;
  const double left = left_in_all(fit, model, rows, t);
  return left <= kExact * least || kOfOneExpert * left >= floor ? floor : kBelowOneExpert * left;
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
  const std::optional<OneFit> fit = one_fit(model, rows, guarded);
  arma::vec result(rows.y.n_cols);
  for (arma::uword t = 0; t < result.n_elem; ++t) {
    const double center = units.target_center[t] / units.target_scale[t];
    const double least = kRounding * arma::abs(rows.y.col(t) + center).max();
    double rounding = steps[t] / std::sqrt(12.0) / units.target_scale[t], spread = units.target_typical[t];
    if (fit) {
      const arma::vec left = fit->residuals.col(t);
      const double deviation = std::sqrt(arma::dot(fit->w, arma::square(left)) / arma::accu(fit->w));
      spread = std::min(spread, spread_of(left, fit->w, deviation));
      rounding = floor_of_rounding(rounding, least, *fit, model, rows, t);
    } else {
      rounding *= kOfRounding;
    }
    result[t] = std::max({least, rounding, (guarded ? kGuarded : kAlone) * spread});
  }
  return result;
}

}  // namespace moe
