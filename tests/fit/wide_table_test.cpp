// Tables with more inputs than rows: the coefficients of dependent columns stay 0.
#include <catch2/catch.hpp>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <sstream>

#include "shell.hpp"

namespace {

/// `rows` rows of so many inputs and a target; deterministic, but without structure.
std::string table(int rows, int inputs) {
  std::ostringstream text;
  for (int j = 1; j <= inputs; ++j) text << 'x' << j << ',';
  text << "y\n";
  std::uint32_t state = 1;
  const auto next = [&] { return state = state * 1664525u + 1013904223u, static_cast<double>(state >> 8) / (1 << 24); };
  for (int i = 0; i < rows; ++i) {
    for (int j = 0; j < inputs; ++j) text << next() << ',';
    text << next() << '\n';
  }
  return text.str();
}

}  // namespace

TEST_CASE("one expert of a table with more inputs than rows is the fit of its first independent columns", "[wide]") {
  const Shell sh;
  sh.write("d.csv", table(11, 2000));
  const Ran wide = sh("timeout 20 moe train -k 1 d.csv -o wide.moe");
  INFO(wide);
  REQUIRE(wide.status == 0);
  CHECK(wide.err.find("not converged") == std::string::npos);
  CHECK(wide.err.find("11 free parameters") == std::string::npos);  // with sigma there are 12
  CHECK(wide.err.find(", 12 free parameters") != std::string::npos);
  CHECK(wide.err.find("note: x11, x12, x13") != std::string::npos);
  CHECK(wide.err.find(" and 1970 more are told exactly by the other inputs") != std::string::npos);
  // The intercept and the first ten columns are as many as there are rows.
  REQUIRE(sh("moe train -k 1 -q --features x1-x10 d.csv -o narrow.moe").status == 0);
  const auto coefficients = [&](const std::string& model) {
    return nlohmann::json::parse(sh("moe inspect --json " + model).out).at("experts")[0].at("coefficients");
  };
  const auto all = coefficients("wide.moe"), few = coefficients("narrow.moe");
  CHECK(all.size() == 2001);
  for (const auto& [name, value] : few.items()) {
    INFO(name);
    CHECK(all.at(name).get<double>() == Approx(value.get<double>()).epsilon(1e-6));
  }
  CHECK(all.at("x11") == 0);
  CHECK(all.at("x2000") == 0);
  CHECK(sh("moe eval -m wide.moe d.csv && moe predict -m wide.moe d.csv").status == 0);
}

TEST_CASE("two experts and classes of a wide table are fitted over independent columns, too", "[wide]") {
  const Shell sh;
  sh.write("d.csv", table(30, 200));
  for (const std::string options :
       {"-k 2 --restarts 2", "-k 1 --l2 0.1", "-k 2 --restarts 2 --expert-features 1=x1-x5"}) {
    const Ran ran = sh("timeout 60 moe train " + options + " d.csv -o m.moe && moe predict -m m.moe d.csv | wc -l");
    INFO(ran);
    CHECK(ran.status == 0);
    CHECK(ran.out == "31\n");
  }
}

TEST_CASE("a wide table's covariance is kept up to 8 MiB, and the model can be read beyond", "[wide]") {
  // The covariance's factor has a row for each of the inputs, the intercept, sigma and the gate's intercept, and a
  // column for each of the 400 independent coefficients and sigma: 2614 x 401 numbers of 8 bytes are less than 8 MiB,
  // 2615 x 401 are more.
  const Shell sh;
  const std::string said = "the covariance would take more than the 8 MiB that a model keeps";
  for (const int inputs : {2611, 2612}) {
    CAPTURE(inputs);
    sh.write("d.csv", table(400, inputs));
    const Ran ran = sh("moe train -k 1 --l2 1 -q d.csv -o m.moe && moe inspect --json m.moe");
    REQUIRE(ran.status == 0);
    const auto model = nlohmann::json::parse(ran.out);
    const std::string notes = model.at("inference").at("notes").dump();
    INFO(notes);
    const bool kept = inputs == 2611;
    CHECK(model.at("experts")[0].at("standard_errors").at("x1").is_null() != kept);
    CHECK((notes.find(said) == std::string::npos) == kept);
  }
}

TEST_CASE("a fit that ends below one expert's says so", "[simpler]") {
  const Shell sh;
  // One value of 999999 among ordinary ones: small steps would not reach the maximum.
  const Ran ran = sh("moe train --solver adam $DATA/cases/sentinel.csv -o m.moe");
  INFO(ran);
  CHECK(ran.err.find("warning: one expert alone explains the rows better") != std::string::npos);
  const auto guards = nlohmann::json::parse(sh("moe inspect --json m.moe").out).at("guards");
  // The maximum of the likelihood of a normal distribution: -n / 2 (log(2 pi s^2) + 1).
  CHECK(guards.at("simpler").get<double>() > -2500);
  const Ran fine = sh("moe gen two-lines -o d.csv && moe train -k 2 d.csv -o m.moe");
  CHECK(fine.err.find("one expert alone") == std::string::npos);
  CHECK(nlohmann::json::parse(sh("moe inspect --json m.moe").out).at("guards").at("simpler").is_null());
}
