#include "moe/error.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

namespace moe {
namespace {

/// Insertions, deletions, substitutions and swaps of neighbours that turn `a` into `b` (optimal string alignment).
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1), last(b.size() + 1), row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) last[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const bool same = a[i - 1] == b[j - 1];
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (same ? 0 : 1)});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) row[j] = std::min(row[j], before[j - 2] + 1);
    }
    before.swap(last);
    last.swap(row);
  }
  return last[b.size()];
}

/// The one known word that begins with `word`, or "".
std::string completion(const std::string& word, const std::vector<std::string>& known) {
  std::string found;
  for (const std::string& candidate : known) {
    if (!in_lower_case(candidate).starts_with(word)) continue;
    if (!found.empty()) return "";
    found = candidate;
  }
  return found;
}

/// How many bytes the UTF-8 character at the head of `text` takes; 0 where none stands there, or a control character.
std::size_t printable_length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char head = byte(0);
  if (head < 0x80) return head >= 0x20 && head != 0x7f ? 1 : 0;
  const std::size_t length = head >= 0xc2 && head < 0xe0 ? 2 : head >= 0xe0 && head < 0xf0 ? 3 : 4;
  if (head < 0xc2 || head > 0xf4 || text.size() < length) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return 0;
  }
  const bool c1_control = head == 0xc2 && byte(1) < 0xa0;
  const bool line_break = head == 0xe2 && byte(1) == 0x80 && (byte(2) == 0xa8 || byte(2) == 0xa9);
  return c1_control || line_break ? 0 : length;
}

std::string escaped(char c) {
  if (c == '\n') return "\\n";
  if (c == '\r') return "\\r";
  if (c == '\t') return "\\t";
  std::array<char, 5> text{};
  std::snprintf(text.data(), text.size(), "\\x%02x", static_cast<unsigned>(static_cast<unsigned char>(c)));
  return text.data();
}

/// The known words for a message; a table may have thousands of columns.
std::string listed(const std::vector<std::string>& known) {
  constexpr std::size_t kMost = 30;
  std::vector<std::string> words;
  for (std::size_t i = 0; i < std::min(known.size(), kMost); ++i) words.push_back(printable(known[i]));
  const std::size_t rest = known.size() - words.size();
  return join(words) + (rest > 0 ? " and " + std::to_string(rest) + " more" : "");
}

}  // namespace

std::string in_lower_case(std::string_view text) {
  std::string result(text);
  for (char& c : result)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
  return result;
}

std::string nearest_word(std::string_view word, const std::vector<std::string>& known) {
  if (word.empty()) return "";
  const std::string typed = in_lower_case(word);
  if (std::string whole = completion(typed, known); !whole.empty()) return whole;
  std::string nearest;
  // A third of the letters may be wrong, one in a short word, but never all of them.
  std::size_t best = std::min(std::max<std::size_t>(1, typed.size() / 3), typed.size() - 1) + 1;
  for (const std::string& candidate : known) {
    const std::size_t gap = std::max(candidate.size(), typed.size()) - std::min(candidate.size(), typed.size());
    if (gap >= best) continue;
    const std::size_t distance = edit_distance(typed, in_lower_case(candidate));
    if (distance >= best) continue;
    best = distance;
    nearest = candidate;
  }
  return nearest;
}

std::string unknown_word(std::string_view what, std::string_view word, const std::vector<std::string>& known) {
  const std::string wrong = "unknown " + std::string(what) + " '" + printable(word) + "': ";
  const std::string nearest = nearest_word(word, known);
  if (nearest.empty()) return wrong + "expected one of " + listed(known);
  return wrong + "did you mean '" + printable(nearest) + "'? (known: " + listed(known) + ")";
}

std::string printable(std::string_view text, std::size_t limit) {
  std::string out;
  for (std::size_t shown = 0; !text.empty(); ++shown) {
    if (shown == limit) return out + "...";
    const std::size_t length = printable_length(text);
    out += length > 0 ? std::string(text.substr(0, length)) : escaped(text[0]);
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return out;
}

std::string join(const std::vector<std::string>& words, std::string_view separator) {
  std::string out;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0) out += separator;
    out += words[i];
  }
  return out;
}

}  // namespace moe
