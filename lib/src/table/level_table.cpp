#include "table/level_table.hpp"

#include <xxhash.h>

#include <algorithm>
#include <utility>

namespace moe {

LevelTable::Print LevelTable::print_of_long(std::string_view text) {
  return {XXH3_64bits(text.data(), text.size()), 0};
}

std::size_t LevelTable::insert(std::string_view text, std::size_t line) {
  if (4 * (levels_.size() + 1) > places_.size()) grow();
  const Print print = print_of(text);
  Place& place = places_[this->place(text, print)];
  if (place.number == 0) {
    levels_.push_back({std::string(text), line});
    place = {print, static_cast<std::uint32_t>(text.size()), static_cast<std::uint32_t>(levels_.size())};
  }
  return place.number - 1;
}

void LevelTable::grow() {
  const std::vector<Place> before = std::exchange(places_, {});
  places_.resize(std::max<std::size_t>(64, 2 * before.size()));
  for (const Place& old : before)
    if (old.number > 0) places_[place(levels_[old.number - 1].text, old.print)] = old;
}

std::vector<std::string> LevelTable::texts() const {
  std::vector<std::string> result;
  for (const Level& level : levels_) result.push_back(level.text);
  return result;
}

}  // namespace moe
