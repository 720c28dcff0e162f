#include "base/json/strict_json.hpp"

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "base/json/bounded_json.hpp"
#include "base/json/json_place.hpp"

namespace moe {
namespace {

using Json = nlohmann::json;

/// "line 3, column 7" for a place in the text, both counted from 1.
std::string line_of(std::string_view text, std::size_t byte) {
  const std::string_view before = text.substr(0, std::min(byte == 0 ? 0 : byte - 1, text.size()));
  const std::size_t line_end = before.rfind('\n');
  return "line " + std::to_string(1 + std::count(before.begin(), before.end(), '\n')) + ", column " +
         std::to_string(before.size() - (line_end == std::string_view::npos ? 0 : line_end + 1) + 1);
}

/// Writes -0 as -0.0, of which the parser keeps the sign. The text must be JSON.
std::string with_signed_zeros(std::string_view text) {
  std::string result;
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    result += text[i];
    if (quoted && text[i] == '\\')
      result += text[++i];
    else if (text[i] == '"')
      quoted = !quoted;
    const bool ends = i + 1 == text.size() || std::string_view(".eE").find(text[i + 1]) == std::string_view::npos;
    if (!quoted && ends && text[i] == '0' && i > 0 && text[i - 1] == '-' &&
        (i < 2 || (text[i - 2] != 'e' && text[i - 2] != 'E')))
      result += ".0";
  }
  return result;
}

/// Throws where the text is no JSON, and where it is JSON that no model has: an object with the same member twice, or
/// lists nested too deeply.
class Strict : public nlohmann::json_sax<Json> {
 public:
  explicit Strict(std::string_view text) : text_(text) {}

  bool null() override { return value(); }
  bool boolean(bool) override { return value(); }
  bool number_integer(Json::number_integer_t) override { return value(); }
  bool number_unsigned(Json::number_unsigned_t) override { return value(); }
  bool number_float(Json::number_float_t, const std::string&) override { return value(); }
  bool string(std::string&) override { return value(); }
  bool binary(Json::binary_t&) override { return value(); }
  bool start_object(std::size_t) override { return begin(false); }
  bool start_array(std::size_t) override { return begin(true); }
  bool end_object() override { return end(); }
  bool end_array() override { return end(); }
  bool key(std::string& name) override {
    if (!open_.back().members.insert(name).second)
      throw ModelFault(place(), "member '" + printable(name) + "' stands twice here: expected it once");
    open_.back().member = name;
    return true;
  }
  bool parse_error(std::size_t byte, const std::string& token, const Json::exception& error) override {
    const bool number = error.id == 406;  // the number is too large for a double
    throw ModelFault(number ? place() : "",
                     number ? "the number " + printable(token) + " is too large: expected one that a double holds"
                            : "this is not JSON from " + line_of(text_, byte) +
                                  " on: expected what 'moe export --format json' writes");
  }

 private:
  struct Open {
    bool list;
    std::size_t element = 0;
    std::string member{};
    std::set<std::string> members{};
  };

  /// The pointer of the next value, or of the object if the parser is about to read a member's name.
  std::string place() const {
    std::string result;
    for (const Open& open : open_) {
      if (open.list) result = place_of(result, open.element);
      if (!open.list && !open.member.empty()) result = place_of(result, open.member);
    }
    return result;
  }
  bool value() {
    if (open_.empty()) return true;
    ++open_.back().element;
    open_.back().member.clear();
    return true;
  }
  bool begin(bool list) {
    if (open_.size() == kMaxJsonDepth)
      throw ModelFault(
          "",
          "lists and objects in each other, deeper than in any model: expected what 'moe export --format json' writes");
    open_.push_back({list});
    return true;
  }
  bool end() {
    open_.pop_back();
    return value();
  }

  std::string_view text_;
  std::vector<Open> open_;
};

}  // namespace

Json parse_strict_json(std::string_view text) {
  if (text.find_first_not_of(" \t\r\n") == std::string_view::npos)
    throw ModelFault("", "there is nothing in it: expected what 'moe export --format json' writes");
  Strict strict(text);
  Json::sax_parse(text.begin(), text.end(), &strict);
  const std::string whole = with_signed_zeros(text);
  return Json::parse(whole.begin(), whole.end());
}

}  // namespace moe
