// JSON objects that descriptions and exporters share.
#pragma once

#include <nlohmann/json.hpp>

#include "moe/model.hpp"

namespace moe {

using Json = nlohmann::ordered_json;

/// The JSON of `moe inspect --json`.
Json describe(const Model& model);
/// `value`, or null where it is not finite.
Json number_or_null(double value);

}  // namespace moe
