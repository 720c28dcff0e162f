// Fits of a request again: to a part of its rows, or with another penalty.
#pragma once

#include <string>
#include <vector>

#include "moe/train.hpp"

namespace moe {

/// The request without its observer, its progress and its standard errors, which only the fit of all rows needs; to these
/// rows alone.
FitRequest without_company(const FitRequest& request, const std::vector<std::size_t>& rows);
/// The solver that the request leads to.
std::string solver_of(const FitRequest& request);
/// Whether the end of a fit is a good beginning of a similar one: not where a solver goes by mini-batches or stops early, nor
/// where there are more inputs than rows, of which a fit leaves some out.
bool goes_on_from_ends(const FitRequest& request);
/// The model of the request before its fit, with the units and parameters of `end`.
Model beginning_at(const Model& end, const FitRequest& request);

}  // namespace moe
