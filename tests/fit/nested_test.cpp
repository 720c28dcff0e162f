// Models that contain simpler ones: the larger model's maximum is never lower, and where it is not higher, a note says
// so.
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "shell.hpp"

namespace {

using nlohmann::json;

/// Runs `moe train` with these arguments, and returns the output of `moe inspect --json`.
json fit_of(const Shell& sh, const std::string& arguments) {
  const Ran ran = sh("moe train -q " + arguments + " -o m.moe && moe inspect m.moe --json");
  INFO(ran);
  REQUIRE(ran.status == 0);
  return json::parse(ran.out);
}

double log_likelihood(const json& model) { return model.at("fit").at("log_likelihood").get<double>(); }

/// Writes tables of counts with exposures, offsets and weights, of skewed numbers, and of two targets.
const char* const kNestedTables = R"(
awk 'BEGIN { print "x,y,e,w"; for (i = 0; i < 150; ++i) { x = i / 150; e = 1 + 99 * (i % 7); u = sin(12.9898 * i) * 43758.5453;
  u -= int(u); if (u < 0) u += 1; printf "%g,%d,%g,%d\n", x, (i % 5 == 0 ? 0 : e * exp(x) / 9 * (0.2 + 2 * u * u)), e, 1 + i % 3 } }' > counts.csv
awk 'BEGIN { print "x,y,o,w"; for (i = 0; i < 120; ++i) { x = i / 120; u = sin(12.9898 * i) * 43758.5453; u -= int(u); if (u < 0) u += 1;
  printf "%g,%g,%g,%d\n", x, 2 * x + log(u + 1e-3) + 5 * (i % 4), 5 * (i % 4), 1 + i % 2 } }' > left.csv
awk 'BEGIN { print "x,a,b"; for (i = 0; i < 90; ++i) { x = i / 90; u = sin(12.9898 * i) * 43758.5453; v = sin(78.233 * i) * 43758.5453;
  u -= int(u); v -= int(v); printf "%g,%g,%g\n", x, x + u * u * u, 2 - x + u + v } }' > two.csv
)";

}  // namespace

TEST_CASE("a skew-normal finds the skewness of either sign", "[nested]") {
  // The maximum found by Nelder and Mead's search of the likelihood, written anew: -81.881427, alpha 2.2215.
  Shell sh;
  for (const char* side : {"", "-"}) {
    sh(std::string("awk -F, -v CONVFMT=%.17g 'NR == 1 { print \"x,y\"; next } { print $1 \",\" (") + side +
       "$2) }' $DATA/cases/skew.csv > skew.csv");
    const json model = fit_of(sh, "skew.csv -y y -k 1 --family skew-normal");
    CHECK(log_likelihood(model) == Approx(-81.881427).margin(2e-6));
    CHECK(model.at("experts")[0].at("alpha").get<double>() == Approx(*side == '-' ? -2.2215 : 2.2215).epsilon(1e-3));
  }
}

TEST_CASE("a family never ends below one that it contains", "[nested]") {
  struct Pair {
    const char *larger, *smaller, *arguments;
  };
  const Pair pairs[] = {
      {"student", "gaussian", "left.csv -y y --features x --offset o --weight w"},
      {"student", "gaussian", "$DATA/cases/student_light.csv -y y"},
      {"skew-normal", "gaussian", "left.csv -y y --features x --offset o --weight w"},
      {"skew-normal", "gaussian", "$DATA/mcycle.csv"},
      {"gaussian:hetero", "gaussian", "$DATA/mcycle.csv"},
      {"negative-binomial", "poisson", "counts.csv -y y --features x --exposure e --weight w"},
      {"negative-binomial", "poisson", "$DATA/cases/nb_under.csv -y y"},
      {"zero-inflated-poisson", "poisson", "counts.csv -y y --features x --exposure e --weight w"},
      {"zero-inflated-poisson", "poisson", "$DATA/cases/zip_no_zero.csv -y y"},
      {"gaussian:full", "gaussian", "two.csv -y a,b"},
      {"skew-normal,student", "gaussian", "two.csv -y a,b"},
  };
  Shell sh;
  sh(kNestedTables);
  for (const Pair& pair : pairs)
    for (const char* experts : {"1", "2"}) {
      CAPTURE(pair.larger, pair.smaller, pair.arguments, experts);
      const std::string with = std::string(pair.arguments) + " --restarts 4 -k " + experts + " --family ";
      CHECK(log_likelihood(fit_of(sh, with + pair.larger)) >= log_likelihood(fit_of(sh, with + pair.smaller)) - 1e-4);
    }
}

