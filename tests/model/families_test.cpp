// Each family, run by the program, is compared with R's fits (testdata/oracle/families.json, made by
// scripts/oracle-families.R), alone and in mixtures, and is tried with targets that it cannot describe.
#include <algorithm>
#include <armadillo>
#include <catch2/catch.hpp>
#include <cmath>
#include <fstream>
#include <limits>
#include <map>
#include <nlohmann/json.hpp>
#include <numeric>
#include <stdexcept>

#include "moe/family.hpp"
#include "shell.hpp"

namespace {

using nlohmann::json;

/// The oracle's names of dispersions with inspect's names; "" for one that inspect does not show.
const std::map<std::string, std::string> kNames = {
    {"size", "theta"}, {"zero_probability", "zero_share"}, {"sd", "sigma"}, {"omega", ""},
    {"skewness", ""},  {"location_intercept", ""},         {"lm_sigma", ""}};

/// Compares numbers with relative tolerance `epsilon`; of an object every member that is expected.
void check_equal(const json& found, const json& expected, double epsilon = 1e-6) {
  if (expected.is_object()) {
    for (const auto& [name, value] : expected.items()) {
      INFO(name);
      REQUIRE(found.contains(name));
      check_equal(found.at(name), value, epsilon);
    }
    return;
  }
  CHECK(found.get<double>() == Approx(expected.get<double>()).epsilon(epsilon).margin(1e-12));
}

/// `scale`: a factor for the errors. The oracle divides by n, but the errors of a single gaussian divide by n - p, as
/// in linear regression.
void check_expert(const json& found, const json& expected, double scale) {
  check_equal(found.at("coefficients"), expected.at("coefficients"));
  json errors = expected.value("lm_standard_errors", expected.value("standard_errors", json::object()));
  if (!expected.contains("lm_standard_errors"))
    for (json& error : errors)
      if (error.is_number()) error = scale * error.get<double>();
  if (!errors.empty()) check_equal(found.at("standard_errors"), errors, 1e-5);
  for (const auto& [name, value] : expected.items()) {
    if (!value.is_number()) continue;
    const std::size_t end = name.find("_standard_error");
    const auto at = kNames.find(name.substr(0, end));
    std::string own = at == kNames.end() ? name.substr(0, end) : at->second;
    if (own.empty()) continue;
    if (end != std::string::npos) own += "_standard_error";
    INFO(own);
    REQUIRE(found.contains(own));
    check_equal(found.at(own), value, end == std::string::npos ? 1e-6 : 1e-5);
  }
}

/// The figures of a fit. The command must end with `moe inspect --json`.
json fitted(const Ran& ran) {
  INFO(ran);
  REQUIRE(ran.status == 0);
  return json::parse(ran.out.substr(ran.out.find('{')));
}

}  // namespace

TEST_CASE("fits are R's", "[families]") {
  std::ifstream in(MOE_SOURCE "/testdata/oracle/families.json");
  const json cases = json::parse(in).at("cases");
  REQUIRE(cases.size() == 21);
  const Shell sh;
  for (const json& c : cases) {
    std::string arguments;
    for (const json& word : c.at("arguments")) arguments += " " + word.get<std::string>();
    const Ran ran = sh("moe train -q" + arguments + " $DATA/oracle/" + c.at("csv").get<std::string>() +
                       " -o m.moe && moe inspect --json m.moe");
    INFO(c.at("name").get<std::string>());
    const json model = fitted(ran);
    const json& expected = c.at("experts");
    CHECK(model.at("fit").at("converged") == true);
    // The sigmas of gaussian:hetero have a floor of 1e-4 of the target's standard deviation. R's have none.
    const double margin = model.at("family") == "gaussian:hetero" ? 1e-6 : 1e-7;
    CHECK(model.at("fit").at("log_likelihood").get<double>() ==
          Approx(c.at("log_likelihood").get<double>()).epsilon(0).margin(margin));
    // The oracle's experts are in the order of their intercepts.
    std::vector<std::size_t> order(expected.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    const auto intercept = [&](std::size_t k) {
      return model.at("experts")[k].at("coefficients").at("(intercept)").get<double>();
    };
    if (order.size() > 1)
      std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return intercept(a) < intercept(b); });
    const double weight = model.at("fit").at("weight").get<double>(),
                 scale = c.at("name") == "gaussian-weighted" ? std::sqrt(weight / (weight - 3)) : 1;
    for (std::size_t k = 0; k < order.size(); ++k) {
      INFO("expert " << k);
      check_expert(model.at("experts")[order[k]], expected[k], scale);
    }
    if (!c.contains("gate")) continue;
    INFO("gate");
    const json& gate = model.at("gate").at("coefficients");
    for (const auto& [name, value] : c.at("gate").at("coefficients")[0].items())
      CHECK(gate[order[0]].at(name).get<double>() - gate[order[1]].at(name).get<double>() ==
            Approx(value.get<double>()).epsilon(1e-6));
  }
}

