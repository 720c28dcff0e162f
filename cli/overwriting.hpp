// No command writes over what it reads.
#pragma once

#include <string>

#include "command.hpp"

namespace cli {

/// Throws Error (usage) where a file that the options name for output is one that the command reads: its table, another
/// table that an option names, or its model. Files are told apart by device and inode, so that links and other
/// spellings of a path are found. A model that is fitted further or calibrated may take the place of the old one.
void require_other_outputs(const Command& command, const Arguments& arguments);
/// The same for one file, of which the option tells a pattern.
void require_other_output(const std::string& command, const Arguments& arguments, const std::string& option,
                          const std::string& path);

}  // namespace cli
