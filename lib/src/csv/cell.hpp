// What a cell may be taken for, and the sentences for what it is not.
#pragma once

#include <array>
#include <string>
#include <string_view>

namespace moe {

/// Whether it is a finite number.
bool is_number(std::string_view cell);
/// Whether it is "1,5" or its like.
bool is_decimal_comma(std::string_view cell);
/// Whether it is a date, or a date and a time: 2024-01-31, 31.1.2024, 1/31/24, 20 Jan 2024 .. .
bool is_date(std::string_view cell);
/// Whether it is a number in other people's dress: 1,234.5, 50%, $3, 1 000, 1_000.
bool is_dressed_number(std::string_view cell);
/// What stands for a value that is not there.
inline constexpr std::array<std::string_view, 5> kMissingWords{"", "NA", "?", "NaN", "nan"};
bool is_missing_word(std::string_view cell);
bool is_utf8(std::string_view cell);
/// Without the blanks round it.
std::string_view trimmed(std::string_view cell);

/// "the cell is empty", "'abc' is not a number", "'inf' is not finite".
std::string not_a_number(std::string_view cell);
/// "expected a number such as 1.5 or -2e3", or a hint at what the cell looks like.
std::string number_expected(std::string_view cell);

}  // namespace moe
