// The .safetensors container, which many programs read: the header's length (8 bytes, little-endian), a JSON header, then
// tensors of doubles, one right after the other.
// Ours ends with a tensor of its own, "checksum": XXH3-64 of every byte before it.
#pragma once

#include <armadillo>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "moe/file.hpp"

namespace moe {

/// Longest header. It bounds the memory that a file can take before its data: header, parsed JSON and table together stay
/// below 64 MiB, whatever the file says; see kMaxJsonItems. The data never takes more room than the file has bytes for: a
/// regular file is measured, a pipe's bytes must have arrived.
constexpr std::uint64_t kMaxHeader = std::uint64_t{4} << 20;

/// XXH3-64, a piece at a time.
class Checksum {
 public:
  Checksum();
  ~Checksum();
  Checksum(const Checksum&) = delete;
  Checksum& operator=(const Checksum&) = delete;
  void add(std::string_view bytes);
  std::uint64_t value() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

struct TensorView {
  std::string name;
  std::vector<std::uint64_t> shape;  ///< rows first, the last dimension contiguous; empty for a scalar
  const double* values;
};

/// Appends a whole file to `out`. Throws Error: model for a header beyond what a reader accepts; io.
void write_safetensors(OutputFile& out, const std::vector<std::pair<std::string, std::string>>& metadata,
                       const std::vector<TensorView>& tensors);

struct StoredTensor {
  std::string name;
  std::vector<std::uint64_t> shape;
  std::uint64_t elements;
};

/// Reads a file from its beginning to its end; nothing is to be believed before finish() has returned.
class SafetensorsReader {
 public:
  /// Reads and checks the header. Throws Error: io; model where this is not the beginning of a whole file.
  explicit SafetensorsReader(const std::string& path);
  /// The same of bytes in memory.
  SafetensorsReader(std::string_view bytes, const std::string& name);

  const std::map<std::string, std::string>& metadata() const { return metadata_; }
  /// In the order of their data, the checksum left out.
  const std::vector<StoredTensor>& tensors() const { return tensors_; }
  /// The values of the next `count` tensors. Throws Error: io; model where the file ends before them.
  arma::vec read(std::size_t count = 1);
  /// After the last tensor: throws Error (model) unless the checksum is right and the file ends with it.
  void finish();
  /// Throws Error (model): "PATH: sentence".
  [[noreturn]] void fail(const std::string& sentence) const;

 private:
  struct Entry;
  std::string read_header();
  void read_table(const std::string& header);
  void check_table(std::vector<Entry>& entries);
  void take(char* buffer, std::size_t size);

  InputFile file_;
  Checksum checksum_;
  std::uint64_t taken_ = 0;     // bytes read
  std::uint64_t expected_ = 0;  // bytes in all, as far as they are known to belong to the file
  std::map<std::string, std::string> metadata_;
  std::vector<StoredTensor> tensors_;
  std::size_t next_ = 0;
};

}  // namespace moe
