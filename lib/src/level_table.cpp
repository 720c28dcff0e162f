#include "level_table.hpp"

#include <xxhash.h>

#include <algorithm>
#include <utility>

#include "cell.hpp"
#include "moe/dataset.hpp"
#include "moe/error.hpp"
#include "moe/numeric.hpp"

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

std::string canonical_level(std::string_view text, bool numeric) {
  return numeric && is_number(text) ? format_number(*parse_number(text)) : std::string(text);
}

std::vector<std::string> ordered_levels(const std::vector<std::string>& texts) {
  const bool numeric = all_numeric(texts);
  std::vector<std::string> result;
  for (const std::string& text : texts) result.push_back(canonical_level(text, numeric));
  std::sort(result.begin(), result.end(), [numeric](const std::string& a, const std::string& b) {
    return numeric ? *parse_number(a) < *parse_number(b) : a < b;
  });
  result.erase(std::unique(result.begin(), result.end()), result.end());
  return result;
}

KnownLevels::KnownLevels(const std::vector<std::string>& levels) : names_(levels), table_(levels) {
  std::vector<std::string> said = levels;
  said.erase(std::remove(said.begin(), said.end(), kMissingLevel), said.end());
  numeric_ = all_numeric(said);
  boolean_ = all_boolean(said);
}

std::size_t KnownLevels::find(std::string_view text) const {
  const std::size_t found = table_.find(text);
  if (found != LevelTable::kNone) return found;
  if (numeric_) return table_.find(canonical_level(text, true));
  if (!boolean_) return LevelTable::kNone;
  const std::string lower = in_lower_case(text);
  for (std::size_t i = 0; i < names_.size(); ++i)
    if (in_lower_case(names_[i]) == lower) return i;
  return LevelTable::kNone;
}

}  // namespace moe
