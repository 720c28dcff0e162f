// The automatic fit: weights by stacking, and the committee that `moe train --auto` makes.
#include "moe/automatic.hpp"

#include <atomic>
#include <catch2/catch.hpp>
#include <cmath>
#include <nlohmann/json.hpp>

#include "moe/stop.hpp"
#include "shell.hpp"

namespace {

using nlohmann::json;

/// A sine with noise that grows: what one line cannot tell.
const char* const kWave = R"(
awk 'BEGIN { print "x,z,y"; for (i = 0; i < 160; ++i) { x = i / 20; u = sin(12.9898 * i) * 43758.5453; u -= int(u);
  v = cos(78.233 * i) * 12543.123; v -= int(v); printf "%.4f,%.4f,%.4f\n", x, v, 3 * sin(x) + (0.1 + 0.1 * x) * u } }' > wave.csv
)";

}  // namespace

TEST_CASE("stacking weights maximise the log score of the mixture", "[automatic]") {
  // n rows of densities 2 and 1, m rows of 1 and 3: n log(1 + w) + m log(3 - 2 w) is largest at w = (3 n - 2 m) / (2 (n + m)),
  // or at the end of [0, 1] that is nearer.
  const auto weight = [](double n, double m) {
    const arma::mat log_p = arma::log(arma::mat{{2, 1}, {1, 3}});
    return moe::stacking_weights(log_p, {n, m})[0];
  };
  CHECK(weight(5, 4) == Approx(7.0 / 18).epsilon(1e-5));
  CHECK(weight(6, 4) == Approx(0.5).epsilon(1e-5));
  CHECK(weight(2.5, 2) == Approx(7.0 / 18).epsilon(1e-5));
  CHECK(weight(1, 9) == Approx(0).margin(1e-3));
  CHECK(weight(9, 1) == Approx(1).epsilon(1e-3));
  // Equal columns share, and a density of 0 costs everything.
  CHECK(moe::stacking_weights(arma::mat(3, 2, arma::fill::ones), arma::vec(3, arma::fill::ones))[0] == Approx(0.5));
  CHECK(moe::stacking_weights({{0, -arma::datum::inf}, {0, 5}, {-arma::datum::inf, 0}}, {1, 1, 1}).min() > 0.3);
}

TEST_CASE("--auto finds a committee that beats one line, and predicts, exports and describes it", "[automatic][cli]") {
  const Shell sh;
  sh(kWave);
  const Ran ran =
      sh("awk 'NR == 1 || NR % 4' wave.csv > train.csv; awk 'NR == 1 || !(NR % 4)' wave.csv > test.csv; "
         "moe train --auto --effort 1 --threads 2 train.csv -o a.moe && moe train --auto --effort 1 --threads 1 -q "
         "train.csv -o b.moe && cmp a.moe b.moe && moe train -k 1 -q train.csv -o line.moe");
  INFO(ran);
  REQUIRE(ran.status == 0);
  CHECK(ran.err.find("committee: ") != std::string::npos);
  const auto nll = [&](const std::string& model) {
    return json::parse(sh("moe eval -m " + model + " test.csv --json").out).at("nll").get<double>();
  };
  CHECK(nll("a.moe") < nll("line.moe") - 0.5);
  const Ran shown =
      sh("moe inspect a.moe | sed -n 2,3p; moe predict -m a.moe --output mean,interval:0.9 test.csv | wc -l; "
         "moe export -m a.moe --format json | moe import - -o c.moe && cmp a.moe c.moe && echo same");
  CHECK(shown.out.find("gate: a committee of ") != std::string::npos);
  CHECK(shown.out.find("member 1, weight 0.") != std::string::npos);
  CHECK(shown.out.find("same") != std::string::npos);
}

