// How lists of names, numbers and ranges choose columns.
#include "moe/columns.hpp"

#include <catch2/catch.hpp>

#include "moe/error.hpp"

namespace {

using Columns = std::vector<std::size_t>;

const std::vector<std::string> kNames{"a", "b", "c", "d-e", "f", "b-d"};

Columns chosen(const std::string& words, const Columns& excluded = {}) {
  return moe::select_columns(words, kNames, excluded);
}

}  // namespace

TEST_CASE("a range is every column from one to the other, be they the same", "[columns]") {
  CHECK(chosen("a-c") == Columns{0, 1, 2});
  CHECK(chosen("b-b") == Columns{1});
  CHECK(chosen("3-3") == Columns{2});
  CHECK(chosen("1-6") == Columns{0, 1, 2, 3, 4, 5});
  CHECK(chosen("a-2") == Columns{0, 1});
  CHECK(chosen("c-d-e") == Columns{2, 3});
  CHECK(chosen("d-e-f") == Columns{3, 4});
  CHECK(chosen("d-e-d-e") == Columns{3});
  CHECK(chosen("b-d") == Columns{5});  // a name comes before a range
  for (const char* wrong : {"c-a", "2-1", "0-1", "6-7", "a-", "a--c", "-", ""}) {
    CAPTURE(wrong);
    CHECK_THROWS_AS(chosen(wrong), moe::Error);
  }
}

TEST_CASE("columns are names or their numbers, each once, in the order of the list", "[columns]") {
  CHECK(chosen("c,a,c,1") == Columns{2, 0});
  CHECK(chosen("6,f,1") == Columns{5, 4, 0});
  CHECK(chosen("b-c,c-f") == Columns{1, 2, 3, 4});
  for (const char* wrong : {"0", "7", "1.0", "a,", "x", "A"}) {
    CAPTURE(wrong);
    CHECK_THROWS_AS(chosen(wrong), moe::Error);
  }
}

TEST_CASE("a dash in front leaves columns out, of all that are no target where nothing else is named", "[columns]") {
  CHECK(chosen("-b", {0}) == Columns{2, 3, 4, 5});
  CHECK(chosen("-a-c", {4}) == Columns{3, 5});
  CHECK(chosen("-b-b", {}) == Columns{0, 2, 3, 4, 5});
  CHECK(chosen("a-c,-b") == Columns{0, 2});
  CHECK(chosen("-b,a-c") == Columns{0, 2});
  CHECK(chosen("-1,-6,-3", {1}) == Columns{3, 4});
}

TEST_CASE("what is said of one expert holds over what is said of all, in either order", "[columns]") {
  const std::vector<std::string> names{"x1", "x2", "x3", "x4", "y"};
  for (const bool first : {true, false}) {
    moe::ColumnRequest request;
    request.features = "x1-x3";
    request.gate_features = "x4-x4";
    request.expert_features = {"2=x3", "x1,x2"};
    if (!first) std::swap(request.expert_features[0], request.expert_features[1]);
    const moe::BranchColumns found = moe::branch_columns(request, names, {4}, 3);
    CHECK(found.gate == Columns{3});
    CHECK(found.experts == std::vector<Columns>{{0, 1}, {2}, {0, 1}});
  }
  const moe::BranchColumns plain = moe::branch_columns({}, names, {4}, 2);
  CHECK(plain.gate == Columns{0, 1, 2, 3});
  CHECK(plain.experts == std::vector<Columns>(2, Columns{0, 1, 2, 3}));
  for (const char* wrong : {"0=x1", "4=x1", "1.5=x1", "1=y"}) {
    CAPTURE(wrong);
    moe::ColumnRequest request;
    request.expert_features = {wrong};
    CHECK_THROWS_AS(moe::branch_columns(request, names, {4}, 3), moe::Error);
  }
  moe::ColumnRequest third;
  third.expert_features = {"3=x2"};
  CHECK(moe::branch_columns(third, names, {4}, 3).experts[2] == Columns{1});
}
