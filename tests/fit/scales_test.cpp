// How small and how large scales may become: floors from the residuals and from the target's grid, bounds for scales
// that depend on inputs, scales that do not exist, and targets of any size.
#include <algorithm>
#include <armadillo>
#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "fit/far_values.hpp"
#include "model/floors.hpp"
#include "models.hpp"
#include "moe/predict.hpp"
#include "moe/random.hpp"
#include "moe/train.hpp"
#include "shell.hpp"

namespace {

using nlohmann::json;

json printed(const Ran& ran) {
  INFO(ran);
  REQUIRE(ran.status == 0);
  return json::parse(ran.out.substr(ran.out.find('{')));
}

/// The numbers in a CSV text, without its header.
arma::mat table_of(const Ran& ran) {
  INFO(ran);
  REQUIRE(ran.status == 0);
  arma::mat result;
  std::istringstream text(ran.out.substr(ran.out.find('\n') + 1));
  result.load(text, arma::csv_ascii);
  return result;
}

double figure(const json& model, std::size_t k, const char* name) { return model.at("experts")[k].at(name); }

/// y = 1 + 2 x + noise, and its least-squares fit, computed from the residuals about the true line so that no digits
/// are lost.
struct Line {
  moe::Dataset data;
  double intercept, slope, sigma;
  Line(double noise, arma::uword rows) {
    moe::Random random(1, 1);
    arma::vec x(rows), e(rows);
    for (double& value : x) value = random.uniform();
    for (double& value : e) value = random.normal();
    data.X = arma::join_cols(arma::ones(1, rows), x.t());
    data.y = 1 + 2 * x + noise * e;
    data.w.ones(rows);
    const arma::vec r = data.y.col(0) - 1 - 2 * x, off = x - arma::mean(x);
    const double b = arma::dot(off, r) / arma::dot(off, off);
    slope = 2 + b;
    intercept = 1 + arma::mean(r) - b * arma::mean(x);
    sigma = arma::norm(r - arma::mean(r) - b * off) / std::sqrt(static_cast<double>(rows));
  }
};

}  // namespace

TEST_CASE("the step of a target is the greatest that its values are apart by multiples of", "[scales]") {
  CHECK(moe::step_between({3, 5, 9}) == 2);
  CHECK(moe::step_between({0.5, 1.5, 3.5}) == 1);
  CHECK(moe::step_between({0.1, 0.3, 0.8}) == Approx(0.1).epsilon(1e-14));
  CHECK(moe::step_between({-2.7, 1.3, 0.3}) == Approx(1).epsilon(1e-14));
  CHECK(moe::step_between({1200, 3000, 600}) == 600);
  CHECK(moe::step_between({12.25, 0.5, 3}) == Approx(0.25).epsilon(1e-14));
  CHECK(moe::step_between({1603849200.125, 1603849200.5}) == Approx(0.375).epsilon(1e-14));
  CHECK(moe::step_between({7, 7, 7}) == 0);
  CHECK(moe::step_between({std::sqrt(2.0), std::exp(1.0), 1}) < 1e-14);
  CHECK(moe::step_between({1e300, 3e300}) == 0);
  CHECK(moe::step_between({1e-300, 3e-300}) == 0);
}

TEST_CASE("one gaussian expert is least squares, however small the noise beside the signal", "[scales]") {
  for (const double noise : {1e-1, 1e-3, 1e-5, 1e-7}) {
    INFO(noise);
    const Line line(noise, 300);
    moe::ModelSpec spec;
    spec.experts = {"linear"};
    spec.gate_inputs = {0};
    spec.expert_inputs = {{0}};
    const auto [model, report] = moe::train({some_schema(1, 0), spec, line.data});
    const double sigma = model.experts[0].family->figures(model.theta.memptr() + model.experts[0].psi_offset)[0].value;
    // A target of size 1 has a rounding error of 1e-16, which is this much of a sigma of `noise`.
    CHECK(sigma == Approx(line.sigma).epsilon(1e-13 + 1e-15 / noise));
    CHECK_FALSE(report.on_floor);
  }
}

