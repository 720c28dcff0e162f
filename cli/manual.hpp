// What is installed beside the program, made from the table of commands.
#pragma once

#include <string>
#include <vector>

#include "command.hpp"

namespace cli {

/// Writes moe.1, moe-COMMAND.1 and moe.bash, the man pages and the completion for bash, into a directory that is there.
void write_manual(const std::vector<Command>& commands, const std::string& directory);

}  // namespace cli
