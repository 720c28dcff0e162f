// Which columns a user means.
#include <algorithm>
#include <charconv>
#include <optional>

#include "moe/dataset.hpp"
#include "moe/error.hpp"

namespace moe {
namespace {

using Names = std::vector<std::string>;

std::optional<std::size_t> find_column(const std::string& word, const Names& names) {
  const auto named = std::find(names.begin(), names.end(), word);
  if (named != names.end()) return static_cast<std::size_t>(named - names.begin());
  std::size_t index = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), index);
  if (error == std::errc() && end == word.data() + word.size() && index >= 1 && index <= names.size()) return index - 1;
  return std::nullopt;
}

/// "a-b": every column from one to the other, wherever the dash between two columns may be.
std::vector<std::size_t> find_range(const std::string& word, const Names& names) {
  for (std::size_t dash = word.find('-'); dash != std::string::npos; dash = word.find('-', dash + 1)) {
    const auto first = find_column(word.substr(0, dash), names), last = find_column(word.substr(dash + 1), names);
    if (!first || !last || *first > *last) continue;
    std::vector<std::size_t> columns;
    for (std::size_t column = *first; column <= *last; ++column) columns.push_back(column);
    return columns;
  }
  return {};
}

std::vector<std::size_t> find_columns(const std::string& word, const Names& names) {
  if (const auto column = find_column(word, names)) return {*column};
  return find_range(word, names);
}

Names split_words(const std::string& text) {
  Names words;
  for (std::size_t begin = 0;;) {
    const std::size_t comma = text.find(',', begin);
    words.push_back(text.substr(begin, comma - begin));
    if (comma == std::string::npos) return words;
    begin = comma + 1;
  }
}

bool contains(const std::vector<std::size_t>& columns, std::size_t column) {
  return std::find(columns.begin(), columns.end(), column) != columns.end();
}

}  // namespace

std::vector<std::size_t> select_columns(const std::string& specification, const std::vector<std::string>& names,
                                        const std::vector<std::size_t>& excluded) {
  if (const auto whole = find_column(specification, names)) return {*whole};
  std::vector<std::size_t> kept, dropped;
  bool only_drops = true;
  for (const std::string& word : split_words(specification)) {
    std::vector<std::size_t> found = find_columns(word, names);
    const bool drop = found.empty() && word.size() > 1 && word[0] == '-';
    if (drop) found = find_columns(word.substr(1), names);
    if (found.empty())
      throw Error(ErrorKind::kUsage, unknown_word("column", drop ? word.substr(1) : word, names));
    std::vector<std::size_t>& to = drop ? dropped : kept;
    for (const std::size_t column : found)
      if (!contains(to, column)) to.push_back(column);
    only_drops = only_drops && drop;
  }
  if (only_drops)
    for (std::size_t column = 0; column < names.size(); ++column)
      if (!contains(excluded, column)) kept.push_back(column);
  kept.erase(std::remove_if(kept.begin(), kept.end(), [&](std::size_t c) { return contains(dropped, c); }), kept.end());
  return kept;
}

}  // namespace moe
