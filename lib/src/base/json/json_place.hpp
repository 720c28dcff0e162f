// A JSON value together with its place, so that an error can name the place by a JSON pointer (RFC 6901).
#pragma once

#include <cstddef>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "moe/error.hpp"

namespace moe {

/// An error in a model that somebody wrote, and its place, such as "/gate/link". what() is the sentence without the
/// place.
class ModelFault : public Error {
 public:
  /// kShape: a member is missing or has the wrong type. kMeaning: the type is right, but the value is not possible.
  enum class Kind { kShape, kMeaning };
  ModelFault(std::string place, const std::string& sentence, Kind kind = Kind::kMeaning)
      : Error(ErrorKind::kModel, sentence), place_(std::move(place)), fault_(kind) {}
  const std::string& place() const { return place_; }
  Kind fault() const { return fault_; }

 private:
  std::string place_;
  Kind fault_;
};

/// Returns code's result. An Error that it throws becomes a ModelFault at `place`.
template <class Code>
auto at_place(const std::string& place, Code&& code) {
  try {
    return code();
  } catch (const ModelFault&) {
    throw;
  } catch (const Error& error) {
    throw ModelFault(place, error.what());
  }
}

/// The JSON pointer of a member or an element of the value at `place`.
std::string place_of(const std::string& place, const std::string& member);
std::string place_of(const std::string& place, std::size_t element);

/// Refers to a JSON value, which it does not own. Each function throws ModelFault (kShape) where the value is not of
/// its type.
class JsonPlace {
 public:
  using Json = nlohmann::json;
  JsonPlace(const Json& value, std::string path) : value_(&value), path_(std::move(path)) {}

  const std::string& path() const { return path_; }
  bool is_null() const { return value_->is_null(); }
  bool has(const std::string& member) const;
  JsonPlace at(const std::string& member) const;
  /// The elements of a list.
  std::vector<JsonPlace> items() const;
  /// The names of the members of an object.
  std::vector<std::string> members() const;

  /// A text without a zero byte. Tables have no zero bytes, and in C a text would end there.
  const std::string& text() const;
  std::string text_or(const std::string& member, const std::string& otherwise) const;
  double number() const;
  /// A number; null stands for NaN.
  double number_or_nan() const;
  /// The elements of a list of numbers.
  std::vector<double> numbers() const;
  bool flag() const;
  /// Whether it is a whole number that is not negative, and written as one.
  bool is_index() const { return value_->is_number_unsigned(); }
  std::size_t index() const;
  /// The elements of a list of texts, none of which may occur twice.
  std::vector<std::string> distinct_texts() const;

  [[noreturn]] void fail(const std::string& sentence) const { throw ModelFault(path_, sentence); }

 private:
  const Json::array_t& list(const char* expected) const;
  [[noreturn]] void wrong(const std::string& expected) const;

  const Json* value_;
  std::string path_;
};

}  // namespace moe
