// Output files are written as a temporary file in the same directory, then synced, and renamed over the old file: a
// rename is atomic, so a reader sees the old file or the new one. The directory is synced, too, as the rename itself
// must survive a crash.
#include "moe/file.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "moe/error.hpp"
#include "moe/stop.hpp"

namespace moe {
namespace {

constexpr std::size_t kBuffer = std::size_t{1} << 18;
constexpr std::size_t kLongestNameShown = 4096;
constexpr const char* kTemporaryMark = ".moe-tmp.";

[[noreturn]] void fail(const std::string& name, const char* what, int reason) {
  throw Error(ErrorKind::kIo, name + ": cannot " + what + ": " + std::strerror(reason));
}

bool is_standard(const std::string& path) { return path.empty() || path == "-"; }

/// open(2), but never returns one of the three standard descriptors. Where one of those is closed, open(2) would return
/// its number, and what the process prints would end up in our file.
int open_file(const std::string& path, int flags, mode_t mode = 0) {
  int descriptor = -1;
  do {
    descriptor = ::open(path.c_str(), flags | O_CLOEXEC, mode);
  } while (descriptor < 0 && errno == EINTR);
  if (descriptor < 0 || descriptor > STDERR_FILENO) return descriptor;
  const int higher = ::fcntl(descriptor, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
  const int reason = errno;
  ::close(descriptor);
  errno = reason;
  return higher;
}

/// Whether the caller should repeat the failed call. Waits first where somebody made the descriptor non-blocking.
bool again(int descriptor, short event) {
  if (errno == EINTR) return true;
  if (errno != EAGAIN && errno != EWOULDBLOCK) return false;
  pollfd ready{descriptor, event, 0};
  return ::poll(&ready, 1, -1) >= 0 || errno == EINTR;
}

void write_all(int descriptor, std::string_view bytes, const std::string& name) {
  while (!bytes.empty()) {
    const ssize_t done = ::write(descriptor, bytes.data(), bytes.size());
    if (done < 0 && again(descriptor, POLLOUT)) continue;
    if (done < 0) fail(name, "write", errno);
    bytes.remove_prefix(static_cast<std::size_t>(done));
  }
}

/// fsync(2). Some file systems have nothing to sync and say so with EINVAL, which is no loss of data.
void sync(int descriptor, const std::string& name) {
  while (::fsync(descriptor) != 0) {
    if (errno == EINTR) continue;
    if (errno != EINVAL && errno != ENOTSUP && errno != EROFS) fail(name, "write", errno);
    return;
  }
}

/// close(2). A full disk may be reported only here. EINTR is no error: Linux has closed the descriptor all the same.
void close_checked(int descriptor, const std::string& name) {
  if (::close(descriptor) != 0 && errno != EINTR) fail(name, "write", errno);
}

std::string directory_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string::npos ? "./" : path.substr(0, slash + 1);
}

void sync_directory(const std::string& path, const std::string& name) {
  const int descriptor = open_file(directory_of(path), O_RDONLY | O_DIRECTORY);
  if (descriptor < 0) return;  // a directory may be writable but not readable
  sync(descriptor, name);
  ::close(descriptor);
}

/// ".NAME.moe-tmp.", to which the process number is added. A long name is cut so that the whole stays below 256 bytes.
std::string temporary_stem(const std::string& path) {
  constexpr std::size_t kLongestName = 200;
  const std::size_t slash = path.rfind('/');
  const std::string name = slash == std::string::npos ? path : path.substr(slash + 1);
  return "." + name.substr(0, kLongestName) + kTemporaryMark;
}

/// Whether `text` is the number of a process that no longer runs.
bool is_dead_process(std::string_view text) {
  constexpr std::size_t kMostDigits = 9;
  if (text.empty() || text.size() > kMostDigits || text.find_first_not_of("0123456789") != std::string::npos)
    return false;
  const pid_t process = std::atoi(std::string(text).c_str());
  return process > 0 && ::kill(process, 0) != 0 && errno == ESRCH;
}

/// Removes the temporary files that killed processes have left beside `path`.
void sweep_temporaries(const std::string& path) {
  const std::string directory = directory_of(path), stem = temporary_stem(path);
  DIR* entries = ::opendir(directory.c_str());
  if (entries == nullptr) return;
  while (const dirent* entry = ::readdir(entries)) {
    const std::string name = entry->d_name;
    if (name.starts_with(stem) && is_dead_process(name.substr(stem.size()))) ::unlink((directory + name).c_str());
  }
  ::closedir(entries);
}

/// Names of temporary files for remove_temporaries(). It runs in a signal handler, so it may neither lock nor allocate.
/// A name is never freed, as the handler may be reading it; a process has few of them.
constexpr std::size_t kMostTemporaries = 256;
std::array<std::atomic<char*>, kMostTemporaries> temporaries{};

void remember(const std::string& temporary) {
  char* const name = ::strdup(temporary.c_str());
  for (std::atomic<char*>& place : temporaries)
    if (char* none = nullptr; name != nullptr && place.compare_exchange_strong(none, name)) return;
}

void forget(const std::string& temporary) {
  for (std::atomic<char*>& place : temporaries)
    if (const char* name = place.load(); name != nullptr && temporary == name) place = nullptr;
}

/// The file that symbolic links lead to. We replace that file, so that the link stays.
std::string resolved(const std::string& path) {
  char* real = ::realpath(path.c_str(), nullptr);
  if (real == nullptr) return path;
  std::string out = real;
  std::free(real);
  return out;
}

}  // namespace

void remove_temporaries() noexcept {
  for (const std::atomic<char*>& place : temporaries)
    if (const char* name = place.load()) ::unlink(name);
}

InputFile::InputFile(const std::string& path)
    : name_(is_standard(path) ? "<stdin>" : printable(path, kLongestNameShown)),
      descriptor_(is_standard(path) ? STDIN_FILENO : open_file(path, O_RDONLY)) {
  struct stat status {};
  if (descriptor_ < 0) fail(name_, "open", errno);
  int reason = ::fstat(descriptor_, &status) != 0 ? errno : S_ISDIR(status.st_mode) ? EISDIR : 0;
  if (reason == 0) {
    if (S_ISREG(status.st_mode)) size_ = status.st_size;
    return;
  }
  if (descriptor_ != STDIN_FILENO) ::close(descriptor_);
  fail(name_, "read", reason);
}

InputFile::InputFile(std::string_view bytes, const std::string& name)
    : name_(name), size_(static_cast<long long>(bytes.size())), bytes_(bytes) {}

InputFile::~InputFile() {
  if (descriptor_ >= 0 && descriptor_ != STDIN_FILENO) ::close(descriptor_);
}

std::size_t InputFile::read_some(char* buffer, std::size_t size) {
  if (descriptor_ < 0) {
    const std::size_t got = bytes_.copy(buffer, size);
    bytes_.remove_prefix(got);
    return got;
  }
  for (;;) {
    const ssize_t got = ::read(descriptor_, buffer, size);
    if (got >= 0) return static_cast<std::size_t>(got);
    if (!again(descriptor_, POLLIN)) fail(name_, "read", errno);
  }
}

std::size_t InputFile::read(char* buffer, std::size_t size) {
  std::size_t filled = 0;
  while (filled < size) {
    const std::size_t got = read_some(buffer + filled, size - filled);
    if (got == 0) break;
    filled += got;
  }
  return filled;
}

OutputFile::OutputFile(const std::string& path)
    : name_(is_standard(path) ? "<stdout>" : printable(path, kLongestNameShown)),
      path_(path),
      standard_(is_standard(path)) {
  constexpr mode_t kPermissions = 0777;
  constexpr mode_t kNewFile = 0666;  // the system subtracts the umask
  struct stat status {};
  buffer_.reserve(kBuffer);
  if (standard_) {
    descriptor_ = STDOUT_FILENO;
    if (::fstat(descriptor_, &status) != 0) fail(name_, "write", errno);
  } else if (::stat(path.c_str(), &status) != 0) {
    make_temporary(kNewFile);
  } else if (S_ISREG(status.st_mode)) {
    if (::access(path.c_str(), W_OK) != 0) fail(name_, "write", errno);
    path_ = resolved(path);
    make_temporary(static_cast<int>(status.st_mode & kPermissions));
    ::fchmod(descriptor_, status.st_mode & kPermissions);
  } else {  // a device or a FIFO cannot be replaced by rename(2)
    descriptor_ = open_file(path, O_WRONLY);
    if (descriptor_ < 0) fail(name_, "write", errno);
  }
}

void OutputFile::make_temporary(int mode) {
  sweep_temporaries(path_);
  const std::string temporary = directory_of(path_) + temporary_stem(path_) + std::to_string(::getpid());
  ::unlink(temporary.c_str());  // an earlier process of the same number may have left it: in containers numbers recur
  descriptor_ = open_file(temporary, O_WRONLY | O_CREAT | O_EXCL, static_cast<mode_t>(mode));
  if (descriptor_ < 0) fail(name_, "write", errno);
  temporary_ = temporary;
  remember(temporary_);
}

OutputFile::~OutputFile() {
  if (!standard_ && descriptor_ >= 0) ::close(descriptor_);
  if (temporary_.empty()) return;
  ::unlink(temporary_.c_str());
  forget(temporary_);
}

void OutputFile::write(std::string_view bytes) {
  if (buffer_.size() + bytes.size() > kBuffer) flush();
  if (bytes.size() >= kBuffer) {
    write_all(descriptor_, bytes, name_);
  } else {
    buffer_ += bytes;
  }
}

void OutputFile::flush() {
  write_all(descriptor_, buffer_, name_);
  buffer_.clear();
}

void OutputFile::commit() {
  flush();
  if (standard_) {  // closing a copy makes the file system report its last errors, and leaves the descriptor open
    const int copy = ::dup(descriptor_);
    if (copy < 0) fail(name_, "write", errno);
    return close_checked(copy, name_);
  }
  if (!temporary_.empty()) sync(descriptor_, name_);
  close_checked(std::exchange(descriptor_, -1), name_);
  if (temporary_.empty()) return;
  if (::rename(temporary_.c_str(), path_.c_str()) != 0) fail(name_, "write", errno);
  forget(temporary_);
  temporary_.clear();
  sync_directory(path_, name_);
}

bool OutputFile::is_terminal() const { return ::isatty(descriptor_) == 1; }

void write_file(const std::string& path, std::string_view bytes) {
  OutputFile out(path);
  out.write(bytes);
  out.commit();
}

}  // namespace moe
