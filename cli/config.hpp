// Options from a TOML file: --config.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "command.hpp"

namespace cli {

/// The options that the file has for the command, by name, each with its values as texts. A key is an option's name or
/// letter; a table with the name of a command holds options of that command alone. Throws Error: io where the file
/// cannot be read; usage, with line and column, where it is no TOML, for an unknown key (the sentence names the nearest
/// option), and for a value that is no text, number, true or false, or list of these.
std::map<std::string, std::vector<std::string>> options_in_file(const Command& command, const std::string& path);

}  // namespace cli