TEST_CASE("a day's trend with a second of noise has a sigma of a second", "[scales]") {
  // By exact rational arithmetic (Python's fractions): intercept, slope, root mean square, log-likelihood.
  const double intercept = 3.1114090926834868, slope = 86399.99998883557, sigma = 0.8851201599468609,
               log_likelihood = -259.38133279305436;
  const Shell sh;
  const json model =
      printed(sh("moe train -q -y seconds -k 1 $DATA/cases/drift.csv -o m.moe && moe inspect --json m.moe"));
  CHECK(figure(model, 0, "sigma") == Approx(sigma).epsilon(1e-9));
  CHECK(model["experts"][0]["coefficients"]["day"] == Approx(slope).epsilon(1e-13));
  CHECK(model["experts"][0]["coefficients"]["(intercept)"] == Approx(intercept).epsilon(1e-8));
  CHECK(model["fit"]["log_likelihood"] == Approx(log_likelihood).epsilon(1e-10));
  const arma::mat ends = table_of(sh("moe predict -m m.moe --output interval:0.9 $DATA/cases/drift.csv"));
  CHECK(ends(0, 1) - ends(0, 0) == Approx(2 * 1.6448536269514722 * sigma).epsilon(1e-6));

  // Two experts do not find more, and giving the known trend as an offset changes nothing.
  const json two =
      printed(sh("moe train -q -y seconds -k 2 $DATA/cases/drift.csv -o two.moe && moe inspect --json two.moe"));
  CHECK(two["fit"]["log_likelihood"].get<double>() > log_likelihood);
  CHECK(std::max(figure(two, 0, "sigma"), figure(two, 1, "sigma")) < 2);
  const json offset =
      printed(sh("awk -F, -v OFS=, 'NR == 1 {print $0, \"known\"} NR > 1 {printf \"%s,%.9f\\n\", $0, 86400 * $1}' "
                 "$DATA/cases/drift.csv > known.csv && moe train -q -y seconds -k 1 --features day --offset known "
                 "known.csv -o o.moe "
                 "&& moe inspect --json o.moe"));
  CHECK(figure(offset, 0, "sigma") == Approx(sigma).epsilon(1e-8));
  CHECK(offset["experts"][0]["coefficients"]["day"].get<double>() == Approx(slope - 86400).margin(1e-8));
}

TEST_CASE("of two groups of very different size each has a sigma of its own", "[scales]") {
  // By EM in NumPy without a floor (weighted least squares and a logistic gate), run to its end.
  const Shell sh;
  const json model = printed(sh("moe train -q -y y -k 2 $DATA/cases/scale2.csv -o m.moe && moe inspect --json m.moe"));
  CHECK(model["fit"]["log_likelihood"] == Approx(-1257.1753058375555).epsilon(1e-9));
  std::vector<double> sigma{figure(model, 0, "sigma"), figure(model, 1, "sigma")};
  std::sort(sigma.begin(), sigma.end());
  CHECK(sigma[0] == Approx(0.09953843623904775).epsilon(1e-6));
  CHECK(sigma[1] == Approx(97838.40394298728).epsilon(1e-6));
}

TEST_CASE("a floor is what rounding leaves, however many experts there are", "[scales]") {
  const Shell sh;
  const auto floor_of = [&](const std::string& options) {
    const json target = printed(sh("moe train -q -y accel " + options +
                                   " $DATA/mcycle.csv -o m.moe && moe export -m m.moe --format json"))
                            .at("standardization")
                            .at("target");
    return 1e-4 * target.at("spread").get<double>() * target.at("scale").get<double>();
  };
  CHECK(floor_of("-k 2") == Approx(0.25 * 0.1 / std::sqrt(12.0)));  // accel has one decimal
  CHECK(floor_of("-k 1") == floor_of("-k 2"));
}

