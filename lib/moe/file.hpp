// Bytes in and out of the process. An output file is written beside its place, synced and renamed, so that a
// failed or killed run leaves the old file whole; standard output is flushed and checked.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace moe {

/// A file or, for "-", standard input, or bytes in memory, read in order.
class InputFile {
 public:
  /// Throws Error (io) where the file cannot be opened or is a directory.
  explicit InputFile(const std::string& path);
  /// Reads `bytes`, which must outlive it; `name` is what messages show.
  InputFile(std::string_view bytes, const std::string& name);
  ~InputFile();
  InputFile(const InputFile&) = delete;
  InputFile& operator=(const InputFile&) = delete;

  /// Reads until `size` bytes are there or the input ends; returns how many. Throws Error (io).
  std::size_t read(char* buffer, std::size_t size);
  /// Reads what is there, at most `size` bytes, and waits only where nothing is; 0 at the end. Throws Error (io).
  std::size_t read_some(char* buffer, std::size_t size);
  /// Bytes in all where the input is a regular file, or -1 (a pipe, a terminal).
  long long size() const { return size_; }
  /// The path as messages show it; "<stdin>" for standard input.
  const std::string& name() const { return name_; }

 private:
  std::string name_;
  int descriptor_ = -1;
  long long size_ = -1;
  std::string_view bytes_{};  // those in memory that are yet to be read
};

/// A file that appears under its name only when it is whole, or standard output ("-" or "").
class OutputFile {
 public:
  /// Throws Error (io) where no file can be made there.
  explicit OutputFile(const std::string& path);
  /// Without commit() the temporary is removed and the old file stays.
  ~OutputFile();
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;

  /// Appends. Throws Error (io), a full disk among the reasons. A closed pipe ends the process by SIGPIPE.
  void write(std::string_view bytes);
  /// Hands what is buffered to the system: a reader at the pipe's other end sees it now.
  void flush();
  /// Flushes, syncs and renames into place. Throws Error (io).
  void commit();
  bool is_terminal() const;

 private:
  void make_temporary(int mode);

  std::string name_;       // as messages show it
  std::string path_;       // the place, symbolic links followed
  std::string temporary_;  // empty where the bytes go straight to the place
  std::string buffer_;
  int descriptor_ = -1;
  bool standard_ = false;
};

}  // namespace moe
