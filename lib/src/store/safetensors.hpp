// The .safetensors format, which many programs read: the length of the header (8 bytes, little-endian), a JSON header,
// and the tensors, here of doubles, one after the other. Our files end with a tensor "checksum": XXH3-64 of all bytes
// before it.
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

/// The longest header. It limits the memory that a file can take before its data: header, parsed JSON and table
/// together stay below 64 MiB, whatever the file says (see kMaxJsonItems). The data take no more memory than the file
/// has bytes: a regular file is measured, and the bytes of a pipe must have arrived.
constexpr std::uint64_t kMaxHeader = std::uint64_t{4} << 20;

/// XXH3-64, computed piece by piece.
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
  std::vector<std::uint64_t> shape;  ///< rows first; the last dimension is contiguous; empty for a scalar
  const double* values;
};

/// Appends a whole file to `out`. Throws Error: model for a header that is too long for readers; io.
void write_safetensors(OutputFile& out, const std::vector<std::pair<std::string, std::string>>& metadata,
                       const std::vector<TensorView>& tensors);

struct StoredTensor {
  std::string name;
  std::vector<std::uint64_t> shape;
  std::uint64_t elements;
};

/// Reads a file from beginning to end. Nothing that it returns may be trusted before finish() has returned.
class SafetensorsReader {
 public:
  /// Reads and checks the header. Throws Error: io; model where the file does not begin like a whole model file.
  explicit SafetensorsReader(const std::string& path);
  /// The same for bytes in memory.
  SafetensorsReader(std::string_view bytes, const std::string& name);

  const std::map<std::string, std::string>& metadata() const { return metadata_; }
  /// The tensors in the order of their data, without the checksum.
  const std::vector<StoredTensor>& tensors() const { return tensors_; }
  /// The values of the next `count` tensors. Throws Error: io; model where the file ends too early.
  arma::vec read(std::size_t count = 1);
  /// Called after the last tensor. Throws Error (model) where the checksum is wrong or the file goes on.
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
  std::uint64_t taken_ = 0;     // bytes that have been read
  std::uint64_t expected_ = 0;  // bytes of the whole file, as far as they are known
  std::map<std::string, std::string> metadata_;
  std::vector<StoredTensor> tensors_;
  std::size_t next_ = 0;
};

}  // namespace moe
