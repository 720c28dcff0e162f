// What a category's levels are in a column that has a type: a database that takes yes and no for a boolean gives back true and false,
// 08:00 becomes the time 08:00:00, 1.0 the number 1.
#pragma once

#include <string>
#include <vector>

#include "export/level_days.hpp"

namespace moe {

struct TypedLevels {
  std::vector<TypedLevel> numbers;   ///< as 12, -0.5 or 1e+300
  std::vector<TypedLevel> booleans;  ///< "true", "false"
  std::vector<TypedLevel> times;     ///< as 08:00:00, or 08:00:00.25
  TypedDays dates, timestamps, zoned_timestamps;
};

/// A level appears under every type that it can have. What two of them become there (1.1 and 1.10, yes and true) is kUnclear: the
/// column does not tell which of them its cell was.
TypedLevels typed_levels(const std::vector<std::string>& levels, DayReader reader);

}  // namespace moe
