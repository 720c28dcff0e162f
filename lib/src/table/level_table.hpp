// Words and their numbers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

namespace moe {

/// More levels or classes than this are a number, a name or an id taken for one.
constexpr std::size_t kMostLevels = 1000;

/// Words numbered as they come.
class LevelTable {
 public:
  struct Level {
    std::string text;
    std::size_t line = 0;   // where it stood first, from the beginning of the text it was found in
    std::size_t count = 0;  // of its cells
  };
  static constexpr std::size_t kNone = ~std::size_t{0};

  LevelTable() = default;
  explicit LevelTable(const std::vector<std::string>& texts) {
    for (const std::string& text : texts) insert(text, 0);
  }
  std::size_t find(std::string_view text) const {
    return places_.empty() ? kNone : std::size_t{places_[place(text, print_of(text))].number} - 1;
  }
  /// Its number, a new one where it was not there.
  std::size_t insert(std::string_view text, std::size_t line);
  std::size_t size() const { return levels_.size(); }
  Level& operator[](std::size_t i) { return levels_[i]; }
  const Level& operator[](std::size_t i) const { return levels_[i]; }
  std::vector<std::string> texts() const;

 private:
  /// Texts of one size and print are the same up to kShort bytes, and all but surely beyond.
  struct Print {
    std::uint64_t low = 0, high = 0;
    bool operator==(const Print&) const = default;
  };
  struct Place {
    Print print{};
    std::uint32_t size = 0;
    std::uint32_t number = 0;  // + 1, or 0: nothing stands here
  };
  static constexpr std::size_t kShort = 16;

  template <class Word>
  static std::uint64_t word(const char* at) {
    Word result = 0;
    std::memcpy(&result, at, sizeof result);
    return result;
  }
  /// A short text's bytes, some of them twice; a long one's hash.
  static Print print_of(std::string_view text) {
    const char* const begin = text.data();
    const char* const end = begin + text.size();
    if (text.size() > kShort) return print_of_long(text);
    if (text.size() >= 8) return {word<std::uint64_t>(begin), word<std::uint64_t>(end - 8)};
    if (text.size() >= 4) return {word<std::uint32_t>(begin), word<std::uint32_t>(end - 4)};
    if (text.empty()) return {};
    return {word<std::uint8_t>(begin) | word<std::uint8_t>(begin + text.size() / 2) << 8, word<std::uint8_t>(end - 1)};
  }
  static Print print_of_long(std::string_view text);
  /// Where it stands, or where it is to stand.
  std::size_t place(std::string_view text, const Print& print) const {
    const std::size_t mask = places_.size() - 1;
    std::uint64_t hash = (print.low + text.size()) * 0x9E3779B97F4A7C15;  // 2^64 over the golden ratio
    hash = (hash ^ (hash >> 32) ^ print.high) * 0x9E3779B97F4A7C15;
    for (std::size_t at = (hash >> 32) & mask;; at = (at + 1) & mask) {
      const Place& place = places_[at];
      if (place.number == 0) return at;
      if (place.print == print && place.size == text.size() &&
          (text.size() <= kShort || levels_[place.number - 1].text == text))
        return at;
    }
  }
  void grow();

  std::vector<Level> levels_;
  std::vector<Place> places_;  // a power of two, a quarter of it full at most
};

}  // namespace moe
