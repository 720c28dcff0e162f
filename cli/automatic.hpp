// `moe train` where it makes committees: the automatic fit, which chooses the models itself, and --committee.
#pragma once

#include "command.hpp"
#include "moe/train.hpp"

namespace cli {

/// The option that describes a model, so that the user does not ask for the automatic fit; "" where there is none, or
/// --auto is given.
std::string describing_option(const Arguments& arguments);
/// Reads the table, lets the library find a model, saves it and says what was tried.
void fit_automatic(const Arguments& arguments);
/// --committee B: the same for B fits of one model.
void fit_committee(const Arguments& arguments, moe::ModelSpec spec);

}  // namespace cli
