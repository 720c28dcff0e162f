// Where the maximum is at infinity, a fit names the coefficients that go there, and gives standard errors for the
// others.
#include <catch2/catch.hpp>
#include <cmath>
#include <nlohmann/json.hpp>
#include <sstream>

#include "shell.hpp"

namespace {

using Json = nlohmann::json;

/// The output of `moe train`, and that of `moe inspect --json`.
struct Fitted {
  std::string said;
  Json model;
  const Json& expert(std::size_t k = 0) const { return model.at("experts")[k]; }
  const Json& infinite() const { return model.at("guards").at("infinite"); }
};

Fitted fitted(const Shell& sh, const std::string& arguments) {
  const std::string penalty = arguments.find("--l2") == std::string::npos ? " --l2 0" : "";  // classes: none is chosen
  const Ran ran = sh("moe train " + arguments + penalty + " -o m.moe");
  INFO(ran);
  REQUIRE(ran.status == 0);
  return {ran.err, json_of(sh, "moe inspect --json m.moe")};
}

}  // namespace

TEST_CASE("a level whose rows are all of one class has no finite coefficient and no error", "[separation]") {
  const Shell sh;
  for (const std::string solver : {"em", "newton", "lbfgs"}) {
    INFO(solver);
    const Fitted fit = fitted(sh, "-k 1 --solver " + solver + " $DATA/cases/quasi.csv");
    INFO(fit.said);
    CHECK(fit.said.find("warning: expert 1's c=rare (+) has no finite estimate (separation)") != std::string::npos);
    CHECK(fit.said.find("--firth") != std::string::npos);
    REQUIRE(fit.infinite().size() == 1);
    CHECK(fit.infinite()[0].at("coefficient") == "c=rare");
    CHECK(fit.expert().at("standard_errors").at("c=rare").is_null());
    CHECK(fit.expert().at("p").at("c=rare").is_null());
    // The log-odds of the other rows, 506 to 484.
    const double error = fit.expert().at("standard_errors").at("(intercept)");
    CHECK(error == Approx(std::sqrt(1.0 / 506 + 1.0 / 484)).epsilon(1e-6));
    CHECK(sh("moe inspect m.moe").out.find("(separation)") != std::string::npos);
    // The same with errors from the table's rows.
    const Json again = json_of(sh, "moe inspect --json m.moe $DATA/cases/quasi.csv --errors sandwich");
    CHECK(again.at("experts")[0].at("standard_errors").at("c=rare").is_null());
    CHECK(again.at("experts")[0].at("standard_errors").at("(intercept)").get<double>() == Approx(error).epsilon(1e-6));
  }
  // The finding is stored in the model, in a file and as JSON.
  sh("moe export -m m.moe --format json -o m.json && moe import m.json -o again.moe");
  CHECK(sh("cmp m.moe again.moe").status == 0);
}

TEST_CASE("solvers that stop on their way to infinity tell separation, too", "[separation]") {
  const Shell sh;
  for (const std::string solver : {" --solver adam ", " --solver sgd "}) {
    INFO(solver);
    CHECK(fitted(sh, "-k 1" + solver + "$DATA/cases/quasi.csv").infinite().at(0).at("coefficient") == "c=rare");
    const Fitted counts = fitted(sh, "-k 1 --family poisson" + solver + "$DATA/cases/quasi_counts.csv");
    CHECK(counts.infinite().at(0).at("coefficient") == "d2");
    CHECK(counts.expert().at("standard_errors").at("d2").is_null());
    const Fitted gate = fitted(sh, "-k 2" + solver + "$DATA/cases/quasi_gate.csv");
    CHECK(gate.infinite().at(0).at("branch") == "gate");
    CHECK(gate.infinite().at(0).at("coefficient") == "c=rare");
    // A finite maximum gets no note.
    CHECK(fitted(sh, "-k 1" + solver + "$DATA/breast_cancer_train.csv --l2 0.01").infinite().empty());
    CHECK(fitted(sh, "-k 2" + solver + "$DATA/CO2data.csv").infinite().empty());
  }
}

TEST_CASE("a level with zeros only has no finite coefficient, and the others have their errors", "[separation]") {
  const Shell sh;
  const Fitted fit = fitted(sh, "-k 1 --family poisson $DATA/cases/quasi_counts.csv");
  INFO(fit.said);
  CHECK(fit.said.find("warning: expert 1's d2 (-) has no finite estimate (separation): no row speaks against its going "
                      "further that way, so that its figure says only where the fit stopped and has no standard error: "
                      "expected --l2 R, or --firth\n") != std::string::npos);
  // Rows without d2: 78 in 75 rows where d1 is 0, 185 in 66 where it is 1.
  const Json& expert = fit.expert();
  CHECK(expert.at("coefficients").at("(intercept)").get<double>() == Approx(std::log(78.0 / 75)).epsilon(1e-6));
  CHECK(expert.at("coefficients").at("d1").get<double>() == Approx(std::log(185.0 / 66 * 75 / 78)).epsilon(1e-6));
  CHECK(expert.at("standard_errors").at("(intercept)").get<double>() == Approx(std::sqrt(1.0 / 78)).epsilon(1e-6));
  CHECK(expert.at("standard_errors").at("d1").get<double>() == Approx(std::sqrt(1.0 / 78 + 1.0 / 185)).epsilon(1e-6));
  CHECK(expert.at("standard_errors").at("d2").is_null());
  for (const std::string family : {"negative-binomial", "zero-inflated-poisson"}) {
    const Fitted other = fitted(sh, "-k 1 --family " + family + " $DATA/cases/quasi_counts.csv");
    INFO(other.said);
    REQUIRE(other.infinite().size() == 1);
    CHECK(other.infinite()[0].at("coefficient") == "d2");
    CHECK(other.infinite()[0].at("sign") == -1);
  }
}

