#include "moe/file.hpp"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <csignal>
#include <memory>
#include <thread>

#include "moe/error.hpp"
#include "scratch.hpp"
#include "throws.hpp"

using moe::ErrorKind;
using moe::InputFile;
using moe::OutputFile;

namespace {

std::string read_all(const std::string& path) {
  InputFile file(path);
  std::string text(1 << 20, '\0');
  text.resize(file.read(text.data(), text.size()));
  return text;
}

void write_whole(const std::string& path, std::string_view text) {
  OutputFile file(path);
  file.write(text);
  file.commit();
}

mode_t permissions(const std::string& path) {
  struct stat status {};
  REQUIRE(::stat(path.c_str(), &status) == 0);
  return status.st_mode & 07777;
}

/// Runs the code in a process of its own, whose standard output goes to `path`. Returns the status of waitpid().
template <class Code>
int run_with_stdout(const std::string& path, Code code) {
  const pid_t child = ::fork();
  if (child == 0) {
    const int descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0666);
    ::dup2(descriptor, STDOUT_FILENO);
    ::_exit(code());
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return status;
}

/// Writes to standard output. The exit status tells whether a failure was reported.
int write_to_stdout(std::size_t bytes) {
  ErrorKind kind = ErrorKind::kFit;
  const std::string sentence = sentence_of([&] { write_whole("-", std::string(bytes, 'x')); }, &kind);
  if (sentence.empty()) return 0;
  return sentence == "<stdout>: cannot write: No space left on device" && kind == ErrorKind::kIo ? 5 : 1;
}

}  // namespace

TEST_CASE("an input file is read whole", "[file]") {
  const ScratchDir scratch;
  const std::string path = scratch.write("in", "some bytes");
  InputFile file(path);
  CHECK(file.size() == 10);
  CHECK(file.name() == path);
  std::string text(20, '\0');
  CHECK(file.read(text.data(), 4) == 4);
  CHECK(text.substr(0, 4) == "some");
  CHECK(file.read(text.data(), 20) == 6);
  CHECK(file.read(text.data(), 20) == 0);
}

TEST_CASE("what cannot be read says why", "[file]") {
  const ScratchDir scratch;
  ErrorKind kind{};
  CHECK(sentence_of([] { InputFile("/nowhere/at/all"); }, &kind) ==
        "/nowhere/at/all: cannot open: No such file or directory");
  CHECK(kind == ErrorKind::kIo);
  CHECK(sentence_of([&] { InputFile(scratch.path("")); }) == scratch.path("") + ": cannot read: Is a directory");
  CHECK(sentence_of([] { InputFile("/no\nwhere"); }) == "/no\\nwhere: cannot open: No such file or directory");
  // The first page of a process's memory cannot be read, so read(2) fails; the file is not just empty.
  InputFile memory("/proc/self/mem");
  char byte = 0;
  CHECK(sentence_of([&] { memory.read(&byte, 1); }) == "/proc/self/mem: cannot read: Input/output error");
}

