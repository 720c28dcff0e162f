// Completion in shells, written from the table of commands: commands, options, and values that are one of a list.
#pragma once

#include <string>
#include <vector>

#include "command.hpp"

namespace cli {

std::string bash_completion(const std::vector<Command>& commands);
std::string zsh_completion(const std::vector<Command>& commands);
std::string fish_completion(const std::vector<Command>& commands);

}  // namespace cli
