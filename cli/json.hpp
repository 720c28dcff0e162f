// JSON as the commands print it.
#pragma once

#include <cmath>
#include <nlohmann/json.hpp>

namespace cli {

using Json = nlohmann::ordered_json;

/// `value`, or null where it is not finite.
inline Json number(double value) { return std::isfinite(value) ? Json(value) : Json(nullptr); }

}  // namespace cli
