// Recognises cells that are not plain numbers, so that an error message can say what a cell looks like: a date, a
// number with a decimal comma, a currency. Nothing is converted here.
#include "csv/cell.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

#include "csv/decimal.hpp"
#include "moe/error.hpp"
#include "moe/numeric.hpp"

namespace moe {
namespace {

/// Takes up to `most` digits off the front of `text`. Returns how many, and their value in `value`.
std::size_t take_digits(std::string_view& text, std::size_t most, int& value) {
  std::size_t count = 0;
  for (value = 0; count < most && count < text.size() && decimal::is_digit(text[count]); ++count)
    value = value * 10 + (text[count] - '0');
  text.remove_prefix(count);
  return count;
}

bool is_month_name(std::string_view word) {
  constexpr std::array<std::string_view, 12> kMonths{"jan", "feb", "mar", "apr", "may", "jun",
                                                     "jul", "aug", "sep", "oct", "nov", "dec"};
  std::string head(word.substr(0, 3));
  std::transform(head.begin(), head.end(), head.begin(), [](char c) { return static_cast<char>(c | 0x20); });
  return word.size() <= 9 && std::find(kMonths.begin(), kMonths.end(), head) != kMonths.end();
}

/// Takes a month off the front, as a number or a name. Returns 0 where there is none.
int take_month(std::string_view& text, char mark) {
  int month = 0;
  if (text.empty() || decimal::is_digit(text.front()))
    return take_digits(text, 2, month) > 0 && mark != ' ' ? month : 0;
  const std::string_view word = text.substr(0, text.find(mark));
  text.remove_prefix(word.size());
  return is_month_name(word) ? 1 : 0;
}

/// Whether `text` begins with a day, a month and a year, in any order in use, with the same separator (- / . or a
/// blank) between them.
bool takes_date(std::string_view& text) {
  int first = 0, last = 0;
  const std::size_t begins = take_digits(text, 4, first);
  if (begins == 0 || begins == 3 || text.empty()) return false;
  const char mark = text.front();
  if (std::string_view("-/. ").find(mark) == std::string_view::npos) return false;
  text.remove_prefix(1);
  const int middle = take_month(text, mark);
  if (middle == 0 || text.empty() || text.front() != mark) return false;
  text.remove_prefix(1);
  const std::size_t ends = take_digits(text, 4, last);
  const bool year_first = begins == 4 && ends >= 1 && ends <= 2, year_last = begins <= 2 && (ends == 4 || ends == 2);
  if (!year_first && !year_last) return false;
  const int day = year_first ? last : first;
  const bool month_first = year_last && first <= 12 && middle <= 31;
  return (day >= 1 && day <= 31 && middle <= 12) || month_first;
}

}  // namespace

bool is_number(std::string_view cell) { return std::isfinite(parse_number(cell).value_or(NAN)); }

bool is_decimal_comma(std::string_view cell) {
  if (cell.find('.') != std::string_view::npos || cell.find(',') == std::string_view::npos) return false;
  std::string decimal(cell);
  std::replace(decimal.begin(), decimal.end(), ',', '.');
  return parse_number(decimal).has_value();
}

bool is_date(std::string_view cell) {
  if (!takes_date(cell)) return false;
  return cell.empty() ||
         ((cell.front() == 'T' || cell.front() == ' ') && cell.size() > 1 && decimal::is_digit(cell[1]));
}

bool is_dressed_number(std::string_view cell) {
  std::string bare;
  for (std::size_t at = 0; at < cell.size();) {
    const bool sign = cell.substr(at, 3) == "\xE2\x82\xAC" || cell.substr(at, 2) == "\xC2\xA3";  // euro, pound
    if (!sign && std::string_view(",_' %$").find(cell[at]) == std::string_view::npos) bare += cell[at];
    at += sign ? (cell[at] == '\xE2' ? 3 : 2) : 1;
  }
  return bare.size() < cell.size() && parse_number(bare).has_value();
}

bool is_utf8(std::string_view cell) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(cell[i]); };
  for (std::size_t i = 0; i < cell.size();) {
    const unsigned char head = byte(i);
    const std::size_t length = head < 0x80 ? 1 : head < 0xe0 ? 2 : head < 0xf0 ? 3 : 4;
    if ((head >= 0x80 && head < 0xc2) || head > 0xf4 || cell.size() - i < length) return false;
    for (std::size_t k = 1; k < length; ++k)
      if ((byte(i + k) & 0xc0U) != 0x80) return false;
    // UTF-8 has no overlong forms, no surrogates, and no characters above U+10FFFF.
    const unsigned char second = length > 1 ? byte(i + 1) : 0;
    if ((head == 0xe0 && second < 0xa0) || (head == 0xed && second > 0x9f) || (head == 0xf0 && second < 0x90) ||
        (head == 0xf4 && second > 0x8f))
      return false;
    i += length;
  }
  return true;
}

std::string_view trimmed(std::string_view cell) {
  const std::size_t first = cell.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return cell.substr(first, cell.find_last_not_of(" \t") + 1 - first);
}

bool is_missing_word(std::string_view cell) {
  return std::find(kMissingWords.begin(), kMissingWords.end(), cell) != kMissingWords.end();
}

std::string not_a_number(std::string_view cell) {
  if (cell.find_first_not_of(" \t") == std::string_view::npos) return "the cell is empty";
  return "'" + printable(cell) + (parse_number(cell) ? "' is not finite" : "' is not a number");
}

std::string number_expected(std::string_view cell) {
  if (is_decimal_comma(cell)) {
    const bool thousands = cell.size() > 4 && cell[cell.size() - 4] == ',' && cell[0] != '0';  // 1,000
    return thousands ? "expected a point as the decimal mark, and none between thousands"
                     : "expected a point as the decimal mark";
  }
  if (is_date(cell)) return "expected a number, such as the days since the first date";
  return "expected a number such as 1.5 or -2e3";
}

}  // namespace moe
