// eval: standard errors, comparisons, requirements, columns of other tools, levels of a column.
#include <catch2/catch.hpp>
#include <cmath>
#include <nlohmann/json.hpp>
#include <sstream>

#include "shell.hpp"

using nlohmann::json;

namespace {

/// Tables and models: a number with two models, classes, several targets.
const char* const kTablesAndModels = R"(set -e
moe gen two-lines -n 300 | awk -F, 'NR == 1 { print $0 ",g,c,v" }
  NR > 1 { print $0 "," (NR % 7 ? NR % 3 : "") "," int(NR / 9) "," 1 + NR % 4 }' > d.csv
moe train -q -k 2 -y y --features x1 d.csv -o two.moe
moe train -q -k 1 -y y --features x1 d.csv -o one.moe
moe predict -m one.moe --output mean,sd --append d.csv -o p.csv
)";

/// What a command that warns of nothing prints.
json json_without_warning(const Shell& sh, const std::string& command) {
  const Ran ran = sh(command);
  INFO(ran);
  REQUIRE(ran.status == 0);
  CHECK(ran.err.empty());
  return json::parse(ran.out);
}

}  // namespace

TEST_CASE("eval of several models compares them on the same rows", "[eval][cli]") {
  const Shell sh;
  sh(kTablesAndModels);
  const json both = json_without_warning(sh, "moe eval --json -m two.moe -m one.moe d.csv");
  const json two = json_without_warning(sh, "moe eval --json -m two.moe d.csv"),
             one = json_without_warning(sh, "moe eval --json -m one.moe d.csv");
  CHECK(both.at("rows") == 300);
  CHECK(both.at("predictions")[0].at("name") == "two.moe");
  CHECK(both.at("predictions")[1].at("prediction") == "B");
  for (const char* name : {"nll", "rmse", "crps", "r2"}) {
    CAPTURE(name);
    CHECK(both.at("predictions")[0].at(name) == two.at(name));
    CHECK(both.at("predictions")[1].at("errors").at(name) == one.at("errors").at(name));
    CHECK(both.at("differences")[0].at(name).get<double>() ==
          Approx(one.at(name).get<double>() - two.at(name).get<double>()).epsilon(1e-12));
  }
  // The paired error of nll by awk, from the densities that predict writes.
  const Ran ran =
      sh("for m in two one; do moe predict -m $m.moe --output log_density d.csv | tail -n +2 > $m.l; done\n"
         "paste two.l one.l | awk '{ d = $1 - $2; s += d; q += d * d } END { m = s / NR; printf \"%.15g\", "
         "sqrt((q - NR * m * m) / (NR - 1) / NR) }'");
  CHECK(both.at("differences")[0].at("errors").at("nll").get<double>() == Approx(std::stod(ran.out)).epsilon(1e-9));
  const Ran text = sh("cat d.csv | moe eval -m two.moe -m one.moe");
  INFO(text);
  CHECK(text.out.starts_with("A  two.moe\nB  one.moe\nrows  "));
  CHECK(text.out.find("B - A\nnll") != std::string::npos);
  CHECK(sh("moe eval -m two.moe -m one.moe d.csv --threads 1").out ==
        sh("moe eval -m two.moe -m one.moe d.csv --threads 2").out);
}

