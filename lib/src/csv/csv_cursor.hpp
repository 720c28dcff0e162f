// The tokenizer: records and fields of a text in memory. There is no other.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "csv/byte_masks.hpp"
#include "csv/csv_dialect.hpp"
#include "csv/decimal.hpp"

namespace moe {

/// Bytes that must be there behind a text for the tokenizer to look at, so many at a time at most.
constexpr std::size_t kCsvSlack = 32;

/// What is wrong with a text. The line counts from the text's first one, which is 0; column -1: the record as a whole.
struct CsvFault {
  std::size_t line = 0;
  long column = -1;
  std::string sentence;
};

/// Whole records: the text ends with the dialect's line end, and kCsvSlack bytes stand behind it. It is written to: a quoted field
/// is unquoted in place.
struct CsvText {
  char* begin = nullptr;
  char* end = nullptr;
  /// Where the records end in the middle, why: the sentence for a quote that is open there, and for what else stands there, which
  /// begins at `end`. Empty: they do not.
  std::string in_quotes{}, broken{};
};

/// Goes from record to record, and within one from field to field: by number(), field() or skip(), in any mix, while more() says
/// that there is another. All throw CsvFault for a slip in the quoting.
class CsvCursor {
 public:
  CsvCursor(const CsvDialect& dialect, const CsvText& text)
      : dialect_(dialect), text_(text), at_(text.begin), line_end_(dialect.line_end), delimiter_(dialect.delimiter) {}

  /// Moves to the next record's first field, past empty lines and comments; false at the end. The record before must have been
  /// read to its end.
  bool next_record();
  /// Whether the record has a field that has not been read.
  bool more() const { return more_; }
  /// Reads the field if it is a plain number that ends where the field does; else nothing is read.
  bool number(double& value) {
    const char* at = at_;
    return read_decimal(at, value) && end_field(at);
  }
  /// A guess at the field as it is written, with the delimiter: if that is short and no line ends in it; else nothing. Whether it is
  /// right depends on these bytes alone: where it is, the same bytes are the whole field at any other place.
  std::string_view guess() const {
    const std::uint64_t ends = mask_of<kCsvSlack>(delimiter_, at_);
    const std::uint64_t closing = mask_of<kCsvSlack>('"', at_) & ~std::uint64_t{1};
    const std::uint64_t last = *at_ == '"' ? ends & closing << 1 : ends;
    const std::uint64_t upto = last ^ (last - 1);
    if (last == 0 || (mask_of<kCsvSlack>(line_end_, at_) & upto) != 0) return {};
    return {at_, static_cast<std::size_t>(std::countr_zero(last)) + 1};
  }
  /// Passes over the field, of which the guess is right.
  void pass(std::string_view guess) {
    at_ += guess.size();
    ++field_;
  }
  /// Reads the field: unquoted, or without the blanks round it. Valid as long as the text.
  std::string_view field();
  void skip();
  /// Reads the rest of the record and tells how many fields that are.
  std::size_t skip_rest();

  /// The line where the record begins, from 0.
  std::size_t record_line() const { return record_line_; }
  /// Where the next record is looked for.
  const char* position() const { return at_; }
  /// Lines gone by.
  std::size_t lines() const { return line_; }

 private:
  /// Takes `at` as the field's end if it is one, and moves behind it.
  bool end_field(const char* at) {
    if (*at == delimiter_) {
      at_ = at + 1;
      ++field_;
      return true;
    }
    if (*at == '\r' && at[1] == '\n' && line_end_ == '\n') ++at;
    if (*at != line_end_) return false;
    at_ = at + 1;
    ++line_;
    more_ = false;
    return true;
  }
  const char* skip_blanks(const char* at) const {
    while (dialect_.is_blank(*at)) ++at;
    return at;
  }
  std::string_view quoted(const char* at);
  std::string_view unquoted(const char* begin, const char* doubled, const char* end);
  bool at_line_end(const char* at) const { return *at == line_end_ || (*at == '\r' && at[1] == '\n'); }

  const CsvDialect& dialect_;
  const CsvText& text_;
  const char* at_;
  char line_end_, delimiter_;
  bool more_ = false;
  std::size_t line_ = 0, record_line_ = 0, field_ = 0;
};

}  // namespace moe