TEST_CASE("a laplace fit is the best of all lines through as many rows as it has coefficients", "[families]") {
  // Small whole numbers, so that many rows lie on a line. The minimum of sum w |y - x' beta| is at a vertex.
  const Shell sh;
  std::string csv = "a,b,w,y\n";
  arma::mat X(3, 14, arma::fill::ones);
  arma::vec y(14), w(14);
  std::uint32_t state = 7;
  const auto draw = [&](std::uint32_t below) {
    state = state * 1664525u + 1013904223u;
    return static_cast<double>((state >> 16) % below);
  };
  for (arma::uword n = 0; n < 14; ++n) {
    X(1, n) = draw(5);
    X(2, n) = draw(4);
    w[n] = 1 + draw(3);
    y[n] = X(1, n) - X(2, n) + draw(4);
    csv += std::to_string(X(1, n)) + "," + std::to_string(X(2, n)) + "," + std::to_string(w[n]) + "," +
           std::to_string(y[n]) + "\n";
  }
  double least = std::numeric_limits<double>::infinity();
  for (arma::uword i = 0; i < 14; ++i)
    for (arma::uword j = 0; j < i; ++j)
      for (arma::uword k = 0; k < j; ++k) {
        const arma::uvec rows{i, j, k};
        const arma::mat A = X.cols(rows).t();
        if (std::abs(arma::det(A)) < 0.5) continue;
        const arma::vec beta = arma::solve(A, y.elem(rows));
        least = std::min(least, arma::dot(w, arma::abs(y - X.t() * beta)));
      }
  const double weight = arma::accu(w);
  const json model = fitted(sh("echo '" + csv +
                               "' > d.csv; moe train -q -k 1 --family laplace --weight w d.csv -o m.moe && "
                               "moe inspect --json m.moe"));
  CHECK(model.at("fit").at("log_likelihood").get<double>() ==
        Approx(-weight * (std::log(2 * least / weight) + 1)).epsilon(1e-9));
}

TEST_CASE("families that contain the gaussian end no lower", "[families]") {
  const Shell sh;
  for (const std::string k : {"1", "2", "3"}) {
    const auto log_likelihood = [&](const std::string& family, const std::string& seed = "1") {
      return fitted(sh("moe train -q -y accel -k " + k + " --family " + family + " --seed " + seed +
                       " $DATA/mcycle.csv -o m.moe && moe inspect --json m.moe"))
          .at("fit")
          .at("log_likelihood")
          .get<double>();
    };
    INFO(k << " experts");
    const double gaussian = log_likelihood("gaussian");
    // The gaussian is the student with infinitely many degrees of freedom.
    // One in sixteen seeds misses the maximum for three experts; which one depends on last bits.
    CHECK(std::max({log_likelihood("student", "1"), log_likelihood("student", "2"), log_likelihood("student", "3")}) >
          gaussian - 1e-3);
    CHECK(log_likelihood("skew-normal") > gaussian - 1e-6);
    CHECK(log_likelihood("gaussian:hetero") > gaussian - 1e-6);
    CHECK(log_likelihood("gaussian:shared") < gaussian + 1e-6);
  }
}

TEST_CASE("one expert more ends no lower", "[families]") {
  const Shell sh;
  for (const std::string family : {"gaussian", "student", "laplace", "skew-normal"}) {
    double before = -std::numeric_limits<double>::infinity();
    for (const std::string k : {"1", "2", "3"}) {
      const double here = fitted(sh("moe train -q -y accel -k " + k + " --family " + family +
                                    " $DATA/mcycle.csv -o m.moe && moe inspect --json m.moe"))
                              .at("fit")
                              .at("log_likelihood")
                              .get<double>();
      INFO(family << ", " << k << " experts");
      CHECK(here >= before - 1e-6);
      before = here;
    }
  }
}

