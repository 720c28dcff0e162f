// JSON within bounds: what is just inside is read, what is just outside is not.
#include "base/json/bounded_json.hpp"

#include <catch2/catch.hpp>
#include <string>

namespace {

/// `count` parts between a head and a tail, commas between them.
std::string several(std::size_t count, const std::string& head, const std::string& part, const std::string& tail) {
  std::string text = head;
  for (std::size_t i = 0; i < count; ++i) text += (i > 0 ? "," : "") + part;
  return text + tail;
}

bool is_read(const std::string& text) { return moe::parse_bounded_json(text).has_value(); }

}  // namespace

TEST_CASE("JSON is read up to 2^18 values, names, lists and objects", "[json]") {
  constexpr std::size_t kMost = 262144;
  for (const char* one : {"0", "-1", "1.5", "\"a\"", "true", "null", "[]", "{}"}) {
    CAPTURE(one);
    CHECK(is_read(several(kMost - 1, "[", one, "]")));  // the list is one, too
    CHECK_FALSE(is_read(several(kMost, "[", one, "]")));
  }
  // A list, and in it objects of a name and a value: three each.
  CHECK(is_read(several((kMost - 1) / 3, "[", "{\"a\":0}", "]")));
  CHECK_FALSE(is_read(several((kMost - 1) / 3 + 1, "[", "{\"a\":0}", "]")));
}

TEST_CASE("JSON is read six levels deep", "[json]") {
  CHECK(is_read("[[[[[[0]]]]]]"));
  CHECK_FALSE(is_read("[[[[[[[0]]]]]]]"));
  CHECK(is_read(R"({"a":{"a":{"a":[{"a":{"a":0}}]}}})"));
  CHECK_FALSE(is_read(R"({"a":{"a":{"a":[{"a":{"a":[]}}]}}})"));
  CHECK(is_read("[[[[[[0]]]]],[[[[[0]]]]]]"));  // what is closed counts no more
}

TEST_CASE("JSON that is none, or names a member twice, is not read", "[json]") {
  CHECK(moe::parse_bounded_json(R"({"a":[1,"b"],"c":{"a":true}})") ==
        nlohmann::json({{"a", {1, "b"}}, {"c", {{"a", true}}}}));
  for (const char* text :
       {"", " ", "[", "[0,]", "{\"a\"}", "0 0", "nul", R"({"a":0,"a":0})", R"([{"a":{"b":0,"b":1}}])"}) {
    CAPTURE(text);
    CHECK_FALSE(is_read(text));
  }
}