TEST_CASE("more experts never end below fewer", "[nested]") {
  Shell sh;
  sh(kNestedTables);
  for (const char* arguments :
       {"$DATA/mcycle.csv", "$DATA/CO2data.csv", "left.csv -y y --features x --offset o --weight w --family student",
        "counts.csv -y y --features x --exposure e --weight w --family poisson"}) {
    double before = -1e300;
    for (const char* experts : {"1", "2", "3"}) {
      CAPTURE(arguments, experts);
      const double now = log_likelihood(fit_of(sh, std::string(arguments) + " --restarts 4 -k " + experts));
      CHECK(now >= before - 1e-4);
      before = now;
    }
  }
}

TEST_CASE("a fit that is the simpler family's says so, and keeps the others' errors", "[nested]") {
  struct Case {
    const char *arguments, *figure, *family, *simpler;
  };
  Shell sh;
  for (const Case& c : {Case{"$DATA/cases/nb_under.csv", "theta", "negative-binomial", "poisson"},
                        Case{"$DATA/cases/zip_no_zero.csv", "zero_share", "zero-inflated-poisson", "poisson"},
                        Case{"$DATA/cases/student_light.csv", "nu", "student", "gaussian"}}) {
    const Ran ran = sh(std::string("moe train ") + c.arguments + " -y y -k 1 --family " + c.family +
                       " -o m.moe && moe inspect m.moe --json && moe inspect m.moe >&2 && moe train -q " + c.arguments +
                       " -y y -k 1 --family " + c.simpler + " -o s.moe");
    INFO(ran);
    REQUIRE(ran.status == 0);
    const json model = json::parse(ran.out);
    const json expected = json::array({{{"expert", 1}, {"family", c.family}, {"simpler", c.simpler}}});
    CHECK(model.at("guards").at("as_simple") == expected);
    const std::string note = std::string("note: expert 1: ") + c.simpler + " describes its rows as well as " + c.family;
    CHECK(ran.err.find(note) != std::string::npos);                          // train prints the note
    CHECK(ran.err.find(note, ran.err.find(note) + 1) != std::string::npos);  // and so does inspect
    const json& expert = model.at("experts")[0];
    CHECK(expert.at(std::string(c.figure) + "_standard_error").is_null());
    const json simple = json::parse(sh("moe inspect s.moe --json").out).at("experts")[0];
    if (c.simpler == std::string("poisson"))  // the errors of a gaussian divide by n - p
      for (const char* name : {"(intercept)", "x"})
        CHECK(expert.at("standard_errors").at(name).get<double>() ==
              Approx(simple.at("standard_errors").at(name).get<double>()).epsilon(1e-5));
  }
}

TEST_CASE("each expert of each target is as simple as its rows, and the others keep their errors", "[nested]") {
  // Two groups of 59 rows, 1000 apart. In the first one a is uniform and b has heavy tails, in the second one it is the
  // other way round. So every expert is a gaussian in one target and a student in the other. Where it is a gaussian,
  // sigma is the standard deviation (dividing by n), and its error sigma / sqrt(2 n). The student's are the maximum and
  // the inverse information of each group alone, by SciPy 1.10 (Nelder and Mead's search, then differences).
  Shell sh;
  sh("awk 'function heavy(i, s, u) { u = i / 60 - 0.5; s = u < 0 ? -1 : 1; return s * ((1 / (1 - 2 * s * u)) ^ 0.4 - "
     "1) "
     "}\nBEGIN { print \"a,b\"; for (i = 1; i < 60; ++i) { light = (i * 23) % 60 / 30 - 1; tail = heavy((i * 7) % "
     "60);\n"
     "printf \"%.12g,%.12g\\n%.12g,%.12g\\n\", light, 5 + tail, 1000 + 2 * tail, 5 + 3 * light } }' > two.csv");
  const json model = fit_of(sh, "two.csv -y a,b -k 2 --expert constant --gate constant --family student");
  INFO(model.dump(1));
  const auto first = model.at("experts")[0].at("coefficients").at("a").at("(intercept)").get<double>() < 500 ? 0U : 1U;
  struct Expected {
    const char* target;
    double sigma, nu, mean_error, sigma_error, nu_error;  // nu = 0: a gaussian
  };
  for (const auto& [expert, expected] :
       {std::pair{first, Expected{"a", 0.56764621, 0, 0.07390124, 0.05225607, 0}},
        {first, Expected{"b", 0.38664080, 1.758571, 0.06442180, 0.08442738, 0.618310}},
        {1 - first, Expected{"a", 0.77328160, 1.758571, 0.12884360, 0.16885477, 0.618310}},
        {1 - first, Expected{"b", 1.70293864, 0, 0.22170373, 0.15676821, 0}}}) {
    const std::string target = expected.target;
    CAPTURE(expert, target);
    const json& found = model.at("experts")[expert];
    const auto near = [](double x) { return Approx(x).epsilon(1e-5); };
    CHECK(found.at("sigma_" + target) == near(expected.sigma));
    CHECK(found.at("standard_errors").at(target).at("(intercept)") == near(expected.mean_error));
    CHECK(found.at("sigma_" + target + "_standard_error") == near(expected.sigma_error));
    CHECK(found.at("nu_" + target + "_standard_error").is_null() == (expected.nu == 0));
    if (expected.nu == 0) continue;
    CHECK(found.at("nu_" + target) == near(expected.nu));
    CHECK(found.at("nu_" + target + "_standard_error") == near(expected.nu_error));
  }
}

