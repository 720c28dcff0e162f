// Dates that may be read in several orders. Each order gives a reading, which maps the text in the column's type to a
// level. Orders that can read every level are possible. A text for which all possible orders give the same level is
// certain. For DuckDB, which tries orders, an earlier order counts, too, unless some row of the table proves that it
// failed.
#include "export/level_days.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <map>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

#include "csv/cell.hpp"
#include "csv/decimal.hpp"
#include "moe/dataset.hpp"
#include "moe/error.hpp"

namespace moe {
namespace {

using std::chrono::sys_days;
using std::chrono::year_month_day;

/// Takes digits off the front. Returns "" where there are fewer than `least` or more than `most`.
std::string take_digits(std::string_view& text, std::size_t least, std::size_t most) {
  std::size_t count = 0;
  while (count < text.size() && decimal::is_digit(text[count])) ++count;
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

struct Time {
  int minutes = 0;          ///< since midnight
  std::string rest = "00";  ///< the seconds, with their decimal places up to the last one that is not 0
  std::string text() const {
    std::array<char, 16> hour{};
    std::snprintf(hour.data(), hour.size(), "%02d:%02d:", minutes / 60, minutes % 60);
    return hour.data() + rest;
  }
};

/// Takes a time such as 8:00, 08:00:00 or 08:00:00.250 off the front.
std::optional<Time> take_time(std::string_view& text) {
  const std::string hour = take_digits(text, 1, 2);
  if (hour.empty() || !take(text, ':')) return std::nullopt;
  const std::string minute = take_digits(text, 2, 2);
  std::string second = "00", fraction;
  if (minute.empty()) return std::nullopt;
  if (take(text, ':') && (second = take_digits(text, 2, 2)).empty()) return std::nullopt;
  if (take(text, '.') && (fraction = take_digits(text, 1, 6)).empty()) return std::nullopt;
  fraction.erase(fraction.find_last_not_of('0') + 1);
  if (std::stoi(hour) > 23 || std::stoi(minute) > 59 || std::stoi(second) > 59) return std::nullopt;
  return Time{60 * std::stoi(hour) + std::stoi(minute), second + (fraction.empty() ? "" : "." + fraction)};
}

/// Takes AM or PM off the front and applies it to the time. False where the hour is not in 1 .. 12.
bool take_half_of_day(std::string_view& text, Time& time, bool& halved) {
  const std::string word = in_lower_case(std::string(text.substr(0, 3)));
  halved = word == " am" || word == " pm";
  if (!halved) return true;
  text.remove_prefix(word.size());
  constexpr int kHalf = 12 * 60;
  if (time.minutes < 60 || time.minutes >= kHalf + 60) return false;
  time.minutes = time.minutes % kHalf + (word == " pm" ? kHalf : 0);
  return true;
}

/// Takes a time zone off the front: Z, UTC, +02, +0200 or +02:00. Returns its minutes east of Greenwich.
std::optional<int> take_zone(std::string_view& text) {
  if (take(text, 'Z')) return 0;
  if (text == " UTC") {
    text = {};
    return 0;
  }
  const bool west = take(text, '-');
  if (!west && !take(text, '+')) return std::nullopt;
  std::string digits = take_digits(text, 2, 4);
  if (take(text, ':')) digits += take_digits(text, 2, 2);
  if (digits.size() != 2 && digits.size() != 4) return std::nullopt;
  const int minutes = 60 * std::stoi(digits.substr(0, 2)) + (digits.size() == 4 ? std::stoi(digits.substr(2)) : 0);
  return west ? -minutes : minutes;
}

/// A level as it is written. Which of its numbers is the day is still open.
struct Written {
  std::array<std::string, 3> parts;
  std::optional<Time> time{};
  std::optional<int> zone{};
  bool halved = false;
};

std::optional<Written> written(const std::string& level) {
  std::string_view text = trimmed(level);
  Written result;
  if ((result.parts[0] = take_digits(text, 1, 4)).empty() || text.empty()) return std::nullopt;
  const char mark = text.front();
  if (mark != '-' && mark != '/' && mark != '.' && mark != ' ') return std::nullopt;
  for (std::size_t i = 1; i < 3; ++i)
    if (!take(text, mark) || (result.parts[i] = take_digits(text, 1, 4)).empty()) return std::nullopt;
  if (text.empty()) return result;
  if (!take(text, ' ') && !take(text, 'T')) return std::nullopt;
  if (!(result.time = take_time(text)) || !take_half_of_day(text, *result.time, result.halved)) return std::nullopt;
  if (text.empty()) return result;
  result.zone = take_zone(text);
  return result.zone && text.empty() ? std::optional(result) : std::nullopt;
}

/// The places of the year, the month and the day.
using Order = std::array<std::size_t, 3>;
constexpr Order kYearFirst{0, 1, 2}, kDayFirst{2, 1, 0}, kMonthFirst{2, 0, 1};

std::optional<year_month_day> day_of(const Written& level, Order order, DayReader reader) {
  if (level.parts[0].size() == 4) order = kYearFirst;
  const std::string &year = level.parts[order[0]], &month = level.parts[order[1]], &day = level.parts[order[2]];
  if ((year.size() != 4 && year.size() != 2) || month.size() > 2 || day.size() > 2) return std::nullopt;
  int number = std::stoi(year);
  // The first two-digit year that counts as 19..: 69 for DuckDB (and POSIX), 70 for PostgreSQL.
  const int first = reader == DayReader::kTriesOrders ? 69 : 70;
  if (year.size() == 2) number += number < first ? 2000 : 1900;
  const year_month_day result{std::chrono::year(number), std::chrono::month(static_cast<unsigned>(std::stoi(month))),
                              std::chrono::day(static_cast<unsigned>(std::stoi(day)))};
  return number > 0 && result.ok() ? std::optional(result) : std::nullopt;
}

std::string text_of(const year_month_day& day) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%04d-%02u-%02u", static_cast<int>(day.year()),
                static_cast<unsigned>(day.month()), static_cast<unsigned>(day.day()));
  return text.data();
}

std::string in_utc(const year_month_day& day, Time time, int zone) {
  constexpr int kDay = 24 * 60;
  const int minutes = time.minutes - zone, days = minutes < 0 ? -((kDay - 1 - minutes) / kDay) : minutes / kDay;
  time.minutes = minutes - days * kDay;
  return text_of(year_month_day(sys_days(day) + std::chrono::days(days))) + " " + time.text() + "+00";
}

/// The levels by their texts in a column that is read in one order. A text that several levels have is kUnclear.
using Reading = std::map<std::string, std::size_t>;

bool says_other(const Reading& reading, const std::string& text, std::size_t place) {
  const auto found = reading.find(text);
  return found != reading.end() && found->second != place;
}

class Readings {
 public:
  /// `text(level, day)`: the level's text in the column's type; "" where the level is not of that type.
  template <class Text>
  Readings(const std::vector<std::string>& levels, DayReader reader, const Text& text) : reader_(reader) {
    std::vector<std::optional<Written>> all;
    for (const std::string& level : levels) all.push_back(level == kMissingLevel ? std::nullopt : written(level));
    const bool halved = std::any_of(all.begin(), all.end(), [](const auto& level) { return level && level->halved; });
    // DuckDB accepts AM and PM only with the month first.
    const std::array<Order, 3> orders =
        halved ? std::array{kMonthFirst, kYearFirst, kDayFirst} : std::array{kYearFirst, kDayFirst, kMonthFirst};
    std::vector<Reading> readings;
    std::vector<std::set<std::size_t>> read;
    std::set<std::size_t> all_read;
    for (const Order& order : orders) {
      readings.emplace_back();
      read.emplace_back();
      for (std::size_t place = 0; place < all.size(); ++place) {
        const auto day = all[place] ? day_of(*all[place], order, reader) : std::nullopt;
        const std::string key = day ? text(*all[place], *day) : "";
        if (key.empty()) continue;
        read.back().insert(place);
        const auto [entry, is_new] = readings.back().insert({key, place});
        if (!is_new) entry->second = kUnclear;
      }
      all_read.insert(read.back().begin(), read.back().end());
    }
    for (std::size_t i = 0; i < readings.size(); ++i) {
      if (read[i].size() == all_read.size())
        whole_.push_back(std::move(readings[i]));
      else if (whole_.empty())
        earlier_.push_back(std::move(readings[i]));
    }
  }

