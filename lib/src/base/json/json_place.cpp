#include "base/json/json_place.hpp"

#include <limits>
#include <set>

namespace moe {
namespace {

using Json = nlohmann::json;

/// What messages call the value: for a list or an object just its kind, not its content.
std::string kind_of(const Json& value) {
  switch (value.type()) {
    case Json::value_t::null:
      return "null";
    case Json::value_t::boolean:
      return value.get<bool>() ? "true" : "false";
    case Json::value_t::string:
      return "the text '" + printable(value.get_ref<const std::string&>()) + "'";
    case Json::value_t::array:
      return "a list";
    case Json::value_t::object:
      return "an object";
    default:
      return "the number " + value.dump();
  }
}

[[noreturn]] void wrong_kind(const std::string& place, const Json& value, const std::string& expected) {
  throw ModelFault(place, "this is " + kind_of(value) + ": expected " + expected, ModelFault::Kind::kShape);
}

double number_at(const std::string& place, const Json& value) {
  if (!value.is_number()) wrong_kind(place, value, "a number");
  return value.get<double>();
}

}  // namespace

std::string place_of(const std::string& place, const std::string& member) {
  std::string result = place + "/";
  for (const char c : member) {
    if (c == '~') result += "~0";
    if (c == '/') result += "~1";
    if (c != '~' && c != '/') result += c;
  }
  return result;
}

std::string place_of(const std::string& place, std::size_t element) { return place + "/" + std::to_string(element); }

void JsonPlace::wrong(const std::string& expected) const { wrong_kind(path_, *value_, expected); }

bool JsonPlace::has(const std::string& member) const {
  if (!value_->is_object()) wrong("an object");
  return value_->contains(member);
}

JsonPlace JsonPlace::at(const std::string& member) const {
  if (!has(member)) throw ModelFault(path_, "there is no '" + member + "': expected it", ModelFault::Kind::kShape);
  return {value_->at(member), place_of(path_, member)};
}

const Json::array_t& JsonPlace::list(const char* expected) const {
  if (!value_->is_array()) wrong(expected);
  return value_->get_ref<const Json::array_t&>();
}

std::vector<JsonPlace> JsonPlace::items() const {
  std::vector<JsonPlace> result;
  for (const Json& item : list("a list")) result.emplace_back(item, place_of(path_, result.size()));
  return result;
}

std::vector<std::string> JsonPlace::members() const {
  if (!value_->is_object()) wrong("an object");
  std::vector<std::string> result;
  for (const auto& member : value_->items()) result.push_back(member.key());
  return result;
}

const std::string& JsonPlace::text() const {
  if (!value_->is_string()) wrong("text");
  const auto& result = value_->get_ref<const std::string&>();
  if (result.find('\0') != std::string::npos) fail("'" + printable(result) + "' holds a zero byte");
  return result;
}

std::string JsonPlace::text_or(const std::string& member, const std::string& otherwise) const {
  return has(member) ? at(member).text() : otherwise;
}

double JsonPlace::number() const { return number_at(path_, *value_); }

double JsonPlace::number_or_nan() const {
  return value_->is_null() ? std::numeric_limits<double>::quiet_NaN() : number();
}

std::vector<double> JsonPlace::numbers() const {
  const Json::array_t& all = list("a list of numbers");
  std::vector<double> result;
  result.reserve(all.size());
  for (const Json& item : all)
    result.push_back(item.is_number() ? item.get<double>() : number_at(place_of(path_, result.size()), item));
  return result;
}

bool JsonPlace::flag() const {
  if (!value_->is_boolean()) wrong("true or false");
  return value_->get<bool>();
}

std::size_t JsonPlace::index() const {
  if (!value_->is_number_unsigned()) wrong("a whole number of at least 0");
  return value_->get<std::size_t>();
}

std::vector<std::string> JsonPlace::distinct_texts() const {
  std::set<std::string> seen;
  std::vector<std::string> result;
  for (const JsonPlace& item : items()) {
    result.push_back(item.text());
    if (!seen.insert(result.back()).second)
      item.fail(path_.substr(path_.rfind('/') + 1) + " names '" + printable(result.back()) + "' twice");
  }
  return result;
}

}  // namespace moe