TEST_CASE("a level whose rows are all one expert's: the gate is infinite there, the other expert untold",
          "[separation]") {
  const Shell sh;
  const Fitted fit = fitted(sh, "-k 2 $DATA/cases/quasi_gate.csv");
  INFO(fit.said);
  CHECK(fit.said.find("warning: the gate's c=rare (") != std::string::npos);
  CHECK(fit.said.find(" has no standard error: expected --gate-l2 R, or --firth\n") != std::string::npos);
  CHECK(fit.said.find("note: no row tells expert ") != std::string::npos);
  CHECK(fit.said.find("'s c=rare: its figure means nothing, and has no standard error\n") != std::string::npos);
  REQUIRE(fit.infinite().size() == 1);
  CHECK(fit.infinite()[0].at("branch") == "gate");
  CHECK(fit.model.at("gate").at("standard_errors")[0].at("c=rare").is_null());
  CHECK(fit.model.at("gate").at("standard_errors")[0].at("x").get<double>() == Approx(0.0314).margin(0.001));
  REQUIRE(fit.model.at("guards").at("untold").size() == 1);
  CHECK(fit.model.at("guards").at("untold")[0].at("coefficient") == "c=rare");
  // A penalty makes the maximum finite.
  const Fitted held = fitted(sh, "-k 2 --gate-l2 1e-3 $DATA/cases/quasi_gate.csv");
  CHECK(held.infinite().empty());
  CHECK(held.model.at("gate").at("standard_errors")[0].at("c=rare").is_number());
}

TEST_CASE("separation of successes and of three classes is found", "[separation]") {
  const Shell sh;
  std::ostringstream successes, classes;
  successes << "x,c,trials,y\n";
  classes << "x,c,y\n";
  for (int i = 0; i < 120; ++i) {
    const double x = std::sin(i);
    const bool rare = i % 20 == 0;
    successes << x << ',' << (rare ? "r" : "a") << ",5," << (rare ? 0 : 1 + (i * 7 + i / 3) % 4) << '\n';
    classes << x << ',' << (rare ? "r" : "a") << ','
            << (rare                       ? "two"
                : (i * 7 + i / 3) % 3 == 0 ? "one"
                : (i * 7 + i / 3) % 3 == 1 ? "two"
                                           : "three")
            << '\n';
  }
  sh.write("s.csv", successes.str());
  sh.write("c.csv", classes.str());
  const Fitted binomial = fitted(sh, "-k 1 -y y --family binomial --trials trials s.csv");
  REQUIRE(binomial.infinite().size() == 1);
  CHECK(binomial.infinite()[0].at("coefficient") == "c=r");
  CHECK(binomial.infinite()[0].at("sign") == -1);
  CHECK(binomial.expert().at("standard_errors").at("x").is_number());
  const Fitted three = fitted(sh, "-k 1 -y y c.csv");
  INFO(three.said);
  REQUIRE(!three.infinite().empty());
  for (const Json& cell : three.infinite()) CHECK(cell.at("coefficient") == "c=r");
  CHECK(three.expert().at("standard_errors").at("two").at("x").is_number());
}

TEST_CASE("classes that a line separates are all at infinity, and a finite maximum is not", "[separation]") {
  const Shell sh;
  sh.write("s.csv", "x,y\n1,a\n2,a\n3,a\n4,b\n5,b\n6,b\n");
  const Fitted fit = fitted(sh, "-k 1 -y y s.csv");
  INFO(fit.said);
  CHECK(fit.infinite().size() == 2);
  CHECK(fit.said.find(" have no finite estimate (separation): no row speaks against their going further that way, so "
                      "that their figures say only where the fit stopped and have no standard error: expected --l2 R, "
                      "or --firth\n") != std::string::npos);
  CHECK(fit.expert().at("standard_errors").empty() == false);
  CHECK(fit.expert().at("standard_errors").at("x").is_null());
  // A single row of the other class makes the maximum finite.
  sh.write("f.csv", "x,y\n1,a\n2,a\n3,b\n3.5,a\n4,b\n5,b\n6,b\n");
  const Fitted finite = fitted(sh, "-k 1 -y y f.csv");
  CHECK(finite.infinite().empty());
  CHECK(finite.said.find("separation") == std::string::npos);
  CHECK(finite.expert().at("standard_errors").at("x").is_number());
  // Rare events, here one in 2,000, are no separation.
  std::ostringstream rare;
  rare << "x,y\n";
  for (int i = 0; i < 2000; ++i) rare << std::sin(i) << ',' << (i == 700 ? 1 : 0) << '\n';
  sh.write("r.csv", rare.str());
  CHECK(fitted(sh, "-k 1 -y y r.csv").infinite().empty());
}
