// Levels such as 31.12.24 or 2024-01-31T08:00:00Z in a database column that holds dates or times.
//
// 02.01.2024 can be read in more than one order. The levels show the right one if only one order can read all of them.
// DuckDB's CSV reader takes the first order that reads a whole column, so a table that lacks some levels may have been
// read in another order than the levels'. A date that might be another level is therefore accepted only where the
// column shows that it was not read so.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace moe {

/// A level as a column of another type writes it, with its place among the levels. kUnclear: the type does not tell
/// which of two levels the cell was. kNone: the cell was none.
struct TypedLevel {
  std::string text;
  std::size_t place;
};
constexpr std::size_t kUnclear = static_cast<std::size_t>(-1), kNoLevel = static_cast<std::size_t>(-2);

/// Who read the dates of a column. kDeclared: somebody who declared the type, and knew the order. kTriesOrders: a
/// reader that tries orders until one fits (DuckDB: the year first, the day first, the month first).
enum class DayReader { kDeclared, kTriesOrders };

struct TypedDays {
  std::vector<TypedLevel> levels;  ///< valid for any order of reading
  std::vector<TypedLevel> proven;  ///< valid only where the column contains one of `proofs`; otherwise unclear
  std::vector<std::string> proofs;
  bool empty() const { return levels.empty() && proven.empty(); }
};

/// Dates as 2024-01-31, for levels without a time.
TypedDays days_of(const std::vector<std::string>& levels, DayReader reader);
/// Times as 2024-01-31 08:00:00, with the hour as written: databases ignore a time zone where the column has none.
TypedDays moments_of(const std::vector<std::string>& levels, DayReader reader);
/// Times as 2024-01-31 08:00:00+00, for levels with a time zone (Z, UTC, +02, +0200, +02:00).
TypedDays zoned_moments_of(const std::vector<std::string>& levels, DayReader reader);
/// A time of day as 08:00:00 or 08:00:00.25; "" where the level is none.
std::string time_of(const std::string& level);

}  // namespace moe