TEST_CASE("a pipe is read to its end, and at once what is there", "[file]") {
  const ScratchDir scratch;
  const std::string path = scratch.path("fifo");
  REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
  std::thread writer([&] {
    const int descriptor = ::open(path.c_str(), O_WRONLY);
    for (const char* piece : {"one ", "two ", "three"}) {
      static_cast<void>(!::write(descriptor, piece, std::string_view(piece).size()));
      ::usleep(20'000);
    }
    ::close(descriptor);
  });
  InputFile file(path);
  CHECK(file.size() == -1);
  std::string text(100, '\0');
  CHECK(file.read_some(text.data(), 100) < 13);
  file.read(text.data(), 100);
  CHECK(text.starts_with("two three"));
  writer.join();
}

TEST_CASE("an output file appears when it is whole", "[file]") {
  const ScratchDir scratch;
  const std::string path = scratch.path("out");
  {
    OutputFile file(path);
    file.write("new ");
    file.write("text");
    file.flush();
    CHECK_FALSE(std::filesystem::exists(path));
    CHECK_FALSE(file.is_terminal());
    file.commit();
  }
  CHECK(read_all(path) == "new text");
  CHECK(scratch.names() == std::vector<std::string>{"out"});
}

TEST_CASE("without commit the old file stays and nothing is left behind", "[file]") {
  const ScratchDir scratch;
  const std::string path = scratch.write("out", "old");
  {
    OutputFile file(path);
    file.write(std::string(1 << 20, 'x'));
    CHECK(scratch.names().size() == 2);
  }
  CHECK(read_all(path) == "old");
  CHECK(scratch.names() == std::vector<std::string>{"out"});
  write_whole(path, "newer");
  CHECK(read_all(path) == "newer");
}

TEST_CASE("large and small writes keep their order", "[file]") {
  const ScratchDir scratch;
  std::string expected;
  OutputFile file(scratch.path("out"));
  for (std::size_t i = 0; i < 60; ++i) {
    const std::string piece((i * i * i * 7) % 300'000, static_cast<char>('a' + i % 26));
    file.write(piece);
    expected += piece;
  }
  file.commit();
  CHECK(ScratchDir::read(scratch.path("out")) == expected);
}

TEST_CASE("permissions: kept where there is a file, the umask's where there is none", "[file]") {
  const ScratchDir scratch;
  const std::string old = scratch.write("old", "old");
  for (const mode_t mode : {0600U, 0640U, 0755U, 0666U}) {
    ::chmod(old.c_str(), mode);
    write_whole(old, "new");
    CHECK(permissions(old) == mode);
  }
  const mode_t before = ::umask(027);
  write_whole(scratch.path("new"), "new");
  ::umask(before);
  CHECK(permissions(scratch.path("new")) == 0640);
}

TEST_CASE("a symbolic link stays one: its target is replaced", "[file]") {
  const ScratchDir scratch;
  const std::string target = scratch.write("target", "old");
  std::filesystem::create_symlink(target, scratch.path("link"));
  write_whole(scratch.path("link"), "new");
  CHECK(std::filesystem::is_symlink(scratch.path("link")));
  CHECK(read_all(target) == "new");
}

TEST_CASE("what killed runs have left is swept, what living ones write is not", "[file]") {
  const ScratchDir scratch;
  const std::string living = ".out.moe-tmp." + std::to_string(::getppid());
  scratch.write(".out.moe-tmp.999999999", "of a dead process");
  scratch.write(".out.moe-tmp." + std::to_string(::getpid()), "of an earlier process with this number");
  scratch.write(living, "of a living one");
  scratch.write(".other.moe-tmp.999999999", "of another file");
  scratch.write(".out.moe-tmp.12x", "of nobody");
  write_whole(scratch.path("out"), "whole");
  std::vector<std::string> names = scratch.names();
  std::sort(names.begin(), names.end());
  std::vector<std::string> expected = {".other.moe-tmp.999999999", ".out.moe-tmp.12x", living, "out"};
  std::sort(expected.begin(), expected.end());
  CHECK(names == expected);
}

TEST_CASE("a name as long as names may be", "[file]") {
  const ScratchDir scratch;
  const std::string path = scratch.path(std::string(255, 'n'));
  write_whole(path, "whole");
  CHECK(read_all(path) == "whole");
}

TEST_CASE("what cannot be written says why", "[file]") {
  const ScratchDir scratch;
  ErrorKind kind{};
  CHECK(sentence_of([] { OutputFile("/nowhere/out"); }, &kind) ==
        "/nowhere/out: cannot write: No such file or directory");
  CHECK(kind == ErrorKind::kIo);
  CHECK(sentence_of([&] { OutputFile(scratch.path("")); }) == scratch.path("") + ": cannot write: Is a directory");
  if (::geteuid() != 0) {  // root may write anything
    const std::string path = scratch.write("kept", "old");
    ::chmod(path.c_str(), 0444);
    CHECK(sentence_of([&] { OutputFile{path}; }) == path + ": cannot write: Permission denied");
  }
}

TEST_CASE("a full device is reported, at the latest by commit", "[file]") {
  CHECK(sentence_of([] { write_whole("/dev/full", "little"); }) == "/dev/full: cannot write: No space left on device");
  CHECK(sentence_of([] { write_whole("/dev/full", std::string(1 << 20, 'x')); }) ==
        "/dev/full: cannot write: No space left on device");
  write_whole("/dev/null", "anything");
  CHECK(std::filesystem::is_character_file("/dev/null"));
}

TEST_CASE("a file that grows too large leaves the old one whole", "[file]") {
  const ScratchDir scratch;
  const std::string path = scratch.write("out", "old");
  const int status = run_with_stdout("/dev/null", [&] {
    std::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{100'000, 100'000};
    ::setrlimit(RLIMIT_FSIZE, &limit);
    const std::string sentence = sentence_of([&] { write_whole(path, std::string(1 << 20, 'x')); });
    return sentence == path + ": cannot write: File too large" ? 5 : 1;
  });
  CHECK(WEXITSTATUS(status) == 5);
  CHECK(read_all(path) == "old");
  CHECK(scratch.names() == std::vector<std::string>{"out"});
}

TEST_CASE("standard output: written, checked, and a full one reported", "[file]") {
  const ScratchDir scratch;
  CHECK(run_with_stdout(scratch.path("out"), [] { return write_to_stdout(5); }) == 0);
  CHECK(ScratchDir::read(scratch.path("out")) == "xxxxx");
  CHECK(WEXITSTATUS(run_with_stdout("/dev/full", [] { return write_to_stdout(5); })) == 5);
  CHECK(WEXITSTATUS(run_with_stdout("/dev/full", [] { return write_to_stdout(1 << 20); })) == 5);
  CHECK(WEXITSTATUS(run_with_stdout("/dev/null", [] {
          ::close(STDOUT_FILENO);
          return sentence_of([] { write_whole("-", ""); }) == "<stdout>: cannot write: Bad file descriptor" ? 5 : 1;
        })) == 5);
}

TEST_CASE("a closed pipe ends the process by SIGPIPE, or is an error where that is ignored", "[file]") {
  const auto write_to_closed_pipe = [](void (*handler)(int)) {
    return run_with_stdout("/dev/null", [=] {
      int ends[2];
      if (::pipe(ends) != 0) return 1;
      ::dup2(ends[1], STDOUT_FILENO);
      ::close(ends[0]);
      ::close(ends[1]);
      std::signal(SIGPIPE, handler);
      return sentence_of([] { write_whole("-", "x"); }) == "<stdout>: cannot write: Broken pipe" ? 5 : 1;
    });
  };
  const int killed = write_to_closed_pipe(SIG_DFL);
  CHECK((WIFSIGNALED(killed) && WTERMSIG(killed) == SIGPIPE));
  CHECK(WEXITSTATUS(write_to_closed_pipe(SIG_IGN)) == 5);
}

TEST_CASE("a file opened where a standard descriptor is closed does not take its place", "[file]") {
  const ScratchDir scratch;
  const std::string path = scratch.write("in", "text");
  const int status = run_with_stdout("/dev/null", [&] {
    ::close(STDIN_FILENO);
    const InputFile file(path);
    char byte = 0;
    return ::read(STDIN_FILENO, &byte, 1) < 0 ? 0 : 1;
  });
  CHECK(status == 0);
}
