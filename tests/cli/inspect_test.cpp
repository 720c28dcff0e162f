// The standard errors of moe inspect, as a user asks for them.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <nlohmann/json.hpp>
#include <sstream>

#include "shell.hpp"

using nlohmann::json;

namespace {

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
      json_of(sh, "moe gen blobs -k 3 -n 300 --noise 8 | moe train --l2 0.01 --gate-l2 0.01 -q | moe inspect --json -");
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
  const json number = json_of(sh, "moe gen two-lines | moe train -k 2 -q | moe inspect --json -");
  for (const json& expert : number.at("experts")) CHECK(expert.at("sigma_standard_error") > 0);
}

TEST_CASE("a level widens the intervals and nothing else", "[inspect]") {
  const Shell sh;
  sh("moe gen two-lines | moe train -k 2 -q -o m.moe");
  json narrow = json_of(sh, "moe inspect --json m.moe"), wide = json_of(sh, "moe inspect --json --level 0.99 m.moe");
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
    CHECK(json_of(sh, "moe inspect --json " + model).at("inference").is_null());
    CHECK(sh("moe inspect " + model).out.find("std. error") == std::string::npos);
  }
  // An older model has no errors; they can be computed from its rows.
  CHECK(json_of(sh, "moe inspect --json $DATA/models/v1.moe d.csv").at("experts")[0].at("standard_errors").at("x1") >
        0);
}

