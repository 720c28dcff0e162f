// JSON objects shared by what describes a model and what exports it.
#pragma once

#include <nlohmann/json.hpp>

#include "moe/model.hpp"

namespace moe {

using Json = nlohmann::ordered_json;

/// What `moe inspect --json` prints.
Json describe(const Model& model);
/// `value`, or null where it is not finite.
Json number_or_null(double value);

}  // namespace moe