TEST_CASE("a floor by hand is in the target's units", "[scales]") {
  const Shell sh;
  const std::string train = "moe train -q -y seconds -o m.moe $DATA/cases/drift.csv ";
  const auto with = [&](const std::string& options) {
    return printed(sh(train + options + " && moe inspect --json m.moe"));
  };
  // The sigma of least squares is 0.88512 (the case above).
  const double sigma = 0.8851201599468609;
  CHECK(figure(with("-k 1 --sigma-floor 1e-3"), 0, "sigma") == Approx(sigma).epsilon(1e-6));
  CHECK(figure(with("-k 1 --sigma-floor 2"), 0, "sigma") == Approx(2).epsilon(1e-3));
  const json hetero = with("-k 1 --family gaussian:hetero --sigma-floor 2");
  CHECK(figure(hetero, 0, "largest_sigma") >= 2);
  for (const json& expert : with("-k 2 --sigma-floor 0.8")["experts"]) CHECK(expert.at("sigma") >= 0.8 * (1 - 1e-12));
  // An expert on a floor by hand is not spurious: the fit is at least as good as the one without a floor whose sigmas
  // are raised to it.
  const json plain = printed(
      sh("moe train -q -y accel -k 4 --gate-l2 1e-5 $DATA/mcycle.csv -o p.moe && moe export -m p.moe --format json"));
  json raised = plain;
  json& target = raised["standardization"]["target"];
  target["spread"] = 5 / target["scale"].get<double>() / 1e-4;
  sh.write("raised.json", raised.dump());
  const json allowed = printed(sh("moe import raised.json -o r.moe && moe eval --json -m r.moe $DATA/mcycle.csv"));
  const json floored =
      printed(sh("moe train -q -y accel -k 4 --gate-l2 1e-5 --sigma-floor 5 $DATA/mcycle.csv -o f.moe "
                 "&& moe inspect --json f.moe"));
  CHECK(floored["fit"]["log_likelihood"].get<double>() > allowed["log_likelihood"].get<double>());
  // Of two targets each has its own.
  const json both =
      printed(sh("awk -F, -v OFS=, 'NR == 1 {print $0, \"twice\"} NR > 1 {printf \"%s,%.17g\\n\", $0, 2 * $2}' "
                 "$DATA/cases/drift.csv > t.csv && "
                 "moe train -q -k 1 -y seconds,twice --sigma-floor 1e-3,5 t.csv -o t.moe && moe inspect --json t.moe"));
  CHECK(figure(both, 0, "sigma_seconds") == Approx(sigma).epsilon(1e-6));
  CHECK(figure(both, 0, "sigma_twice") == Approx(5).epsilon(1e-3));
  const std::vector<std::pair<std::string, std::string>> wrong{
      {"--sigma-floor 0", "expected a number above 0"},
      {"--sigma-floor x", "expected a number above 0"},
      {"--sigma-floor 1,2", "2 numbers for 1 target: expected one for each target"},
      {"--sigma-floor 1 --family gaussian:unit", "has no sigma to find"},
      {"--sigma-floor 1 --resume m.moe", "--resume goes on with the model as it is"},
      {"--sigma-floor 1 --auto", "--auto"}};
  for (const auto& [options, sentence] : wrong) {
    const Ran ran = sh(train + options);
    INFO(ran);
    CHECK(ran.status == 2);
    CHECK(ran.err.find(sentence) != std::string::npos);
  }
}

TEST_CASE("a value far from all others is named, and heavy tails have none", "[scales]") {
  moe::Random random(7);
  arma::vec y(200), cauchy(200), w(200, arma::fill::ones);
  for (double& value : y) value = random.normal();
  for (double& value : cauchy) value = std::tan(M_PI * (random.uniform() - 0.5));
  CHECK(moe::far_values(y, w).empty());
  CHECK(moe::far_values(cauchy, w).empty());
  arma::mat both = arma::join_rows(y, y);
  both(17, 1) = -999999;
  both(30, 1) = -999999;
  const std::vector<moe::FarValues> found = moe::far_values(both, w);
  REQUIRE(found.size() == 1);
  CHECK(found[0].target == 1);
  CHECK(found[0].value == -999999);
  CHECK(found[0].row == 18);
  CHECK(found[0].rows == 2);
  w[17] = w[30] = 0;
  CHECK(moe::far_values(both, w).empty());
  // A fifth of the values is not a few.
  both.submat(0, 1, 39, 1).fill(-999999);
  CHECK(moe::far_values(both, arma::ones(200)).empty());

  const Shell sh;
  const Ran ran = sh("moe train -q -k 1 $DATA/cases/sentinel.csv -o m.moe");
  INFO(ran);
  CHECK(ran.status == 0);
  CHECK(ran.err.find("note: 1 value of 'y' is far from all others: 999999 in row 151") != std::string::npos);
  CHECK(ran.err.find("--na 999999 --missing drop") != std::string::npos);
  // What the note says helps: the figures are those of the table without the row.
  const json without =
      printed(sh("head -n 151 $DATA/cases/sentinel.csv > clean.csv; moe train -q -k 1 clean.csv -o c.moe && moe "
                 "inspect --json c.moe"));
  const json dropped = printed(
      sh("moe train -q -k 1 --na 999999 --missing drop $DATA/cases/sentinel.csv -o d.moe && moe inspect --json d.moe"));
  CHECK(dropped["fit"]["log_likelihood"] == without["fit"]["log_likelihood"]);
}

