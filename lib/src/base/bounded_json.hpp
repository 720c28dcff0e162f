// JSON from a file that may have been made to do harm.
#pragma once

#include <cstddef>
#include <nlohmann/json.hpp>
#include <optional>
#include <string_view>

namespace moe {

/// Beyond any header of ours. A deeper or longer text is refused before anything is built of it: a value, a name, a list and an
/// object count one each, and none takes more than some 150 bytes of memory, its characters aside.
constexpr int kMaxJsonDepth = 6;
constexpr std::size_t kMaxJsonItems = std::size_t{1} << 18;

/// The value that `text` describes; nothing where it is no JSON, goes beyond the limits, or names a member twice.
std::optional<nlohmann::json> parse_bounded_json(std::string_view text);

}  // namespace moe
