// Comma-separated values in and out: RFC 4180 records, and what is met in practice.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace moe {

/// Whether the first record names the columns. kAutomatic: it does where its fields are names, none of them a number or a word for
/// a missing cell; where some are, it does if a name stands above a number.
enum class CsvHeader { kAutomatic, kYes, kNo };

/// How a table is written, and read.
struct CsvOptions {
  CsvHeader header = CsvHeader::kAutomatic;
  /// Between the fields: ',', ';', '\t' or '|'; '\0': the one that the first two records have in common.
  char delimiter = '\0';
  char comment = '\0';  ///< lines that begin with it are passed over; '\0': there are none
  /// Lines of the file, from 1, that are passed over, too, as one of units below the header; kMostSkippedLine at most.
  std::vector<std::size_t> skip{};
  std::vector<std::string> na{};  ///< words for a missing cell beside the usual ones, which are no column's name
  unsigned threads = 0;           ///< that parse; 0: all cores. What is read does not depend on it.
};

/// Behind it lines are read in blocks, which do not know their numbers.
constexpr std::size_t kMostSkippedLine = 1000;

/// Reads records in order. Quoted fields may hold separators, doubled quotes and line breaks; lines end by LF, CRLF or, where the
/// first does, by CR alone; a byte-order mark and a missing last line end are understood; empty lines are passed over; gzip
/// and zstd are undone.
class CsvReader {
 public:
  /// `path`: a file, or "-" for standard input. Reads the header, if any: without one the columns are named x1, x2, ...
  /// Throws Error: io where it cannot be read; data for an empty file, a NUL byte, a quote that never closes, a record beyond
  /// 16 MiB, UTF-16, separators between which nothing decides.
  explicit CsvReader(const std::string& path, const CsvOptions& options = {});
  CsvReader(const std::string& path, CsvHeader header) : CsvReader(path, CsvOptions{header}) {}
  ~CsvReader();
  CsvReader(const CsvReader&) = delete;
  CsvReader& operator=(const CsvReader&) = delete;

  /// As they stand in the file: some may be empty, or stand twice.
  const std::vector<std::string>& names() const;
  /// Throws Error (data) where one of these columns has no name, or that of another column.
  void require_names(const std::vector<std::size_t>& columns) const;
  /// Whether the first row was taken for data, and holds this field: a header of years, perhaps.
  bool first_row_holds(const std::string& field) const;
  /// The first row, where it was taken for data but counts up in whole numbers, as a header of years does; else nothing.
  std::vector<std::string> perhaps_names() const;
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
  /// What was understood: "commas, a header", "semicolons, no header, gzip".
  std::string dialect() const;
  /// Threads to parse with, 1 at least.
  unsigned threads() const;

  /// For the library's own readers of whole tables.
  struct State;
  State& state() { return *state_; }

 private:
  std::unique_ptr<State> state_;
};

/// Appends `field` to a CSV record under construction, quoted where a reader would need it.
void append_csv_field(std::string& record, std::string_view field);

}  // namespace moe
