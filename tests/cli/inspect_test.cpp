// The standard errors of moe inspect, as a user asks for them.
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "shell.hpp"

using nlohmann::json;

namespace {

json printed(const Shell& sh, const std::string& command) {
  const Ran ran = sh(command);
  INFO(ran);
  REQUIRE(ran.status == 0);
  return json::parse(ran.out);
}

std::vector<std::string> keys(const json& object) {
  std::vector<std::string> result;
  for (const auto& [key, value] : object.items()) result.push_back(key);
  return result;
}

const char* const kBeside[] = {"standard_errors", "z", "p", "lower", "upper"};

}  // namespace

TEST_CASE("errors stand beside what they are of, in the same shapes", "[inspect]") {
  const Shell sh;
  const json model =
      printed(sh, "moe gen blobs -k 3 -n 300 --noise 8 | moe train --l2 0.01 --gate-l2 0.01 -q | moe inspect --json -");
  CHECK(model.at("inference").at("kind") == "observed information");
  CHECK(model.at("inference").at("distribution") == "z");
  CHECK(model.at("inference").at("level") == 0.95);
  for (const char* key : kBeside) {
    for (const json& expert : model.at("experts")) {
      CHECK(keys(expert.at(key)) == keys(expert.at("coefficients")));
      for (const char* label : {"a", "b", "c"})
        CHECK(keys(expert.at(key).at(label)) == keys(expert.at("coefficients").at(label)));
      CHECK(expert.at(key).at("a").at("x1").is_null());  // the reference class
      CHECK(expert.at(key).at("b").at("x1").is_number());
    }
    CHECK(model.at("gate").at(key).size() == 2);
    CHECK(model.at("gate").at(key)[0].at("x2").is_number());
    CHECK(model.at("gate").at(key)[1].at("x2").is_null());
  }
  const json number = printed(sh, "moe gen two-lines | moe train -k 2 -q | moe inspect --json -");
  for (const json& expert : number.at("experts")) CHECK(expert.at("sigma_standard_error") > 0);
}

TEST_CASE("a level widens the intervals and nothing else", "[inspect]") {
  const Shell sh;
  sh("moe gen two-lines | moe train -k 2 -q -o m.moe");
  json narrow = printed(sh, "moe inspect --json m.moe"), wide = printed(sh, "moe inspect --json --level 0.99 m.moe");
  const auto& a = narrow.at("experts")[0];
  const auto& b = wide.at("experts")[0];
  CHECK(b.at("lower").at("x1") < a.at("lower").at("x1"));
  CHECK(b.at("upper").at("x1") > a.at("upper").at("x1"));
  CHECK(b.at("standard_errors") == a.at("standard_errors"));
  CHECK(sh("moe inspect --level 0.99 m.moe").out.find("upper 99 %") != std::string::npos);
}

TEST_CASE("the errors computed again from the rows are those that the fit left", "[inspect]") {
  const Shell sh;
  sh("moe gen two-lines -o d.csv && moe train -k 2 d.csv -q -o m.moe");
  CHECK(sh("moe inspect m.moe > a; moe inspect m.moe d.csv > b; moe inspect m.moe - --errors observed < d.csv > c; cmp "
           "a b && "
           "cmp a c")
            .status == 0);
  CHECK(sh("moe inspect m.moe d.csv --errors sandwich | cmp - a").status != 0);
}

TEST_CASE("a bootstrap prints the same for any number of threads", "[inspect]") {
  const Shell sh;
  sh("moe gen two-lines -n 200 -o d.csv && moe train -k 2 d.csv -q -o m.moe");
  for (const std::string kind : {"", " --parametric"}) {
    const Ran ran =
        sh("for t in 1 2 3; do moe inspect m.moe d.csv --bootstrap 30" + kind +
           " --threads $t > $t; done; cmp 1 2 && cmp 1 3; moe inspect --json m.moe d.csv --bootstrap 30" + kind);
    INFO(ran);
    REQUIRE(ran.status == 0);
    const json inference = json::parse(ran.out).at("inference");
    CHECK(inference.at("kind") == (kind.empty() ? "bootstrap" : "parametric bootstrap"));
    CHECK(inference.at("replicates").get<int>() + inference.at("failed").get<int>() == 30);
  }
}

