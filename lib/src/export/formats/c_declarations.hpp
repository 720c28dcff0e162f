// The beginning of an exported C file: a comment on what its functions do, and its types and names.
#pragma once

#include <string>
#include <vector>

#include "export/graph.hpp"

namespace moe::c_source {

/// The columns in x, in order: those of the inputs, then trials, offset and exposure.
std::vector<std::string> column_names(const Model& model);
/// Whether the model reads a category.
bool any_levels(const Model& model);
/// `rows`: whether the file has moe_predict_rows().
std::string interface_of(const Model& model, const Graph& graph, const GraphRequest& request, bool rows);

}  // namespace moe::c_source
