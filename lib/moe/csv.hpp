// Comma-separated values in and out: RFC 4180 records, read a line at a time.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace moe {

/// Whether the first record names the columns. kAutomatic: it does where none of its fields is a number, or where one that is
/// none stands above a number.
enum class CsvHeader { kAutomatic, kYes, kNo };

/// Reads records in order. Quoted fields may hold separators, doubled quotes and line breaks; CRLF, a byte-order
/// mark and a missing last newline are understood; empty lines are passed over.
class CsvReader {
 public:
  /// `path`: a file, or "-" for standard input. Reads the header, if any: without one the columns are named x1, x2, ...
  /// Throws Error: io where it cannot be read; data for an empty file, an empty or repeated column name, a NUL byte,
  /// a quote that never closes, a line beyond 16 MiB.
  explicit CsvReader(const std::string& path, CsvHeader header = CsvHeader::kAutomatic);
  ~CsvReader();
  CsvReader(const CsvReader&) = delete;
  CsvReader& operator=(const CsvReader&) = delete;

  const std::vector<std::string>& names() const;
  /// Moves to the next record; false at the end. Throws Error (data) where its fields are not as many as the names.
  bool next();
  /// The current record's fields, unquoted; valid until next().
  const std::vector<std::string_view>& fields() const;
  /// Field `column` as a number, exactly rounded. Throws Error (data) where it is none or not finite, naming the place.
  double number(std::size_t column) const;
  /// "data.csv:7" and "data.csv:7:2 x2" (the line where the record begins, the 1-based column and its name).
  std::string place() const;
  std::string place(std::size_t column) const;
  /// The path as messages show it.
  const std::string& file_name() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Appends `field` to a CSV record under construction, quoted where a reader would need it.
void append_csv_field(std::string& record, std::string_view field);

}  // namespace moe