TEST_CASE("eval --require ends with 1 where a figure is not as expected", "[eval][cli]") {
  const Shell sh;
  sh(kTablesAndModels);
  for (const char* met : {"'nll<=10'", "'coverage:0.9 > 0.5' --require 'rmse<2'", "'rounding_log_p<=0' --json",
                          "'width:0.9>0' --details"}) {
    const Ran ran =
        sh("moe gen two-lines -n 50 | sed 's/\\(.*,.*\\.[0-9]\\)[0-9]*$/\\1/' > r.csv; moe eval -m two.moe r.csv "
           "--require " +
           std::string(met));
    INFO(ran);
    CHECK(ran.status == 0);
    CHECK(ran.err.empty());
  }
  const std::string both = "moe eval -m two.moe -m one.moe d.csv --require ";
  CHECK(sh(both + "'A<=B' --require 'rmse(A) < 1.5'").status == 0);
  const Ran missed = sh(both + "'B<=A' --require 'nll(A)<=nll(B)' --json");
  INFO(missed);
  CHECK(missed.status == 1);
  const json shown = json::parse(missed.out);  // the figures are printed all the same
  CHECK(missed.err == "moe eval: --require: B is " + shown.at("predictions")[1].at("nll").dump() + ", A is " +
                          shown.at("predictions")[0].at("nll").dump() + ": expected B<=A\n");
  const struct {
    const char* command;
    const char* sentence;
  } refused[] = {{"moe eval -m two.moe d.csv --require nll",
                  "--require: 'nll': expected a comparison, as 'nll<=1.2' or 'rmse(A)<=rmse(B)'"},
                 {"moe eval -m two.moe d.csv --require 'nll<='",
                  "--require: 'nll<=': expected a comparison, as 'nll<=1.2' or 'rmse(A)<=rmse(B)'"},
                 {"moe eval -m two.moe d.csv --require 'nl<=1'", "--require: unknown figure 'nl': did you mean 'nll'?"},
                 {"moe eval -m two.moe d.csv --require 'nll(B)<=1'", "--require: unknown prediction 'B'"},
                 {"moe eval -m two.moe -m one.moe d.csv --require 'nll<=1'",
                  "--require: 'nll' of which prediction: expected nll(A) or another letter"}};
  for (const auto& [command, sentence] : refused) {
    const Ran ran = sh(command);
    INFO(ran);
    CHECK(ran.status == 2);
    CHECK(ran.out.empty());
    CHECK(ran.err.starts_with("moe eval: " + std::string(sentence)));
  }
}

TEST_CASE("eval judges columns of another tool", "[eval][cli]") {
  const Shell sh;
  sh(kTablesAndModels);
  // One gaussian expert is a normal distribution, so that its columns have the figures of the model.
  const json model = json_without_warning(sh, "moe eval --details --json -m one.moe d.csv");
  for (const char* command : {"moe eval --details --json -y y --prediction mean --sd sd p.csv",
                              "cat p.csv | moe eval --details --json -y 2 --prediction 6 --sd 7"}) {
    const json columns = json_without_warning(sh, command);
    for (const auto& [key, value] : model.at("errors").items()) {
      CAPTURE(key);
      if (value.is_object()) continue;
      CHECK(columns.at(key).get<double>() == Approx(model.at(key).get<double>()).epsilon(1e-9));
      CHECK(columns.at("errors").at(key).get<double>() == Approx(value.get<double>()).epsilon(1e-8));
    }
    for (const char* key : {"coverage", "width", "interval_score", "quantile_loss"})
      for (const auto& [level, value] : model.at(key).items()) {
        CAPTURE(key, level);
        CHECK(columns.at(key).at(level).get<double>() == Approx(value.get<double>()).epsilon(1e-9));
      }
    CHECK(columns.at("pit").at("distance").get<double>() ==
          Approx(model.at("pit").at("distance").get<double>()).epsilon(1e-9));
    CHECK_FALSE(columns.contains("objective"));
  }
  // A mean alone has no density, and stands beside a model.
  const json beside = json_without_warning(sh, "moe eval --json -m two.moe --prediction mean p.csv");
  CHECK(beside.at("predictions")[1].at("rmse").get<double>() == Approx(model.at("rmse").get<double>()).epsilon(1e-9));
  CHECK(beside.at("predictions")[1].at("nll").is_null());
  CHECK_FALSE(beside.at("differences")[0].contains("nll"));
  // Classes, whose columns may stand in any order.
  sh("moe train -q -y diagnosis -k 1 --l2 1e-3 $DATA/breast_cancer_train.csv -o c.moe\n"
     "moe predict -m c.moe --append $DATA/breast_cancer_test.csv -o q.csv");
  const json classes = json_without_warning(sh, "moe eval --json -m c.moe q.csv");
  for (const char* columns : {"p_malignant,p_benign", "p_malignant", "p_benign"}) {
    CAPTURE(columns);
    const json found =
        json_without_warning(sh, std::string("moe eval --json -y diagnosis q.csv --probability ") + columns);
    CHECK(found.at("labels") == classes.at("labels"));
    for (const char* key : {"nll", "log_loss", "brier", "auc", "accuracy"})
      CHECK(found.at(key).get<double>() == Approx(classes.at(key).get<double>()).epsilon(1e-12));
  }
}

