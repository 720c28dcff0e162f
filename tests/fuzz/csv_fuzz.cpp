// The libFuzzer target for all code that reads a table's bytes. The first three bytes choose how the rest is read: as
// records or as a table for a model, with which options, and from a file or from a pipe that delivers it in pieces.
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <new>
#include <string_view>

#include "moe/dataset.hpp"
#include "moe/error.hpp"

namespace {

/// LineReader allocates 48 MiB each time, and the address sanitizer marks every byte, which takes a hundred times as
/// long as everything else. So such a block is kept and used again.
constexpr std::size_t kLarge = std::size_t{32} << 20;
void* kept = nullptr;
std::size_t kept_size = 0;
bool kept_in_use = false;

void require(bool done) {
  if (!done) std::abort();
}

void write_piece(int descriptor, std::string_view bytes) {
  require(::write(descriptor, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()));
}

/// Turns standard input into a file in memory, always the same one.
void give_as_file(std::string_view bytes) {
  static const int memory = ::memfd_create("table", 0);
  require(::ftruncate(memory, 0) == 0 && ::lseek(memory, 0, SEEK_SET) == 0);
  write_piece(memory, bytes);
  require(::lseek(memory, 0, SEEK_SET) == 0 && ::dup2(memory, STDIN_FILENO) == STDIN_FILENO);
}

/// Turns standard input into a pipe of packets: a read() never reaches beyond the packet in which it begins.
void give_as_pipe(std::string_view bytes, std::size_t piece) {
  constexpr std::size_t kMostPieces = 15;  // as many as a pipe can hold
  int ends[2];
  require(::pipe2(ends, O_DIRECT) == 0);
  piece = std::max(piece, bytes.size() / kMostPieces + 1);
  for (; !bytes.empty(); bytes.remove_prefix(std::min(piece, bytes.size())))
    write_piece(ends[1], bytes.substr(0, piece));
  require(::dup2(ends[0], STDIN_FILENO) == STDIN_FILENO && ::close(ends[0]) == 0 && ::close(ends[1]) == 0);
}

/// `byte`: 0 .. 191 for a file.
void give(std::string_view bytes, std::uint8_t byte) {
  if (byte < 192)
    give_as_file(bytes);
  else
    give_as_pipe(bytes, 1 + byte % 64);
}

moe::CsvOptions options_of(std::uint8_t byte) {
  constexpr char kDelimiters[] = {'\0', ',', ';', '\t'};
  moe::CsvOptions options;
  options.header = static_cast<moe::CsvHeader>(byte % 3);
  options.delimiter = kDelimiters[(byte >> 2) % 4];
  options.comment = (byte & 16) != 0 ? '#' : '\0';
  options.threads = byte == 63 ? 2 : 1;
  return options;
}

void read_records(const moe::CsvOptions& options) {
  moe::CsvReader reader("-", options);
  while (reader.next())
    for (std::size_t column = 0; column < reader.fields().size(); ++column) reader.number(column);
}

void read_table(std::string_view bytes, const moe::CsvOptions& options, std::uint8_t byte, std::uint8_t way) {
  moe::ColumnRequest request;
  request.missing = static_cast<moe::Missing>(byte % 4);
  request.kind = static_cast<moe::TargetKind>((byte >> 2) % 3);
  if ((byte & 16) != 0) request.categorical = "1";
  if ((byte & 32) != 0) request.na = {"-9", "none"};
  moe::CsvReader reader("-", options);
  const moe::TrainingTable table = moe::read_training_table(reader, request, 2);
  // From the table of which it was made, a model reads the same as training did.
  if (table.dropped > 0 || request.kind == moe::TargetKind::kAutomatic) return;
  give(bytes, way);
  moe::CsvReader again("-", options);
  const moe::Dataset data = moe::TableReader(again, table.schema, moe::TableReader::Target::kRequired).rest();
  require(arma::approx_equal(data.X, table.data.X, "absdiff", 0) &&
          arma::approx_equal(data.y, table.data.y, "absdiff", 0));
}

/// Whether the bytes are a compressed table that is much longer than they are. In the same time, hundreds of other
/// inputs can be tried.
bool is_large_inside(std::string_view bytes) {
  constexpr std::size_t kMost = std::size_t{1} << 16;
  static char room[kMost];
  if (bytes.substr(0, 4) == "\x28\xb5\x2f\xfd") {
    static ZSTD_DCtx* const context = ZSTD_createDCtx();
    ZSTD_DCtx_reset(context, ZSTD_reset_session_only);
    ZSTD_inBuffer in{bytes.data(), bytes.size(), 0};
    ZSTD_outBuffer out{room, kMost, 0};
    while (in.pos < in.size && out.pos < kMost && ZSTD_isError(ZSTD_decompressStream(context, &out, &in)) == 0) {
    }
    return out.pos == kMost;
  }
  if (bytes.substr(0, 2) != "\x1f\x8b") return false;
  z_stream stream{};
  require(inflateInit2(&stream, 16 + MAX_WBITS) == Z_OK);
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(room);
  stream.avail_out = kMost;
  inflate(&stream, Z_NO_FLUSH);
  inflateEnd(&stream);
  return stream.avail_out == 0;
}

}  // namespace

void* operator new[](std::size_t size) {
  if (size < kLarge || kept_in_use || (kept != nullptr && size > kept_size)) {
    void* memory = std::malloc(size);
    if (memory == nullptr) throw std::bad_alloc();
    return memory;
  }
  if (kept == nullptr) {
    kept = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    require(kept != MAP_FAILED);
    kept_size = size;
  }
  kept_in_use = true;
  return kept;
}

void operator delete[](void* memory) noexcept {
  if (memory != nullptr && memory == kept)
    kept_in_use = false;
  else
    std::free(memory);
}

void operator delete[](void* memory, std::size_t) noexcept { operator delete[](memory); }

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::size_t kChoices = 3;
  if (size < kChoices) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + kChoices, size - kChoices);
  if (is_large_inside(bytes)) return 0;
  const moe::CsvOptions options = options_of(data[0]);
  give(bytes, data[2]);
  try {
    if (data[1] < 192)
      read_table(bytes, options, data[1], data[2]);
    else
      read_records(options);
  } catch (const moe::Error&) {
    // Bad bytes must end in a sentence.
  }
  return 0;
}
