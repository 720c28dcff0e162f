#include "level_table.hpp"

#include <xxhash.h>

#include <algorithm>

#include "cell.hpp"
#include "moe/dataset.hpp"
#include "moe/error.hpp"
#include "moe/numeric.hpp"

namespace moe {

namespace {

std::uint64_t hash_of(std::string_view text) { return XXH3_64bits(text.data(), text.size()); }

std::uint32_t upper_half(std::uint64_t hash) { return static_cast<std::uint32_t>(hash >> 32); }

}  // namespace

/// Where it stands, or where it is to stand.
std::size_t LevelTable::place(std::string_view text, std::uint64_t hash) const {
  const std::size_t mask = places_.size() - 1;
  for (std::size_t at = hash & mask;; at = (at + 1) & mask) {
    const Place& place = places_[at];
    if (place.number == 0) return at;
    if (place.hash == upper_half(hash) && levels_[place.number - 1].text == text) return at;
  }
}

std::size_t LevelTable::find(std::string_view text) const {
  return places_.empty() ? kNone : std::size_t{places_[place(text, hash_of(text))].number} - 1;
}

std::size_t LevelTable::insert(std::string_view text, std::size_t line) {
  if (2 * (levels_.size() + 1) > places_.size()) grow();
  const std::uint64_t hash = hash_of(text);
  Place& place = places_[this->place(text, hash)];
  if (place.number == 0) {
    levels_.push_back({std::string(text), line});
    place = {static_cast<std::uint32_t>(levels_.size()), upper_half(hash)};
  }
  return place.number - 1;
}

void LevelTable::grow() {
  places_.assign(std::max<std::size_t>(16, 2 * places_.size()), {});
  for (std::size_t i = 0; i < levels_.size(); ++i) {
    const std::uint64_t hash = hash_of(levels_[i].text);
    places_[place(levels_[i].text, hash)] = {static_cast<std::uint32_t>(i + 1), upper_half(hash)};
  }
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