TEST_CASE("a model without errors is shown without them", "[inspect]") {
  const Shell sh;
  sh("moe gen two-lines -o d.csv && moe train --l1 0.01 -k 1 d.csv -q -o l1.moe && moe train --expert mlp:2 --epochs 3 "
     "d.csv -q -o m.moe && moe train --objective blend d.csv -q -o blend.moe");
  for (const std::string model :
       {"m.moe", "l1.moe", "blend.moe", "$DATA/models/v1.moe", "$DATA/models/v1-classes.moe"}) {
    CHECK(printed(sh, "moe inspect --json " + model).at("inference").is_null());
    CHECK(sh("moe inspect " + model).out.find("std. error") == std::string::npos);
  }
  // An older model has no errors; they can be computed from its rows.
  CHECK(printed(sh, "moe inspect --json $DATA/models/v1.moe d.csv").at("experts")[0].at("standard_errors").at("x1") >
        0);
}

TEST_CASE("what the guards found is told again", "[inspect]") {
  const Shell sh;
  const Ran ran = sh("moe train -y accel -k 3 $DATA/mcycle.csv -o m.moe");
  INFO(ran);
  const std::string sentence = "note: the gate's split ";
  CHECK(ran.err.find(sentence) != std::string::npos);
  CHECK(sh("moe inspect m.moe").out.find(sentence) != std::string::npos);
  const auto guards = printed(sh, "moe inspect --json m.moe").at("guards");
  CHECK(guards.at("steps").size() >= 1);
  CHECK(guards.at("starved").empty());
  CHECK(guards.at("on_floor").empty());
  CHECK(guards.at("supremum").get<double>() == Approx(-577.6252).margin(1e-3));
  CHECK(guards.at("shares").size() == 3);
}

TEST_CASE("errors that cannot be had are refused in a sentence", "[inspect]") {
  const Shell sh;
  sh("moe gen two-lines -n 60 -o d.csv && moe train -k 2 d.csv -q -o m.moe && moe train --objective me d.csv -q -o "
     "me.moe "
     "&& moe train "
     "--expert mlp:2 --epochs 2 d.csv -q -o deep.moe");
  const std::pair<const char*, const char*> cases[] = {
      {"moe inspect m.moe --errors sandwich",
       "moe inspect: --errors sandwich: they are computed from rows: expected -m MODEL DATA\n"},
      {"moe inspect m.moe --bootstrap 10", "moe inspect: --errors bootstrap: they are computed from rows"},
      {"moe inspect m.moe d.csv --errors sandwitch",
       "moe inspect: --errors: unknown word 'sandwitch': did you mean 'sandwich'?"},
      {"moe inspect m.moe d.csv --errors sandwich --bootstrap 9", "moe inspect: --bootstrap: only a bootstrap uses it"},
      {"moe inspect m.moe d.csv --seed 9", "moe inspect: --seed: only a bootstrap uses it"},
      {"moe inspect m.moe d.csv --bootstrap 1", "moe inspect: --bootstrap: '1': expected a whole number from 2"},
      {"moe inspect m.moe --level 1", "moe inspect: --level: '1': expected a number between 0 and 1\n"},
      {"moe inspect me.moe d.csv", "moe inspect: --errors observed: the model minimises 'me', not its likelihood"},
      {"moe inspect deep.moe d.csv --errors sandwich",
       "moe inspect: --errors sandwich: the model has no second derivatives"},
      {"moe inspect deep.moe d.csv --bootstrap 9",
       "moe inspect: --bootstrap: network 'mlp:2:relu' has no coefficients"},
      {"moe train -k 1 --l1 0.1 d.csv -q -o l1.moe; moe inspect l1.moe d.csv --errors sandwich",
       "moe inspect: --errors sandwich: a fit with an l1 penalty has none of these"},
      {"moe inspect - - < m.moe", "moe inspect: model and data would both be read from standard input"},
  };
  for (const auto& [command, sentence] : cases) {
    const Ran ran = sh(command);
    INFO(ran);
    CHECK(ran.status == 2);
    CHECK(ran.err.find(sentence) == 0);
    CHECK(ran.out.empty());
  }
}
