// Sentences for users. Whatever they quote may come from an untrusted file, so control characters are escaped. Unknown
// words are answered with the nearest known one, by the edit distance with swaps.
#include "moe/error.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

namespace moe {
namespace {

/// The number of insertions, deletions, substitutions and swaps of neighbours that turn `a` into `b` (optimal string
/// alignment distance).
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

/// The known word that begins with `word`. Returns "" where there is none, or more than one.
std::string completion(const std::string& word, const std::vector<std::string>& known) {
  std::string found;
  for (const std::string& candidate : known) {
    if (!in_lower_case(candidate).starts_with(word)) continue;
    if (!found.empty()) return "";
    found = candidate;
  }
  return found;
}

/// Whether a terminal would act on the character: C0 and C1 controls, line and paragraph separators, and the characters
/// that change the direction of text (Unicode's Bidi_Control), with which one name could look like another.
bool is_control(char32_t c) {
  return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x061c || c == 0x200e || c == 0x200f ||
         (c >= 0x2028 && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
}

/// The length in bytes of the UTF-8 character at the beginning of `text`. Returns 0 where the bytes are malformed, or
/// the character is_control().
std::size_t printable_length(std::string_view text) {
  constexpr std::array<char32_t, 5> kLeast{0, 0, 0x80, 0x800,
                                           // By length: a smaller character would fit in fewer bytes, so this encoding
                                           // is malformed.
                                           0x10000};
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char head = byte(0);
  const std::size_t length = head < 0x80   ? 1
                             : head < 0xc0 ? 0
                             : head < 0xe0 ? 2
                             : head < 0xf0 ? 3
                             : head < 0xf8 ? 4
                                           : 0;
  if (length == 0 || text.size() < length) return 0;
  char32_t c = length == 1 ? head : head & (0x7fU >> length);
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return 0;
    c = c << 6 | (byte(i) & 0x3fU);
  }
  const bool surrogate = c >= 0xd800 && c < 0xe000;
  return c < kLeast[length] || c > 0x10ffff || surrogate || is_control(c) ? 0 : length;
}

std::string escaped(char c) {
  if (c == '\n') return "\\n";
  if (c == '\r') return "\\r";
  if (c == '\t') return "\\t";
  std::array<char, 5> text{};
  std::snprintf(text.data(), text.size(), "\\x%02x", static_cast<unsigned>(static_cast<unsigned char>(c)));
  return text.data();
}

/// The first `most` characters of `text`, with those escaped that must not be shown as they are.
std::vector<std::string> shown(std::string_view text, std::size_t most) {
  std::vector<std::string> characters;
  while (!text.empty() && characters.size() < most) {
    const std::size_t length = printable_length(text);
    characters.push_back(length > 0 ? std::string(text.substr(0, length)) : escaped(text[0]));
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return characters;
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
  // A third of the letters may be wrong (at least one), but never all of them.
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
  std::vector<std::string> characters = shown(text, limit < text.size() ? limit + 1 : text.size());
  if (characters.size() > limit) characters.back() = "...";
  return join(characters, "");
}

std::string one_line(std::string_view text) {
  // A long message loses its middle: its beginning says where, and its end says what was expected.
  constexpr long kHead = 600, kTail = 300, kMost = 1000;
  std::vector<std::string> characters = shown(text, text.size());
  if (std::ssize(characters) > kMost) {
    characters[kHead] = " ... ";
    characters.erase(characters.begin() + kHead + 1, characters.end() - kTail);
  }
  return join(characters, "");
}

std::string listed(const std::vector<std::string>& words, std::size_t most) {
  std::vector<std::string> first;
  for (std::size_t i = 0; i < std::min(words.size(), most); ++i) first.push_back(printable(words[i]));
  const std::size_t rest = words.size() - first.size();
  return join(first) + (rest > 0 ? " and " + std::to_string(rest) + " more" : "");
}

std::size_t characters_in(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xc0) != 0x80; }));
}

std::string counted(std::uint64_t count, std::string_view one, std::string_view more) {
  const std::string number = std::to_string(count) + " ";
  if (count == 1) return number + std::string(one);
  return number + (more.empty() ? std::string(one) + "s" : std::string(more));
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
