// A JSON value with its place, so that what is wrong with it can be told by a JSON pointer (RFC 6901).
#pragma once

#include <cstddef>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "moe/error.hpp"

namespace moe {

/// What keeps a model that somebody wrote from being one, and where: "/gate/link"; what() is the sentence alone.
class ModelFault : public Error {
 public:
  /// kShape: a member that is not there, or of another type than it should be; kMeaning: what it says cannot be.
  enum class Kind { kShape, kMeaning };
  ModelFault(std::string place, const std::string& sentence, Kind kind = Kind::kMeaning)
      : Error(ErrorKind::kModel, sentence), place_(std::move(place)), fault_(kind) {}
  const std::string& place() const { return place_; }
  Kind fault() const { return fault_; }

 private:
  std::string place_;
  Kind fault_;
};

/// `code`'s result; an Error of it becomes a ModelFault at `place`.
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

/// The pointer of a member or an element of what stands at `place`.
std::string place_of(const std::string& place, const std::string& member);
std::string place_of(const std::string& place, std::size_t element);

/// Does not own the value. What is asked of it and not so throws ModelFault (kShape).
class JsonPlace {
 public:
  using Json = nlohmann::json;
  JsonPlace(const Json& value, std::string path) : value_(&value), path_(std::move(path)) {}

  const std::string& path() const { return path_; }
  bool is_null() const { return value_->is_null(); }
  bool has(const std::string& member) const;
  JsonPlace at(const std::string& member) const;
  /// Each of a list.
  std::vector<JsonPlace> items() const;
  /// The names of an object's members.
  std::vector<std::string> members() const;

  /// Without a zero byte, which no table has, and which would end it early in programs written in C.
  const std::string& text() const;
  std::string text_or(const std::string& member, const std::string& otherwise) const;
  double number() const;
  /// A number, or null for NaN.
  double number_or_nan() const;
  /// A list of numbers.
  std::vector<double> numbers() const;
  bool flag() const;
  /// A whole number of at least 0, written as one.
  bool is_index() const { return value_->is_number_unsigned(); }
  std::size_t index() const;
  /// A list of texts, each of them once.
  std::vector<std::string> distinct_texts() const;

  [[noreturn]] void fail(const std::string& sentence) const { throw ModelFault(path_, sentence); }

 private:
  const Json::array_t& list(const char* expected) const;
  [[noreturn]] void wrong(const std::string& expected) const;

  const Json* value_;
  std::string path_;
};

}  // namespace moe
