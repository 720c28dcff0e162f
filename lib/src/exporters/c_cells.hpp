// From a table's cells to a model's inputs, in C.
#pragma once

#include <string>
#include <vector>

#include "moe/dataset.hpp"

namespace moe::c_source {

/// Statements that put the cells x[0], x[1] .. of these columns as inputs into `in`, an array where `width` is not 1.
std::string encoding(const std::vector<Column>& columns, const std::string& in, std::size_t width);
/// moe_level() and moe_levels(): the text of a category's cell as a number of x.
std::string level_function(const std::vector<Column>& columns, const Schema& schema);

}  // namespace moe::c_source
