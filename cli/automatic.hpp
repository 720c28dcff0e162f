// `moe train` where it makes committees: the automatic fit, which chooses the models itself, and --committee.
#pragma once

#include "command.hpp"
#include "moe/train.hpp"

namespace cli {

/// Whether the user says --auto, or says nothing that describes a model.
bool asks_for_automatic(const Arguments& arguments);
/// Reads the table, lets the library find a model, saves it and says what was tried.
void fit_automatic(const Arguments& arguments);
/// --committee B: the same for B fits of one model.
void fit_committee(const Arguments& arguments, moe::ModelSpec spec);

}  // namespace cli
