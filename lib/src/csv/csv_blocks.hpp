// A table's text in blocks of whole records, for several threads to parse.
#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "csv/byte_source.hpp"
#include "csv/csv_cursor.hpp"
#include "csv/csv_dialect.hpp"
#include "moe/csv.hpp"

namespace moe {

struct CsvBlock {
  CsvText text;
  std::size_t number = 0;  ///< 0, 1, .. in the file's order

  std::unique_ptr<char[]> buffer{};  // of `capacity` bytes and kCsvSlack behind them
  std::size_t capacity = 0;
};

class CsvBlocks {
 public:
  /// How much a block takes: what is there (a pipe's rows at once), or as much as fits.
  enum class Fill { kWhatIsThere, kAll };

  /// Opens the table and finds its dialect. Throws Error: io; data.
  CsvBlocks(const std::string& path, const CsvOptions& options);

  const CsvDialect& dialect() const { return dialect_; }
  const std::string& file_name() const { return source_.name(); }
  const char* compression() const { return source_.compression(); }

  /// The next block, its memory used again; false at the end. Any thread may call it. A NUL byte and a record beyond 16 MiB end the
  /// text with the sentence for it.
  bool next(CsvBlock& block, Fill fill);

  /// A copy of the first whole records: two of them if there are, and all within so many bytes. The header is among them until it
  /// has been taken.
  CsvBlock head(std::size_t bytes = 0);
  /// Sets the names; blocks begin behind these bytes and lines.
  void take_header(std::size_t bytes, std::size_t lines, std::vector<std::string> names, bool header);

  const CsvOptions& options() const { return options_; }
  bool has_header() const { return has_header_; }
  const std::vector<std::string>& names() const { return names_; }
  /// Lines before the first block.
  std::size_t first_line() const { return first_line_; }
  /// "data.csv:7:2 x2"; column -1: "data.csv:7". Lines count from 0 here.
  std::string place(std::size_t line, long column) const;
  /// Throws Error (data) for what is wrong in a block that begins on this line.
  [[noreturn]] void fail(std::size_t block_line, const CsvFault& fault) const;
  /// The fault of a record with another number of fields than the names are.
  CsvFault wrong_count(std::size_t line, std::size_t fields) const;

 private:
  std::size_t room() const;
  void find_dialect();
  std::size_t read_to(const char* ends, std::size_t at);
  void skip_lines();
  std::size_t read_ahead();
  bool fill(CsvBlock& block, Fill how);
  std::size_t make_text(CsvBlock& block, std::size_t filled, bool last) const;
  bool cut(CsvBlock& block, std::size_t filled);

  ByteSource source_;
  CsvOptions options_;
  CsvDialect dialect_;
  std::unique_ptr<char[]> ahead_;  // where bytes are read ahead to
  std::size_t ahead_size_ = 0;
  std::string carried_;  // read, and not yet in a block
  bool ended_ = false;
  std::size_t blocks_ = 0, first_line_ = 0;
  std::vector<std::string> names_;
  bool has_header_ = false;
  std::mutex mutex_;
};

}  // namespace moe
