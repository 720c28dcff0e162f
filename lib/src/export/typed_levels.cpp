#include "export/typed_levels.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <map>
#include <optional>

#include "csv/cell.hpp"
#include "moe/dataset.hpp"
#include "moe/error.hpp"

namespace moe {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// The digits at the front, which are taken off; "" where there are fewer or more than asked for.
std::string take_digits(std::string_view& text, std::size_t least, std::size_t most) {
  std::size_t count = 0;
  while (count < text.size() && is_digit(text[count])) ++count;
  if (count < least || count > most) return "";
  std::string digits(text.substr(0, count));
  text.remove_prefix(count);
  return digits;
}

bool take(std::string_view& text, char mark) {
  if (text.empty() || text.front() != mark) return false;
  text.remove_prefix(1);
  return true;
}

std::string two_digits(int value) { return (value < 10 ? "0" : "") + std::to_string(value); }

/// The same digits for the same number, however it is written: 12, -0.5, 1e+20.
std::optional<std::string> number_of(const std::string& level) {
  if (!is_number(level)) return std::nullopt;
  const std::string_view text = trimmed(level);
  const std::size_t mark = std::min(text.find_first_of("eE"), text.size());
  long exponent = mark < text.size() ? std::strtol(std::string(text.substr(mark + 1)).c_str(), nullptr, 10) : 0;
  std::string digits;
  bool behind_point = false;
  for (const char c : text.substr(0, mark)) {
    behind_point = behind_point || c == '.';
    if (!is_digit(c)) continue;
    digits += c;
    if (behind_point) --exponent;
  }
  digits.erase(0, std::min(digits.find_first_not_of('0'), digits.size()));
  while (!digits.empty() && digits.back() == '0') {
    digits.pop_back();
    ++exponent;
  }
  if (digits.empty()) return "0";
  const std::string sign = text.front() == '-' ? "-" : "";
  constexpr long kMostZeros = 40;
  if (exponent >= 0 && exponent <= kMostZeros)
    return sign + digits + std::string(static_cast<std::size_t>(exponent), '0');
  return sign + digits + "e" + std::to_string(exponent);
}

std::optional<std::string> boolean_of(const std::string& level) {
  constexpr std::array kTrue{"true", "t", "yes", "y", "on", "1", "1.0"},
      kFalse{"false", "f", "no", "n", "off", "0", "0.0"};
  const std::string word = in_lower_case(trimmed(level));
  if (std::find(kTrue.begin(), kTrue.end(), word) != kTrue.end()) return "true";
  if (std::find(kFalse.begin(), kFalse.end(), word) != kFalse.end()) return "false";
  return std::nullopt;
}

/// 8:00, 08:00:00 and 08:00:00.250, which are taken off.
std::optional<std::string> take_time(std::string_view& text) {
  const std::string hour = take_digits(text, 1, 2);
  if (hour.empty() || !take(text, ':')) return std::nullopt;
  const std::string minute = take_digits(text, 2, 2);
  std::string second = "00", fraction;
  if (minute.empty()) return std::nullopt;
  if (take(text, ':') && (second = take_digits(text, 2, 2)).empty()) return std::nullopt;
  if (take(text, '.') && (fraction = take_digits(text, 1, 6)).empty()) return std::nullopt;
  fraction.erase(fraction.find_last_not_of('0') + 1);
  if (std::stoi(hour) > 23 || std::stoi(minute) > 59 || std::stoi(second) > 59) return std::nullopt;
  return two_digits(std::stoi(hour)) + ":" + minute + ":" + second + (fraction.empty() ? "" : "." + fraction);
}

std::optional<std::string> time_of(const std::string& level) {
  std::string_view text = trimmed(level);
  const auto time = take_time(text);
  return text.empty() ? time : std::nullopt;
}

struct Date {
  std::array<int, 3> parts;
  bool year_first;
};

/// Three numbers between the same marks, one of them, the first or the last, a year.
std::optional<Date> take_parts(std::string_view& text) {
  std::array<std::string, 3> parts;
  if ((parts[0] = take_digits(text, 1, 4)).empty() || text.empty()) return std::nullopt;
  const char mark = text.front();
  if (mark != '-' && mark != '/' && mark != '.') return std::nullopt;
  for (std::size_t i = 1; i < 3; ++i)
    if (!take(text, mark) || (parts[i] = take_digits(text, 1, 4)).empty()) return std::nullopt;
  const bool year_first = parts[0].size() == 4;
  if (parts[year_first ? 2 : 0].size() > 2 || parts[1].size() > 2 || (!year_first && parts[2].size() != 4))
    return std::nullopt;
  return Date{{std::stoi(parts[0]), std::stoi(parts[1]), std::stoi(parts[2])}, year_first};
}

std::optional<std::string> iso_date(int year, int month, int day) {
  constexpr std::array kDays{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  if (year < 1 || month < 1 || month > 12) return std::nullopt;
  const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  const int days = kDays[static_cast<std::size_t>(month - 1)] + (month == 2 && leap ? 1 : 0);
  if (day < 1 || day > days) return std::nullopt;
  const std::string digits = std::to_string(year);
  return std::string(4 - digits.size(), '0') + digits + "-" + two_digits(month) + "-" + two_digits(day);
}

/// Whether the day comes first where the year comes last; unknown where no number above 12 tells.
std::optional<bool> day_first(const std::vector<std::string>& levels) {
  bool first = false, second = false;
  for (const std::string& level : levels) {
    std::string_view text = trimmed(level);
    const auto date = take_parts(text);
    if (!date || date->year_first) continue;
    first = first || date->parts[0] > 12;
    second = second || date->parts[1] > 12;
  }
  if (first == second) return std::nullopt;
  return first;
}

std::optional<std::string> take_date(std::string_view& text, std::optional<bool> day_first) {
  const auto date = take_parts(text);
  if (!date) return std::nullopt;
  const auto& [a, b, c] = date->parts;
  if (date->year_first) return iso_date(a, b, c);
  if (!day_first) return std::nullopt;
  return *day_first ? iso_date(c, b, a) : iso_date(c, a, b);
}

/// Each once; what two levels become is neither.
template <class Of>
std::vector<TypedLevel> each_once(const std::vector<std::string>& levels, const Of& of) {
  std::map<std::string, std::size_t> count;
  for (const std::string& level : levels)
    if (const auto text = level == kMissingLevel ? std::nullopt : of(level)) ++count[*text];
  std::vector<TypedLevel> result;
  for (std::size_t place = 0; place < levels.size(); ++place)
    if (const auto text = levels[place] == kMissingLevel ? std::nullopt : of(levels[place]); text && count[*text] == 1)
      result.push_back({*text, place});
  return result;
}

}  // namespace

TypedLevels typed_levels(const std::vector<std::string>& levels) {
  const std::optional<bool> order = day_first(levels);
  const auto date_of = [&](const std::string& level) {
    std::string_view text = trimmed(level);
    const auto date = take_date(text, order);
    return text.empty() ? date : std::nullopt;
  };
  const auto timestamp_of = [&](const std::string& level) -> std::optional<std::string> {
    std::string_view text = trimmed(level);
    const auto date = take_date(text, order);
    if (!date) return std::nullopt;
    if (text.empty()) return *date + " 00:00:00";
    if (!take(text, ' ') && !take(text, 'T')) return std::nullopt;
    const auto time = take_time(text);
    if (!time || !text.empty()) return std::nullopt;
    return *date + " " + *time;
  };
  return {each_once(levels, number_of), each_once(levels, boolean_of), each_once(levels, time_of),
          each_once(levels, date_of), each_once(levels, timestamp_of)};
}

}  // namespace moe
