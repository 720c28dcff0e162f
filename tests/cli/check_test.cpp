// moe check: what a model can read, and how far rows have drifted, with figures from awk and by hand.
#include <catch2/catch.hpp>
#include <cmath>
#include <nlohmann/json.hpp>

#include "shell.hpp"

using nlohmann::json;

namespace {

/// 400 rows of training, and 200 new ones: x has moved by 20, one row in four is without z, and there is a new level.
const char* const kMade = R"(set -e
awk 'BEGIN { print "x,z,colour,y"; for (i = 0; i < 400; ++i) printf "%d,%s,%s,%.3f\n", i % 100, i % 8 ? i % 13 : "",
  i % 4 == 0 ? "red" : i % 4 == 1 ? "blue" : "green", i % 100 / 50 + i * 7 % 11 / 10 }' > train.csv
awk 'BEGIN { print "x,z,colour"; for (i = 0; i < 200; ++i) printf "%d,%s,%s\n", i % 100 + 20, i % 4 ? i % 13 : "",
  i % 2 == 0 ? "red" : i % 4 == 1 ? "blue" : "green" }' > new.csv
sed 's/^20,/text,/; s/blue$/pink/' new.csv > odd.csv
moe train -q -k 1 -y y --missing indicator train.csv -o m.moe
moe train -q -k 1 -y y --features x,colour train.csv -o n.moe
)";

json report(const Shell& sh, const std::string& command, int status) {
  const Ran ran = sh(command);
  INFO(ran);
  CHECK(ran.status == status);
  return json::parse(ran.out);
}

double log_ratio_sum(const std::vector<double>& before, const std::vector<double>& now) {
  double sum = 0;
  for (std::size_t i = 0; i < before.size(); ++i) sum += (now[i] - before[i]) * std::log(now[i] / before[i]);
  return sum;
}

}  // namespace

TEST_CASE("check compares columns with those of a reference", "[check][cli]") {
  const Shell sh;
  sh(kMade);
  const json all = report(sh, "moe check --json -m m.moe --reference train.csv new.csv", 0);
  CHECK(all.at("rows") == 200);
  CHECK(all.at("reference_rows") == 400);
  CHECK(all.at("readable") == true);
  const json &x = all.at("columns")[0], &z = all.at("columns")[1], &colour = all.at("columns")[2],
             &y = all.at("columns")[3];
  CHECK(x.at("column") == "x");
  // x runs from 0 to 99 and from 20 to 119, each value alike: the distribution functions are 0.2 apart from 19 to 99,
  // a fifth is beyond 99, and the deviation is sqrt((100^2 - 1) / 12). Deciles: the first two are empty, the last has
  // 0.1 + 0.2.
  CHECK(x.at("ks").get<double>() == Approx(0.2).epsilon(1e-12));
  CHECK(x.at("outside").get<double>() == Approx(0.2).epsilon(1e-12));
  CHECK(x.at("shift").get<double>() == Approx(20 / std::sqrt(9999.0 / 12)).epsilon(1e-12));
  CHECK(x.at("psi").get<double>() ==
        Approx(log_ratio_sum({.1, .1, .1, .1, .1, .1, .1, .1, .1, .1}, {1e-4, 1e-4, .1, .1, .1, .1, .1, .1, .1, .3}))
            .epsilon(1e-12));
  CHECK(x.at("now").at("high") == 119);
  CHECK(x.at("before").at("mean") == Approx(49.5));
  CHECK(z.at("missing").get<double>() == Approx(0.25));
  CHECK(z.at("missing_before").get<double>() == Approx(0.125));
  // red, blue, green: 1/4, 1/4, 1/2 of 400 and 1/2, 1/4, 1/4 of 200. Expected counts are those of all 600 rows in
  // proportion: 200 of red are 133.3 and 66.7, so is green; blue is as expected.
  CHECK(colour.at("kind") == "category");
  CHECK(colour.at("psi").get<double>() == Approx(log_ratio_sum({.25, .5}, {.5, .25})).epsilon(1e-12));
  const auto part = [](double observed, double expected) { return std::pow(observed - expected, 2) / expected; };
  const double chi_square = part(100, 400.0 / 3) + part(100, 200.0 / 3) + part(200, 500.0 / 3) + part(50, 250.0 / 3);
  CHECK(colour.at("chi_square").get<double>() == Approx(chi_square).epsilon(1e-12));
  CHECK(colour.at("p").get<double>() == Approx(std::exp(-chi_square / 2)).margin(1e-12));
  CHECK(y.at("there") == false);
  CHECK(y.at("missing").is_null());
  const json same = report(sh, "moe check --json -m m.moe -r train.csv train.csv", 0);
  for (const json& column : same.at("columns")) {
    CHECK(column.at("psi") == 0);
    CHECK(column.at("p") == 1);
  }
}

