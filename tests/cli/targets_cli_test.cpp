// Several targets on the command line.
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "shell.hpp"

namespace {

using nlohmann::json;

/// Rows of x,a,b,c: two numbers that go together, and a count.
constexpr const char* kTable =
    "moe gen two-lines -n 300 | awk -F, -v OFS=, 'NR==1{print \"x,a,b,c\"; next} "
    "{print $1, $2, 10*$2+50*$1+(NR%7)-3, int(2+$1+NR%3)}' > d.csv\n";

}  // namespace

TEST_CASE("train, predict, eval, inspect, gen and select know several targets", "[cli][targets]") {
  const Shell sh;
  const Ran fit = sh(std::string(kTable) +
                     "moe train -y a,b --features x --family gaussian:full d.csv -o full.moe\n"
                     "moe train -y a-c --family gaussian,student,poisson d.csv -q -o three.moe");
  INFO(fit);
  REQUIRE(fit.status == 0);
  CHECK(fit.err.find("gaussian:full") != std::string::npos);

  CHECK(sh("moe predict -m full.moe d.csv | head -n 1").out == "mean_a,mean_b\n");
  CHECK(sh("moe predict -m three.moe d.csv --output mean,interval:0.9,median,q0.1,density,expert,expert_means | head "
           "-n 1")
            .out ==
        "mean_a,mean_b,mean_c,lower_a,upper_a,lower_b,upper_b,lower_c,upper_c,median_a,median_b,median_c,q0.1_a,q0.1_b,"
        "q0.1_c,density,expert,mean_1_a,mean_2_a,mean_1_b,mean_2_b,mean_1_c,mean_2_c\n");
  CHECK(sh("moe predict -m full.moe d.csv --output interval:0.5,interval:0.90 | head -n 1").out ==
        "lower_0.5_a,upper_0.5_a,lower_0.5_b,upper_0.5_b,lower_0.90_a,upper_0.90_a,lower_0.90_b,upper_0.90_b\n");
  CHECK(sh("moe predict -m three.moe d.csv --output sd,gate,responsibility | wc -l").out == "301\n");

  const json eval = json::parse(sh("moe eval -m three.moe d.csv --json").out);
  CHECK(eval.at("targets").size() == 3);
  for (const char* name : {"a", "b", "c"})
    for (const char* key : {"rmse", "mae", "r2", "crps", "coverage"}) CHECK(eval.at("targets").at(name).contains(key));
  CHECK_FALSE(eval.contains("rmse"));
  CHECK(sh("moe eval -m three.moe d.csv").out.find("target 'b'\nrmse ") != std::string::npos);

  const json model = json::parse(sh("moe inspect full.moe --json").out);
  CHECK(model.at("targets") == json({"a", "b"}));
  const json& expert = model.at("experts")[0];
  CHECK(expert.at("coefficients").at("b").contains("x"));
  CHECK(expert.at("standard_errors").at("a").at("x") > 0);
  CHECK(expert.at("sigma_b_standard_error") > 0);
  CHECK(expert.at("correlation_a_b") > 0.5);
  const Ran text = sh("moe inspect three.moe");
  CHECK(text.out.find("numbers 'a', 'b', 'c' from 1 input by 2 experts\n") == 0);
  CHECK(text.out.find("nu_b ") != std::string::npos);

  const Ran drawn =
      sh("moe gen --from three.moe --truth d.csv > drawn.csv && head -n 1 drawn.csv && moe eval -m "
         "three.moe drawn.csv > e && moe export -m three.moe --format json > j");
  INFO(drawn);
  CHECK(drawn.status == 0);
  CHECK(drawn.out == "x,a,b,c,expert\n");
  const Ran chosen =
      sh("moe select -y a,b --features x -k 1-2 --family gaussian,gaussian:full,gaussian+student "
         "--restarts 2 d.csv -o best.moe");
  INFO(chosen);
  CHECK(chosen.status == 0);
  CHECK(chosen.out.find("gaussian,student") != std::string::npos);
}

TEST_CASE("several targets that cannot be are refused in one sentence", "[cli][targets]") {
  const Shell sh;
  REQUIRE(sh(std::string(kTable) + "awk -F, -v OFS=, '{print $0, NR==1 ? \"k\" : NR%2 ? \"u\" : \"v\"}' d.csv > k.csv\n"
                                   "sed '5s/[^,]*$/-1/' d.csv > minus.csv\nsed '5s/,[^,]*,/,,/' d.csv > gap.csv\n"
                                   "moe train -y a,b d.csv --restarts 1 -q -o m.moe")
              .status == 0);
  const auto refused = [&](const std::string& command, int status) {
    const Ran ran = sh(command);
    INFO(ran);
    CHECK(ran.status == status);
    CHECK(std::count(ran.err.begin(), ran.err.end(), '\n') == 1);
    return ran.err.substr(0, ran.err.size() - 1);
  };
  CHECK(refused("moe train -k 2 -y a,k k.csv -o x.moe", 3) ==
        "moe train: k.csv:2:5 k: 'v' is a class, and there are several targets: expected numbers, or one target");
  CHECK(refused("moe train -y a,b --family categorical d.csv -o x.moe", 2) ==
        "moe train: --target: 'a,b' names 2 columns, and the family describes a class: expected one target, or "
        "families of numbers");
  CHECK(refused("moe train -y a --family gaussian:full d.csv -o x.moe", 2) ==
        "moe train: family 'gaussian:full' describes several targets together, and there is one: expected gaussian");
  CHECK(refused("moe train -y a,c --family gaussian,poisson minus.csv -o x.moe", 3) ==
        "moe train: minus.csv:5:4 c: '-1' is not what the family describes: expected a count: a whole number from 0");
  CHECK(refused("moe train -k 2 -y b,a gap.csv -o x.moe", 3).find("moe train: gap.csv:5:2 a: ") == 0);
  CHECK(refused("moe eval -m m.moe gap.csv", 3).find("moe eval: gap.csv:5:2 a: ") == 0);
  CHECK(refused("cut -d, -f1,3,4 d.csv | moe eval -m m.moe", 3).find("there is no column 'a'") != std::string::npos);
  CHECK(refused("moe train -k 2 -y a,b --exposure c d.csv -o x.moe", 2) ==
        "moe train: --exposure: there are 2 targets, and it tells of one: expected one target with it");
  CHECK(refused("moe train -k 2 -y a,b --weight b d.csv -o x.moe", 2) ==
        "moe train: --weight: 'b' is the target: expected another column");
  CHECK(refused("moe train -y a,b,c --family gaussian,poisson d.csv -o x.moe", 2).find("the family list 2") !=
        std::string::npos);
}