TEST_CASE("eval refuses columns that say nothing of the target", "[eval][cli]") {
  const Shell sh;
  sh(kTablesAndModels);
  sh("printf 'y,p,s,k\\n1,2,0,a\\n2,3,1,b\\n' > t.csv");
  const struct {
    const char* command;
    int status;
    const char* sentence;
  } refused[] = {
      {"moe eval --prediction p t.csv", 2,
       "--prediction, --probability: without a model the target is not known: expected -y COL"},
      {"moe eval -m one.moe -y y d.csv", 2, "--target: the model knows its target: expected -y without -m only"},
      {"moe eval -y y --sd s t.csv", 2, "--sd: there is no mean: expected --prediction COL, too"},
      {"moe eval -y y --prediction p,s t.csv", 2, "--prediction: 2 columns for 1 targets: expected one for each"},
      {"moe eval -y y --prediction p --sd s t.csv", 3,
       "row 1: the standard deviation 0 is not above 0: expected one that is"},
      {"moe eval -y k --probability p t.csv", 3, "row 1: 2 is no probability: expected a number from 0 to 1"},
      {"moe eval -y k --probability p,s,y t.csv", 2,
       "--probability: 3 columns for the classes a, b: expected one for each, or that of 'b'"},
      {"moe eval -m one.moe --probability g d.csv", 2,
       "--probability: the target is a number: expected --prediction COL, and perhaps --sd"},
      {"moe eval -y y --prediction k t.csv", 3, "t.csv:2:4 k: 'a' is not a number"},
      {"moe eval -m one.moe --by nothing d.csv", 2, "unknown column 'nothing': "},
      {"moe eval -m - -m - d.csv", 2, "-m -: standard input holds one model: expected files for the others"}};
  for (const auto& [command, status, sentence] : refused) {
    const Ran ran = sh(command);
    INFO(ran);
    CHECK(ran.status == status);
    CHECK(ran.out.empty());
    CHECK(ran.err.starts_with("moe eval: " + std::string(sentence)));
  }
}

TEST_CASE("eval --by gives the figures of the rows of each level", "[eval][cli]") {
  const Shell sh;
  sh(kTablesAndModels);
  const json all = json_without_warning(sh, "moe eval --json --by g -m two.moe d.csv");
  CHECK(all.at("by").at("column") == "g");
  std::vector<std::string> levels;
  for (const json& level : all.at("by").at("levels")) levels.push_back(level.at("level"));
  CHECK(levels == std::vector<std::string>{"0", "1", "2", "(missing)"});
  const json part = json_without_warning(sh, "awk -F, 'NR == 1 || $3 == \"1\"' d.csv | moe eval --json -m two.moe");
  const json& level = all.at("by").at("levels")[1];
  CHECK(level.at("rows") == part.at("rows"));
  for (const char* key : {"nll", "rmse", "mae", "r2", "crps"}) {
    CAPTURE(key);
    CHECK(level.at(key).get<double>() == Approx(part.at(key).get<double>()).epsilon(1e-10));
    CHECK(level.at("errors").at(key).get<double>() == Approx(part.at("errors").at(key).get<double>()).epsilon(1e-10));
  }
  const Ran text = sh("moe eval --by g -m two.moe d.csv");
  INFO(text);
  CHECK(text.out.find("\n(missing)  ") != std::string::npos);
}

TEST_CASE("eval --fold-group and --weight", "[eval][cli]") {
  const Shell sh;
  sh(kTablesAndModels);
  // By awk, of the absolute errors of columns: weights v, groups c.
  const Ran ran =
      sh("awk -F, 'NR > 1 { e = $2 - $6; if (e < 0) e = -e; s += $5 * e; w += $5; a[NR] = e; v[NR] = $5; c[NR] = $4 }\n"
         "END { m = s / w; for (i in a) { u = v[i] * (a[i] - m); q += u * u; g[c[i]] += u }; for (j in g) { k += g[j] "
         "^ 2; ++G }\n"
         "n = NR - 1; printf \"%.15g %.15g %.15g\", m, sqrt(q * n / (n - 1)) / w, sqrt(k * G / (G - 1)) / w }' p.csv");
  std::istringstream expected(ran.out);
  double mean = 0, error = 0, grouped = 0;
  expected >> mean >> error >> grouped;
  const std::string command = "moe eval --json -y y --prediction mean --weight v p.csv";
  const json plain = json_without_warning(sh, command), groups = json_without_warning(sh, command + " --fold-group c");
  CHECK(plain.at("mae").get<double>() == Approx(mean).epsilon(1e-10));
  CHECK(plain.at("errors").at("mae").get<double>() == Approx(error).epsilon(1e-9));
  CHECK(groups.at("errors").at("mae").get<double>() == Approx(grouped).epsilon(1e-9));
  CHECK(groups.at("groups").at("count") == 34);
}

