#include "help.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <sstream>

namespace cli {
namespace {

constexpr std::size_t kWidest = 80, kNarrowest = 40;
/// Where the text beside an option begins, on a line of full width.
constexpr std::size_t kOptionColumn = 26;
/// Where the text beside a word of a list begins: see listing().
constexpr std::size_t kWordColumn = 14;

constexpr std::pair<Group, const char*> kTitles[] = {{Group::kData, "Data"},
                                                     {Group::kModel, "Model"},
                                                     {Group::kFit, "Fit"},
                                                     {Group::kOutput, "Output"},
                                                     {Group::kRun, "Run"}};

std::string spelled(const Option& option) {
  return (option.letter.empty() ? "    " : "-" + option.letter + ", ") + "--" + option.name +
         (option.value.empty() ? "" : " " + option.value);
}

/// An entry of a list: `left`, and `text` beside it at `column`, or below it where `left` is too long.
std::string entry(const std::string& left, const std::string& text, std::size_t column, std::size_t width) {
  const std::string gap =
      left.size() + 2 > column ? "\n" + std::string(column, ' ') : std::string(column - left.size(), ' ');
  return left + gap + folded(text, column, column, width) + "\n";
}

/// "  word   text" as a word and its meaning; any other line as a paragraph.
Note note_of(const std::string& line) {
  const std::size_t begin = std::min(line.find_first_not_of(' '), line.size());
  const std::size_t end = line.find(' ', begin);
  if (begin != 2 || end == std::string::npos) return {"", line.substr(begin), begin};
  const std::size_t text = line.find_first_not_of(' ', end);
  const bool aligned = text > end + 1, of_list = end >= kWordColumn;
  if (!aligned && !of_list) return {"", line.substr(begin), begin};
  return {line.substr(begin, end - begin), line.substr(text), std::min(text, aligned ? text : kWordColumn)};
}

std::string note_lines(const Note& note, std::size_t width) {
  if (note.term.empty()) return std::string(note.indent, ' ') + folded(note.text, note.indent, note.indent, width);
  const std::size_t indent = std::min(note.indent, width / 3);
  const std::string left =
      "  " + note.term + std::string(std::max(note.indent, note.term.size() + 3) - 2 - note.term.size(), ' ');
  return left + folded(note.text, left.size(), indent, width);
}

}  // namespace

std::string folded(const std::string& text, std::size_t at, std::size_t indent, std::size_t width) {
  std::string result, line;
  std::istringstream words(text);
  for (std::string word; words >> word;) {
    if (!line.empty() && at + line.size() + 1 + word.size() > width) {
      result += line + "\n" + std::string(indent, ' ');
      line.clear();
      at = indent;
    }
    line += (line.empty() ? "" : " ") + word;
  }
  return result + line;
}

std::size_t help_width() {
  const char* const columns = std::getenv("COLUMNS");
  long width = columns == nullptr ? 0 : std::atol(columns);
  winsize size{};
  if (width <= 0 && isatty(STDOUT_FILENO) && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0) width = size.ws_col;
  if (width <= 0) return kWidest;
  return std::clamp(static_cast<std::size_t>(width), kNarrowest, kWidest);
}

std::vector<Topic> topics(const Command& command) {
  std::vector<Topic> result;
  for (const auto& [group, title] : kTitles) {
    Topic topic{title, {}};
    for (const Option& option : command.options)
      if (option.group == group) topic.options.push_back(option);
    if (!topic.options.empty()) result.push_back(std::move(topic));
  }
  return result;
}

std::vector<Note> notes_of(const Command& command) {
  std::vector<Note> result;
  std::istringstream lines(command.notes);
  for (std::string line; std::getline(lines, line);) result.push_back(note_of(line));
  return result;
}

std::string folded_command(const std::string& text, std::size_t width) {
  constexpr std::size_t kIndent = 4;
  std::string result, line;
  std::size_t blank = 0;  // the last one of the line at which it may break
  char quote = '\0';
  for (const char c : text) {
    if (c == quote)
      quote = '\0';
    else if (quote == '\0' && (c == '\'' || c == '"'))
      quote = c;
    line += c;
    if (c == ' ' && quote == '\0' && line.size() + 1 <= width) blank = line.size();
    if (line.size() <= width || blank <= kIndent) continue;
    result += line.substr(0, blank) + "\\\n";
    line = std::string(kIndent, ' ') + line.substr(blank);
    blank = 0;
  }
  return result + line;
}

std::string help_of(const Option& option) {
  return option.help + (option.fallback.empty() ? "" : " (" + option.fallback + ")");
}

std::string help(const Command& command, std::size_t width) {
  std::string text = folded(command.summary, 0, 0, width) + "\n\n";
  for (const Example& example : command.examples) {
    text += "  # " + folded(example.what, 4, 4, width) + "\n";
    std::istringstream lines(folded_command(example.command, width - 2));
    for (std::string line; std::getline(lines, line);) text += "  " + line + "\n";
  }
  text +=
      "\nUsage: moe " + command.name + " [OPTIONS]" + (command.operands.empty() ? "" : " " + command.operands) + "\n";
  const std::size_t column = std::min(kOptionColumn, width / 3);
  for (const Topic& topic : topics(command)) {
    text += "\n" + topic.title + ":\n";
    for (const Option& option : topic.options) text += entry("  " + spelled(option), help_of(option), column, width);
  }
  if (!command.notes.empty()) text += "\n";
  for (const Note& note : notes_of(command)) text += note_lines(note, width) + "\n";
  return text;
}

}  // namespace cli
