// The lines of a text, by LineReader of fast-cpp-csv-parser.
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>

namespace moe {

constexpr std::size_t kLongestLine = std::size_t{1} << 24;  // with its line break: LineReader's limit

/// The lines of a text in memory. No line may be longer than kLongestLine - 1.
class CsvLines {
 public:
  explicit CsvLines(std::string_view text);
  ~CsvLines();
  /// The next line without its LF or CRLF; nullptr at the end. It is valid until the next call. A NUL byte ends a line
  /// early.
  const char* next();

 private:
  struct Reader;
  std::unique_ptr<Reader> reader_;
};

}  // namespace moe