TEST_CASE("what the guards found is told again", "[inspect]") {
  const Shell sh;
  const Ran ran = sh("moe train -y accel -k 3 $DATA/mcycle.csv -o m.moe");
  INFO(ran);
  const std::string sentence = "note: the gate's split ";
  CHECK(ran.err.find(sentence) != std::string::npos);
  CHECK(sh("moe inspect m.moe").out.find(sentence) != std::string::npos);
  const auto guards = json_of(sh, "moe inspect --json m.moe").at("guards");
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

namespace {

/// The numbers of the experts, as heads of sections stand in the text.
std::vector<int> order_in(const std::string& text) {
  std::vector<int> result;
  for (std::size_t at = 0; (at = text.find("\nexpert ", at)) != std::string::npos; ++at)
    result.push_back(std::stoi(text.substr(at + 8)));
  return result;
}

/// The numbers 1 .. K by these keys, the smallest first.
std::vector<int> sorted_by(const std::vector<double>& keys) {
  std::vector<int> result;
  for (std::size_t k = 0; k < keys.size(); ++k) result.push_back(static_cast<int>(k) + 1);
  std::stable_sort(result.begin(), result.end(), [&](int a, int b) { return keys[a - 1] < keys[b - 1]; });
  return result;
}

/// The text behind a name at the beginning of a line, up to its end.
std::string line_of(const std::string& text, const std::string& name) {
  const std::size_t at = text.find("\n" + name);
  return at == std::string::npos ? "" : text.substr(at + 1, text.find('\n', at + 1) - at - 1);
}

}  // namespace

TEST_CASE("experts stand in the order that the user asks for, and keep their numbers", "[inspect]") {
  const Shell sh;
  sh("moe train -q -y accel -k 4 --gate-l2 1e-5 $DATA/mcycle.csv -o m.moe; "
     "moe train -q -y accel -k 3 --expert constant --gate-l2 1e-2 $DATA/mcycle.csv -o c.moe");
  const json model = json_of(sh, "moe inspect --json m.moe"), constant = json_of(sh, "moe inspect --json c.moe");
  std::vector<double> share, sigma, slope, mean;
  for (const double one : model.at("guards").at("shares")) share.push_back(-one);
  for (const json& expert : model.at("experts")) {
    sigma.push_back(expert.at("sigma"));
    slope.push_back(expert.at("coefficients").at("times"));
  }
  for (const json& expert : constant.at("experts")) mean.push_back(expert.at("coefficients").at("(intercept)"));
  CHECK(order_in(sh("moe inspect m.moe").out) == std::vector<int>{1, 2, 3, 4});
  CHECK(sh("moe inspect m.moe > a; moe inspect m.moe --order stored | cmp - a").status == 0);
  const Ran by_share = sh("moe inspect m.moe --order share");
  CHECK(order_in(by_share.out) == sorted_by(share));
  CHECK(by_share.out.find("\n  Expert " + std::to_string(sorted_by(share)[0]) + " ") <
        by_share.out.find("\n  Expert " + std::to_string(sorted_by(share)[1]) + " "));
  CHECK(order_in(sh("moe inspect m.moe --order sigma").out) == sorted_by(sigma));
  CHECK(order_in(sh("moe inspect m.moe --order times").out) == sorted_by(slope));
  CHECK(order_in(sh("moe inspect c.moe --order mean").out) == sorted_by(mean));
  CHECK(order_in(sh("moe inspect c.moe --order '(intercept)'").out) == sorted_by(mean));
  // The gate's tables stand in the same order.
  const std::string text = by_share.out.substr(by_share.out.find("\ngate: "));
  std::size_t before = 0;
  for (const int k : sorted_by(share)) {
    const std::size_t at = text.find("    expert " + std::to_string(k) + "  ");
    if (at == std::string::npos) continue;  // the reference
    CHECK(at > before);
    before = at;
  }
  for (const auto& [command, sentence] : std::vector<std::pair<std::string, std::string>>{
           {"m.moe --order tims", "--order: unknown order 'tims': did you mean 'times'?"},
           {"m.moe --order share --json",
            "--order: --json has the model's own order and all digits: expected one of the two"},
           {"m.moe --digits 3 --json",
            "--digits: --json has the model's own order and all digits: expected one of the two"},
           {"m.moe --digits 0", "--digits: '0': expected a whole number from 1 to 17"}}) {
    const Ran ran = sh("moe inspect " + command);
    INFO(ran);
    CHECK(ran.status == 2);
    CHECK(ran.err.find("moe inspect: " + sentence) == 0);
    CHECK(ran.out.empty());
  }
}

TEST_CASE("coefficients stand with so many digits, and with what one standard deviation does", "[inspect]") {
  const Shell sh;
  // x is 0 .. 9: its standard deviation is sqrt(99 / 12). A level is no number, and has no such effect.
  sh("awk 'BEGIN { print \"x,c,y\"; for (i = 0; i < 40; ++i) print i % 10 \",\" (i % 3 ? \"a\" : \"b\") \",\" "
     "3 * (i % 10) + (i % 3 ? 0 : 5) + i * i % 7 / 10 }' > d.csv; moe train -q -k 1 d.csv -o m.moe; "
     "moe train -q -k 1 --standardize no d.csv -o plain.moe");
  const json coefficients = json_of(sh, "moe inspect --json m.moe").at("experts")[0].at("coefficients");
  const double slope = coefficients.at("x");
  for (const int digits : {6, 3, 9}) {
    const std::string all = sh("moe inspect m.moe --digits " + std::to_string(digits)).out,
                      text = all.substr(all.find("\nexpert 1: ")), line = line_of(text, "  x ");
    std::istringstream cells(line);
    std::string name, value, last;
    cells >> name >> value;
    while (cells >> last) continue;
    char expected[40];
    std::snprintf(expected, sizeof expected, "%.*g", digits, slope);
    CHECK(value == expected);
    std::snprintf(expected, sizeof expected, "%.*g", digits, slope * std::sqrt(99.0 / 12));
    CHECK(last == expected);
    CHECK(line_of(text, "  c=b").back() == '-');
    CHECK(line_of(text, "  x ").size() == line_of(text, "  (intercept)").size());
  }
  CHECK(sh("moe inspect m.moe").out.find("per 1 sd") != std::string::npos);
  // Where the model has no units, there is nothing to tell.
  CHECK(sh("moe inspect plain.moe").out.find("per 1 sd") == std::string::npos);
  CHECK(sh("moe inspect plain.moe").out.find("importance:") == std::string::npos);
}

TEST_CASE("the importance of an input in a line is that of its slope", "[inspect]") {
  const Shell sh;
  // For normal x and x' of deviation s, E |b (x - x')| = 2 |b| s / sqrt(pi); z does nothing.
  sh("awk 'BEGIN { print \"z,x,y\"; for (i = 0; i < 200; ++i) print (i * 7 % 11) \",\" i % 20 \",\" 2 * (i % 20) + (i "
     "* 13 % "
     "5) / 100 }' > d.csv; moe train -q -k 1 d.csv -o m.moe");
  const std::string text = sh("moe inspect m.moe").out;
  std::istringstream x(line_of(text, "  x "));
  std::string name;
  double mean = 0, gate = -1;
  x >> name >> mean >> gate;
  CHECK(mean == Approx(2 / std::sqrt(M_PI)).epsilon(0.08));  // |b| s over the target's deviation is 1 here
  CHECK(gate == 0);
  CHECK(text.find("\n  x ") < text.find("\n  z "));  // the one that matters most first
}

TEST_CASE("heads and notes stand out on a terminal alone, unless NO_COLOR is set", "[inspect]") {
  const Shell sh;
  sh("moe gen two-lines -o d.csv; moe train -k 2 -q d.csv -o m.moe");
  CHECK(sh("moe inspect m.moe").out.find('\x1b') == std::string::npos);
  const Ran bold = sh("TERM=xterm script -qec 'moe inspect m.moe' /dev/null < /dev/null"),
            plain = sh("TERM=xterm NO_COLOR=1 script -qec 'moe inspect m.moe' /dev/null < /dev/null"),
            dumb = sh("TERM=dumb script -qec 'moe inspect m.moe' /dev/null < /dev/null");
  INFO(bold);
  CHECK(bold.out.find("\x1b[1mexpert 1\x1b[0m: linear") != std::string::npos);
  CHECK(bold.out.find("\x1b[1mfit\x1b[0m: 1000 rows") != std::string::npos);
  CHECK(plain.out.find('\x1b') == std::string::npos);
  CHECK(dumb.out.find('\x1b') == std::string::npos);
}

TEST_CASE("a committee is a line for each member, and whole with --coefficients", "[inspect][committee]") {
  const Shell sh;
  const Ran ran = sh("moe gen two-lines -o d.csv; moe train -q --committee 3 -k 2 d.csv -o m.moe; moe inspect m.moe");
  INFO(ran);
  REQUIRE(ran.status == 0);
  CHECK(ran.out.find("\nmember 1, weight 0.333333:  2 experts, linear, gaussian;  gate linear, x1\n") !=
        std::string::npos);
  CHECK(ran.out.find("\nexpert ") == std::string::npos);
  CHECK(ran.out.find(" (each member has seen most of them), 3 members, seed 1\n") != std::string::npos);
  CHECK(ran.out.find("AIC") == std::string::npos);
  CHECK(ran.err == "note: --coefficients shows the experts of each member, with their coefficients\n");
  CHECK(sh("moe inspect -q m.moe").err.empty());
  const Ran whole = sh("moe inspect --coefficients m.moe");
  CHECK(order_in(whole.out) == std::vector<int>{1, 2, 3, 4, 5, 6});
  CHECK(whole.err.empty());
  // Within each member the experts are ordered by the coefficient.
  const json model = json_of(sh, "moe inspect --json m.moe");
  std::vector<double> slopes;
  for (const json& expert : model.at("experts")) slopes.push_back(expert.at("coefficients").at("x1"));
  const std::vector<int> order = order_in(sh("moe inspect --coefficients --order x1 m.moe").out);
  REQUIRE(order.size() == 6);
  for (int i = 0; i < 6; i += 2) {
    CHECK((order[i] - 1) / 2 == (order[i + 1] - 1) / 2);
    CHECK(slopes[order[i] - 1] <= slopes[order[i + 1] - 1]);
  }
}
