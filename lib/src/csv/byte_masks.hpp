// The search for a byte, many bytes at a time. Functions that begin with plain_ work on any processor.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace moe {

constexpr std::size_t kMaskBytes = 64;

/// Bit i (i < bytes) is set where at[i] is `c`.
template <std::size_t bytes = kMaskBytes>
std::uint64_t plain_mask_of(char c, const char* at) {
  std::uint64_t mask = 0;
  if constexpr (std::endian::native == std::endian::little) {
    constexpr std::uint64_t kOnes = 0x0101010101010101, kLows = 0x7F7F7F7F7F7F7F7F;
    for (std::size_t i = 0; i < bytes; i += 8) {
      std::uint64_t text = 0;
      std::memcpy(&text, at + i, sizeof text);
      text ^= kOnes * static_cast<unsigned char>(c);
      const std::uint64_t found = ~(((text & kLows) + kLows) | text | kLows) >> 7;  // 1 in each byte that is `c`
      mask |= ((found * 0x0102040810204080) >> 56) << i;
    }
  } else {
    for (std::size_t i = 0; i < bytes; ++i) mask |= std::uint64_t{at[i] == c} << i;
  }
  return mask;
}

/// Bit i (i < bytes) is set where at[i] is `c`.
template <std::size_t bytes = kMaskBytes>
std::uint64_t mask_of(char c, const char* at) {
  static_assert(bytes % 16 == 0 && bytes <= kMaskBytes);
#if defined(__SSE2__)
  const __m128i wanted = _mm_set1_epi8(c);
  std::uint64_t mask = 0;
  for (std::size_t i = 0; i < bytes; i += 16) {
    const __m128i text = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at + i));
    mask |= std::uint64_t{static_cast<unsigned>(_mm_movemask_epi8(_mm_cmpeq_epi8(text, wanted)))} << i;
  }
  return mask;
#else
  return plain_mask_of<bytes>(c, at);
#endif
}

/// The next byte that is `a` or `b`. There must be one. Fifteen bytes behind it may be read, too.
inline const char* plain_find_either(const char* at, char a, char b) {
  if constexpr (std::endian::native == std::endian::little) {
    constexpr std::uint64_t kOnes = 0x0101010101010101, kHighs = 0x8080808080808080;
    const std::uint64_t as = kOnes * static_cast<unsigned char>(a), bs = kOnes * static_cast<unsigned char>(b);
    for (;; at += 8) {
      std::uint64_t text = 0;
      std::memcpy(&text, at, sizeof text);
      const std::uint64_t x = text ^ as, y = text ^ bs;
      const std::uint64_t found = (((x - kOnes) & ~x) | ((y - kOnes) & ~y)) & kHighs;
      if (found != 0) return at + std::countr_zero(found) / 8;  // the lowest mark is always a true one
    }
  }
  while (*at != a && *at != b) ++at;
  return at;
}

inline const char* find_either(const char* at, char a, char b) {
#if defined(__SSE2__)
  const __m128i as = _mm_set1_epi8(a), bs = _mm_set1_epi8(b);
  for (;; at += 16) {
    const __m128i text = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
    const int found = _mm_movemask_epi8(_mm_or_si128(_mm_cmpeq_epi8(text, as), _mm_cmpeq_epi8(text, bs)));
    if (found != 0) return at + std::countr_zero(static_cast<unsigned>(found));
  }
#else
  return plain_find_either(at, a, b);
#endif
}

/// Bit i of the result is set where an odd number of the mask's bits 0 .. i are set: between an opening and a closing
/// quote.
inline std::uint64_t odd_from_below(std::uint64_t mask) {
  for (unsigned shift = 1; shift < kMaskBytes; shift *= 2) mask ^= mask << shift;
  return mask;
}

}  // namespace moe