TEST_CASE("members of a committee keep the ranges of their sigmas", "[scales][committee]") {
  moe::Random random(9);
  moe::Dataset data;
  data.X.ones(2, 200);
  data.y.set_size(200, 1);
  data.w.ones(200);
  for (arma::uword n = 0; n < 200; ++n) {
    data.X(1, n) = random.uniform();
    data.y[n] = data.X(1, n) + 0.2 * std::exp(data.X(1, n)) * random.normal();
  }
  moe::ModelSpec spec;
  spec.experts = {"linear"};
  spec.gate_inputs = {0};
  spec.expert_inputs = {{0}};
  spec.family = "gaussian:hetero";
  const moe::Schema schema = some_schema(1, 0);
  const moe::Standardization units = moe::common_units(schema, data, {spec});
  std::vector<moe::Model> members;
  for (const arma::uword first : {0, 100}) {
    moe::FitRequest request{schema, spec, {data.slice(first, first + 99)}};
    request.units = units;
    members.push_back(moe::train(std::move(request)).model);
  }
  const moe::Model whole = moe::committee(members, {1, 1});
  double largest = 0, least = std::numeric_limits<double>::infinity();
  for (std::size_t k = 0; k < 2; ++k) {
    CHECK(whole.experts[k].family->spec() == members[k].experts[0].family->spec());
    const std::vector<moe::Family::Figure> range = whole.experts[k].family->figures(nullptr);
    REQUIRE(range.size() == 2);
    least = std::min(least, range[0].value);
    largest = std::max(largest, range[1].value);
  }
  CHECK(members[0].experts[0].family->spec() != members[1].experts[0].family->spec());
  CHECK(largest < 5);
  CHECK(least > 0.02);
  moe::Dataset far = data;
  far.X.row(1) = arma::linspace<arma::rowvec>(-1e4, 1e4, 200);
  moe::Predictive predictive(whole);
  predictive.at(far);
  // The two means have weights of 1/2: the variance between them is their squared half distance.
  const arma::mat means = predictive.expert_means();
  const arma::vec within = arma::square(predictive.sd()) - arma::square(0.5 * (means.col(0) - means.col(1)));
  const arma::vec margin = 1e-9 * arma::square(means.col(0) - means.col(1));
  CHECK(arma::all(within <= largest * largest + margin));
  CHECK(arma::all(within >= least * least - margin));
}

TEST_CASE("a sigma that inputs tell stays within the range of the training rows", "[scales]") {
  const Shell sh;
  const std::string made =
      "moe gen sine -n 400 --seed 5 -o t.csv && moe train -q -k 2 --family gaussian:hetero t.csv -o m.moe && ";
  const json model = printed(sh(made + "moe inspect --json m.moe"));
  CHECK(model["family"] == "gaussian:hetero");
  double least = std::numeric_limits<double>::infinity(), largest = 0;
  for (const json& expert : model["experts"]) {
    least = std::min(least, expert.at("least_sigma").get<double>());
    largest = std::max(largest, expert.at("largest_sigma").get<double>());
    CHECK(expert.at("least_sigma").get<double>() <= expert.at("largest_sigma").get<double>());
  }
  CHECK(least > 0);
  CHECK(largest < 10);
  // Far from the rows the gate is certain of one expert, so that its sigma is that of the mixture.
  for (const char* x : {"-1e3", "1e3", "-1e6", "1e6"}) {
    INFO(x);
    const arma::mat sd = table_of(sh("printf 'x1\\n" + std::string(x) + "\\n' | moe predict -m m.moe --output sd"));
    CHECK(sd[0] >= least * (1 - 1e-12));
    CHECK(sd[0] <= largest * (1 + 1e-12));
  }
  // The bounds are part of the model: its JSON contains them, and gives the same file again.
  const Ran again =
      sh("moe export -m m.moe --format json -o m.json && moe import m.json -o again.moe && cmp m.moe again.moe");
  INFO(again);
  CHECK(again.status == 0);
  const Ran resumed = sh("moe train -q --resume m.moe t.csv -o b.moe && moe inspect --json b.moe");
  CHECK(printed(resumed)["experts"][0]["least_sigma"] == model["experts"][0]["least_sigma"]);
}

