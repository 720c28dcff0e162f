// The files that are installed beside the program, made from the table of commands.
#pragma once

#include <string>
#include <vector>

#include "command.hpp"

namespace cli {

/// Writes the man pages moe.1 and moe-COMMAND.1, and completion for bash (moe.bash), zsh (_moe) and fish (moe.fish),
/// into an existing directory.
void write_manual(const std::vector<Command>& commands, const std::string& directory);

}  // namespace cli
