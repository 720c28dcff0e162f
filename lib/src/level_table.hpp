// Words and their numbers.
#pragma once

#include <cstddef>
#include <cstdint>
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
  std::size_t find(std::string_view text) const;
  /// Its number, a new one where it was not there.
  std::size_t insert(std::string_view text, std::size_t line);
  std::size_t size() const { return levels_.size(); }
  Level& operator[](std::size_t i) { return levels_[i]; }
  const Level& operator[](std::size_t i) const { return levels_[i]; }
  std::vector<std::string> texts() const;

 private:
  /// The hash's upper half tells most texts apart without a look at them.
  struct Place {
    std::uint32_t number = 0;  // + 1, or 0: nothing stands here
    std::uint32_t hash = 0;
  };
  std::size_t place(std::string_view text, std::uint64_t hash) const;
  void grow();

  std::vector<Level> levels_;
  std::vector<Place> places_;  // a power of two, half full at most
};

/// Texts that are all numbers are the same where the numbers are.
bool all_numeric(const std::vector<std::string>& texts);
/// true and false, in whatever case, each once.
bool all_boolean(const std::vector<std::string>& texts);
/// The shortest form of a number where all are; else the text.
std::string canonical_level(std::string_view text, bool numeric);
/// In order, each once: by value where all are numbers. 1, 1.0 and 01 are one level then.
std::vector<std::string> ordered_levels(const std::vector<std::string>& texts);

/// The levels of a fitted model, looked up.
class KnownLevels {
 public:
  explicit KnownLevels(const std::vector<std::string>& levels);
  /// LevelTable::kNone where it is none of them. Numbers are found by their value, true and false in any case.
  std::size_t find(std::string_view text) const;
  const std::vector<std::string>& names() const { return names_; }

 private:
  std::vector<std::string> names_;
  LevelTable table_;
  bool numeric_, boolean_;
};

}  // namespace moe
