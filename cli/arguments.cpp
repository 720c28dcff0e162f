// The only file that knows cxxopts. Its conversions accept 1e-3x as 0.001 and split values at commas. So every value is
// read as text, and parsed strictly here.
#define CXXOPTS_VECTOR_DELIMITER '\0'
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <cxxopts.hpp>
#include <thread>

#include "command.hpp"
#include "config.hpp"
#include "moe/error.hpp"
#include "moe/file.hpp"
#include "moe/numeric.hpp"

namespace cli {
namespace {

using moe::Error;
using moe::ErrorKind;

/// Whether text that goes to this descriptor may have bold parts: see https://no-color.org.
bool may_be_bold(int descriptor) {
  const char *const no_color = std::getenv("NO_COLOR"), *const terminal = std::getenv("TERM");
  return isatty(descriptor) == 1 && (no_color == nullptr || *no_color == '\0') &&
         (terminal == nullptr || std::string_view(terminal) != "dumb");
}

/// The line with its beginning, up to this place, in bold.
std::string with_bold(const std::string& line, std::size_t end) {
  return "\x1b[1m" + line.substr(0, end) + "\x1b[0m" + line.substr(end);
}

/// The lines in a form that fits on a terminal.
std::string escaped_lines(const std::string& text, bool bold) {
  std::string lines;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    const std::string line = moe::printable(std::string_view(text).substr(begin, end - begin), std::string::npos);
    const bool head = bold && !line.empty() && line[0] != ' ';
    lines += (head ? with_bold(line, std::min(line.find(": "), line.size())) : line) + "\n";
    begin = end + 1;
  }
  return lines;
}

[[noreturn]] void refuse_option(const Command& command, const std::string& word) {
  const std::string typed = word.substr(0, word.find('='));
  const std::string near = nearest_option(command, typed);
  throw Error(ErrorKind::kUsage, "unknown option '" + moe::printable(typed) + "': expected " +
                                     (near.empty() ? "one that 'moe " + command.name + " --help' lists" : near));
}

/// Throws for an empty value, and for a second value of an option that takes one.
void check_values(const Option& option, const std::vector<std::string>& values) {
  for (const std::string& value : values)
    if (value.empty())
      throw Error(ErrorKind::kUsage, "--" + option.name + ": the value is empty: expected " + option.value);
  if (values.size() > 1 && !option.repeatable)
    throw Error(ErrorKind::kUsage, "--" + option.name + ": given more than once: expected one value");
}

/// The words of the command line, with "--y" as "-y": cxxopts takes the former for an operand.
std::vector<std::string> plain_words(const Command& command, int argc, const char* const* argv) {
  std::vector<std::string> words(argv, argv + argc);
  for (std::string& word : words) {
    if (word == "--") break;
    if (!word.starts_with("--") || !(word.size() == 3 || word.find('=') == 3)) continue;
    const bool known = std::any_of(command.options.begin(), command.options.end(),
                                   [&](const Option& option) { return option.letter == word.substr(2, 1); });
    if (!known) refuse_option(command, word);
    word.erase(0, 1);
    if (word.size() > 2) word.erase(2, 1);  // -y=price is -yprice
  }
  return words;
}

}  // namespace

Arguments parse(const Command& command, int argc, const char* const* argv) {
  cxxopts::Options options("moe " + command.name);
  options.allow_unrecognised_options();
  for (const Option& option : command.options) {
    const std::string names = option.letter.empty() ? option.name : option.letter + "," + option.name;
    if (option.value.empty())
      options.add_options()(names, "");
    else
      options.add_options()(names, "", cxxopts::value<std::vector<std::string>>());
  }
  options.add_options()("operands", "", cxxopts::value<std::vector<std::string>>());
  options.parse_positional({"operands"});
  const std::vector<std::string> words = plain_words(command, argc, argv);
  std::vector<const char*> typed;
  for (const std::string& word : words) typed.push_back(word.c_str());
  Arguments arguments;
  try {
    const cxxopts::ParseResult result = options.parse(argc, typed.data());
    for (const std::string& word : result.unmatched())
      if (word.size() > 1 && word[0] == '-') refuse_option(command, word);
    if (result.count("operands") > 0) arguments.positional_ = result["operands"].as<std::vector<std::string>>();
    for (const Option& option : command.options) {
      arguments.fallbacks_[option.name] = option.fallback;
      if (result.count(option.name) == 0) continue;
      if (option.value.empty())
        arguments.values_[option.name] = {"yes"};
      else
        arguments.values_[option.name] = result[option.name].as<std::vector<std::string>>();
      check_values(option, arguments.values_[option.name]);
    }
  } catch (const cxxopts::exceptions::exception& exception) {
    std::string sentence = exception.what();
    for (const char* quote : {"‘", "’"})
      for (std::size_t at; (at = sentence.find(quote)) != std::string::npos;)
        sentence.replace(at, std::string(quote).size(), "'");
    const std::size_t missing = sentence.find(" is missing an argument");
    if (missing != std::string::npos)
      sentence = "an option lacks its value: " + sentence.substr(0, missing) + ": expected one behind it";
    throw Error(ErrorKind::kUsage, sentence + ": expected options as 'moe " + command.name + " --help' lists them");
  }
  if (arguments.positional_.size() > command.most_operands)
    throw Error(ErrorKind::kUsage, "too many operands: '" +
                                       moe::printable(arguments.positional_[command.most_operands]) + "': expected " +
                                       (command.most_operands == 0 ? "none" : command.operands));
  if (arguments.has("config"))
    for (auto& [name, values] : options_in_file(command, arguments.text("config")))
      if (!arguments.has(name)) arguments.values_[name] = std::move(values);
  return arguments;
}

