// What a checkpoint says of the run that it is of, so that the run goes on and no other one.
#pragma once

#include <optional>
#include <string>

#include "command.hpp"
#include "moe/dataset.hpp"

namespace cli {

/// The options that decide what comes out, and fingerprints of the rows, as text.
std::string words_of_run(const Arguments& arguments, const moe::Schema& schema, const moe::Dataset& rows,
                         const std::optional<moe::Dataset>& validation);

/// The arguments of the run that these words are of, and what is given now beside them. Throws Error: usage for an option that is
/// another one now, by its name; model for words that are none.
Arguments as_begun(const Arguments& now, const std::string& words);

/// Throws Error (data) where the words now are of other rows than those then; the options agree.
void require_same_rows(const std::string& then, const std::string& now);

}  // namespace cli