TEST_CASE("bounds of a sigma by hand", "[scales]") {
  const Shell sh;
  const std::string made = "moe gen sine -n 200 --seed 5 -o t.csv && moe train -q -k 1 -o m.moe t.csv --family ";
  const arma::mat sd = table_of(sh(made + "gaussian:hetero:0.2:0.25 && moe predict -m m.moe --output sd t.csv"));
  CHECK(sd.min() >= 0.2 * (1 - 1e-12));
  CHECK(sd.max() <= 0.25 * (1 + 1e-12));
  for (const char* wrong : {"gaussian:hetero:", "gaussian:hetero:1", "gaussian:hetero:2:1", "gaussian:hetero:0:1",
                            "gaussian:hetero:1:2:3", "gaussian:hetero:a:b", "gaussian:hetero:1:inf"}) {
    const Ran ran = sh(made + wrong);
    INFO(ran);
    CHECK(ran.status == 2);
    CHECK(ran.err.find("no bounds of sigma") != std::string::npos);
  }
}

TEST_CASE("a standard deviation that does not exist is infinite, and no fault of the row", "[scales]") {
  const Shell sh;
  const json model =
      printed(sh("moe train -q -y y -k 1 --family student $DATA/cases/student_heavy.csv -o m.moe && moe "
                 "inspect --json m.moe"));
  REQUIRE(figure(model, 0, "nu") < 2);
  const Ran ran = sh("moe predict -m m.moe --output sd $DATA/cases/student_heavy.csv | sort | uniq -c");
  INFO(ran);
  CHECK(ran.out.find("100 inf") != std::string::npos);
  const json eval = printed(sh("moe eval -m m.moe --json $DATA/cases/student_heavy.csv"));
  CHECK(std::isfinite(eval.at("nll").get<double>()));
  CHECK(std::isfinite(eval.at("crps").get<double>()));
}

TEST_CASE("what is predicted and judged scales with the target, whatever its size", "[scales]") {
  const Shell sh;
  // Powers of two, so that all digits of the table remain.
  const auto with = [&](const char* name, int power) {
    const std::string made =
        "moe gen two-lines -n 100 --seed 2 | awk -F, -v OFS=, 'NR == 1 {print} NR > 1 {$2 = sprintf("
        "\"%.17g\", $2 * 2 ^ " +
        std::to_string(power) + "); print}' > " + name +
        ".csv && moe train -q "
        "-k 2 " +
        name + ".csv -o " + name + ".moe && ";
    return std::pair{
        table_of(sh(made + "moe predict -m " + name + ".moe --output mean,sd,interval:0.9 " + name + ".csv")),
        printed(sh(made + "moe eval --json -m " + name + ".moe " + name + ".csv"))};
  };
  const auto [usual, judged] = with("usual", 0);
  for (const int power : {990, 540, -540, -990}) {
    INFO(power);
    const auto [values, eval] = with("far", power);
    const double unit = std::ldexp(1.0, power);
    CHECK(arma::approx_equal(arma::mat(values / unit), usual, "reldiff", 1e-6));
    for (const char* name : {"rmse", "mae", "crps"})
      CHECK(eval.at(name).get<double>() / unit == Approx(judged.at(name).get<double>()).epsilon(1e-6));
    CHECK(eval.at("r2").get<double>() == Approx(judged.at("r2").get<double>()).epsilon(1e-6));
  }
}
