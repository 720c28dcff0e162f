// Bounds of a scale that is an output of the network, such as the sigma of gaussian:hetero. A straight line in log sigma
// goes on without end outside of the data, and would give rows far out a sigma near 0 or huge. So training sets bounds
// from its rows, and the family's spec keeps them: NAME:LOW:HIGH.
#pragma once

#include <armadillo>
#include <functional>
#include <optional>
#include <string>

namespace moe {

struct ScaleBounds {
  double low, high;
};

/// The bounds in `arguments`, which is "" (none) or ":LOW:HIGH". `name`: of the family. Throws Error (usage) where they
/// are not two numbers above 0, the least first.
std::optional<ScaleBounds> parse_scale_bounds(const std::string& name, const std::string& arguments);

/// `name`, followed by the bounds where there are any.
std::string spec_with_bounds(const std::string& name, const std::optional<ScaleBounds>& bounds);

/// The range of an expert's scale in its rows, give or take a factor. s: the network's output, with which the scale
/// rises (b); weight: the expert's part of each row (b). `by_chance`: so many of the smallest scales are ignored.
/// `scale_at(n)`: the scale of row n. `untold`: the largest scale of an expert of which no row tells. `most`: a larger
/// scale no rows can tell.
ScaleBounds scale_bounds_of(const arma::vec& s, const arma::vec& weight, double by_chance,
                            const std::function<double(arma::uword n)>& scale_at, double untold, double most);

}  // namespace moe
