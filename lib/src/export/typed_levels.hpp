// The levels of a category in a column that has another type than text. A database that reads yes and no as booleans
// gives back true and false; 08:00 becomes the time 08:00:00, and 1.0 the number 1.
#pragma once

#include <string>
#include <vector>

#include "export/level_days.hpp"

namespace moe {

struct TypedLevels {
  std::vector<TypedLevel> numbers;   ///< such as 12, -0.5 or 1e+300
  std::vector<TypedLevel> booleans;  ///< "true", "false"
  std::vector<TypedLevel> times;     ///< such as 08:00:00 or 08:00:00.25
  TypedDays dates, timestamps, zoned_timestamps;
};

/// A level appears under every type that it can have. Where two levels become the same (1.1 and 1.10, yes and true),
/// the result is kUnclear, as the column does not tell them apart.
TypedLevels typed_levels(const std::vector<std::string>& levels, DayReader reader);

}  // namespace moe