TEST_CASE("a student at the bound of its nu says so, and may go below 1 where it is asked to", "[nested]") {
  Shell sh;
  sh("awk 'BEGIN { print \"x,y\"; for (i = 1; i < 200; ++i) { u = i / 200 - 0.5; s = u < 0 ? -1 : 1; "
     "printf \"%g,%.12g\\n\", (i * 37) % 200 / 200, s * ((1 / (1 - 2 * s * u)) ^ 2.5 - 1) } }' > wild.csv");
  Ran ran = sh("moe train wild.csv -y y -k 1 --family student -o m.moe; moe inspect m.moe --json");
  INFO(ran);
  CHECK(ran.err.find(", converged") != std::string::npos);
  CHECK(ran.err.find(
            "note: expert 1's nu is at its lower bound 1, the tails are heavier: expected --family student:0.1") !=
        std::string::npos);
  CHECK(json::parse(ran.out).at("guards").at("at_bound") == json::array({1}));
  ran = sh("moe train -q wild.csv -y y -k 1 --family student:0.1 -o m.moe && moe inspect m.moe --json");
  INFO(ran);
  const json model = json::parse(ran.out);
  const double nu = model.at("experts")[0].at("nu").get<double>();
  CHECK(nu > 0.2);
  CHECK(nu < 0.9);
  CHECK(model.at("experts")[0].at("nu_standard_error").get<double>() > 0);
  for (const char* word : {"mean", "sd", "expert_means"}) {
    const Ran refused = sh(std::string("moe predict -m m.moe wild.csv --output ") + word);
    INFO(refused);
    CHECK(refused.status == 2);
    CHECK(refused.err.find("its mean does not exist: expected words such as median, interval:0.9") !=
          std::string::npos);
  }
  CHECK(sh("moe predict -m m.moe wild.csv --output median,interval:0.9,log_density").status == 0);
  ran = sh("moe eval -m m.moe wild.csv --json");
  CHECK(json::parse(ran.out).at("rmse").is_null());
  CHECK(sh("moe export -m m.moe --format js -o m.js").status == 2);
}

TEST_CASE("parameters that the rows do not tell apart leave the others their errors", "[nested]") {
  // In zip_k2.csv, two zero-inflated experts under a constant gate share one probability of a zero, so 6 of 7
  // parameters are free. As mixtures of two Poissons and a point mass at 0, they have the same likelihood, coefficients
  // and errors however the zeros are divided.
  Shell sh;
  const json model =
      fit_of(sh, "$DATA/cases/zip_k2.csv -y y --features x -k 2 --gate constant --family zero-inflated-poisson");
  CHECK(model.at("fit").at("parameters") == 6);
  CHECK(model.at("fit").at("aic").get<double>() == Approx(2 * 6 - 2 * log_likelihood(model)));
  const std::vector<std::string> expected{"the gate's expert 1's (intercept)", "expert 1's zero_share",
                                          "expert 2's zero_share"};
  CHECK(model.at("inference").at("undetermined") == expected);
  for (const json& expert : model.at("experts")) {
    for (const char* name : {"(intercept)", "x"}) CHECK(expert.at("standard_errors").at(name).get<double>() > 0);
    CHECK(expert.at("zero_share_standard_error").is_null());
  }
  CHECK(model.at("gate").at("standard_errors")[0].at("(intercept)").is_null());
}
