// LineReader takes lines from a text in memory, with an LF behind the last one: its own treatment of a missing one, of read errors
// and of short reads (an endless loop, an empty file, a cut line) never comes into play.
//
// It reads the beginning of a table, where lines are what is asked for. The records come from csv_blocks.hpp instead: LineReader knows
// no quoted line breaks, waits for 32 MiB or the end before its first line, and cannot be cut at records for several threads. On
// one core, 320 MB of 33 columns: LineReader's lines alone 1121 MB/s, its lines and then their numbers 419 MB/s, the tokenizer on the
// text where it stands 684 MB/s. A reader on each thread's block would cost 48 MiB and two copies of the text besides.
#include "csv/csv_lines.hpp"

#include <limits>

#define CSV_IO_NO_THREAD  // reads where it is called: no thread, no lock
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
