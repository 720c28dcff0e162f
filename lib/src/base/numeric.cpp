#include "moe/numeric.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <system_error>

namespace moe {
namespace {

bool is_blank(char c) { return c == ' ' || c == '\t'; }

/// The power of ten just above the decimal's first digit that is not 0: 12.5 is below 10^2, 0.05 is below 10^-1.
long long decimal_magnitude(std::string_view digits) {
  // A larger exponent is out of range anyway, so its exact value does not matter.
  constexpr long long kEnough = 1'000'000'000'000;
  const std::size_t mark = std::min(digits.find_first_of("eE"), digits.size());
  long long exponent = 0;
  bool negative = false;
  for (const char c : digits.substr(std::min(mark + 1, digits.size()))) {
    if (c == '-') negative = true;
    if (c >= '0' && c <= '9') exponent = std::min(exponent * 10 + (c - '0'), kEnough);
  }
  const std::string_view mantissa = digits.substr(0, mark);
  const auto point = static_cast<long long>(std::min(mantissa.find('.'), mantissa.size()));
  const auto first = static_cast<long long>(std::min(mantissa.find_first_of("123456789"), mantissa.size()));
  return (first < point ? point - first : point - first + 1) + (negative ? -exponent : exponent);
}

/// The value of a well-formed number that is out of a double's range: std::from_chars does not say whether it is too
/// large or too small.
double beyond_range(std::string_view number) {
  const bool negative = number.front() == '-';
  const double magnitude =
      decimal_magnitude(number.substr(negative ? 1 : 0)) > 0 ? std::numeric_limits<double>::infinity() : 0.0;
  return negative ? -magnitude : magnitude;
}

}  // namespace

std::optional<double> parse_number(std::string_view text) {
  const char* begin = text.data();
  const char* end = begin + text.size();
  while (begin != end && is_blank(*begin)) ++begin;
  while (begin != end && is_blank(end[-1])) --end;
  if (begin != end && *begin == '+') {
    ++begin;
    if (begin != end && *begin == '-') return std::nullopt;
  }
  double value = 0.0;
  const auto [stop, problem] = std::from_chars(begin, end, value);
  if (stop != end || problem == std::errc::invalid_argument) return std::nullopt;
  if (problem == std::errc::result_out_of_range) return beyond_range(std::string_view(begin, end));
  return value;
}

void append_number(std::string& out, double value) {
  if (std::isnan(value)) {  // to_chars may print its sign or payload
    out += "nan";
    return;
  }
  char text[32];  // the longest shortest form, -2.2250738585072014e-308, has 24 characters
  const auto [stop, problem] = std::to_chars(text, text + sizeof text, value);
  out.append(text, stop);
  static_cast<void>(problem);
}

std::string format_number(double value) {
  std::string out;
  append_number(out, value);
  return out;
}

}  // namespace moe
