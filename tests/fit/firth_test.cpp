// Bias-reduced fits, compared with R's brglm2 (scripts/oracle-firth.R) and with closed forms.
#include <catch2/catch.hpp>
#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>

#include "shell.hpp"

namespace {

using Json = nlohmann::json;

Json inspected(const Shell& sh, const std::string& arguments) {
  const Ran trained = sh("moe train --firth -k 1 -q " + arguments + " -o m.moe");
  INFO(trained);
  REQUIRE(trained.status == 0);
  CHECK(trained.err.find("warning") == std::string::npos);
  return Json::parse(sh("moe inspect --json m.moe").out);
}

void check_figures(const Json& figures, const Json& expected, double digits) {
  for (const auto& [name, value] : expected.items()) {
    INFO(name);
    const std::string ours = name == "(Intercept)" ? "(intercept)" : name;
    CHECK(figures.at(ours).get<double>() == Approx(value.get<double>()).epsilon(digits));
  }
}

}  // namespace

TEST_CASE("--firth agrees with brglm2", "[firth]") {
  const Shell sh;
  std::ifstream file(MOE_SOURCE "/testdata/oracle/firth.json");
  const Json cases = Json::parse(file);
  for (const auto& one : cases.items()) {
    const std::string& name = one.key();
    const Json& expected = one.value();  // no structured binding: clang 14 lets no lambda capture one
    INFO(name);
    const std::string data = " $DATA/oracle/firth/" + name + ".csv";
    const Json model = inspected(sh, expected.at("options").get<std::string>() + data);
    CHECK(model.at("fit").at("converged") == true);
    const Json& expert = model.at("experts")[0];
    const auto check = [&](const char* ours, const char* theirs, double digits) {
      if (name != "categorical") return check_figures(expert.at(ours), expected.at(theirs), digits);
      for (const auto& [label, figures] : expected.at(theirs).items())
        check_figures(expert.at(ours).at(label), figures, digits);
    };
    check("coefficients", "coefficients", 1e-6);
    check("standard_errors", "errors", 1e-5);
  }
}

TEST_CASE("--firth adds half a row to each cell of a two by two table", "[firth]") {
  const Shell sh;
  // 506 dead and 484 alive at the common level, 10 and 0 at the rare one; Firth 1993, section 3.
  const Json model = inspected(sh, "$DATA/cases/quasi.csv");
  const Json& coefficients = model.at("experts")[0].at("coefficients");
  const double common = std::log(506.5 / 484.5);
  CHECK(coefficients.at("(intercept)").get<double>() == Approx(common).epsilon(1e-8));
  CHECK(coefficients.at("c=rare").get<double>() == Approx(std::log(10.5 / 0.5) - common).epsilon(1e-8));
  CHECK(model.at("experts")[0].at("standard_errors").at("c=rare").is_number());
  CHECK(model.at("fit").at("solver") == "firth");
  CHECK(sh("moe export -m m.moe --format json -o m.json && moe import m.json -o again.moe && cmp m.moe again.moe")
            .status == 0);
}

TEST_CASE("--firth adds half a row to each cell of a gate's table where the experts are known", "[firth]") {
  // The experts are a hundred apart, with 30 and 20 common rows, 0 and 10 rare ones. Without the correction the gate's
  // c=rare is infinite.
  const Shell sh;
  const Ran ran =
      sh("(echo c,y; for i in $(seq 30); do echo common,$((i % 7)).5; done; for i in $(seq 20); do echo common,$((100 "
         "+ i % 5)).5; done\n"
         "for i in $(seq 10); do echo rare,$((100 + i % 3)).25; done) > d.csv\n"
         "moe train --firth -k 2 --expert constant -q d.csv -o m.moe");
  INFO(ran);
  REQUIRE(ran.status == 0);
  CHECK(ran.err.empty());
  const Json model = Json::parse(sh("moe inspect --json m.moe").out);
  CHECK(model.at("fit").at("solver") == "firth");
  const double sign = model.at("experts")[0].at("coefficients").at("(intercept)").get<double>() < 50 ? 1 : -1;
  const Json gate = model.at("gate").at("coefficients")[0];
  const double common = std::log(30.5 / 20.5), rare = std::log(0.5 / 10.5);
  CHECK(sign * gate.at("(intercept)").get<double>() == Approx(common).epsilon(1e-5));
  CHECK(sign * gate.at("c=rare").get<double>() == Approx(rare - common).epsilon(1e-5));
}

TEST_CASE("--firth refuses what there is no such fit of", "[firth]") {
  const Shell sh;
  const auto refused = [&](const std::string& arguments, const std::string& sentence) {
    const Ran ran = sh("moe train --firth " + arguments + " -o m.moe");
    INFO(ran);
    CHECK(ran.status == 2);
    CHECK(ran.err.find("--firth: " + sentence) != std::string::npos);
  };
  const std::string classes = " $DATA/cases/quasi.csv", numbers = " $DATA/cases/exact_line.csv";
  refused("-k 2 --gate softmax:mlp:2" + classes, "network 'mlp:2:relu' is not linear");
  refused("-k 1" + numbers, "it is not known for family 'gaussian'");
  // This one has no dispersion, but second derivatives, as the families that have such a fit.
  sh("printf 'x,y\\n1,2\\n2,1\\n3,4\\n4,2\\n5,7\\n' >d.csv");
  refused("-k 1 --family lognormal:hetero -y y d.csv", "it is not known for family 'lognormal:hetero'");
  refused("-k 1 --expert mlp:2" + classes, "network 'mlp:2:relu' is not linear");
  refused("-k 1 --l2 0.1" + classes, "it brings a penalty of its own");
  refused("-k 1 --solver lbfgs" + classes, "it is a solver of its own");
  refused("-k 1 --objective me" + classes, "it corrects the likelihood");
  refused("-k 1 --validation 0.2" + classes, "it goes to the end of its fit");
}
