// The bytes of an input as text. The input is a file or a pipe, and may be compressed by gzip or zstd, which its first
// bytes show.
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "moe/file.hpp"

namespace moe {

/// Decompresses an input piece by piece.
class Inflater {
 public:
  virtual ~Inflater() = default;
  /// Reads from `from` and writes up to `size` bytes to `to`. Removes what it has read from `from`, and returns how
  /// many bytes it has written. Throws Error (data) with a sentence that continues after the file's name.
  virtual std::size_t inflate(std::string_view& from, char* to, std::size_t size) = 0;
  /// Whether the input may end here. If not, it was cut off.
  virtual bool may_end() const = 0;
};

class ByteSource {
 public:
  /// Throws Error (io) where the file cannot be opened.
  explicit ByteSource(const std::string& path);
  ~ByteSource();

  /// Reads up to `size` bytes and returns how many; 0 means the end. Waits only where no byte is there yet. Throws
  /// Error: io; data where the compressed bytes are damaged or cut off.
  std::size_t read_some(char* to, std::size_t size);
  const std::string& name() const { return file_.name(); }
  /// The length of the text in bytes, where it is known before reading; -1 for a pipe and for compressed data.
  long long size() const { return inflater_ == nullptr ? file_.size() : -1; }
  /// "gzip", "zstd" or "".
  const char* compression() const { return compression_; }

 private:
  void begin();
  void refill();

  InputFile file_;
  std::unique_ptr<Inflater> inflater_;
  const char* compression_ = "";
  std::string buffer_;      // bytes as they stand in the file: the first ones, then those that the inflater is to read
  std::string_view ahead_;  // the part of buffer_ that has not been read
  bool begun_ = false, ended_ = false;
};

}  // namespace moe
