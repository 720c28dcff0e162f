// C code that turns a table's cells into a model's inputs.
#pragma once

#include <string>
#include <vector>

#include "export/formats/c_statements.hpp"
#include "moe/dataset.hpp"

namespace moe::c_source {

/// Statements that turn the cells x[0], x[1], .. of these columns into the inputs of the graph.
std::string encoding(const std::vector<Column>& columns, Graph::Id inputs, const Statements& statements);
/// moe_level() and moe_levels(), which turn the text of a category's cell into its number in x.
std::string level_function(const std::vector<Column>& columns, const Schema& schema);

}  // namespace moe::c_source
