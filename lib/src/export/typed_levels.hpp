// What a category's levels are in a column that has a type: a database that takes yes and no for a boolean gives back true and false,
// 08:00 becomes the time 08:00:00, 1.0 the number 1.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace moe {

/// A level as another type writes it, and its place among the category's levels.
struct TypedLevel {
  std::string text;
  std::size_t place;
};

struct TypedLevels {
  std::vector<TypedLevel> numbers;     ///< as 12, -0.5 or 1e+300
  std::vector<TypedLevel> booleans;    ///< "true", "false"
  std::vector<TypedLevel> times;       ///< as 08:00:00, or 08:00:00.25
  std::vector<TypedLevel> dates;       ///< as 2024-01-31
  std::vector<TypedLevel> timestamps;  ///< as 2024-01-31 08:00:00
};

/// A level appears under every type that it can have. Two that become one value there (1.1 and 1.10, yes and true) are left out:
/// the column does not tell which of them its cell was. Days and months of dates such as 31/1/2024 are told apart by those above 12;
/// where none is, they are left out.
TypedLevels typed_levels(const std::vector<std::string>& levels);

}  // namespace moe
