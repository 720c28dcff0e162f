// UTF-8 against its definition: exactly the encodings of U+0000 to U+D7FF and U+E000 to U+10FFFF are characters.
#include <catch2/catch.hpp>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "csv/cell.hpp"

namespace {

/// The bytes of a code point (RFC 3629, section 3).
std::string encoded(unsigned point) {
  const auto byte = [](unsigned value) { return static_cast<char>(static_cast<unsigned char>(value)); };
  if (point < 0x80) return {byte(point)};
  if (point < 0x800) return {byte(0xc0 | point >> 6), byte(0x80 | (point & 0x3f))};
  if (point < 0x10000) return {byte(0xe0 | point >> 12), byte(0x80 | (point >> 6 & 0x3f)), byte(0x80 | (point & 0x3f))};
  return {byte(0xf0 | point >> 18), byte(0x80 | (point >> 12 & 0x3f)), byte(0x80 | (point >> 6 & 0x3f)),
          byte(0x80 | (point & 0x3f))};
}

}  // namespace

TEST_CASE("UTF-8 is what encodes characters, and nothing else", "[csv]") {
  std::unordered_set<std::string> characters;
  std::string all;
  for (unsigned point = 0; point <= 0x10ffff; ++point) {
    if (point >= 0xd800 && point <= 0xdfff) continue;  // surrogates are no characters
    all += encoded(point);
    characters.insert(encoded(point));
  }
  CHECK(moe::is_utf8(all));
  CHECK(moe::is_utf8(""));
  // Every two bytes, behind each other at the end of a text; every third and fourth byte at the edges of their ranges.
  const std::vector<unsigned> edges{0x00, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xff};
  std::size_t wrong = 0;
  const auto is_text = [&](std::string_view text) {  // whether it can be cut into characters
    while (!text.empty()) {
      std::size_t length = 1;
      while (length <= 4 && !(length <= text.size() && characters.count(std::string(text.substr(0, length))))) ++length;
      if (length > 4) return false;
      text.remove_prefix(length);
    }
    return true;
  };
  const auto hold = [&](const std::string& text) {
    if (moe::is_utf8(text) != is_text(text) || moe::is_utf8("ab" + text) != is_text(text)) ++wrong;
  };
  for (unsigned a = 0; a < 256; ++a) {
    hold({static_cast<char>(a)});
    for (unsigned b = 0; b < 256; ++b) {
      const std::string two{static_cast<char>(a), static_cast<char>(b)};
      hold(two);
      for (const unsigned c : edges) {
        hold(two + static_cast<char>(c));
        if (a >= 0xe0)
          for (const unsigned d : edges) hold(two + static_cast<char>(c) + static_cast<char>(d));
      }
    }
  }
  CHECK(wrong == 0);
}
