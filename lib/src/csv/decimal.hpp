// Reads a decimal number and gives the nearest double: fast for the numbers that tables hold, and exact for all that it
// accepts.
//
// A number of up to 19 digits is w 10^q with a whole number w < 2^64. Two cases are decided here:
// - w < 2^53 and |q| <= 22: w and 10^|q| are doubles, and one multiplication or division rounds only once (Clinger
//   1990).
// - -27 <= q <= 55: the product of w and a 128-bit 5^q decides every rounding (the Eisel-Lemire algorithm: Lemire,
//   "Number parsing at a gigabyte per second", 2021; Mushtak and Lemire, "Fast number parsing without fallback", 2023).
// The caller gives other numbers to std::from_chars. `make numbers` compares the results with strtod.
#pragma once

#include <array>
#include <bit>
#include <cfloat>
#include <cstdint>
#include <cstring>

namespace moe {

/// read_decimal() may read so many bytes behind the number's last one, so they must exist.
constexpr std::size_t kDecimalSlack = 8;

/// The double nearest to w 10^q, for w > 0 and -27 <= q <= 55.
double scaled_decimal(std::uint64_t w, int q);

namespace decimal {

static_assert(FLT_EVAL_METHOD == 0, "a product must round to double at once");

constexpr std::array<double, 23> kTens{1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                       1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
constexpr int kLeast = -27, kMost = 55;

inline bool is_digit(char c) { return static_cast<unsigned char>(c - '0') < 10; }

/// Reads eight digits at once, the first of which is in the lowest byte (arithmetic of Lemire and Langdale). False
/// where one of them is no digit.
inline bool eight_digits(const char* at, std::uint64_t& w) {
  if constexpr (std::endian::native != std::endian::little) return false;
  std::uint64_t text = 0;
  std::memcpy(&text, at, sizeof text);
  if (((text & 0xF0F0F0F0F0F0F0F0) | (((text + 0x0606060606060606) & 0xF0F0F0F0F0F0F0F0) >> 4)) != 0x3333333333333333)
    return false;
  text -= 0x3030303030303030;
  text = text * 10 + (text >> 8);
  constexpr std::uint64_t kMask = 0x000000FF000000FF, kFirst = 0x000F424000000064, kSecond = 0x0000271000000001;
  w = w * 100'000'000 + (((text & kMask) * kFirst + ((text >> 16) & kMask) * kSecond) >> 32);
  return true;
}

inline const char* digits(const char* at, std::uint64_t& w) {
  while (eight_digits(at, w)) at += 8;
  for (; is_digit(*at); ++at) w = w * 10 + static_cast<std::uint64_t>(*at - '0');
  return at;
}

/// Reads what follows an e: an optional sign and up to three digits. Returns nullptr where more or no digits follow.
inline const char* exponent(const char* at, int& q) {
  const bool negative = *at == '-';
  if (negative || *at == '+') ++at;
  int value = 0, count = 0;
  for (; is_digit(*at) && count < 4; ++at, ++count) value = value * 10 + (*at - '0');
  if (count == 0 || count == 4) return nullptr;
  q += negative ? -value : value;
  return at;
}

/// How many digits follow from the first digit on that is not 0.
inline long significant(const char* at, const char* end) {
  bool point = false;
  for (; at != end && (*at == '0' || *at == '.'); ++at) point = point || *at == '.';
  long count = end - at;
  if (!point && std::memchr(at, '.', static_cast<std::size_t>(end - at)) != nullptr) --count;
  return count;
}

}  // namespace decimal

/// Reads a number such as -12.5e3 at `at`, moves `at` behind it, and returns true. Returns false and leaves `at` where
/// there is no such number, or where it is one for std::from_chars. The caller checks what stands behind the number.
inline bool read_decimal(const char*& at, double& value) {
  using namespace decimal;
  const char* p = at;
  const bool negative = *p == '-';
  if (negative) ++p;
  const char* const begin = p;
  std::uint64_t w = 0;
  while (is_digit(*p)) w = w * 10 + static_cast<std::uint64_t>(*p++ - '0');
  long count = p - begin;
  int q = 0;
  if (*p == '.') {
    const char* const point = ++p;
    p = digits(p, w);
    q = static_cast<int>(point - p);
    count += p - point;
  }
  if (count == 0) return false;
  if (count > 19 && (count > 1000 || significant(begin, p) > 19)) return false;
  if ((*p | 0x20) == 'e') {
    p = exponent(p + 1, q);
    if (p == nullptr) return false;
  }
  double magnitude = 0;
  if (w == 0) {
    magnitude = 0;
  } else if (w <= (std::uint64_t{1} << 53) && q >= -22 && q <= 22) {
    magnitude = q < 0 ? static_cast<double>(w) / kTens[static_cast<std::size_t>(-q)]
                      : static_cast<double>(w) * kTens[static_cast<std::size_t>(q)];
  } else if (q >= kLeast && q <= kMost) {
    magnitude = scaled_decimal(w, q);
  } else {
    return false;
  }
  value = negative ? -magnitude : magnitude;
  at = p;
  return true;
}

}  // namespace moe
