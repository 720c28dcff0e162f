// JSON from a file that may have been made to do harm.
#pragma once

#include <cstddef>
#include <nlohmann/json.hpp>
#include <optional>
#include <string_view>

namespace moe {

/// No header of ours reaches these limits. A deeper or longer text is refused before anything is built from it. Each
/// value, name, list and object counts as one item, and takes at most some 150 bytes of memory beside its characters.
constexpr int kMaxJsonDepth = 6;
constexpr std::size_t kMaxJsonItems = std::size_t{1} << 18;

/// The value that `text` describes. Returns nothing where the text is no JSON, exceeds the limits, or names a member
/// twice.
std::optional<nlohmann::json> parse_bounded_json(std::string_view text);

}  // namespace moe
