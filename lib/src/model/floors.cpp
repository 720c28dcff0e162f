// The likelihood of a mixture has no upper bound where an expert's scale may shrink to 0 around a few rows. So each
// scale has a floor, which is the largest of three numbers:
// - the rounding error of doubles of the target's size,
// - a share of step / sqrt(12), the standard deviation of rounding to the target's grid (step_between()),
// - a small share of the spread of the residuals of one linear fit.
// The second one is lowered where the linear fit shows that an expert's scale may be smaller.
#include "model/floors.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numeric>
#include <optional>

namespace moe {
namespace {

/// Differences below this part of the target's largest value are rounding errors.
constexpr double kRounding = 4 * std::numeric_limits<double>::epsilon();
/// The floor as a part of the residuals' spread. An expert with a smaller scale sits on rows that lie on its line by
/// chance. kGuarded holds where training discards such ends anyway (spurious.hpp), kAlone where only the floor prevents
/// them.
constexpr double kGuarded = 1e-8, kAlone = 1e-4;
/// The floor as a part of step / sqrt(12). A scale below twice the floor counts as being on it. That must not reach
/// more than half of the rounding deviation: otherwise fits are discarded on their way through scales near the rounding
/// (faithful, three experts).
constexpr double kOfRounding = 0.25;
/// Parts of the mean absolute residual. A floor above kOfOneExpert of it may be above an expert's scale. A floor of
/// kBelowOneExpert of it is well below, whatever the family.
constexpr double kOfOneExpert = 0.3, kBelowOneExpert = 0.1;
/// An exact fit leaves at most so many rounding errors, on average.
constexpr double kExact = 16;
/// Limits on the rows and the multiplications of the linear fit. A subset of rows suffices, as only the order of
/// magnitude counts.
constexpr arma::uword kMostRows = 20000;
constexpr double kMostWork = 1e9;
/// How many decimal places are tried.
constexpr int kMostDigits = 17;

/// Writes values * 10^digits to `out` as whole numbers. False where one is not whole, or too large for a double to be
/// exact.
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

/// The expert with the most columns. Returns null where some expert is not linear.
const Expert* widest(const Model& model) {
  const Expert* result = &model.experts[0];
  for (const Expert& expert : model.experts) {
    if (!expert.network->is_linear()) return nullptr;
    if (expert.network->last_inputs() > result->network->last_inputs()) result = &expert;
  }
  return result;
}

/// The columns of that expert, or all inputs where there is none.
arma::mat design_of(const Model& model, const arma::mat& X) {
  const Expert* const expert = widest(model);
  if (expert == nullptr) return X;
  arma::mat design;
  expert->design(X, design);
  return design;
}

/// Evenly spaced rows, as many as the cost of the fit allows.
arma::uvec some_rows(arma::uword rows, arma::uword columns) {
  const double allowed = kMostWork / (static_cast<double>(columns) * static_cast<double>(columns));
  const arma::uword most = std::clamp(static_cast<arma::uword>(allowed), 2 * columns, std::max(kMostRows, 2 * columns));
  return arma::regspace<arma::uvec>(0, (rows + most - 1) / most, rows - 1);
}

/// A linear fit of every target to some of the rows: their design (rows x p), residuals (rows x T) and weights.
struct OneFit {
  arma::uvec some;
  arma::mat design, residuals;
  arma::vec w;
};

/// Returns nothing where there are too few rows to judge the residuals.
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

/// The mean absolute residual of target t over all rows. The subset may miss it where few rows have large residuals.
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

/// The floor from the target's grid. Where the residuals are smaller than that floor allows, the target is given more
/// finely than its grid shows, and the floor is lowered to a part of them. An exact fit says nothing about an expert's
/// scale, so it lowers nothing.
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
