// libFuzzer's way into everything that reads a table's bytes: the first two of them choose how it is read.
#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <new>
#include <string>

#include "moe/dataset.hpp"
#include "moe/error.hpp"

namespace {

/// LineReader takes 48 MiB each time, which the address sanitizer marks byte by byte: a hundred times the work of all the rest. Such a
/// piece is kept for the next one instead.
constexpr std::size_t kLarge = std::size_t{32} << 20;
void* kept = nullptr;
std::size_t kept_size = 0;
bool kept_in_use = false;

/// A file in memory that holds the bytes, and its path.
class MemoryFile {
 public:
  MemoryFile(const std::uint8_t* data, std::size_t size) : descriptor_(::memfd_create("table", 0)) {
    if (descriptor_ < 0 || ::write(descriptor_, data, size) != static_cast<ssize_t>(size)) std::abort();
  }
  ~MemoryFile() { ::close(descriptor_); }
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;
  std::string path() const { return "/proc/self/fd/" + std::to_string(descriptor_); }

 private:
  int descriptor_;
};

moe::CsvOptions options_of(std::uint8_t byte) {
  constexpr char kDelimiters[] = {'\0', ',', ';', '\t'};
  moe::CsvOptions options;
  options.header = static_cast<moe::CsvHeader>(byte % 3);
  options.delimiter = kDelimiters[(byte >> 2) % 4];
  options.comment = (byte & 16) != 0 ? '#' : '\0';
  options.threads = byte % 64 == 63 ? 2 : 1;
  return options;
}

void read_records(const std::string& path, const moe::CsvOptions& options) {
  moe::CsvReader reader(path, options);
  while (reader.next())
    for (std::size_t column = 0; column < reader.fields().size(); ++column) reader.number(column);
}

void read_table(const std::string& path, const moe::CsvOptions& options, std::uint8_t byte) {
  moe::ColumnRequest request;
  request.missing = static_cast<moe::Missing>(byte % 4);
  request.kind = static_cast<moe::TargetKind>((byte >> 2) % 3);
  if ((byte & 16) != 0) request.categorical = "1";
  if ((byte & 32) != 0) request.na = {"-9", "none"};
  moe::CsvReader reader(path, options);
  const moe::TrainingTable table = moe::read_training_table(reader, request, 2);
  // What a model reads of the table that it was made from is what training read.
  if (table.dropped > 0 || request.kind == moe::TargetKind::kAutomatic) return;
  moe::CsvReader again(path, options);
  const moe::Dataset data = moe::TableReader(again, table.schema, moe::TableReader::Target::kRequired).rest();
  if (!arma::approx_equal(data.X, table.data.X, "absdiff", 0) ||
      !arma::approx_equal(data.y, table.data.y, "absdiff", 0))
    std::abort();
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
    if (kept == MAP_FAILED) std::abort();
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
  if (size < 2) return 0;
  const MemoryFile file(data + 2, size - 2);
  for (const bool records : {true, false}) {
    try {
      if (records)
        read_records(file.path(), options_of(data[0]));
      else
        read_table(file.path(), options_of(data[0]), data[1]);
    } catch (const moe::Error&) {
      // A sentence is what bad bytes are to come to.
    }
  }
  return 0;
}
