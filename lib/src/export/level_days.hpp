// What levels such as 31.12.24 or 2024-01-31T08:00:00Z are in a column of days or moments.
//
// 02.01.2024 and 31.12.24 may be read in more than one order. The levels tell which it is where only one order reads all of them.
// DuckDB's CSV reader takes the first order that reads a whole column, so that a table that lacks some levels may have been read in
// another one than the levels' own: a day that might be another level so counts only where the column shows that it was not.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace moe {

/// A level as another type writes it, and its place among the category's levels; or kUnclear where the type does not tell which of
/// two levels the cell was, kNone where it was none.
struct TypedLevel {
  std::string text;
  std::size_t place;
};
constexpr std::size_t kUnclear = static_cast<std::size_t>(-1), kNoLevel = static_cast<std::size_t>(-2);

/// Who has read the days in a column: whoever declared its type, in an order of his own, or a reader that tries orders until one fits
/// (DuckDB's: the year first, the day first, the month first).
enum class DayReader { kDeclared, kTriesOrders };

struct TypedDays {
  std::vector<TypedLevel> levels;  ///< whatever order the column was read in
  std::vector<TypedLevel> proven;  ///< only where the column holds one of `proofs`; else unclear
  std::vector<std::string> proofs;
  bool empty() const { return levels.empty() && proven.empty(); }
};

/// As 2024-01-31, of levels without an hour.
TypedDays days_of(const std::vector<std::string>& levels, DayReader reader);
/// As 2024-01-31 08:00:00, the hour that is written: databases pass over a time zone where the column has none.
TypedDays moments_of(const std::vector<std::string>& levels, DayReader reader);
/// As 2024-01-31 08:00:00+00, of levels with a time zone (Z, UTC, +02, +0200, +02:00).
TypedDays zoned_moments_of(const std::vector<std::string>& levels, DayReader reader);
/// As 08:00:00 or 08:00:00.25; "" for another level.
std::string time_of(const std::string& level);

}  // namespace moe