std::string Arguments::text(const std::string& name) const {
  const auto at = values_.find(name);
  return at == values_.end() ? fallbacks_.at(name) : at->second[0];
}

std::vector<std::string> Arguments::all(const std::string& name) const {
  const auto at = values_.find(name);
  return at == values_.end() ? std::vector<std::string>{} : at->second;
}

double Arguments::number(const std::string& name, double least, double most) const {
  const std::string given = text(name);
  const auto value = moe::parse_number(given);
  if (value && *value >= least && *value <= most) return *value;
  std::string range = most < std::numeric_limits<double>::max()
                          ? "from " + moe::format_number(least) + " to " + moe::format_number(most)
                          : "of at least " + moe::format_number(least);
  if (!std::isfinite(least)) range = "such as 0.5";
  throw Error(ErrorKind::kUsage, "--" + name + ": '" + moe::printable(given) + "': expected a number " + range);
}

std::uint64_t Arguments::count(const std::string& name, std::uint64_t least, std::uint64_t most) const {
  const std::string given = text(name);
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(given.data(), given.data() + given.size(), value);
  if (error == std::errc() && end == given.data() + given.size() && value >= least && value <= most) return value;
  throw Error(ErrorKind::kUsage, "--" + name + ": '" + moe::printable(given) + "': expected a whole number from " +
                                     std::to_string(least) + " to " + std::to_string(most));
}

bool Arguments::yes(const std::string& name) const {
  const std::string given = text(name);
  if (given == "yes" || given == "no") return given == "yes";
  throw Error(ErrorKind::kUsage, "--" + name + ": '" + moe::printable(given) + "': expected yes or no");
}

std::set<std::uint64_t> Arguments::ranges(const std::string& name, std::uint64_t most) const {
  const std::string given = text(name);
  const auto refuse = [&] {
    throw Error(ErrorKind::kUsage, "--" + name + ": '" + moe::printable(given) +
                                       "': expected whole numbers from 1 to " + std::to_string(most) +
                                       " and ranges, as 1-4 or 2,4");
  };
  std::set<std::uint64_t> result;
  for (std::string_view rest = given; !rest.empty();) {
    std::uint64_t first = 0;
    const char* const end = rest.data() + rest.size();
    auto read = std::from_chars(rest.data(), end, first);
    std::uint64_t last = first;
    if (read.ec == std::errc() && read.ptr != end && *read.ptr == '-') read = std::from_chars(read.ptr + 1, end, last);
    if (read.ec != std::errc() || first < 1 || last < first || last > most) refuse();
    for (std::uint64_t number = first; number <= last; ++number) result.insert(number);
    if (read.ptr == end) break;
    if (*read.ptr != ',' || read.ptr + 1 == end) refuse();
    rest = std::string_view(read.ptr + 1, end);
  }
  return result;
}

std::string data_path(const std::string& path, const std::string& model_path) {
  if (!path.empty() && path != "-") return path;
  if (model_path == "-")
    throw Error(ErrorKind::kUsage,
                "model and data would both be read from standard input: expected a file for one of them");
  if (isatty(STDIN_FILENO))
    throw Error(ErrorKind::kUsage,
                "standard input is a terminal: expected a CSV file, or data through a pipe (see --help)");
  return "-";
}

void print(const std::string& text, const std::string& place) { moe::write_file(place, text); }

void show(const std::string& text, const std::string& place) { print(escaped_lines(text, false), place); }

void show_sections(const std::string& text, const std::string& place) {
  const bool standard = place == "-" || place.empty();
  print(escaped_lines(text, standard && may_be_bold(STDOUT_FILENO)), place);
}

void say(const std::string& text) {
  std::string line = moe::one_line(text) + "\n";
  if (may_be_bold(STDERR_FILENO))
    for (const std::string word : {"note:", "warning:"})
      if (line.compare(0, word.size(), word) == 0) line = with_bold(line, word.size());
  // If standard error itself is gone, nothing can be done.
  if (write(STDERR_FILENO, line.data(), line.size()) < 0) return;
}

unsigned threads(const Arguments& arguments) {
  const auto given = static_cast<unsigned>(arguments.count("threads", 0, 1024));
  return given > 0 ? given : std::max(1u, std::thread::hardware_concurrency());
}

}  // namespace cli
