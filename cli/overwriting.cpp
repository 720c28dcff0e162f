#include "overwriting.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <utility>

#include "moe/error.hpp"

namespace cli {
namespace {

/// Options whose value is a file that the command writes.
constexpr const char* kWritten[] = {"output",     "to",        "summary",      "report",     "log",
                                    "checkpoint", "model-out", "train-output", "test-output"};
/// Options whose value is a table that the command reads beside its own.
constexpr const char* kTables[] = {"validation", "reference"};

/// Device and inode of the regular file there, "-" being standard input. Nothing where there is none: a pipe or a
/// device may be read and written.
std::optional<std::pair<dev_t, ino_t>> file_there(const std::string& path) {
  struct stat status {};
  const int failed = path == "-" ? fstat(STDIN_FILENO, &status) : stat(path.c_str(), &status);
  if (failed != 0 || !S_ISREG(status.st_mode)) return std::nullopt;
  return std::pair(status.st_dev, status.st_ino);
}

/// What the command reads and does not itself make anew.
std::vector<std::string> files_read(const std::string& command, const Arguments& arguments) {
  std::vector<std::string> files;
  const bool recipe = command == "gen" && !arguments.has("from") && !arguments.has("model");
  for (std::size_t i = 0; i < arguments.positionals() && !recipe; ++i) files.push_back(arguments.positional(i));
  if (arguments.positionals() == 0) files.emplace_back("-");
  for (const char* table : kTables)
    if (arguments.has(table)) files.push_back(arguments.text(table));
  for (const char* model : {"model", "from"})
    if (arguments.has(model) && command != "calibrate")
      for (const std::string& file : arguments.all(model)) files.push_back(file);
  return files;
}

/// Whether two paths are those of the same file, however they are spelled.
bool same_file(const std::string& a, const std::string& b) {
  std::error_code ignored;
  const auto place = [&](const std::string& path) {
    return std::filesystem::weakly_canonical(std::filesystem::absolute(path, ignored), ignored);
  };
  return a == b || place(a) == place(b);
}

}  // namespace

void require_other_output(const std::string& command, const Arguments& arguments, const std::string& option,
                          const std::string& path) {
  if (path.empty() || path == "-") return;
  const auto written = file_there(path);
  if (!written) return;
  for (const std::string& file : files_read(command, arguments))
    if (file_there(file) == written)
      throw moe::Error(moe::ErrorKind::kUsage, "--" + option + ": '" + moe::printable(path) +
                                                   "' is read by this command, which would write over it: expected "
                                                   "another file");
}

void require_other_outputs(const Command& command, const Arguments& arguments) {
  std::vector<std::pair<std::string, std::string>> written;  // options and their files
  for (const Option& option : command.options) {
    if (!takes_file(option) || !arguments.has(option.name) ||
        std::find(std::begin(kWritten), std::end(kWritten), option.name) == std::end(kWritten))
      continue;
    const std::string path = arguments.text(option.name);
    require_other_output(command.name, arguments, option.name, path);
    if (path.empty() || path == "-") continue;
    for (const auto& [other, its_path] : written)
      if (same_file(its_path, path))
        throw moe::Error(moe::ErrorKind::kUsage, "--" + other + " and --" + option.name + " write the same file '" +
                                                     moe::printable(path) + "': expected two different files");
    written.emplace_back(option.name, path);
  }
}

}  // namespace cli
