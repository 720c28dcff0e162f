// `moe train --auto`: the fit that is asked no question.
#pragma once

#include "command.hpp"

namespace cli {

/// Reads the table, lets the library find a model, saves it and says what was tried.
void fit_automatic(const Arguments& arguments);

}  // namespace cli
