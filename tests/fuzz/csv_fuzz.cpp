// libFuzzer's way into everything that reads a table's bytes: the first two of them choose how it is read.
#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <string>

#include "moe/dataset.hpp"
#include "moe/error.hpp"

namespace {

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
  options.threads = (byte & 32) != 0 ? 2 : 1;
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
