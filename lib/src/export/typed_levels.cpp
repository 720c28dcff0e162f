#include "export/typed_levels.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <map>
#include <optional>

#include "csv/cell.hpp"
#include "csv/decimal.hpp"
#include "moe/dataset.hpp"
#include "moe/error.hpp"

namespace moe {
namespace {

/// The same digits for the same number, in whatever way it is written: 12, -0.5, 1e+20.
std::optional<std::string> number_of(const std::string& level) {
  if (!is_number(level)) return std::nullopt;
  const std::string_view text = trimmed(level);
  const std::size_t mark = std::min(text.find_first_of("eE"), text.size());
  long exponent = mark < text.size() ? std::strtol(std::string(text.substr(mark + 1)).c_str(), nullptr, 10) : 0;
  std::string digits;
  bool behind_point = false;
  for (const char c : text.substr(0, mark)) {
    behind_point = behind_point || c == '.';
    if (!decimal::is_digit(c)) continue;
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

/// The texts of the levels. A text that two levels have is unclear.
template <class TextOf>
std::vector<TypedLevel> each_once(const std::vector<std::string>& levels, const TextOf& text_of) {
  std::map<std::string, std::size_t> known;
  std::vector<TypedLevel> result;
  for (std::size_t place = 0; place < levels.size(); ++place) {
    const std::optional<std::string> text = levels[place] == kMissingLevel ? std::nullopt : text_of(levels[place]);
    if (!text) continue;
    const auto [entry, is_new] = known.insert({*text, result.size()});
    if (is_new)
      result.push_back({*text, place});
    else
      result[entry->second].place = kUnclear;
  }
  return result;
}

}  // namespace

TypedLevels typed_levels(const std::vector<std::string>& levels, DayReader reader) {
  const auto time = [](const std::string& level) {
    std::string text = time_of(level);
    return text.empty() ? std::nullopt : std::optional(std::move(text));
  };
  return {each_once(levels, number_of), each_once(levels, boolean_of), each_once(levels, time),
          days_of(levels, reader),      moments_of(levels, reader),    zoned_moments_of(levels, reader)};
}

}  // namespace moe
