// Bytes in and out of the process. An output file is written beside its place, synced and renamed, so that a failed or
// killed run leaves the old file intact. Standard output is flushed and checked.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace moe {

/// An input that is read in order: a file, standard input ("-"), or bytes in memory.
class InputFile {
 public:
  /// Throws Error (io) where the file cannot be opened or is a directory.
  explicit InputFile(const std::string& path);
  /// Reads `bytes`, which must outlive the object. Messages show `name`.
  InputFile(std::string_view bytes, const std::string& name);
  ~InputFile();
  InputFile(const InputFile&) = delete;
  InputFile& operator=(const InputFile&) = delete;

  /// Reads until there are `size` bytes, or the input ends. Returns how many. Throws Error (io).
  std::size_t read(char* buffer, std::size_t size);
  /// Reads up to `size` bytes, and waits only where no byte is there yet. Returns how many; 0 at the end. Throws Error
  /// (io).
  std::size_t read_some(char* buffer, std::size_t size);
  /// The length in bytes of a regular file; -1 for a pipe or a terminal.
  long long size() const { return size_; }
  /// The path in the form of messages; "<stdin>" for standard input.
  const std::string& name() const { return name_; }

 private:
  std::string name_;
  int descriptor_ = -1;
  long long size_ = -1;
  std::string_view bytes_{};  // bytes in memory that have not been read
};

/// A file that appears under its name only when it is complete; or standard output ("-" or "").
class OutputFile {
 public:
  /// Throws Error (io) where the file cannot be made.
  explicit OutputFile(const std::string& path);
  /// Without a commit(), removes the temporary file, so that the old file stays.
  ~OutputFile();
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;

  /// Appends the bytes. Throws Error (io), for example where the disk is full. A closed pipe ends the process by
  /// SIGPIPE.
  void write(std::string_view bytes);
  /// Passes buffered bytes to the system, so that a reader at the other end of a pipe sees them.
  void flush();
  /// Flushes, syncs and renames the file into its place. Throws Error (io).
  void commit();
  bool is_terminal() const;

 private:
  void make_temporary(int mode);

  std::string name_;       // in the form of messages
  std::string path_;       // the place, behind symbolic links
  std::string temporary_;  // empty where bytes are written to the place directly
  std::string buffer_;
  int descriptor_ = -1;
  bool standard_ = false;
};

/// Writes the bytes to an OutputFile of that path, and commits it.
void write_file(const std::string& path, std::string_view bytes);

}  // namespace moe
