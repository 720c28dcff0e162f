// NIST's Statistical Reference Datasets for linear regression, run by the program.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <nlohmann/json.hpp>

#include "moe/csv.hpp"
#include "shell.hpp"

namespace {

struct Certified {
  std::string set, parameter;
  double estimate, sd, residual_sd;
};

std::vector<Certified> certified() {
  moe::CsvReader reader(MOE_SOURCE "/testdata/nist/certified.csv");
  std::vector<Certified> result;
  while (reader.next())
    result.push_back({std::string(reader.fields()[0]), std::string(reader.fields()[1]), reader.number(2),
                      reader.number(3), reader.number(4)});
  return result;
}

/// How many digits two numbers share: -log10 of the relative error, at most 15, as NIST counts.
double digits(double found, double expected) {
  const double error = std::abs(found - expected) / std::abs(expected);
  return error > 0 ? std::min(-std::log10(error), 15.0) : 15;
}

}  // namespace

TEST_CASE("linear regressions have the digits that NIST certifies", "[nist]") {
  struct Set {
    std::string name, network;
    double least;  // digits of the least accurate coefficient
  };
  // The Wampler targets have less and less signal: wampler5's coefficients are 1, and their standard deviations 1e3 to
  // 2e7.
  const std::vector<Set> sets = {{"norris", "linear", 11},
                                 {"pontius", "poly:2", 11},
                                 {"noint1", "linear:no-intercept", 11},
                                 {"noint2", "linear:no-intercept", 11},
                                 {"filip", "poly:10", 7},
                                 {"longley", "linear", 12},
                                 {"wampler1", "poly:5", 9},
                                 {"wampler2", "poly:5", 9},
                                 {"wampler3", "poly:5", 7},
                                 {"wampler4", "poly:5", 7},
                                 {"wampler5", "poly:5", 7}};
  const std::vector<Certified> all = certified();
  REQUIRE(all.size() == 55);
  const Shell sh;
  for (const Set& set : sets) {
    INFO(set.name);
    const Ran ran = sh("moe train -y y -k 1 --family gaussian --expert " + set.network + " $DATA/nist/" + set.name +
                       ".csv -q -o m.moe && moe inspect --json m.moe && wc -l < $DATA/nist/" + set.name + ".csv");
    INFO(ran);
    REQUIRE(ran.status == 0);
    const std::size_t end = ran.out.rfind('}') + 1;
    const nlohmann::json expert = nlohmann::json::parse(ran.out.substr(0, end)).at("experts")[0];
    const double rows = std::stod(ran.out.substr(end)) - 1;
    double parameters = 0, residual_sd = 0;
    for (const Certified& figure : all) {
      if (figure.set != set.name) continue;
      INFO(figure.parameter);
      CHECK(digits(expert.at("coefficients").at(figure.parameter), figure.estimate) >= set.least);
      if (figure.sd > 0) {  // those of an exact fit are 0
        CHECK(digits(expert.at("standard_errors").at(figure.parameter), figure.sd) >= 13);
      }
      ++parameters;
      residual_sd = figure.residual_sd;
    }
    REQUIRE(parameters > 0);
    // Maximum likelihood divides by n, NIST by n - p. The sigma of an exact fit is on its floor.
    if (residual_sd > 0) CHECK(digits(expert.at("sigma"), residual_sd * std::sqrt((rows - parameters) / rows)) >= 11);
  }
}
