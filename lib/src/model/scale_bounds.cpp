#include "model/scale_bounds.hpp"

#include <algorithm>
#include <cmath>

#include "moe/error.hpp"
#include "moe/numeric.hpp"

namespace moe {
namespace {

/// The bounds lie this factor beyond the range in the rows. A fit without extreme rows is then not changed.
constexpr double kMargin = 2;

}  // namespace

std::optional<ScaleBounds> parse_scale_bounds(const std::string& name, const std::string& arguments) {
  if (arguments.empty()) return std::nullopt;
  const std::size_t middle = std::min(arguments.find(':', 1), arguments.size() - 1);
  const auto low = parse_number(arguments.substr(1, middle - 1)), high = parse_number(arguments.substr(middle + 1));
  if (!low || !high || !(*low > 0 && *low <= *high && std::isfinite(*high)))
    throw Error(ErrorKind::kUsage, "family '" + name + arguments + "': these are no bounds of sigma: expected " + name +
                                       ", or two numbers above 0, the least first, as " + name + ":0.1:5");
  return ScaleBounds{*low, *high};
}

std::string spec_with_bounds(const std::string& name, const std::optional<ScaleBounds>& bounds) {
  if (!bounds) return name;
  return name + ":" + format_number(bounds->low) + ":" + format_number(bounds->high);
}

/// Rows that other experts explain do not count for the range.
ScaleBounds scale_bounds_of(const arma::vec& s, const arma::vec& weight, double by_chance,
                            const std::function<double(arma::uword n)>& scale_at, double untold, double most) {
  const arma::uvec order = arma::stable_sort_index(s);
  const double half = 0.5 * arma::accu(weight);
  // Going through the rows in this order, the scale at which their weights reach `rows`.
  const auto scale_after = [&](const arma::uvec& sorted, double rows) {
    double sum = 0;
    arma::uword i = 0;
    for (; i + 1 < sorted.n_elem; ++i)
      if ((sum += weight[sorted[i]]) >= std::min(rows, half)) break;
    return scale_at(sorted[i]);
  };
  double low = scale_after(order, by_chance), high = scale_after(arma::reverse(order), 1);
  // An expert that explains less than a row has a scale of which no row has told.
  high = std::min(high, arma::accu(weight) < 1 ? std::min(untold, most) : most);
  low = std::min(low, high);
  return {low / kMargin, std::max(low, high) * kMargin};
}

}  // namespace moe
