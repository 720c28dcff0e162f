// How an exported C file begins: what its functions do, and the types and names that they use.
#pragma once

#include <string>
#include <vector>

#include "export/graph.hpp"

namespace moe::c_source {

/// Of x, in order: the inputs' columns, then those of trials, offset and exposure.
std::vector<std::string> column_names(const Model& model);
/// Whether there are categories.
bool any_levels(const Model& model);
/// `rows`: whether there is moe_predict_rows().
std::string interface_of(const Model& model, const Graph& graph, bool rows);

}  // namespace moe::c_source
