// A fit whose residuals are only rounding errors has converged, and gets a note.
#include <catch2/catch.hpp>
#include <cmath>
#include <nlohmann/json.hpp>
#include <sstream>

#include "shell.hpp"

namespace {

/// Trains, and checks that the fit is reported as exact, and that all results are finite.
nlohmann::json exact_fit(const Shell& sh, const std::string& options, const std::string& data, std::size_t experts) {
  const Ran ran = sh("moe train " + options + " " + data + " -o m.moe");
  INFO(ran);
  REQUIRE(ran.status == 0);
  CHECK(ran.err.find("not converged") == std::string::npos);
  CHECK(ran.err.find("exactly: what is left of them is rounding") != std::string::npos);
  nlohmann::json model = json_of(sh, "moe inspect --json m.moe");
  CHECK(model.at("fit").at("converged") == true);
  CHECK(model.at("guards").at("exact").size() == experts);
  CHECK(json_of(sh, "moe eval --json -m m.moe " + data).at("nll").is_number());
  const Ran predicted = sh("moe predict -m m.moe --output mean,sd,q0.05,density " + data);
  CHECK(predicted.status == 0);
  CHECK(predicted.out.find("nan") == std::string::npos);
  CHECK(predicted.out.find("inf") == std::string::npos);
  return model;
}

}  // namespace

TEST_CASE("a line without noise is fitted exactly by every full-batch solver", "[exact]") {
  const Shell sh;
  for (const std::string solver : {"em", "newton", "lbfgs"}) {
    INFO(solver);
    const auto model = exact_fit(sh, "-k 1 --solver " + solver, "$DATA/cases/exact_line.csv", 1);
    const auto& coefficients = model.at("experts")[0].at("coefficients");
    CHECK(coefficients.at("(intercept)").get<double>() == Approx(-7).epsilon(1e-9));
    CHECK(coefficients.at("x").get<double>() == Approx(3).epsilon(1e-9));
    CHECK(model.at("fit").at("iterations") < 100);
  }
}

TEST_CASE("two experts explain a line without noise exactly", "[exact]") {
  const Shell sh;
  for (const std::string solver : {"em", "lbfgs"})
    exact_fit(sh, "-k 2 --restarts 4 --solver " + solver, "$DATA/cases/exact_line.csv", 2);
}

TEST_CASE("squares, weights, several targets and other families: exact fits are told", "[exact]") {
  const Shell sh;
  std::ostringstream rows;
  rows.precision(17);
  rows << "x,y,z,w\n";
  for (int i = 0; i < 40; ++i) {
    const double x = 0.25 * i - 3;
    rows << x << ',' << 2 * x * x - x + 1 << ',' << 5 - 0.5 * x * x << ',' << 1 + i % 3 << '\n';
  }
  sh.write("d.csv", rows.str());
  const auto square = exact_fit(sh, "-k 1 -y y --features x --expert poly:2", "d.csv", 1);
  CHECK(square.at("experts")[0].at("coefficients").at("x^2").get<double>() == Approx(2).epsilon(1e-9));
  exact_fit(sh, "-k 1 -y y --features x --weight w --expert poly:2", "d.csv", 1);
  exact_fit(sh, "-k 1 -y y,z --features x --expert poly:2", "d.csv", 1);
  exact_fit(sh, "-k 1 -y y --features x --expert poly:2 --family student", "d.csv", 1);
}

TEST_CASE("a fit with noise is not told to be exact", "[exact]") {
  const Shell sh;
  const Ran ran = sh("moe gen two-lines -o d.csv && moe train -k 2 d.csv -o m.moe");
  INFO(ran);
  CHECK(ran.err.find("exactly") == std::string::npos);
  CHECK(json_of(sh, "moe inspect --json m.moe").at("guards").at("exact").empty());
}

TEST_CASE("two exact lines of fifty rows each are two experts, and not set aside", "[exact]") {
  const Shell sh;
  const Ran ran =
      sh("(echo x,y; for i in $(seq 0 49); do echo $i,$((3 * i - 7)); done; for i in $(seq 50 99); do echo $i,$((400 - "
         "2 * i)); "
         "done) > d.csv; moe train -k 2 -y y d.csv -o m.moe && moe predict -m m.moe d.csv | sed -n '2p;101p'");
  INFO(ran);
  REQUIRE(ran.status == 0);
  std::istringstream lines(ran.out);
  double first = 0, last = 0;
  lines >> first >> last;
  CHECK(first == Approx(-7).epsilon(1e-6));
  CHECK(last == Approx(202).epsilon(1e-6));
  CHECK(ran.err.find("note: expert 1, 2 fit their rows exactly: what is left of them is rounding, and sigma, the "
                     "log-likelihood and the errors tell of nothing else\n") != std::string::npos);
  CHECK(ran.err.find("20 of 20 starts") != std::string::npos);
}

