// --help: the table of options as text that fits the terminal.
#pragma once

#include <string>
#include <vector>

#include "command.hpp"

namespace cli {

/// What --help prints, in lines of at most `width` characters, where no single word is longer.
std::string help(const Command& command, std::size_t width);
/// The width for help on standard output: COLUMNS where it says one, the terminal's width, or 80; never more than 80.
std::size_t help_width();

/// A topic, and the command's options under it.
struct Topic {
  std::string title;
  std::vector<Option> options;
};
/// The topics that have options, in the order of help and man pages.
std::vector<Topic> topics(const Command& command);

/// A line of notes: a word and what it means, or a sentence, whose term is "".
struct Note {
  std::string term, text;
  std::size_t indent = 0;  ///< where the text begins, and its further lines
};
/// The lines of notes. A line "  word   text" is a word and its meaning; any other one a paragraph.
std::vector<Note> notes_of(const Command& command);

/// `text` in lines of at most `width` characters, where no single word is longer. The first begins at column `at`, the
/// others at `indent`.
std::string folded(const std::string& text, std::size_t at, std::size_t indent, std::size_t width);

/// A command in lines of at most `width` characters, broken at blanks outside of quotes by backslashes.
std::string folded_command(const std::string& text, std::size_t width);

/// The option's help, with its default.
std::string help_of(const Option& option);

}  // namespace cli
