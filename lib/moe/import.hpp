// A model from the JSON that `export_model(model, "json")` writes, edited or made by a script; share/moe/model.schema.json
// describes it.
#pragma once

#include <string>
#include <string_view>

#include "moe/model.hpp"

namespace moe {

/// Reads a model from `path` ("-": standard input). Throws Error: io where it cannot be read; model, with the JSON pointer of what
/// is wrong, where the text is no model: "model.json: /gate/link: unknown gate link ..".
Model import_model(const std::string& path);

/// The same of a text; `name` begins each message.
Model import_model(std::string_view text, const std::string& name);

}  // namespace moe