  TypedDays days() const {
    TypedDays result;
    std::vector<Reading> readings = whole_;
    if (reader_ == DayReader::kTriesOrders || whole_.empty())
      readings.insert(readings.end(), earlier_.begin(), earlier_.end());
    std::set<std::string> texts;
    for (const Reading& reading : readings)
      for (const auto& [text, place] : reading) texts.insert(text);
    for (const std::string& text : texts) add(text, result);
    if (result.proofs.empty())
      for (const TypedLevel& level : std::exchange(result.proven, {})) result.levels.push_back({level.text, kUnclear});
    return result;
  }

 private:
  void add(const std::string& text, TypedDays& result) const {
    const std::size_t place = agreed(text);
    const bool misread = reader_ == DayReader::kTriesOrders && !whole_.empty() && place != kUnclear &&
                         std::any_of(earlier_.begin(), earlier_.end(),
                                     [&](const Reading& reading) { return says_other(reading, text, place); });
    (misread ? result.proven : result.levels).push_back({text, place});
    if (place < kNoLevel &&
        std::none_of(earlier_.begin(), earlier_.end(), [&](const Reading& reading) { return reading.count(text) > 0; }))
      result.proofs.push_back(text);
  }

  /// The level on which all orders agree that can read every level. For a reader that tries orders: the level by the
  /// first of these orders, unless another order contradicts.
  std::size_t agreed(const std::string& text) const {
    if (whole_.empty()) return kUnclear;
    const auto first = whole_.front().find(text);
    const bool known = first != whole_.front().end();
    for (const Reading& reading : whole_) {
      const auto found = reading.find(text);
      if (found == reading.end() ? known && reader_ == DayReader::kDeclared : !known || found->second != first->second)
        return kUnclear;
    }
    return known ? first->second : kNoLevel;
  }

  DayReader reader_;
  /// The readings in orders that read every level; and those in orders that do not, but are tried before.
  std::vector<Reading> whole_, earlier_;
};

}  // namespace

TypedDays days_of(const std::vector<std::string>& levels, DayReader reader) {
  return Readings(levels, reader,
                  [](const Written& level, const year_month_day& day) { return level.time ? "" : text_of(day); })
      .days();
}

TypedDays moments_of(const std::vector<std::string>& levels, DayReader reader) {
  return Readings(levels, reader,
                  [](const Written& level, const year_month_day& day) {
                    return text_of(day) + " " + level.time.value_or(Time{}).text();
                  })
      .days();
}

TypedDays zoned_moments_of(const std::vector<std::string>& levels, DayReader reader) {
  return Readings(levels, reader,
                  [](const Written& level, const year_month_day& day) {
                    return level.zone ? in_utc(day, *level.time, *level.zone) : "";
                  })
      .days();
}

std::string time_of(const std::string& level) {
  std::string_view text = trimmed(level);
  const auto time = take_time(text);
  return time && text.empty() ? time->text() : "";
}

}  // namespace moe
