// A subcommand is a table: what it is called, what it takes and what it does. Parsing, help and the man page read from it.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace cli {

struct Option {
  std::string name;      ///< "output" for --output
  std::string letter;    ///< "o" for -o, or ""
  std::string value;     ///< what the value is called in the help, "" for a flag
  std::string fallback;  ///< the value where none is given, "" for none
  std::string help;
  bool repeatable = false;
};

/// What the user gave to one command.
class Arguments {
 public:
  bool has(const std::string& name) const { return values_.count(name) > 0; }
  /// Whether the command has the option.
  bool knows(const std::string& name) const { return fallbacks_.count(name) > 0; }
  /// The value of an option, or its fallback.
  std::string text(const std::string& name) const;
  std::vector<std::string> all(const std::string& name) const;
  /// Strictly parsed; throw Error (usage) naming the option.
  double number(const std::string& name, double least, double most) const;
  std::uint64_t count(const std::string& name, std::uint64_t least, std::uint64_t most) const;
  bool yes(const std::string& name) const;
  /// "1-3,6" -> 1, 2, 3, 6; throws Error (usage) for others than whole numbers from 1 to `most`.
  std::set<std::uint64_t> ranges(const std::string& name, std::uint64_t most) const;
  /// Positional argument i, or "".
  std::string positional(std::size_t i) const { return i < positional_.size() ? positional_[i] : ""; }
  std::size_t positionals() const { return positional_.size(); }
  /// The options that the user gave, each with its values.
  const std::map<std::string, std::vector<std::string>>& given() const { return values_; }
  /// The value of an option that is not given, or "".
  const std::string& fallback(const std::string& name) const { return fallbacks_.at(name); }
  /// As though the user had given it.
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
};

/// Throws Error (usage): an unknown option, with the nearest one; a missing or repeated value; surplus operands.
Arguments parse(const Command& command, int argc, const char* const* argv);
std::string help(const Command& command);

/// "-" for nothing; throws Error (usage) where data would be read from a terminal, or twice from standard input.
std::string data_path(const std::string& path, const std::string& model_path = "");
/// Writes data to standard output as they are, checked.
void print(const std::string& text);
/// Writes lines for people to standard output: what a terminal would act on is escaped.
void show(const std::string& text);
/// Writes a line to standard error, as moe::one_line() makes it.
void say(const std::string& text);

// Options that several commands have.
Option model_option();
Option output_option(const std::string& what);
Option json_option();

/// The value of --threads: at least 1.
unsigned threads(const Arguments& arguments);

}  // namespace cli
