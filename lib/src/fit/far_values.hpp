// Values of a target that are far from all others: outliers, or codes such as 999999 for a missing value.
#pragma once

#include <vector>

#include "moe/train.hpp"

namespace moe {

/// One element for each target with such values. y: n x T, w: n; rows of weight 0 do not count.
std::vector<FarValues> far_values(const arma::mat& y, const arma::vec& w);

}  // namespace moe
