// Finds the columns that a user means: by name, by number, or as a range.
#include "moe/columns.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "moe/error.hpp"
#include "moe/numeric.hpp"

namespace moe {
namespace {

using Names = std::vector<std::string>;

std::optional<std::size_t> find_column(const std::string& word, const Names& names) {
  if (word.empty()) return std::nullopt;  // a column's name may be empty, so an empty word names none
  const auto named = std::find(names.begin(), names.end(), word);
  if (named != names.end()) return static_cast<std::size_t>(named - names.begin());
  std::size_t index = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), index);
  if (error == std::errc() && end == word.data() + word.size() && index >= 1 && index <= names.size()) return index - 1;
  return std::nullopt;
}

/// "a-b": every column from a to b. The names may contain dashes themselves, so each dash is tried as the one between
/// them.
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

/// "2=x1,x3" becomes expert 1 (counted from 0) and "x1,x3". Without "K=" the list holds for every expert.
std::pair<std::optional<std::size_t>, std::string> split_expert(const std::string& text, std::size_t experts) {
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos) return {std::nullopt, text};
  const auto number = parse_number(text.substr(0, equals));
  if (!number) return {std::nullopt, text};
  if (*number < 1 || *number > static_cast<double>(experts) || *number != std::floor(*number))
    throw Error(ErrorKind::kUsage, "--expert-features: '" + text.substr(0, equals) + "' is no expert: expected 1 to " +
                                       std::to_string(experts));
  return {static_cast<std::size_t>(*number) - 1, text.substr(equals + 1)};
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
    if (found.empty()) throw Error(ErrorKind::kUsage, unknown_word("column", drop ? word.substr(1) : word, names));
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

std::optional<std::size_t> one_column(const std::string& word, const std::vector<std::string>& names,
                                      const char* option) {
  if (word.empty()) return std::nullopt;
  const std::vector<std::size_t> columns = select_columns(word, names, {});
  if (columns.size() != 1)
    throw Error(ErrorKind::kUsage, std::string(option) + ": '" + word + "' names " + std::to_string(columns.size()) +
                                       " columns: expected one");
  return columns[0];
}

namespace {

/// What a column is that is no input.
std::string role_of(std::size_t column, const ColumnRequest& request, const std::vector<std::string>& names) {
  for (const auto& [word, role] :
       {std::pair(request.weight, "the weight"), std::pair(request.id, "the id"),
        std::pair(request.trials, "the number of trials"), std::pair(request.offset, "the offset"),
        std::pair(request.exposure, "the exposure"), std::pair(request.fold_group, "the group of --fold-group")})
    if (!word.empty() && contains(select_columns(word, names, {}), column)) return role;
  return "the target";
}

}  // namespace

BranchColumns branch_columns(const ColumnRequest& request, const std::vector<std::string>& names,
                             const std::vector<std::size_t>& excluded, std::size_t experts) {
  const auto choose = [&](const std::string& word) {
    std::vector<std::size_t> columns = select_columns(word, names, excluded);
    for (const std::size_t column : columns)
      if (std::find(excluded.begin(), excluded.end(), column) != excluded.end())
        throw Error(ErrorKind::kUsage, "column '" + names[column] + "' is " + role_of(column, request, names) +
                                           ": expected another as input");
    return columns;
  };
  std::vector<std::size_t> all;
  for (std::size_t column = 0; column < names.size(); ++column)
    if (std::find(excluded.begin(), excluded.end(), column) == excluded.end()) all.push_back(column);
  if (!request.features.empty()) all = choose(request.features);
  BranchColumns result{all, std::vector<std::vector<std::size_t>>(experts, all)};
  if (!request.gate_features.empty()) result.gate = choose(request.gate_features);
  // Lists for all experts come first, so that a list for one expert replaces them, in whatever order the user gave
  // them.
  for (const bool general : {true, false})
    for (const std::string& text : request.expert_features) {
      const auto [expert, columns] = split_expert(text, experts);
      if (expert && !general) result.experts[*expert] = choose(columns);
      if (!expert && general) result.experts.assign(experts, choose(columns));
    }
  if (!request.gate_reads) result.gate.clear();
  for (std::size_t k = 0; k < request.expert_reads.size(); ++k)
    if (!request.expert_reads[k]) result.experts[k].clear();
  return result;
}

std::vector<std::size_t> positions(const std::vector<std::size_t>& columns, const std::vector<std::size_t>& used) {
  std::vector<std::size_t> result;
  for (const std::size_t column : columns)
    result.push_back(static_cast<std::size_t>(std::lower_bound(used.begin(), used.end(), column) - used.begin()));
  return result;
}

std::string expected_of(const std::vector<std::vector<Support>>& supports, std::size_t t, double y) {
  for (const std::vector<Support>& of : supports)
    if (std::string expected = expected_of(of.size() == 1 ? of[0] : of.at(t), y); !expected.empty()) return expected;
  return "";
}

std::string expected_of(Support support, double y) {
  const bool count = y >= 0 && y == std::floor(y);
  switch (support) {
    case Support::kPositive:
      return y > 0 ? "" : "expected a number above 0";
    case Support::kUnitInterval:
      return y > 0 && y < 1 ? "" : "expected a number between 0 and 1, both excluded";
    case Support::kCounts:
    case Support::kSuccesses:
      return count ? "" : "expected a count: a whole number from 0";
    default:
      return "";
  }
}

}  // namespace moe
