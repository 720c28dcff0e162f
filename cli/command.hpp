// A subcommand is a table: its name, its options and its function. Parsing, help and man page are made from it.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace cli {

/// The topics under which help and man pages list the options, in this order.
enum class Group { kData, kModel, kFit, kOutput, kRun };

struct Option {
  std::string name;      ///< "output" for --output
  std::string letter;    ///< "o" for -o, or ""
  std::string value;     ///< the name of the value in the help; "" for a flag
  std::string fallback;  ///< the value if the user gives none; "" for no value
  std::string help;
  bool repeatable = false;
  Group group = Group::kRun;
  std::vector<std::string> words = {};  ///< values among which shells complete; see words_of_value()
};

/// The options as one list, each put under the topic.
std::vector<Option> in_group(Group group, std::vector<Option> options);
/// Several lists as one.
std::vector<Option> joined(const std::vector<std::vector<Option>>& lists);
/// The words that the option's value may be, where these are known: `words`, or those of a value such as "yes|no".
std::vector<std::string> words_of_value(const Option& option);
/// Whether the option's value is a file.
bool takes_file(const Option& option);

/// What the user has given to a command.
class Arguments {
 public:
  bool has(const std::string& name) const { return values_.count(name) > 0; }
  /// Whether the command has the option.
  bool knows(const std::string& name) const { return fallbacks_.count(name) > 0; }
  /// The value of an option, or its fallback.
  std::string text(const std::string& name) const;
  std::vector<std::string> all(const std::string& name) const;
  /// Strictly parsed numbers. Throw Error (usage) that names the option.
  double number(const std::string& name, double least, double most) const;
  std::uint64_t count(const std::string& name, std::uint64_t least, std::uint64_t most) const;
  bool yes(const std::string& name) const;
  /// "1-3,6" means 1, 2, 3, 6. Throws Error (usage) unless these are whole numbers from 1 to `most`.
  std::set<std::uint64_t> ranges(const std::string& name, std::uint64_t most) const;
  /// The i-th positional argument, or "".
  std::string positional(std::size_t i) const { return i < positional_.size() ? positional_[i] : ""; }
  std::size_t positionals() const { return positional_.size(); }
  /// The options that the user has given, each with its values.
  const std::map<std::string, std::vector<std::string>>& given() const { return values_; }
  /// The value of an option that the user has not given, or "".
  const std::string& fallback(const std::string& name) const { return fallbacks_.at(name); }
  /// Sets an option as if the user had given it.
  void give(const std::string& name, std::vector<std::string> values) { values_[name] = std::move(values); }

 private:
  friend Arguments parse(const struct Command&, int, const char* const*);
  std::map<std::string, std::vector<std::string>> values_;
  std::map<std::string, std::string> fallbacks_;
  std::vector<std::string> positional_;
};

struct Example {
  std::string what, command;
};

struct Command {
  std::string name, summary;
  std::vector<Example> examples;
  std::string operands;  ///< as in "moe train [OPTIONS] OPERANDS"
  std::size_t most_operands;
  std::vector<Option> options;
  std::string notes;  ///< paragraphs after the options
  void (*run)(const Arguments&);
  std::vector<std::string> operand_words = {};  ///< operands among which shells complete, beside files
};

/// Throws Error (usage): for an unknown option (the message names the nearest one), a missing or repeated value, and
/// surplus operands.
/// --config adds the options of a file to those of the command line, which win.
Arguments parse(const Command& command, int argc, const char* const* argv);
/// The names of all commands.
std::vector<std::string> command_names();
/// The option that was meant by a word such as "--outptu", "lr" or "--response", as one types it; "" for none.
std::string nearest_option(const Command& command, const std::string& word);

/// The path of the data, "-" if none is given. Throws Error (usage) where data would be read from a terminal, or twice
/// from standard input.
std::string data_path(const std::string& path, const std::string& model_path = "");
/// Writes data to the place, standard output for "-", as they are, and checks that they were written.
void print(const std::string& text, const std::string& place = "-");
/// Writes lines for people. Characters on which a terminal would act are escaped.
void show(const std::string& text, const std::string& place = "-");
/// The same with what stands out on a terminal, unless NO_COLOR is set: the heads of sections, which are the lines that
/// do not begin with a blank, up to their colon.
void show_sections(const std::string& text, const std::string& place = "-");
/// Writes a line to standard error, in the form of moe::one_line().
void say(const std::string& text);

// Options that several commands have.
Option model_option();
Option output_option(const std::string& what);
Option json_option();
Option threads_option();

/// The value of --threads: at least 1.
unsigned threads(const Arguments& arguments);

}  // namespace cli
