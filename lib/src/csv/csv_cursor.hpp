// The tokenizer, which finds the records and fields of a text in memory. moe has no other one.
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

/// The tokenizer may read up to so many bytes behind the text's end, so they must exist.
constexpr std::size_t kCsvSlack = 32;

/// What is wrong with a text, and where. Lines count from the text's first line, which is 0. Column -1 means the whole
/// record.
struct CsvFault {
  std::size_t line = 0;
  long column = -1;
  std::string sentence;
};

/// A text of whole records. It ends with the dialect's line end, and kCsvSlack bytes more stand behind it. The
/// tokenizer writes to it: it removes the quotes of a field in place.
struct CsvText {
  char* begin = nullptr;
  char* end = nullptr;
  /// Where the text does not end after a record: the sentence for a quote that is still open at the end, and the
  /// sentence for whatever else begins at `end`. Otherwise both are empty.
  std::string in_quotes{}, broken{};
};

/// Moves from record to record, and within a record from field to field. number(), field() and skip() each take one
/// field, and may be mixed freely; more() tells whether another field follows. All of them throw CsvFault for an error
/// in the quoting.
class CsvCursor {
 public:
  CsvCursor(const CsvDialect& dialect, const CsvText& text)
      : dialect_(dialect), text_(text), at_(text.begin), line_end_(dialect.line_end), delimiter_(dialect.delimiter) {}

  /// Moves to the first field of the next record; skips empty lines and comments. False at the end. The record before
  /// must have been read to its end.
  bool next_record();
  /// Whether the record has another field.
  bool more() const { return more_; }
  /// Reads the field if all of it is a plain number. Otherwise it reads nothing and returns false.
  bool number(double& value) {
    const char* at = at_;
    return read_decimal(at, value) && end_field(at);
  }
  /// A guess at the field's text with its delimiter, where that is short and contains no line end; otherwise empty.
  /// Whether the guess is right depends on these bytes only: once it is known to be right, it is right for the same
  /// bytes anywhere.
  std::string_view guess() const {
    const std::uint64_t ends = mask_of<kCsvSlack>(delimiter_, at_);
    const std::uint64_t closing = mask_of<kCsvSlack>('"', at_) & ~std::uint64_t{1};
    const std::uint64_t last = *at_ == '"' ? ends & closing << 1 : ends;
    const std::uint64_t upto = last ^ (last - 1);
    if (last == 0 || (mask_of<kCsvSlack>(line_end_, at_) & upto) != 0) return {};
    return {at_, static_cast<std::size_t>(std::countr_zero(last)) + 1};
  }
  /// Skips a field for which the guess is known to be right.
  void pass(std::string_view guess) {
    at_ += guess.size();
    ++field_;
  }
  /// Reads the field, without its quotes, or without the blanks around it. The result is valid as long as the text.
  std::string_view field();
  void skip();
  /// Reads the rest of the record. Returns how many fields that is.
  std::size_t skip_rest();

  /// The line on which the record begins, counted from 0.
  std::size_t record_line() const { return record_line_; }
  /// Where the search for the next record begins.
  const char* position() const { return at_; }
  /// How many lines have been read.
  std::size_t lines() const { return line_; }

 private:
  /// If a field may end at `at`, moves behind that end and returns true.
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
