// Reading and writing of comma-separated values: RFC 4180, and what occurs in practice.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace moe {

/// Whether the first record names the columns. kAutomatic: it does where all of its fields can be names, being neither
/// numbers nor words for a missing cell. Where only some can be names, it does if one of these stands above a number.
enum class CsvHeader { kAutomatic, kYes, kNo };

/// How a table is written, and how it is read.
struct CsvOptions {
  CsvHeader header = CsvHeader::kAutomatic;
  /// The delimiter of fields: ',', ';', '\t' or '|'. '\0': the one that the first two records have in common.
  char delimiter = '\0';
  char comment = '\0';  ///< lines that begin with it are skipped; '\0': there are no comments
  /// More lines of the file to skip, counted from 1, such as a line of units below the header. At most
  /// kMostSkippedLine.
  std::vector<std::size_t> skip{};
  std::vector<std::string> na{};  ///< words for a missing cell beside the usual ones; they cannot be names of columns
  unsigned threads = 0;           ///< how many threads parse; 0: one for each core. The result does not depend on it
};

/// Later lines are read in blocks, which do not know their line numbers.
constexpr std::size_t kMostSkippedLine = 1000;

/// Reads records in order. Quoted fields may contain separators, doubled quotes and line breaks. Lines end by LF or
/// CRLF, or by CR alone where the first line does. A byte-order mark and a missing last line end are allowed, empty
/// lines are skipped, and gzip and zstd are decompressed.
class CsvReader {
 public:
  /// `path`: a file, or "-" for standard input. Reads the header if there is one; otherwise the columns are named x1,
  /// x2, ... Throws Error: io where the file cannot be read; data for an empty file, a NUL byte, a quote that is never
  /// closed, a record longer than 16 MiB, UTF-16, and separators between which nothing decides.
  explicit CsvReader(const std::string& path, const CsvOptions& options = {});
  CsvReader(const std::string& path, CsvHeader header) : CsvReader(path, CsvOptions{header}) {}
  ~CsvReader();
  CsvReader(const CsvReader&) = delete;
  CsvReader& operator=(const CsvReader&) = delete;

  /// The names as they stand in the file. Some may be empty or occur twice.
  const std::vector<std::string>& names() const;
  /// Throws Error (data) where one of these columns has no name, or the name of another column.
  void require_names(const std::vector<std::size_t>& columns) const;
  /// Whether the first row was read as data and contains this field. It may be a header of years, for example.
  bool first_row_holds(const std::string& field) const;
  /// The first row, where it was read as data but consists of consecutive whole numbers, like a header of years;
  /// otherwise nothing.
  std::vector<std::string> perhaps_names() const;
  /// Moves to the next record; false at the end. Throws Error (data) where the number of its fields is not the number
  /// of names.
  bool next();
  /// The current record's fields, unquoted; valid until next().
  const std::vector<std::string_view>& fields() const;
  /// Field `column` as a number, correctly rounded. Throws Error (data), with the place, where it is no finite number.
  double number(std::size_t column) const;
  /// A place for messages: "data.csv:7", and "data.csv:7:2 x2": the line on which the record begins, the column from 1,
  /// and its name.
  std::string place() const;
  std::string place(std::size_t column) const;
  /// The path in the form of messages.
  const std::string& file_name() const;
  /// How the table was understood: "commas, a header", "semicolons, no header, gzip".
  std::string dialect() const;
  /// How many threads parse; at least 1.
  unsigned threads() const;

  /// For the library's own readers of whole tables.
  struct State;
  State& state() { return *state_; }

 private:
  std::unique_ptr<State> state_;
};

/// Appends `field` to a CSV record, between quotes where a reader needs them.
void append_csv_field(std::string& record, std::string_view field);

}  // namespace moe
