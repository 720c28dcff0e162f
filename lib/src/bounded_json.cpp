#include "bounded_json.hpp"

namespace moe {
namespace {

using Json = nlohmann::json;

/// Thrown out of the parser, which has no other way to be stopped.
struct BeyondLimits {};

std::size_t count_members(const Json& value) {
  if (!value.is_structured()) return 0;
  std::size_t count = value.is_object() ? value.size() : 0;
  for (const Json& item : value) count += count_members(item);
  return count;
}

}  // namespace

std::optional<Json> parse_bounded_json(std::string_view text) {
  std::size_t items = 0, names = 0;
  const auto count = [&](int depth, Json::parse_event_t event, Json&) {
    if (depth > kMaxJsonDepth || ++items > kMaxJsonItems) throw BeyondLimits();
    names += event == Json::parse_event_t::key ? 1 : 0;
    return true;
  };
  try {
    Json value = Json::parse(text.begin(), text.end(), count, /*allow_exceptions=*/false);
    // Of two members of one name the parser keeps one.
    if (value.is_discarded() || count_members(value) != names) return std::nullopt;
    return value;
  } catch (const BeyondLimits&) {
    return std::nullopt;
  }
}

}  // namespace moe
