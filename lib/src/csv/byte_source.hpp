// The bytes of an input as text: a file, a pipe, and either of them compressed by gzip or zstd, which their first bytes tell.
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "moe/file.hpp"

namespace moe {

/// Undoes a compression, piece by piece.
class Inflater {
 public:
  virtual ~Inflater() = default;
  /// Reads from `from` and writes up to `size` bytes to `to`; moves `from`, returns how many were written. Throws Error (data)
  /// with the sentence that follows the file's name.
  virtual std::size_t inflate(std::string_view& from, char* to, std::size_t size) = 0;
  /// Whether the input may end here.
  virtual bool may_end() const = 0;
};

class ByteSource {
 public:
  /// Throws Error (io).
  explicit ByteSource(const std::string& path);
  ~ByteSource();

  /// Reads what is there, at most `size` bytes, and waits only where nothing is; 0 at the end. Throws Error: io; data where
  /// compressed bytes are damaged or cut off.
  std::size_t read_some(char* to, std::size_t size);
  const std::string& name() const { return file_.name(); }
  /// Bytes in all where they are known before they have been read, or -1 (a pipe, compressed data).
  long long size() const { return inflater_ == nullptr ? file_.size() : -1; }
  /// "gzip", "zstd" or "".
  const char* compression() const { return compression_; }

 private:
  void begin();
  void refill();

  InputFile file_;
  std::unique_ptr<Inflater> inflater_;
  const char* compression_ = "";
  std::string buffer_;      // as it stands in the file: its first bytes, or what the inflater has yet to read
  std::string_view ahead_;  // the rest of it
  bool begun_ = false, ended_ = false;
};

}  // namespace moe