TEST_CASE("squares of large errors do not overflow", "[eval][cli]") {
  const Shell sh;
  // Errors 3 u and 4 u: rmse is u sqrt(12.5). By the delta method its error is sqrt(2 (3.5 / (2 sqrt 12.5))^2 2) / 2 u.
  for (const double unit : {1.0, 1e200, 1e-200}) {
    CAPTURE(unit);
    std::ostringstream table;
    table << "y,m\n" << 5 * unit << "," << 8 * unit << "\n" << -5 * unit << "," << -1 * unit << "\n";
    sh.write("d.csv", table.str());
    const json eval = json_without_warning(sh, "moe eval --json -y y --prediction m d.csv");
    CHECK(eval.at("rmse").get<double>() / unit == Approx(std::sqrt(12.5)).epsilon(1e-12));
    CHECK(eval.at("mae").get<double>() / unit == Approx(3.5).epsilon(1e-12));
    CHECK(eval.at("r2").get<double>() == Approx(0.5).epsilon(1e-12));  // 1 - (9 + 16) / (25 + 25)
    CHECK(eval.at("errors").at("rmse").get<double>() / unit == Approx(std::sqrt(0.98) / 2).epsilon(1e-12));
    CHECK(eval.at("errors").at("mae").get<double>() / unit == Approx(0.5).epsilon(1e-12));
  }
  // A model at an input far from those of its fit: the line through (0, 1) and (1, 3) is 2e200 at 1e200.
  const Ran ran =
      sh("printf 'x,y\\n0,1\\n1,3.001\\n2,5\\n3,6.999\\n' > d.csv; moe train -q -k 1 d.csv -o m.moe; printf "
         "'x,y\\n1e200,1\\n' | "
         "moe eval -m m.moe --json -");
  INFO(ran);
  REQUIRE(ran.status == 0);
  CHECK(json::parse(ran.out).at("rmse").get<double>() / 1e200 == Approx(2).epsilon(1e-2));
}

TEST_CASE("predict --digits rounds numbers as printf does, and no numbers of experts", "[predict][cli]") {
  const Shell sh;
  sh("awk 'BEGIN { print \"x,y\"; for (i = 0; i < 120; ++i) print i / 7 \",\" 10 * int(i / 10) + i % 3 }' > d.csv; "
     "moe train -q -k 12 --expert constant --restarts 5 --gate-l2 1e-5 d.csv -o m.moe");
  for (const std::string digits : {"1", "3", "17"}) {
    CAPTURE(digits);
    const Ran ran = sh("moe predict -m m.moe --output mean,q0.1,expert d.csv | awk -F, 'NR == 1; NR > 1 { printf \"%." +
                       digits + "g,%." + digits +
                       "g,%d\\n\", $1, $2, $3 }' > a; moe predict -m m.moe --output mean,q0.1,expert "
                       "--digits " +
                       digits + " d.csv > b; cmp a b; cut -d, -f3 b | sort -n | tail -1");
    INFO(ran);
    CHECK(ran.status == 0);
    CHECK(ran.err.empty());
    CHECK(std::stoi(ran.out) >= 10);
  }
  // Sets of highest density, too.
  const Ran sets = sh("moe predict -m m.moe --output hdr:0.9 --digits 3 d.csv | sed -n 2p");
  INFO(sets);
  CHECK(sh("moe predict -m m.moe --output hdr:0.9 d.csv | sed -n 2p | sed 's/[][\",]//g' | xargs printf '%.3g %.3g\n'")
            .out == sh("moe predict -m m.moe --output hdr:0.9 --digits 3 d.csv | sed -n 2p | sed 's/[][\",]//g'").out);
  const Ran refused = sh("moe predict -m m.moe --digits 18 d.csv");
  CHECK(refused.status == 2);
  CHECK(refused.err == "moe predict: --digits: '18': expected a whole number from 1 to 17\n");
}