TEST_CASE("check without a reference uses what the model keeps", "[check][cli]") {
  const Shell sh;
  sh(kMade);
  const json with = report(sh, "moe check --json -m m.moe -r train.csv new.csv", 0),
             without = report(sh, "moe check --json -m m.moe < new.csv", 0);
  CHECK(without.at("reference_rows").is_null());
  const auto near = [&](std::size_t column, const char* figure) {
    CAPTURE(column, figure);
    CHECK(without.at("columns")[column].at(figure).get<double>() ==
          Approx(with.at("columns")[column].at(figure).get<double>()).epsilon(1e-9));
  };
  near(0, "shift");
  near(1, "missing_before");
  near(2, "psi");
  near(2, "chi_square");
  CHECK(without.at("columns")[0].at("psi").is_null());
  CHECK(without.at("columns")[0].at("outside").is_null());
  const Ran text = sh("moe check -m m.moe new.csv");
  INFO(text);
  CHECK(text.status == 0);
  CHECK(text.err.empty());
  CHECK(text.out.starts_with("new.csv: 200 rows, before: what the model keeps of its training\ncolumn "));
  CHECK(sh("head -2 new.csv > one.csv; moe check -m m.moe --reference one.csv one.csv")
            .out.starts_with("one.csv: 1 row, before: one.csv, 1 row\n"));
}

TEST_CASE("check refuses rows that predict would refuse", "[check][cli]") {
  const Shell sh;
  sh(kMade);
  const json odd = report(sh, "moe check --json -m m.moe odd.csv", 3);
  CHECK(odd.at("readable") == false);
  CHECK(odd.at("columns")[0].at("unknown").get<double>() == Approx(0.01));
  CHECK(odd.at("columns")[2].at("unknowns")[0] ==
        json({{"text", "pink"}, {"cells", 50}, {"place", "odd.csv:3:3 colour"}}));
  const Ran text = sh("moe check -m m.moe odd.csv");
  INFO(text);
  CHECK(text.err ==
        "moe check: odd.csv: 'x': 2 cells are no number (odd.csv:2:1 x); 'colour': 50 cells are no level "
        "(odd.csv:3:3 colour): expected rows that the model can read\n");
  CHECK(text.out.find("\ncolour: unknown 'pink' (50), the first at odd.csv:3:3 colour\n") != std::string::npos);
  // As predict has it.
  for (const char* table : {"new.csv", "odd.csv", "-"}) {
    const std::string data = std::string(table) == "-" ? "<(sed 's/blue$/pink/' new.csv)" : table;
    for (const char* unknown : {"error", "ignore"}) {
      const std::string options = std::string(" -m m.moe --unknown ") + unknown + " " + data + " > out";
      CAPTURE(options);
      CHECK(sh("moe check" + options).status == sh("moe predict" + options).status);
    }
  }
  CHECK(sh("cut -d, -f2- new.csv | moe check -m n.moe").err ==
        "moe check: <stdin>: there is no column 'x': expected rows that the model can read\n");
  CHECK(sh("sed '5s/^[0-9]*,/,/' new.csv | moe check -m n.moe").err ==
        "moe check: <stdin>: 'x': 1 cell is missing (<stdin>:5:1 x): expected rows that the model can read\n");
  CHECK(sh("head -1 new.csv | moe check -m n.moe").err ==
        "moe check: <stdin>: there are no rows: expected rows that the model can read\n");
}

TEST_CASE("check --require", "[check][cli]") {
  const Shell sh;
  sh(kMade);
  const auto said = [&](const std::string& options) {
    const Ran ran = sh("moe check -m m.moe --reference train.csv new.csv " + options + " > out");
    return std::to_string(ran.status) + " " + ran.err;
  };
  CHECK(said("--require 'psi:colour<=0.4' --require 'rows>=200' --require 'missing<0.3' --require 'p:x<1'") == "0 ");
  CHECK(said("--require 'missing<=0.1' --require 'rows>200'") ==
        "1 moe check: --require: missing:z is 0.25, rows is 200: expected missing<=0.1, rows>200\n");
  CHECK(said("--require 'missing:y<=0'") == "1 moe check: --require: missing:y has no value: expected missing:y<=0\n");
  CHECK(said("--require 'psy<=0.1'").starts_with("2 moe check: --require: unknown figure 'psy': did you mean 'psi'?"));
  CHECK(said("--require 'psi:xx<=0.1'").starts_with("2 moe check: --require: unknown column 'xx'"));
  CHECK(said("--require psi").starts_with("2 moe check: --require: 'psi': expected a comparison"));
  CHECK(sh("moe check -m m.moe new.csv --require 'ks<=0.1'").err ==
        "moe check: --require: ks has no value: expected ks<=0.1\n");
}
