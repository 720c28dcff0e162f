// The Eisel-Lemire algorithm. w is shifted until its first bit is 1, and multiplied by the first 64 bits of 5^q; the
// power of two in 10^q = 5^q 2^q only changes the exponent. The upper bits of the product are the mantissa. Only if the
// bits behind it are all ones may the neglected part of 5^q carry into it, and then the next 64 bits of 5^q are used,
// too.
#include "csv/decimal.hpp"

#include <cstddef>

namespace moe {
namespace {

__extension__ using Wide = unsigned __int128;

constexpr int kPowers = decimal::kMost - decimal::kLeast + 1;

struct Power {
  std::uint64_t high, low;
};

/// The first 128 bits of 5^q, of which the first bit is 1. They are exact for 0 <= q <= 55, and rounded up for q < 0.
constexpr Power power_of_five(int q) {
  Wide five = 1;
  for (int i = 0; i < (q < 0 ? -q : q); ++i) five *= 5;
  Wide result = five;
  if (q < 0) {
    int bits = 0;
    while ((Wide{1} << bits) < five) ++bits;
    Wide rest = Wide{1} << (bits - 1);  // 2^(bits + 127) / five by long division, one bit at a time
    result = 0;
    for (int i = 0; i < 128; ++i) {
      rest *= 2;
      result *= 2;
      if (rest < five) continue;
      rest -= five;
      result += 1;
    }
    result += 1;
  }
  while ((result >> 127) == 0) result *= 2;
  return {static_cast<std::uint64_t>(result >> 64), static_cast<std::uint64_t>(result)};
}

constexpr std::array<Power, kPowers> powers_of_five() {
  std::array<Power, kPowers> table{};
  for (int i = 0; i < kPowers; ++i) table[static_cast<std::size_t>(i)] = power_of_five(i + decimal::kLeast);
  return table;
}

constexpr std::array<Power, kPowers> kFives = powers_of_five();

}  // namespace

double scaled_decimal(std::uint64_t w, int q) {
  constexpr int kMantissa = 52;
  const Power& power = kFives[static_cast<std::size_t>(q - decimal::kLeast)];
  const int zeros = std::countl_zero(w);
  w <<= zeros;
  Wide product = static_cast<Wide>(w) * power.high;
  constexpr std::uint64_t kUndecided = ~std::uint64_t{0} >> (kMantissa + 3);
  if ((static_cast<std::uint64_t>(product >> 64) & kUndecided) == kUndecided)
    product += (static_cast<Wide>(w) * power.low) >> 64;
  const auto high = static_cast<std::uint64_t>(product >> 64), low = static_cast<std::uint64_t>(product);
  const int upper = static_cast<int>(high >> 63);
  const int shift = upper + 64 - kMantissa - 3;
  std::uint64_t mantissa = high >> shift;
  int exponent = ((217706 * q) >> 16) + 63 + upper - zeros + 1023;  // 217706 / 2^16 is about log2 of 10
  // The number lies exactly between two doubles: IEEE 754 rounds to the even one.
  if (low <= 1 && q >= -4 && q <= 23 && (mantissa & 3) == 1 && (mantissa << shift) == high)
    mantissa &= ~std::uint64_t{1};
  mantissa = (mantissa + (mantissa & 1)) >> 1;
  if (mantissa >= (std::uint64_t{2} << kMantissa)) {
    mantissa = std::uint64_t{1} << kMantissa;
    ++exponent;
  }
  mantissa &= ~(std::uint64_t{1} << kMantissa);
  return std::bit_cast<double>(mantissa | (static_cast<std::uint64_t>(exponent) << kMantissa));
}

}  // namespace moe
