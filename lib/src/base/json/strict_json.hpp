// JSON that somebody wrote. An error names the place of what is wrong.
#pragma once

#include <nlohmann/json.hpp>
#include <string_view>

namespace moe {

/// The value that `text` describes. Throws ModelFault where the text is no JSON, names a member twice, has a number too
/// large for a double, or nests lists and objects deeper than any model does. Keeps the sign of -0.
nlohmann::json parse_strict_json(std::string_view text);

}  // namespace moe
