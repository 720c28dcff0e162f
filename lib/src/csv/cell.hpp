// What a cell looks like (a number, a date, a missing value), and the sentences for cells that are not what they should
// be.
#pragma once

#include <array>
#include <string>
#include <string_view>

namespace moe {

/// Whether the cell is a finite number.
bool is_number(std::string_view cell);
/// Whether the cell is a number with a decimal comma, such as "1,5".
bool is_decimal_comma(std::string_view cell);
/// Whether the cell is a date, or a date and a time: 2024-01-31, 31.1.2024, 1/31/24, 20 Jan 2024 and the like.
bool is_date(std::string_view cell);
/// Whether the cell is a formatted number: 1,234.5, 50%, $3, 1 000, 1_000.
bool is_dressed_number(std::string_view cell);
/// The cells that stand for a missing value, unless the user names others.
inline constexpr std::array<std::string_view, 5> kMissingWords{"", "NA", "?", "NaN", "nan"};
bool is_missing_word(std::string_view cell);
bool is_utf8(std::string_view cell);
/// The text without the blanks around it.
std::string_view trimmed(std::string_view cell);

/// Why the cell is no number: "the cell is empty", "'abc' is not a number", "'inf' is not finite".
std::string not_a_number(std::string_view cell);
/// What a number looks like: "expected a number such as 1.5 or -2e3", or a hint about what this cell looks like.
std::string number_expected(std::string_view cell);

}  // namespace moe
