// The lines of a CSV file, through fast-cpp-csv-parser's LineReader.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "moe/file.hpp"

namespace moe {

constexpr std::size_t kLongestLine = std::size_t{1} << 24;  // with its newline; LineReader's limit
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

/// Each line as long as the one before is no longer needed.
class CsvLines {
 public:
  /// Throws Error (io).
  explicit CsvLines(const std::string& path);
  ~CsvLines();

  /// The next line without its line break, or nullptr at the end; valid until the next call. Throws Error: io; data for a
  /// NUL byte or a line beyond 16 MiB.
  const char* next();
  std::size_t line() const { return line_; }
  const std::string& name() const { return file_.name(); }

 private:
  struct Reader;

  bool load();
  std::size_t fill();
  void drop_used();

  InputFile file_;
  std::vector<char> buffer_;
  std::size_t used_ = 0, filled_ = 0;  // bytes: handed to the reader, there in all
  bool ended_ = false, nul_ahead_ = false;
  std::unique_ptr<Reader> reader_;
  std::size_t line_ = 0;
};

}  // namespace moe
