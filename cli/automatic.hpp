// `moe train --auto`, which chooses the model itself.
#pragma once

#include "command.hpp"

namespace cli {

/// Reads the table, lets the library find a model, saves it and says what was tried.
void fit_automatic(const Arguments& arguments);

}  // namespace cli
