// From a table's cells to a model's inputs, in C.
#pragma once

#include <string>
#include <vector>

#include "export/formats/c_statements.hpp"
#include "moe/dataset.hpp"

namespace moe::c_source {

/// Statements that put the cells x[0], x[1] .. of these columns into a graph's inputs.
std::string encoding(const std::vector<Column>& columns, Graph::Id inputs, const Statements& statements);
/// moe_level() and moe_levels(): the text of a category's cell as a number of x.
std::string level_function(const std::vector<Column>& columns, const Schema& schema);

}  // namespace moe::c_source