TEST_CASE("a target that is not the family's is refused in a sentence", "[families]") {
  const Shell sh;
  sh("printf 'x,y\n1,2\n2,2.5\n3,1\n4,4\n' > real.csv; printf 'x,y\n1,2\n2,-3\n3,1\n' > negative.csv; "
     "printf 'x,y\n1,0.2\n2,0.5\n3,1\n' > one.csv; printf 'x,n,y\n1,3,2\n2,2,3\n3,4,1\n' > trials.csv; "
     "printf 'x,t,y\n1,3,2\n2,0,3\n3,4,1\n' > exposure.csv; printf 'x,n,y\n1,3,2\n2,5,3\n3,4,1\n' > fine.csv");
  struct Case {
    const char* arguments;
    int status;
    const char* sentence;
  };
  const Case cases[] = {
      {"--family poisson real.csv", 3,
       "real.csv:3:2 y: '2.5' is not what the family describes: expected a count: a whole number from 0"},
      {"--family negative-binomial negative.csv", 3,
       "negative.csv:3:2 y: '-3' is not what the family describes: expected a count: a whole number from 0"},
      {"--family zero-inflated-poisson real.csv", 3, "real.csv:3:2 y: '2.5' is not what the family describes"},
      {"--family gamma negative.csv", 3,
       "negative.csv:3:2 y: '-3' is not what the family describes: expected a number above 0"},
      {"--family beta one.csv", 3,
       "one.csv:4:2 y: '1' is not what the family describes: expected a number between 0 and 1, both excluded"},
      {"--family binomial --trials n trials.csv", 3, "trials.csv:3:2 n: 3 successes in 2 trials"},
      {"--family binomial fine.csv", 2, "family 'binomial' counts successes of a number of trials: expected --trials"},
      {"--family poisson --trials n fine.csv", 2, "--trials: family 'poisson' has no use for it"},
      {"--family poisson --exposure t exposure.csv", 3, "exposure.csv:3:2 t: the exposure is not above 0"},
      {"--family gaussian --exposure n fine.csv", 2, "--exposure: its logarithm is added to log means"},
      {"-k 2 --expert poisson:linear --expert gaussian:linear real.csv", 3, "real.csv:3:2 y: '2.5' is not what"},
      {"-k 2 --expert poisson:linear --expert bernoulli:linear fine.csv", 2, "--expert: some describe classes"},
      {"-k 2 --expert poisson:linear --family gaussian fine.csv", 2, "--family says one for all"},
      {"--family student:3 real.csv", 2,
       "family 'student:3': expected student, or student:LEAST with a bound of nu from 0.1 to 2"},
      {"--family studnt real.csv", 2, "unknown family 'studnt': did you mean 'student'?"},
  };
  for (const Case& c : cases) {
    const Ran ran =
        sh(std::string("moe train -y y ") + c.arguments + " -o m.moe; status=$?; ls m.moe 2>/dev/null; exit $status");
    INFO(ran);
    CHECK(ran.status == c.status);
    CHECK(ran.out.empty());
    CHECK(ran.err.rfind("moe train: ", 0) == 0);
    CHECK(ran.err.find(c.sentence) != std::string::npos);
    CHECK(std::count(ran.err.begin(), ran.err.end(), '\n') == 1);
  }
}

TEST_CASE("what only a number has is refused of classes and of several targets", "[families]") {
  moe::TargetInfo number, of_two, of_three;
  of_two.classes = 2;
  of_three.classes = 3;
  const arma::mat eta(1, 2, arma::fill::zeros);
  const std::vector<double> psi(3, 0);
  const std::string refusal = " asked of a family of classes, or of several targets";
  for (const auto& family :
       {moe::make_family("bernoulli", of_two), moe::make_family("categorical", of_three),
        moe::make_family("gaussian:full", {number, number}), moe::make_family("gaussian,poisson", {number, number})}) {
    INFO(family->spec());
    arma::vec out;
    CHECK_THROWS_MATCHES(family->variance(eta, psi.data(), out), std::logic_error,
                         Catch::Message("variance" + refusal));
    CHECK_THROWS_MATCHES(family->cdf({0}, eta, psi.data(), out), std::logic_error, Catch::Message("cdf" + refusal));
    CHECK_THROWS_MATCHES(family->quantile(0.5, eta, psi.data(), out), std::logic_error,
                         Catch::Message("quantile" + refusal));
  }
}

TEST_CASE("a sigma of which no row tells is bounded by the target's own", "[families]") {
  moe::TargetInfo target;
  target.scale = 3;
  target.typical = 2;
  const auto family = moe::make_family("gaussian:hetero", target);
  const arma::mat eta{{0, 130}, {0, 135}};  // sigma e^130 and more
  const arma::vec wide{1e300}, narrow{50};
  CHECK(family->bounded_to(eta, {0.2, 0.3}, 0, wide) == "gaussian:hetero:3:12");  // half and twice 3 x 2
  CHECK(family->bounded_to(eta, {2, 3}, 0, narrow) == "gaussian:hetero:25:100");  // of the range
  const auto told = moe::make_family(family->bounded_to(eta, {2, 3}, 0, wide), target);
  CHECK(told->figures(nullptr)[1].value == Approx(2 * 3 * std::exp(135.0)));
}