// The target's grid has steps of 3, so the floor is a quarter of 3 / sqrt(12). Every family's scale ends there, for any
// number of experts.
TEST_CASE("one expert of an exact line has the floor that several have, and no more of them end lower", "[exact]") {
  const Shell sh;
  const double floor = 0.25 * 3 / std::sqrt(12.0);
  const double normal = -100 * (std::log(floor) + 0.5 * std::log(2 * M_PI)), laplace = -100 * std::log(2 * floor);
  for (const std::string family : {"gaussian", "gaussian:hetero", "student", "laplace"}) {
    for (const std::string k : {"1", "2"}) {
      INFO(family << " " << k);
      const Ran ran =
          sh("moe train -k " + k + " --restarts 4 --family " + family + " $DATA/cases/exact_line.csv -o m.moe");
      INFO(ran);
      CHECK(ran.err.find("rows exactly: what is left of them is rounding") != std::string::npos);
      CHECK(ran.err.find("expert 1's (intercept) (-)") == std::string::npos);
      const auto fit = json_of(sh, "moe inspect --json m.moe").at("fit");
      CHECK(fit.at("converged") == true);
      CHECK(fit.at("log_likelihood").get<double>() == Approx(family == "laplace" ? laplace : normal).epsilon(1e-7));
    }
  }
}

// A line of 1,000 whole numbers, one of which is off by d. Least squares leaves d^2 (1 - h), where h is the row's
// leverage. The deviation is smaller than that of rounding to steps of d, so the numbers cannot be rounded ones.
TEST_CASE("a line that leaves less than rounding would is given more finely: one expert is least squares", "[exact]") {
  const Shell sh;
  const double n = 1000, d = 3, at = 100, mean = 0.5 * (n + 1), squares = n * (n * n - 1) / 12;
  const double sigma = d * std::sqrt((1 - 1 / n - std::pow(at - mean, 2) / squares) / n);
  REQUIRE(sigma < 0.25 * d / std::sqrt(12.0));
  REQUIRE(sh("(echo x,y; for i in $(seq 1000); do echo $i,$((3 * i - 7 + (i == 100 ? 3 : 0))); done) > d.csv").status ==
          0);
  const double one = -0.5 * n * (1 + std::log(2 * M_PI * sigma * sigma));
  REQUIRE(sh("moe train -k 1 -y y d.csv -q -o m.moe").status == 0);
  const auto model = json_of(sh, "moe inspect --json m.moe");
  CHECK(model.at("experts")[0].at("sigma").get<double>() == Approx(sigma).epsilon(1e-9));
  CHECK(model.at("fit").at("log_likelihood").get<double>() == Approx(one).epsilon(1e-9));
  CHECK(model.at("guards").at("exact").empty());
  for (const std::string options : {"-k 2 --restarts 4", "-k 1 --family student", "-k 1 --family gaussian:hetero"}) {
    INFO(options);
    REQUIRE(sh("moe train -y y " + options + " d.csv -q -o m.moe").status == 0);
    CHECK(json_of(sh, "moe inspect --json m.moe").at("fit").at("log_likelihood").get<double>() >= one - 1e-6);
  }
}

TEST_CASE("times since 1970 with thousandths of seconds of noise are not told to be exact, and those without are",
          "[exact]") {
  const Shell sh;
  const std::string program =
      "awk 'BEGIN {print \"i,t\"; for (i = 0; i < 200; ++i) printf \"%d,%.3f\\n\", i, 1700000000 + 10 * i + noise * (i "
      "* 7 "
      "% 11 - 5)}'";
  REQUIRE(
      sh("awk -v noise=0.001 " + program.substr(4) + " > noisy.csv; awk -v noise=0 " + program.substr(4) + " > d.csv")
          .status == 0);
  exact_fit(sh, "-k 1", "d.csv", 1);
  const Ran ran = sh("moe train -k 1 noisy.csv -o m.moe");
  INFO(ran);
  REQUIRE(ran.status == 0);
  CHECK(ran.err.find("exactly") == std::string::npos);
  // Least squares about the known line, computed from the noise alone.
  double sum = 0, across = 0, squares = 0, total = 0;
  for (int i = 0; i < 200; ++i) {
    const double e = 0.001 * (i * 7 % 11 - 5), off = i - 99.5;
    sum += e;
    total += e * e;
    across += off * e;
    squares += off * off;
  }
  const double sigma = std::sqrt((total - sum * sum / 200 - across * across / squares) / 200);
  const auto model = json_of(sh, "moe inspect --json m.moe");
  CHECK(model.at("experts")[0].at("sigma").get<double>() == Approx(sigma).epsilon(1e-3));
}
