// Reads a model from JSON that `export_model(model, "json")` has written, and that may have been edited, or that a
// script has made. share/moe/model.schema.json describes it.
#pragma once

#include <string>
#include <string_view>

#include "moe/model.hpp"

namespace moe {

/// Reads a model from `path` ("-": standard input). Throws Error: io where it cannot be read; model where it is no
/// valid model; the message has the JSON pointer of the fault: "model.json: /gate/link: unknown gate link ..".
Model import_model(const std::string& path);

/// The same for a text. Messages begin with `name`.
Model import_model(std::string_view text, const std::string& name);

}  // namespace moe