TEST_CASE("a lognormal fit is least squares of the logarithm, with a density of the target itself", "[families]") {
  const Shell sh;
  sh("moe gen experts -n 60 -d 2 -k 1 --seed 4 | awk -F, -v OFS=, 'NR > 1 { $3 = exp($3 / 4) } 1' > d.csv");
  const json model = fitted(sh("moe train -q -k 1 --family lognormal d.csv -o m.moe && moe inspect --json m.moe"));
  arma::mat table;
  REQUIRE(table.load(arma::csv_name(sh.path("d.csv"), arma::csv_opts::none), arma::csv_ascii));
  table.shed_row(0);
  const arma::mat X = arma::join_rows(arma::ones(table.n_rows), table.cols(0, 1));
  const arma::vec log_y = arma::log(table.col(2)), beta = arma::solve(X, log_y), r = log_y - X * beta;
  const double n = static_cast<double>(table.n_rows), sigma = std::sqrt(arma::dot(r, r) / n);
  const json& expert = model.at("experts")[0];
  CHECK(expert.at("coefficients").at("x1").get<double>() == Approx(beta[1]).epsilon(1e-10));
  CHECK(expert.at("sigma").get<double>() == Approx(sigma).epsilon(1e-7));  // the floor of sigma is 1e-4
  CHECK(model.at("fit").at("log_likelihood").get<double>() ==
        Approx(-0.5 * n * (std::log(2 * M_PI * sigma * sigma) + 1) - arma::accu(log_y)).epsilon(1e-9));
  // The figures of one row: mean exp(mu + sigma^2 / 2), and the median exp(mu).
  const Ran ran = sh("head -2 d.csv | moe predict -m m.moe --output mean,median,sd");
  double mean = 0, median = 0, sd = 0;
  REQUIRE(std::sscanf(ran.out.c_str(), "mean,median,sd\n%lf,%lf,%lf", &mean, &median, &sd) == 3);
  const double mu = arma::dot(X.row(0), beta);
  CHECK(median == Approx(std::exp(mu)).epsilon(1e-9));
  CHECK(mean == Approx(std::exp(mu + sigma * sigma / 2)).epsilon(1e-7));
  CHECK(sd == Approx(mean * std::sqrt(std::expm1(sigma * sigma))).epsilon(1e-7));
}

TEST_CASE("no part of a lognormal lies at 0 or below", "[families]") {
  const auto family = moe::make_family("lognormal", moe::TargetInfo{});
  const double psi = std::log(200);  // so wide that its part below the least double is 2 %
  arma::vec p, density;
  family->cdf({-1e300, 0, 1e-300}, arma::mat(3, 1, arma::fill::zeros), &psi, p);
  CHECK(p[0] == 0);
  CHECK(p[1] == 0);
  CHECK(p[2] == Approx(0.5 * std::erfc(300 * std::log(10) / 200 / std::sqrt(2))).epsilon(1e-9));
}

TEST_CASE("a lognormal density does not depend on the units of the model", "[families]") {
  moe::TargetInfo moved;
  moved.center = 7;
  moved.scale = 2.5;
  for (const std::string spec : {"lognormal", "lognormal:hetero"}) {
    INFO(spec);
    const auto own = moe::make_family(spec, moe::TargetInfo{}), other = moe::make_family(spec, moved);
    const arma::vec y{0.3, 4, 20}, in_units = (y - 7) / 2.5, psi{-0.4};
    arma::mat eta{{1.2, -0.5}, {0.9, 0.1}, {2, -1}}, mean_of_own, mean_of_other;
    eta.resize(3, own->outputs());
    const auto same = [&](const arma::vec& a, const arma::vec& b) {
      return arma::approx_equal(a, b, "reldiff", 1e-13);
    };
    arma::vec a, b;
    own->log_density(y, eta, psi.memptr(), a);
    other->log_density(in_units, eta, psi.memptr(), b);
    CHECK(same(a, b));
    own->cdf(y, eta, psi.memptr(), a);
    other->cdf(in_units, eta, psi.memptr(), b);
    CHECK(same(a, b));
    own->quantile(0.3, eta, psi.memptr(), a);
    other->quantile(0.3, eta, psi.memptr(), b);
    CHECK(same(a, 7 + 2.5 * b));
    own->mean(eta, psi.memptr(), mean_of_own);
    other->mean(eta, psi.memptr(), mean_of_other);
    CHECK(same(mean_of_own, 7 + 2.5 * mean_of_other));
    own->variance(eta, psi.memptr(), a);
    other->variance(eta, psi.memptr(), b);
    CHECK(same(a, 2.5 * 2.5 * b));
  }
}
