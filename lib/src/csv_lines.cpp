// Lines come from io::LineReader, fed with whole lines only, a chunk at a time as the input provides them: rows of a
// pipe are there at once, and the reader's own treatment of a missing last newline, of NUL bytes and of read errors
// (an endless loop, a cut line, an empty file) never comes into play.
#include "csv_lines.hpp"

#include <algorithm>
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

#include "moe/error.hpp"

namespace moe {
namespace {

constexpr std::size_t kChunk = std::size_t{1} << 20;

/// A piece of text as LineReader wants it. LineReader drops a byte-order mark at its beginning, which is right at the
/// file's beginning only: before any other piece stands one to be dropped.
class Piece : public io::ByteSourceBase {
 public:
  Piece(std::string_view text, bool first) : text_(text), mark_(first ? "" : kByteOrderMark) {}
  int read(char* buffer, int size) override {
    const int marks = take(mark_, buffer, size);
    return marks + take(text_, buffer + marks, size - marks);
  }

 private:
  static int take(std::string_view& from, char* buffer, int size) {
    const std::size_t taken = from.copy(buffer, static_cast<std::size_t>(size));
    from.remove_prefix(taken);
    return static_cast<int>(taken);
  }
  std::string_view text_, mark_;
};

}  // namespace

struct CsvLines::Reader {
  Reader(const std::string& name, std::string_view text, bool first)
      : lines(name, std::make_unique<Piece>(text, first)) {}
  io::LineReader lines;
};

CsvLines::CsvLines(const std::string& path) : file_(path), buffer_(kChunk) {}

CsvLines::~CsvLines() = default;

const char* CsvLines::next() {
  for (;;) {
    const char* text = reader_ ? reader_->lines.next_line() : nullptr;
    if (text == nullptr && load()) continue;
    if (text != nullptr) ++line_;
    return text;
  }
}

void CsvLines::drop_used() {
  std::copy(buffer_.begin() + static_cast<std::ptrdiff_t>(used_),
            buffer_.begin() + static_cast<std::ptrdiff_t>(filled_), buffer_.begin());
  filled_ -= used_;
  used_ = 0;
}

/// Appends to the buffer what the input has, or the newline that the last line lacks; returns how much.
std::size_t CsvLines::fill() {
  if (filled_ == buffer_.size()) {
    if (filled_ >= kLongestLine) {
      throw Error(ErrorKind::kData, name() + ":" + std::to_string(line_ + 1) +
                                        ": the line is longer than 16 MiB: expected a line break before that");
    }
    buffer_.resize(2 * filled_);
  }
  const std::size_t got = ended_ ? 0 : file_.read_some(buffer_.data() + filled_, buffer_.size() - filled_);
  if (got > 0) return got;
  ended_ = true;
  if (filled_ == 0) return 0;
  buffer_[filled_] = '\n';
  return 1;
}

/// Gives the reader the whole lines that are there next, waiting for one; false at the end.
bool CsvLines::load() {
  drop_used();
  while (!nul_ahead_) {
    const std::size_t got = fill();
    if (got == 0) return false;
    const std::string_view fresh(buffer_.data() + filled_, got);
    const std::size_t nul = fresh.find('\0');
    nul_ahead_ = nul != std::string_view::npos;
    const std::size_t newline = fresh.substr(0, nul).rfind('\n');
    if (newline != std::string_view::npos) used_ = filled_ + newline + 1;
    filled_ += got;
    if (newline == std::string_view::npos) continue;
    reader_ = std::make_unique<Reader>(name(), std::string_view(buffer_.data(), used_), line_ == 0);
    return true;
  }
  throw Error(ErrorKind::kData, name() + ":" + std::to_string(line_ + 1) + ": a NUL byte: expected text");
}

}  // namespace moe
