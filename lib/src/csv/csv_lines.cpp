// LineReader (fast-cpp-csv-parser) is used for the beginning of a table only, where the question is one of lines. It
// gets its text from memory, always with an LF at the end: so its faults with a missing LF (a cut line), with read
// errors (an empty file) and with short reads (an endless loop) cannot occur.
//
// Records come from csv_blocks.hpp instead. LineReader knows no line breaks within quotes, waits for 32 MiB or the end
// of the input before it gives the first line, and cannot cut a text at records for several threads. Measured on one
// core with 320 MB of 33 columns: LineReader's lines alone 1121 MB/s; its lines, then their numbers, 419 MB/s; the
// tokenizer, in place, 684 MB/s. A LineReader for each thread's block would also need 48 MiB and copy the text twice.
#include "csv/csv_lines.hpp"

#include <limits>

#define CSV_IO_NO_THREAD  // LineReader reads when it is called, without a thread and without locks
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wstringop-truncation"
#endif
#include <libfccp/csv.h>
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic pop
#endif

namespace moe {
namespace {

class Text : public io::ByteSourceBase {
 public:
  explicit Text(std::string_view text) : text_(text) {}
  int read(char* buffer, int size) override {
    int got = take(text_, buffer, size);
    if (text_.empty()) got += take(end_, buffer + got, size - got);
    return got;
  }

 private:
  static int take(std::string_view& from, char* buffer, int size) {
    const std::size_t taken = from.copy(buffer, static_cast<std::size_t>(size));
    from.remove_prefix(taken);
    return static_cast<int>(taken);
  }
  std::string_view text_, end_ = "\n";
};

}  // namespace

struct CsvLines::Reader {
  explicit Reader(std::string_view text) : lines("", std::make_unique<Text>(text)) {}
  io::LineReader lines;
};

CsvLines::CsvLines(std::string_view text) : reader_(std::make_unique<Reader>(text)) {}

CsvLines::~CsvLines() = default;

const char* CsvLines::next() { return reader_->lines.next_line(); }

}  // namespace moe