TEST_CASE("--auto tells classes and counts", "[automatic][cli]") {
  const Shell sh;
  sh(R"(awk 'BEGIN { print "x,y"; for (i = 0; i < 90; ++i) print i / 30 "," (i % 7 == 0 || i < 40 ? "no" : "yes") }' > classes.csv
awk 'BEGIN { print "x,y"; for (i = 0; i < 90; ++i) print i / 30 "," int(exp(i / 30) * (1 + i % 3) / 2) }' > counts.csv)");
  const Ran classes = sh("moe train --auto --effort 1 classes.csv -o m.moe && moe eval -m m.moe classes.csv --json");
  INFO(classes);
  REQUIRE(classes.status == 0);
  CHECK(json::parse(classes.out).at("nll").get<double>() < 0.6);  // the base rates give .68
  const Ran counts = sh("moe train --auto --effort 1 --family poisson counts.csv -o m.moe && moe inspect --json m.moe");
  INFO(counts);
  REQUIRE(counts.status == 0);
  CHECK(json::parse(counts.out).at("family") == "poisson");
}

TEST_CASE("each step of effort allows 1.6 times the passes over the rows", "[automatic]") {
  moe::Schema schema;
  schema.inputs = {"x"};
  schema.targets = {"y"};
  moe::Dataset data;
  data.X.ones(2, 10000);
  const auto epochs = [&](int effort) {
    moe::AutomaticOptions options;
    options.effort = effort;
    return moe::automatic_candidates(schema, data, options).back().options.solver_options.epochs;
  };
  CHECK(epochs(5) == 450);  // 4,500,000 passes over one of 10,000 rows
  CHECK(epochs(6) == 720);
  CHECK(epochs(4) == 281);
}

TEST_CASE("an automatic fit that is interrupted keeps the candidates that are done", "[automatic]") {
  moe::Dataset data;
  moe::Schema schema;
  schema.inputs = {"x"};
  schema.targets = {"y"};
  data.X.ones(2, 60);
  data.X.row(1) = arma::linspace(0, 6, 60).t();
  data.y = arma::sin(data.X.row(1).t());
  data.w.ones(60);
  moe::AutomaticOptions options;
  options.effort = 1;
  options.folds = 3;
  std::atomic<bool> stop{false};
  const moe::StopScope scope(&stop);
  // The first candidate is done after 3 fits.
  const auto stop_after = [&](std::size_t fits) {
    stop = false;
    return moe::fit_automatically(schema, data, options,
                                  [&, fits](std::size_t done, std::size_t) { stop = done >= fits; });
  };
  const moe::AutomaticResult result = stop_after(4);
  CHECK(result.stopped);
  CHECK(result.model.members.size() == 3);
  CHECK(result.tried.front().weight == 1);
  CHECK_THROWS_AS(stop_after(2), moe::Stopped);
}

TEST_CASE("^C ends --auto with 130, and a whole model or none", "[automatic][cli]") {
  const Shell sh;
  sh(kWave);
  const Ran ran = sh(
      "moe train --auto --effort 9 wave.csv -q -o m.moe 2> said & sleep 2; kill -INT $!; wait $!; echo $?; cat said; "
      "[ ! -e m.moe ] || moe inspect m.moe | sed -n 2p");
  INFO(ran);
  // How far it came depends on the machine.
  const bool none = ran.out == "130\nmoe train: interrupted: no model written\n";
  const bool some = ran.out.rfind(
                        "130\nmoe train: interrupted: the model is made of the candidates that were done by then\n"
                        "gate: a committee of ",
                        0) == 0;
  CHECK(none != some);
}

TEST_CASE("--auto refuses what it settles itself", "[automatic][cli]") {
  const Shell sh;
  sh(kWave);
  for (const char* option : {"-k 3", "--expert linear", "--l2 1", "--solver em", "--validation 0.2"}) {
    const Ran ran = sh(std::string("moe train --auto wave.csv -o m.moe ") + option);
    INFO(ran);
    CHECK(ran.status == 2);
    CHECK(ran.err.find("--auto: it settles what --") != std::string::npos);
  }
  CHECK(sh("moe train --effort 3 wave.csv -o m.moe").status == 2);
  CHECK(sh("moe train --auto --effort 10 wave.csv -o m.moe").status == 2);
  const Ran few = sh("head -4 wave.csv | moe train --auto -o m.moe");
  CHECK(few.status == 3);
  CHECK(few.err.find("folds") != std::string::npos);
}
