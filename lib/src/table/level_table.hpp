// A hash table from texts (levels and classes) to numbers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

namespace moe {

/// A column with more levels or classes than this is no category: it holds numbers, names or ids.
constexpr std::size_t kMostLevels = 1000;

/// Texts with numbers 0, 1, .. in the order in which they first came.
class LevelTable {
 public:
  struct Level {
    std::string text;
    std::size_t line = 0;   // where the text came first, counted from the beginning of the text that was read
    std::size_t count = 0;  // how many cells have it
  };
  static constexpr std::size_t kNone = ~std::size_t{0};

  LevelTable() = default;
  explicit LevelTable(const std::vector<std::string>& texts) {
    for (const std::string& text : texts) insert(text, 0);
  }
  std::size_t find(std::string_view text) const {
    return places_.empty() ? kNone : std::size_t{places_[place(text, print_of(text))].number} - 1;
  }
  /// The text's number. A text that is not there yet gets the next one.
  std::size_t insert(std::string_view text, std::size_t line);
  std::size_t size() const { return levels_.size(); }
  Level& operator[](std::size_t i) { return levels_[i]; }
  const Level& operator[](std::size_t i) const { return levels_[i]; }
  std::vector<std::string> texts() const;

 private:
  /// A print is made of a text. Up to kShort bytes, texts of the same length and print are equal. Longer ones are equal
  /// but for a collision of 128-bit hashes.
  struct Print {
    std::uint64_t low = 0, high = 0;
    bool operator==(const Print&) const = default;
  };
  struct Place {
    Print print{};
    std::uint32_t size = 0;
    std::uint32_t number = 0;  // the text's number + 1; 0: the place is free
  };
  static constexpr std::size_t kShort = 16;

  template <class Word>
  static std::uint64_t word(const char* at) {
    Word result = 0;
    std::memcpy(&result, at, sizeof result);
    return result;
  }
  /// The bytes of a short text (some of them twice), or the hash of a long one.
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
  /// The place of a text: the one where it is, or the free one where it belongs.
  std::size_t place(std::string_view text, const Print& print) const {
    const std::size_t mask = places_.size() - 1;
    // 2^64 over the golden ratio (Fibonacci hashing).
    std::uint64_t hash = (print.low + text.size()) * 0x9E3779B97F4A7C15;
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
  std::vector<Place> places_;  // as many as a power of two, at most a quarter of which are taken
};

}  // namespace moe
