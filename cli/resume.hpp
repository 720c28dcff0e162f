// The words in a checkpoint that describe its run. With them, a run can be continued as it began, and no other one by
// mistake.
#pragma once

#include <optional>
#include <string>

#include "command.hpp"
#include "moe/dataset.hpp"

namespace cli {

/// The options on which the result depends, and fingerprints of the rows, as text.
std::string words_of_run(const Arguments& arguments, const moe::Schema& schema, const moe::Dataset& rows,
                         const std::optional<moe::Dataset>& validation);

/// The arguments with which the described run began, together with those given now. Throws Error: usage for an option
/// that differs now, by name; model for words that cannot be read.
Arguments as_begun(const Arguments& now, const std::string& words);

/// The command, for a shell, that goes on with the run of a checkpoint. Options on which the result depends are in the
/// checkpoint.
std::string command_to_go_on(const Arguments& arguments, const std::string& checkpoint);

/// Throws Error (data) where the rows now differ from those then. The options must agree.
void require_same_rows(const std::string& then, const std::string& now);

}  // namespace cli
