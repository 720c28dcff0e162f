#include "base/json/bounded_json.hpp"

#include <string>

namespace moe {
namespace {

using Json = nlohmann::json;

/// Counts the parts of a text as the parser meets them, and stops the parser where there are too many. A callback of
/// the parser that builds values would not do: for each object it takes time in proportion to the length of the list
/// around it.
class Limits : public nlohmann::json_sax<Json> {
 public:
  std::size_t names() const { return names_; }

  bool null() override { return item(); }
  bool boolean(bool) override { return item(); }
  bool number_integer(Json::number_integer_t) override { return item(); }
  bool number_unsigned(Json::number_unsigned_t) override { return item(); }
  bool number_float(Json::number_float_t, const std::string&) override { return item(); }
  bool string(std::string&) override { return item(); }
  bool binary(Json::binary_t&) override { return item(); }
  bool start_object(std::size_t) override { return begin(); }
  bool start_array(std::size_t) override { return begin(); }
  bool end_object() override { return end(); }
  bool end_array() override { return end(); }
  bool key(std::string&) override {
    ++names_;
    return item();
  }
  bool parse_error(std::size_t, const std::string&, const Json::exception&) override { return false; }

 private:
  bool item() { return ++items_ <= kMaxJsonItems; }
  bool begin() { return ++depth_ <= kMaxJsonDepth && item(); }
  bool end() {
    --depth_;
    return true;
  }

  int depth_ = 0;
  std::size_t items_ = 0, names_ = 0;
};

std::size_t count_members(const Json& value) {
  if (!value.is_structured()) return 0;
  std::size_t count = value.is_object() ? value.size() : 0;
  for (const Json& item : value) count += count_members(item);
  return count;
}

}  // namespace

std::optional<Json> parse_bounded_json(std::string_view text) {
  Limits limits;
  if (!Json::sax_parse(text.begin(), text.end(), &limits)) return std::nullopt;
  Json value = Json::parse(text.begin(), text.end(), nullptr, /*allow_exceptions=*/false);
  // The parser keeps only one of two members of the same name.
  if (value.is_discarded() || count_members(value) != limits.names()) return std::nullopt;
  return value;
}

}  // namespace moe
