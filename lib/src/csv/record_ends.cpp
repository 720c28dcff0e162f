// Finds the last record end of a text without parsing it. Whether a line end is within quotes depends on all quotes
// before it: it is if their number is odd. The parity of 64 quotes at a time is a prefix xor (odd_from_below()), as in
// simdjson (Langdale, Lemire 2019). A quote in the middle of a field does not count. Such quotes are rare, so only a
// quote that does not follow a field end is examined by itself.
#include "csv/record_ends.hpp"

#include "csv/byte_masks.hpp"

namespace moe {
namespace {

/// Finds the ends of records by the quotes alone, 64 bytes at a time. Quotes open and close by turns; a doubled quote
/// closes and opens again at once. As for the tokenizer, a quote in the middle of an unquoted field or in a comment
/// does not count.
class RecordEnds {
 public:
  RecordEnds(const CsvDialect& dialect, std::string_view text)
      : dialect_(dialect), begin_(text.data()), end_(text.data() + text.size()), outside_(text.data()) {}

  std::size_t last() {
    const auto size = static_cast<std::size_t>(end_ - begin_);
    const auto* quote = size == 0 ? nullptr : static_cast<const char*>(std::memchr(begin_, '"', size));
    const char* at = quote == nullptr ? end_ : quote;
    line_end_ = last_line_end(begin_, at);
    starts_field_ = at == begin_ || starts_field(at - 1);
    for (; at + kMaskBytes <= end_; at += kMaskBytes) take(at, at);
    if (at < end_) {
      char rest[kMaskBytes] = {};
      std::memcpy(rest, at, static_cast<std::size_t>(end_ - at));
      take(at, rest);
    }
    return line_end_ == nullptr ? 0 : static_cast<std::size_t>(line_end_ - begin_);
  }

 private:
  /// Takes the bytes at `at`. `copy` is a copy of them.
  void take(const char* at, const char* copy) {
    const std::uint64_t line_ends = mask_of(dialect_.line_end, copy);
    const std::uint64_t field_ends = mask_of(dialect_.delimiter, copy) | line_ends;
    std::uint64_t quotes = mask_of('"', copy), inside = 0,
                  known = 0;  // known: those of them that certainly open a field
    for (;;) {
      inside = odd_from_below(quotes) ^ (inside_ ? ~std::uint64_t{0} : 0);
      const std::uint64_t doubled = quotes << 1 | (quote_ ? 1 : 0);
      const std::uint64_t starts = dialect_.comment == '\0' ? field_ends << 1 | (starts_field_ ? 1 : 0) : 0;
      const std::uint64_t doubtful = quotes & inside & ~(doubled | starts | known);
      if (doubtful == 0) break;
      const std::uint64_t first = doubtful & -doubtful;
      const std::uint64_t closing = quotes & ~inside & (first - 1);
      if (closing != 0) outside_ = at + std::bit_width(closing);
      if (opens(at + std::countr_zero(first)))
        known |= first;
      else
        quotes &= ~first;
    }
    constexpr std::uint64_t kLast = std::uint64_t{1} << (kMaskBytes - 1);
    if (const std::uint64_t closing = quotes & ~inside; closing != 0) outside_ = at + std::bit_width(closing);
    if (const std::uint64_t ends = line_ends & ~inside; ends != 0) line_end_ = at + std::bit_width(ends);
    inside_ = (inside & kLast) != 0;
    quote_ = (quotes & kLast) != 0;
    starts_field_ = (field_ends & kLast) != 0;
  }
  /// Whether this quote opens a field: it is the first character of a field and not in a comment. No quote may be open
  /// before it.
  bool opens(const char* quote) const {
    const char* before = quote;
    while (before != outside_ && dialect_.is_blank(before[-1])) --before;
    const bool first = before == begin_ || (before != outside_ && starts_field(before - 1));
    return first && (dialect_.comment == '\0' || !in_comment(quote));
  }
  bool starts_field(const char* before) const {
    if (*before == dialect_.delimiter || *before == dialect_.line_end) return true;
    return *before == '\n' && before != begin_ && before[-1] == '\r' && dialect_.line_end == '\r';
  }
  bool in_comment(const char* at) const {
    const char* line = last_line_end(outside_, at);
    if (line == nullptr && outside_ != begin_) return false;
    const char* first = line == nullptr ? begin_ : line;
    return first != at && *first == dialect_.comment;
  }
  /// The position behind the last line end in [from, to), or nullptr.
  const char* last_line_end(const char* from, const char* to) const {
    const void* found = ::memrchr(from, dialect_.line_end, static_cast<std::size_t>(to - from));
    return found == nullptr ? nullptr : static_cast<const char*>(found) + 1;
  }

  const CsvDialect& dialect_;
  const char *begin_, *end_;
  const char* outside_;             // no quote is open from here to the next quote
  const char* line_end_ = nullptr;  // behind the last line end outside of quotes
  // The state after the last byte so far: a quote is open; the byte is a quote; a field begins behind it.
  bool inside_ = false, quote_ = false, starts_field_ = true;
};

}  // namespace

std::size_t end_of_records(const CsvDialect& dialect, std::string_view text) {
  return RecordEnds(dialect, text).last();
}

}  // namespace moe
