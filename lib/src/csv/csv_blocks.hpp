// The text of a table in blocks of whole records, which several threads can parse at the same time.
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
  std::size_t number = 0;  ///< 0, 1, .. in the order of the file

  std::unique_ptr<char[]> buffer{};  // `capacity` bytes and kCsvSlack more
  std::size_t capacity = 0;
};

class CsvBlocks {
 public:
  /// How full a block is to be: with the bytes that are there now (so that a pipe's rows are answered at once), or as
  /// full as possible.
  enum class Fill { kWhatIsThere, kAll };

  /// Opens the table and finds its dialect. Throws Error: io; data.
  CsvBlocks(const std::string& path, const CsvOptions& options);

  const CsvDialect& dialect() const { return dialect_; }
  const std::string& file_name() const { return source_.name(); }
  const char* compression() const { return source_.compression(); }

  /// Reads the next block, in the same memory; false at the end. Any thread may call it. The text of a block ends
  /// before a NUL byte or a record longer than 16 MiB, and then has the sentence for it.
  bool next(CsvBlock& block, Fill fill);

  /// A copy of the first whole records: two of them if the table has two, but all that are within the first `bytes`
  /// bytes. The header is one of them until take_header() is called.
  CsvBlock head(std::size_t bytes = 0);
  /// Sets the names of the columns. The blocks will begin after the first `bytes` bytes, which are `lines` lines.
  void take_header(std::size_t bytes, std::size_t lines, std::vector<std::string> names, bool header);

  const CsvOptions& options() const { return options_; }
  bool has_header() const { return has_header_; }
  const std::vector<std::string>& names() const { return names_; }
  /// The number of lines before the first block.
  std::size_t first_line() const { return first_line_; }
  /// A place for messages: "data.csv:7:2 x2", or "data.csv:7" where column is -1. Lines count from 0 here.
  std::string place(std::size_t line, long column) const;
  /// Throws Error (data) for a fault in a block that begins on this line.
  [[noreturn]] void fail(std::size_t block_line, const CsvFault& fault) const;
  /// The fault of a record whose number of fields is not the number of names.
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
  std::unique_ptr<char[]> ahead_;  // the buffer for reading ahead
  std::size_t ahead_size_ = 0;
  std::string carried_;  // bytes that have been read, but belong to no block yet
  bool ended_ = false;
  std::size_t blocks_ = 0, first_line_ = 0;
  std::vector<std::string> names_;
  bool has_header_ = false;
  std::mutex mutex_;
};

}  // namespace moe
