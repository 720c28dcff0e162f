// How few rows make a tight expert spurious: fewer than four different ones for each coefficient.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <nlohmann/json.hpp>
#include <sstream>

#include "shell.hpp"

namespace {

/// A wide cloud of 60 rows, and `tight` rows that lie within 0.002 of a line, each of them `times` times. `inputs` is 1
/// or 2.
std::string cloud_and_line(int tight, int times, int inputs) {
  std::ostringstream rows;
  rows.precision(9);
  rows << (inputs == 1 ? "x,y\n" : "x,z,y\n");
  const auto part = [](double value) { return value - std::floor(value); };
  const auto row = [&](double x, double z, double y) {
    rows << x << ',';
    if (inputs == 2) rows << z << ',';
    rows << y << '\n';
  };
  for (int i = 0; i < 60; ++i) {
    const double u = part(std::sin(12.9898 * i) * 43758.5453), v = part(std::sin(78.233 * i) * 43758.5453);
    row(i / 60.0, part(0.618034 * i), 2 * (i / 60.0) + 2 * (u + v) - 2);
  }
  for (int i = 0; i < tight; ++i)
    for (int j = 0; j < times; ++j) {
      const double x = 0.05 + 0.9 * i / tight, z = inputs == 1 ? 0 : part(0.618034 * i + 0.3);
      row(x, z, 8 - 3 * x + z + 0.002 * std::sin(3.7 * i));
    }
  return rows.str();
}

struct Found {
  bool set_aside, tight_expert;
};

Found fitted(int tight, int times, int inputs) {
  const Shell sh;
  sh.write("d.csv", cloud_and_line(tight, times, inputs));
  const Ran ran = sh("moe train -k 2 -y y d.csv -o m.moe && moe inspect --json m.moe");
  INFO(ran);
  REQUIRE(ran.status == 0);
  const nlohmann::json model = nlohmann::json::parse(ran.out);
  double least = 1;
  for (const auto& expert : model.at("experts")) least = std::min(least, expert.at("sigma").get<double>());
  return {ran.err.find("set aside as spurious") != std::string::npos, least < 0.01};
}

}  // namespace

TEST_CASE("an expert of fewer than four rows for each coefficient is set aside as spurious", "[spurious]") {
  for (const int inputs : {1, 2}) {
    const int coefficients = 1 + inputs;
    CAPTURE(inputs);
    const Found few = fitted(4 * coefficients - 1, 1, inputs);
    CHECK(few.set_aside);
    CHECK_FALSE(few.tight_expert);
    const Found enough = fitted(4 * coefficients + 1, 1, inputs);
    CHECK_FALSE(enough.set_aside);
    CHECK(enough.tight_expert);
  }
}

TEST_CASE("rows that stand there three times are one coincidence each", "[spurious]") {
  CHECK_FALSE(fitted(7, 3, 1).tight_expert);
  CHECK(fitted(9, 3, 1).tight_expert);
}
