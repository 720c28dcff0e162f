#include "manual.hpp"

#include "completion.hpp"
#include "help.hpp"
#include "moe/file.hpp"

namespace cli {
namespace {

/// The text for troff, escaped so that no word is a request and no hyphen a dash.
std::string roff(const std::string& text) {
  std::string result;
  bool first = true;
  for (const char c : text) {
    if (first && (c == '.' || c == '\'')) result += "\\&";
    first = c == '\n';
    if (c == '\\')
      result += "\\e";
    else if (c == '-')
      result += "\\-";
    else
      result += c;
  }
  return result;
}

/// Lines that keep their breaks.
std::string verbatim(const std::string& text) { return ".nf\n" + roff(text) + "\n.fi\n"; }

std::string heading(const std::string& page) { return ".TH " + roff(page) + " 1 \"\" \"moe " MOE_VERSION "\"\n"; }

std::string option_entry(const Option& option) {
  std::string text = ".TP\n";
  if (!option.letter.empty()) text += "\\fB" + roff("-" + option.letter) + "\\fR, ";
  text += "\\fB" + roff("--" + option.name) + "\\fR";
  if (!option.value.empty()) text += " \\fI" + roff(option.value) + "\\fR";
  return text + "\n" + roff(help_of(option)) + "\n";
}

std::string notes_section(const Command& command) {
  std::string text;
  for (const Note& note : notes_of(command)) {
    if (note.text.empty()) continue;
    text += note.term.empty() ? ".PP\n" : ".TP\n" + roff(note.term) + "\n";
    text += roff(note.text) + "\n";
  }
  return text.empty() ? "" : ".SH NOTES\n" + text;
}

std::string page_of(const Command& command) {
  std::string text = heading("MOE-" + command.name) + ".SH NAME\n" + roff("moe-" + command.name) + " \\- " +
                     roff(command.summary) + "\n.SH SYNOPSIS\n\\fBmoe " + command.name + "\\fR [OPTIONS] " +
                     roff(command.operands) + "\n.SH EXAMPLES\n";
  constexpr std::size_t kExampleWidth = 66;  // of 80, within two margins of 7
  for (const Example& example : command.examples)
    text +=
        roff(example.what) + "\n.PP\n.RS\n" + verbatim(folded_command(example.command, kExampleWidth)) + ".RE\n.PP\n";
  text += ".SH OPTIONS\n";
  for (const Topic& topic : topics(command)) {
    text += ".SS " + topic.title + "\n";
    for (const Option& option : topic.options) text += option_entry(option);
  }
  return text + notes_section(command) + ".SH SEE ALSO\n\\fBmoe\\fR(1)\n";
}

std::string overview_page(const std::vector<Command>& commands) {
  std::string text = heading("MOE") +
                     ".SH NAME\nmoe \\- fit mixtures of experts to tables of data\n"
                     ".SH SYNOPSIS\n\\fBmoe\\fR COMMAND [OPTIONS] [DATA]\n.SH COMMANDS\n";
  for (const Command& command : commands)
    text += ".TP\n\\fB" + roff("moe-" + command.name) + "\\fR(1)\n" + roff(command.summary) + "\n";
  return text +
         ".SH EXIT STATUS\n0 done; 1 the fit failed, or a --require does not hold; 2 usage; 3 bad data; 4 bad model "
         "file; 5 cannot read or write.\n";
}

}  // namespace

void write_manual(const std::vector<Command>& commands, const std::string& directory) {
  moe::write_file(directory + "/moe.1", overview_page(commands));
  for (const Command& command : commands) moe::write_file(directory + "/moe-" + command.name + ".1", page_of(command));
  moe::write_file(directory + "/moe.bash", bash_completion(commands));
  moe::write_file(directory + "/_moe", zsh_completion(commands));
  moe::write_file(directory + "/moe.fish", fish_completion(commands));
}

}  // namespace cli
