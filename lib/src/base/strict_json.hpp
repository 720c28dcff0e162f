// JSON that somebody wrote: what is wrong with it is told with its place.
#pragma once

#include <nlohmann/json.hpp>
#include <string_view>

namespace moe {

/// The value that `text` describes. Throws ModelFault: where it is no JSON, names a member twice, holds a number beyond any double, or lists
/// and objects deeper in each other than in any model. -0 keeps its sign.
nlohmann::json parse_strict_json(std::string_view text);

}  // namespace moe
