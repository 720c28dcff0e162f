// Cuts the input into blocks. A block is filled with bytes, and cut behind its last whole record; the rest begins the
// next block. If a block has no whole record it grows, up to 16 MiB. The first records are read ahead to find the
// dialect and the header, so bytes come from carried_ first and then from the source.
#include "csv/csv_blocks.hpp"

#include <algorithm>
#include <utility>

#include "csv/csv_lines.hpp"
#include "csv/record_ends.hpp"
#include "moe/error.hpp"

namespace moe {
namespace {

/// The size of a block. It fits into a core's caches together with the numbers that are made of it.
constexpr std::size_t kBlock = std::size_t{1} << 18;
/// The size of a read-ahead. Two records mostly fit, and so do all rows that a pipe has sent.
constexpr std::size_t kLeastAhead = std::size_t{1} << 14;

void reserve(CsvBlock& block, std::size_t capacity, std::size_t filled) {
  if (block.buffer != nullptr && capacity <= block.capacity) return;
  std::unique_ptr<char[]> buffer(new char[capacity + kCsvSlack]);
  std::copy_n(block.buffer.get(), filled, buffer.get());
  block.buffer = std::move(buffer);
  block.capacity = capacity;
}

void set_text(CsvBlock& block, std::size_t size) { block.text = {block.buffer.get(), block.buffer.get() + size}; }

/// Ends the text before the line that contains a NUL byte, and keeps the sentence for that.
void refuse_nul(CsvText& text, char line_end) {
  const auto size = static_cast<std::size_t>(text.end - text.begin);
  const auto* nul = static_cast<const char*>(std::memchr(text.begin, '\0', size));
  if (nul == nullptr) return;
  text.end = text.begin + (nul - text.begin);
  while (text.end != text.begin && text.end[-1] != line_end) --text.end;
  text.broken = "a NUL byte: expected text";
}

}  // namespace

CsvBlocks::CsvBlocks(const std::string& path, const CsvOptions& options) : source_(path), options_(options) {
  find_dialect();
}

/// The size of a block's buffer. For a small file that is its own size, and one byte more in which its end shows.
std::size_t CsvBlocks::room() const {
  const long long bytes = source_.size();
  return bytes > 0 && bytes < static_cast<long long>(kBlock) ? static_cast<std::size_t>(bytes) + 1 : kBlock;
}

/// Reads the bytes that are there, at most as many as have been read already. Returns how many; 0 means the end.
std::size_t CsvBlocks::read_ahead() {
  const std::size_t size = std::max(carried_.size(), std::min(room(), kLeastAhead));
  if (size > ahead_size_) {
    ahead_.reset(new char[size]);
    ahead_size_ = size;
  }
  const std::size_t got = source_.read_some(ahead_.get(), size);
  carried_.append(ahead_.get(), got);
  return got;
}

/// Reads ahead until one of `ends` stands at or after `at`, with one character behind it. Returns its position, or the
/// end of the text if there is none.
std::size_t CsvBlocks::read_to(const char* ends, std::size_t at) {
  std::size_t found = carried_.find_first_of(ends, at);
  while (!ended_ && carried_.size() < kLongestLine && (found == carried_.npos || found + 1 == carried_.size())) {
    ended_ = read_ahead() == 0;
    found = carried_.find_first_of(ends, at);
  }
  return std::min(found, carried_.size());
}

/// Makes lines empty that are to be skipped, as empty lines are skipped anyway. So the other lines keep their numbers.
void CsvBlocks::skip_lines() {
  const std::vector<std::size_t>& skip = options_.skip;
  const std::size_t first = read_to("\r\n", 0), last = *std::max_element(skip.begin(), skip.end());
  const bool by_carriage_return = carried_.substr(first, 2).starts_with('\r') && carried_.substr(first, 2) != "\r\n";
  std::size_t at = 0;
  for (std::size_t line = 1; line <= last && at < carried_.size(); ++line) {
    std::size_t end = read_to(by_carriage_return ? "\r" : "\n", at);
    if (std::find(skip.begin(), skip.end(), line) != skip.end()) {
      carried_.erase(at, end - at);
      end = at;
    }
    at = end + 1;
  }
}

void CsvBlocks::find_dialect() {
  std::optional<CsvDialect> found;
  std::size_t marks = 0;
  if (!options_.skip.empty()) skip_lines();
  for (bool more = carried_.empty() && !ended_; !found; more = true) {
    if (more) ended_ = read_ahead() == 0;
    marks = carried_.starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0;
    found = moe::find_dialect(std::string_view(carried_).substr(marks), ended_ || carried_.size() > kLongestLine,
                              options_, file_name());
  }
  dialect_ = *found;
  carried_.erase(0, marks);
}

/// Makes a text of the whole records in the buffer. Returns their length in bytes, or 0 for none. `last`: the input
/// ends here.
std::size_t CsvBlocks::make_text(CsvBlock& block, std::size_t filled, bool last) const {
  char* const text = block.buffer.get();
  const bool full = filled >= kLongestLine;
  const std::size_t end = last && !full ? 0 : end_of_records(dialect_, {text, filled});
  if (end > 0) {
    set_text(block, end);
    return end;
  }
  if (!last && !full) return 0;
  const bool line_ends = std::find(text, text + filled, dialect_.line_end) != text + filled;
  const bool closed = filled > 0 && text[filled - 1] == dialect_.line_end;
  if (!closed) text[filled] = dialect_.line_end;
  set_text(block, filled + (closed ? 0 : 1));
  if (full && line_ends) block.text.in_quotes = "not closed within 16 MiB";
  if (full && !line_ends) {
    block.text.end = block.text.begin;
    block.text.broken = "the line is longer than 16 MiB: expected a line break before that";
  }
  return filled;
}

bool CsvBlocks::cut(CsvBlock& block, std::size_t filled) {
  const std::size_t taken = make_text(block, filled, ended_ && carried_.empty());
  if (taken == 0) return false;
  carried_.insert(0, block.buffer.get() + taken, filled - taken);
  return true;
}

bool CsvBlocks::fill(CsvBlock& block, Fill how) {
  std::size_t filled = std::min(carried_.size(), kLongestLine);
  reserve(block, ended_ ? filled : std::max(room(), filled), 0);
  carried_.copy(block.buffer.get(), filled);
  carried_.erase(0, filled);
  // Records that were read ahead are handed out before we ask the input for more, which may mean waiting.
  if (how == Fill::kWhatIsThere && filled > 0 && cut(block, filled)) return true;
  for (;;) {
    std::size_t got = 1;
    while (!ended_ && carried_.empty() && filled < block.capacity && got > 0) {
      got = source_.read_some(block.buffer.get() + filled, block.capacity - filled);
      filled += got;
      ended_ = got == 0;
      if (how == Fill::kWhatIsThere) break;
    }
    if (ended_ && filled == 0) return false;
    if (cut(block, filled)) return true;
    if (filled == block.capacity) reserve(block, std::min(2 * filled, kLongestLine), filled);
  }
}

bool CsvBlocks::next(CsvBlock& block, Fill how) {
  {
    const std::lock_guard lock(mutex_);
    if (ended_ && carried_.empty()) return false;
    block.number = blocks_;  // also for an error that is thrown below
    if (!fill(block, how)) return false;
    ++blocks_;
  }
  if (block.text.broken.empty()) refuse_nul(block.text, dialect_.line_end);
  return true;
}

CsvBlock CsvBlocks::head(std::size_t bytes) {
  CsvBlock block;
  for (;;) {
    while (!ended_ && carried_.size() < bytes) ended_ = read_ahead() == 0;
    const std::size_t filled = std::min(carried_.size(), bytes > 0 ? bytes : kLongestLine);
    reserve(block, filled, 0);
    carried_.copy(block.buffer.get(), filled);
    const bool last = ended_ && filled == carried_.size();
    if (make_text(block, filled, last) > 0 || last) break;
    if (bytes > 0) {  // otherwise the first record needs more room
      set_text(block, 0);
      break;
    }
    ended_ = read_ahead() == 0;
  }
  if (block.text.broken.empty()) refuse_nul(block.text, dialect_.line_end);
  return block;
}

void CsvBlocks::take_header(std::size_t bytes, std::size_t lines, std::vector<std::string> names, bool header) {
  carried_.erase(0, bytes);
  first_line_ = lines;
  names_ = std::move(names);
  has_header_ = header;
}

std::string CsvBlocks::place(std::size_t line, long column) const {
  std::string out = file_name() + ":" + std::to_string(line + 1);
  if (column < 0) return out;
  out += ":" + std::to_string(column + 1);
  const auto at = static_cast<std::size_t>(column);
  if (at < names_.size() && !names_[at].empty()) out += " " + printable(names_[at]);
  return out;
}

void CsvBlocks::fail(std::size_t block_line, const CsvFault& fault) const {
  throw Error(ErrorKind::kData, place(block_line + fault.line, fault.column) + ": " + fault.sentence);
}

CsvFault CsvBlocks::wrong_count(std::size_t line, std::size_t fields) const {
  return {line, -1,
          counted(fields, "field") + ": expected " + std::to_string(names_.size()) + ", as in the " +
              (has_header_ ? "header" : "first row")};
}

}  // namespace moe
