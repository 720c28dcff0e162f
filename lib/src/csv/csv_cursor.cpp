// The tokenizer's slow paths: quoted fields, comments and faults. A quote opens a field only as its first character,
// and a doubled quote within it stands for one. Fields without quotes are handled in the header.
#include "csv/csv_cursor.hpp"

#include <algorithm>

#include "moe/error.hpp"

namespace moe {

bool CsvCursor::next_record() {
  for (;; ++line_) {
    // The LF of a CRLF in a text whose lines end by CR.
    if (line_end_ == '\r' && *at_ == '\n' && at_ < text_.end) ++at_;
    if (at_ >= text_.end) {
      if (text_.broken.empty()) return false;
      throw CsvFault{line_, -1, text_.broken};
    }
    if (dialect_.comment != '\0' && *at_ == dialect_.comment) {
      at_ = static_cast<const char*>(std::memchr(at_, line_end_, static_cast<std::size_t>(text_.end - at_))) + 1;
      continue;
    }
    const char* begin = skip_blanks(at_);
    if (!at_line_end(begin)) break;
    at_ = begin + (*begin == line_end_ ? 1 : 2);
  }
  record_line_ = line_;
  more_ = true;
  field_ = 0;
  return true;
}

std::string_view CsvCursor::field() {
  const char* begin = skip_blanks(at_);
  if (*begin == '"') return quoted(begin + 1);
  const char* const stop = find_either(begin, delimiter_, line_end_);
  const char* end = stop;
  if (*stop == line_end_ && end != begin && end[-1] == '\r') --end;
  end_field(stop);
  while (end != begin && dialect_.is_blank(end[-1])) --end;
  return {begin, static_cast<std::size_t>(end - begin)};
}

void CsvCursor::skip() {
  const char* begin = skip_blanks(at_);
  if (*begin == '"')
    quoted(begin + 1);
  else
    end_field(find_either(begin, delimiter_, line_end_));
}

std::size_t CsvCursor::skip_rest() {
  std::size_t count = 0;
  for (; more_; ++count) skip();
  return count;
}

/// Reads a quoted field. `at` is the character behind its opening quote.
std::string_view CsvCursor::quoted(const char* at) {
  const char* const begin = at;
  const char* doubled = nullptr;  // the first doubled quote in the field
  const auto column = static_cast<long>(field_);
  const std::size_t opened = line_;
  for (;; ++at) {
    if (at < text_.end) at = find_either(at, '"', line_end_);
    if (at >= text_.end) {
      if (!text_.broken.empty() && text_.in_quotes.empty()) throw CsvFault{line_, -1, text_.broken};
      throw CsvFault{opened, column,
                     "the quote that opens here is " + (text_.in_quotes.empty() ? "never closed" : text_.in_quotes) +
                         ": expected a closing quote"};
    }
    if (*at != '"') {
      ++line_;
      continue;
    }
    const char* const quote = at++;
    if (*at == '"') {
      if (doubled == nullptr) doubled = quote;
      continue;
    }
    const char* const after = skip_blanks(at);
    const std::size_t line = line_;
    if (end_field(after)) return unquoted(begin, doubled, quote);
    std::string_view rest(after, static_cast<std::size_t>(find_either(after, line_end_, line_end_) - after));
    if (rest.ends_with('\r')) rest.remove_suffix(1);
    const std::string expected = "'" + printable(rest) + "': expected a comma or the end of the line";
    if (line == opened) throw CsvFault{line, column, "text after the closing quote: " + expected};
    // How many lines down: a stray quote opens a field that runs on over many lines.
    const std::size_t below = line - opened;
    throw CsvFault{
        opened, column,
        "the quote that opens here closes " + counted(below, "line") + " below, with text behind it: " + expected};
  }
}

/// Makes one quote of each doubled one, in place, from the first doubled one on. The text only becomes shorter.
std::string_view CsvCursor::unquoted(const char* begin, const char* doubled, const char* end) {
  if (doubled == nullptr) return {begin, static_cast<std::size_t>(end - begin)};
  char* to = text_.begin + (doubled - text_.begin);
  for (const char* from = doubled; from != end; ++from) {
    *to++ = *from;
    if (*from == '"') ++from;
  }
  return {begin, static_cast<std::size_t>(to - begin)};
}

}  // namespace moe
