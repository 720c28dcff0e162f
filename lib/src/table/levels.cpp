// Levels are texts, but their order is that of numbers where all of them are numbers. Doubles cannot tell whole numbers
// beyond 2^53 apart, so these are ordered by their digits.
#include "table/levels.hpp"

#include <algorithm>
#include <tuple>

#include "csv/cell.hpp"
#include "moe/dataset.hpp"
#include "moe/error.hpp"
#include "moe/numeric.hpp"

namespace moe {
namespace {

/// A decimal with so many digits can be read into a double and printed again without a change.
constexpr std::size_t kExactDigits = 15;
/// With more decimal places, the number may be subnormal, and then a double holds fewer digits.
constexpr std::size_t kMostPlaces = 300;

bool all_digits(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

/// The parts of a decimal number: "-12.50" has the sign -, the whole part "12" and the decimal places "50".
struct Decimal {
  bool negative = false, pointed = false;
  std::string_view whole{}, places{};
};

std::optional<Decimal> decimal_of(std::string_view text) {
  Decimal result;
  result.negative = text.starts_with('-');
  if (result.negative) text.remove_prefix(1);
  const std::size_t point = text.find('.');
  result.pointed = point != std::string_view::npos;
  result.whole = text.substr(0, point);
  if (result.pointed) result.places = text.substr(point + 1);
  if (result.whole.empty() || !all_digits(result.whole) || !all_digits(result.places)) return std::nullopt;
  return result;
}

/// Whether it is a whole number without leading zeros, plain or with ".0" behind it.
bool is_plain_whole(const Decimal& number) {
  const bool zero = number.whole == "0";
  return number.whole.size() <= kExactDigits && (zero ? !number.negative : number.whole.front() != '0') &&
         (number.pointed ? number.places == "0" : true);
}

/// An order of numbers by value. Whole numbers that are the same double are ordered by their digits.
struct NumberKey {
  explicit NumberKey(const std::string& level) : value(*parse_number(level)), text(&level) {
    const auto number = decimal_of(level.starts_with('+') ? std::string_view(level).substr(1) : level);
    if (!number || number->pointed) return;
    digits = number->whole.substr(std::min(number->whole.find_first_not_of('0'), number->whole.size()));
    const long size = static_cast<long>(digits.size());
    length = number->negative ? -size : size;
    broken = false;
  }
  bool operator<(const NumberKey& other) const {
    const auto first = [](const NumberKey& key) { return std::tuple(key.value, key.broken, key.length); };
    if (first(*this) != first(other)) return first(*this) < first(other);
    if (digits != other.digits) return length < 0 ? other.digits < digits : digits < other.digits;
    return *text < *other.text;
  }

  double value;
  bool broken = true;  // the text is not a whole number in plain digits
  long length = 0;     // the number of digits, negative for a negative number
  std::string_view digits{};
  const std::string* text;
};

}  // namespace

std::optional<std::string> other_spelling(std::string_view text) {
  const auto number = decimal_of(text);
  if (!number || !is_plain_whole(*number)) return std::nullopt;
  return number->pointed ? std::string(text.substr(0, text.size() - 2)) : std::string(text) + ".0";
}

std::optional<double> plain_number(std::string_view level) {
  const auto number = decimal_of(level);
  if (!number) return std::nullopt;
  const bool whole = is_plain_whole(*number);
  const bool broken = !number->places.empty() && number->places.back() != '0' && number->places.size() <= kMostPlaces &&
                      (number->whole == "0" || number->whole.front() != '0');
  std::string digits = std::string(number->whole) + std::string(number->places);
  digits.erase(0, digits.find_first_not_of('0'));
  if (!whole && (!broken || digits.size() > kExactDigits)) return std::nullopt;
  return parse_number(level);
}

bool all_numeric(const std::vector<std::string>& texts) {
  return std::all_of(texts.begin(), texts.end(), [](const std::string& text) { return is_number(text); });
}

bool all_boolean(const std::vector<std::string>& texts) {
  std::vector<std::string> lower(texts.size());
  std::transform(texts.begin(), texts.end(), lower.begin(),
                 [](const std::string& text) { return in_lower_case(text); });
  std::sort(lower.begin(), lower.end());
  return std::adjacent_find(lower.begin(), lower.end()) == lower.end() &&
         std::all_of(lower.begin(), lower.end(),
                     [](const std::string& text) { return text == "true" || text == "false"; });
}

std::size_t count_numbers(const std::vector<std::string>& texts) {
  std::vector<NumberKey> keys(texts.begin(), texts.end());
  std::sort(keys.begin(), keys.end());
  std::size_t count = 0;
  for (std::size_t i = 0; i < keys.size(); ++i)
    count += i == 0 || keys[i - 1].value != keys[i].value || (!keys[i].broken && keys[i - 1].digits != keys[i].digits)
                 ? 1
                 : 0;
  return count;
}

std::vector<std::string> ordered_levels(const std::vector<std::string>& texts) {
  std::vector<std::string> result = texts;
  if (all_numeric(texts))
    std::sort(result.begin(), result.end(),
              [](const std::string& a, const std::string& b) { return NumberKey(a) < NumberKey(b); });
  else
    std::sort(result.begin(), result.end());
  result.erase(std::unique(result.begin(), result.end()), result.end());
  const LevelTable all(result);
  std::erase_if(result, [&](const std::string& text) {
    const auto other = text.ends_with(".0") ? other_spelling(text) : std::nullopt;
    return other && all.find(*other) != LevelTable::kNone;
  });
  return result;
}

std::vector<std::string> merged_levels(const std::vector<std::string>& levels, const LevelTable& texts) {
  std::vector<std::string> result;
  for (const std::string& level : levels) {
    const auto other = other_spelling(level);
    if (other && texts.find(*other) != LevelTable::kNone) result.push_back(level);
  }
  return result;
}

KnownLevels::KnownLevels(const std::vector<std::string>& levels, bool by_value)
    : names_(levels), table_(levels), by_value_(by_value) {
  std::vector<std::string> said = levels;
  std::erase(said, kMissingLevel);
  numeric_ = by_value && all_numeric(said);
  boolean_ = all_boolean(said);
}

std::size_t KnownLevels::find(std::string_view text) const {
  const std::size_t found = table_.find(text);
  if (found != LevelTable::kNone) return found;
  if (by_value_) {
    if (numeric_) return is_number(text) ? table_.find(format_number(*parse_number(text))) : LevelTable::kNone;
  } else if (const auto other = other_spelling(text)) {
    return table_.find(*other);
  }
  if (!boolean_) return LevelTable::kNone;
  const std::string lower = in_lower_case(text);
  for (std::size_t i = 0; i < names_.size(); ++i)
    if (in_lower_case(names_[i]) == lower) return i;
  return LevelTable::kNone;
}

}  // namespace moe
