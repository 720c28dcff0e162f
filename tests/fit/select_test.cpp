// The choice between models, as a user makes it.
#include "moe/select.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "models.hpp"
#include "shell.hpp"
#include "throws.hpp"

using nlohmann::json;

namespace {

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

}  // namespace

TEST_CASE("rows of a group are held out together", "[select]") {
  const arma::vec w{1, 1, 0, 1, 1, 1, 1, 1, 1, 1};
  const std::vector<std::size_t> groups{7, 3, 7, 7, 3, 9, 9, 9, 4, 3};
  const auto folds = moe::cross_validation_folds(w, groups, 3, 1);
  REQUIRE(folds.size() == 3);
  std::map<std::size_t, std::set<std::size_t>> folds_of;
  std::vector<std::size_t> all;
  for (std::size_t f = 0; f < folds.size(); ++f) {
    CHECK(std::is_sorted(folds[f].begin(), folds[f].end()));
    for (const std::size_t n : folds[f]) {
      folds_of[groups[n]].insert(f);
      all.push_back(n);
    }
    // The rows outside are all others that count.
    std::vector<std::size_t> rest = moe::rows_outside(folds[f], w);
    CHECK(rest.size() + folds[f].size() == 9);
    for (const std::size_t n : rest) CHECK_FALSE(std::binary_search(folds[f].begin(), folds[f].end(), n));
  }
  for (const auto& [group, places] : folds_of) CHECK(places.size() == 1);
  std::sort(all.begin(), all.end());
  CHECK(all == std::vector<std::size_t>{0, 1, 3, 4, 5, 6, 7, 8, 9});
  CHECK_THROWS_AS(moe::cross_validation_folds(w, groups, 5, 1), moe::Error);
  CHECK(moe::units_of_folds(w, groups) == 4);
  CHECK(moe::units_of_folds(w, {}) == 9);
}

TEST_CASE("BIC finds as many experts as drew the data, and the table says so", "[select]") {
  const Shell sh;
  const Ran ran = sh("moe gen experts -k 3 -d 2 -n 300 -o d.csv && moe select d.csv -k 1-4 --json");
  INFO(ran);
  REQUIRE(ran.status == 0);
  CHECK(ran.err.empty());
  const json result = json::parse(ran.out);
  CHECK(result.at("by") == "bic");
  CHECK(result.at("lrt").empty());
  const json& rows = result.at("candidates");
  REQUIRE(rows.size() == 4);
  CHECK(rows[0].at("k") == 3);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const json& row = rows[i];
    CHECK(row.at("winner") == (i == 0));
    CHECK(row.at("family") == "gaussian");
    CHECK(row.at("expert") == "linear");
    CHECK(row.at("features") == json({"x1", "x2"}));
    CHECK(row.at("cv").is_null());
    CHECK(row.at("cv_se").is_null());
    CHECK(row.at("failed").is_null());
    const double l = row.at("log_likelihood"), p = row.at("parameters");
    CHECK(p == 7 * row.at("k").get<double>() - 3);
    CHECK(row.at("aic").get<double>() == Approx(-2 * l + 2 * p));
    CHECK(row.at("bic").get<double>() == Approx(-2 * l + p * std::log(300)));
    CHECK(row.at("icl") >= row.at("bic"));
    if (i > 0) CHECK(row.at("bic") >= rows[i - 1].at("bic"));
  }
  const Ran text = sh("moe select d.csv -k 1-4");
  INFO(text);
  const std::vector<std::string> lines = lines_of(text.out);
  REQUIRE(lines.size() == 5);
  for (const std::string word :
       {"k", "family", "expert", "features", "log_likelihood", "parameters", "aic", "bic", "icl", "converged"})
    CHECK(lines[0].find(" " + word) != std::string::npos);
  CHECK(lines[1].rfind("*  3  gaussian  linear  all ", 0) == 0);
  for (std::size_t i = 2; i < lines.size(); ++i) CHECK(lines[i].rfind("   ", 0) == 0);
}

TEST_CASE("each criterion sorts by itself", "[select]") {
  const Shell sh;
  sh("moe gen two-lines -n 200 -o d.csv");
  for (const std::string by : {"aic", "bic", "icl", "cv"}) {
    const Ran ran = sh("moe select d.csv -k 1,3,2 --family gaussian,gaussian:shared --json --by " + by +
                       (by == "cv" ? " --folds 3" : ""));
    INFO(ran);
    REQUIRE(ran.status == 0);
    const json rows = json::parse(ran.out).at("candidates");
    REQUIRE(rows.size() == 6);
    for (std::size_t i = 1; i < rows.size(); ++i) {
      const double before = rows[i - 1].at(by), here = rows[i].at(by);
      CHECK((by == "cv" ? before >= here : before <= here));
    }
  }
}

TEST_CASE("the best is saved as train writes it, from columns read once for all", "[select]") {
  const Shell sh;
  const Ran ran =
      sh("moe gen friedman1 -d 6 -n 200 | awk -F, -v OFS=, 'NR==1{print $0,\"w\";next}{print $0,NR%3}' > d.csv\n"
         "moe select -k 2-3 --features x6 --features x3-x5,-x4 --expert poly:2 --expert constant -y y --weight w "
         "--gate-features x1 --seed 4 --by bic -o best.moe --json < d.csv");
  INFO(ran);
  REQUIRE(ran.status == 0);
  const json best = json::parse(ran.out).at("candidates")[0];
  CHECK(best.at("features") == json({"x1", "x3", "x5"}));
  CHECK(best.at("expert") == "poly:2");
  const Ran train = sh("moe train d.csv -k " + best.at("k").dump() +
                       " --features x3,x5 --gate-features x1 --expert poly:2 -y y --weight w --seed 4 -q -o train.moe\n"
                       "cmp best.moe train.moe");
  INFO(train);
  CHECK(train.status == 0);
}

TEST_CASE("what select prints and saves does not depend on threads", "[select]") {
  const Shell sh;
  const Ran ran =
      sh("moe gen two-lines -n 150 -o d.csv\n"
         "for t in 1 3; do moe select d.csv -k 1-2 --by cv --folds 3 --lrt 4 --threads $t -o $t.moe > $t.txt; "
         "moe select d.csv -k 1-2 --by cv --folds 3 --threads $t --json >> $t.txt; done\n"
         "cmp 1.txt 3.txt && cmp 1.moe 3.moe");
  INFO(ran);
  CHECK(ran.status == 0);
}

TEST_CASE("a cross-validated score is that of train and eval on the folds", "[select]") {
  const Shell sh;
  const std::size_t folds = 4;
  const Ran ran =
      sh("moe gen two-lines -n 90 | awk -F, -v OFS=, 'NR==1{print $0,\"w\";next}{print $0,(NR%5)/2}' > d.csv\n"
         "moe select d.csv -y y --weight w -k 1-2 --by cv --folds 4 --seed 3 --json");
  INFO(ran);
  REQUIRE(ran.status == 0);
  const std::vector<std::string> lines = lines_of(ScratchDir::read(sh.path("d.csv")));
  arma::vec w(lines.size() - 1);
  for (std::size_t n = 0; n < w.n_elem; ++n) w[n] = std::stod(lines[n + 1].substr(lines[n + 1].rfind(',') + 1));
  const auto held_out = moe::cross_validation_folds(w, folds, 3);
  const json found = json::parse(ran.out);
  REQUIRE(found.at("candidates").size() == 2);
  for (const json& row : found.at("candidates")) {
    std::vector<double> sums, weights;
    for (const auto& fold : held_out) {
      std::string in = lines[0] + "\n", out = in;
      for (std::size_t n = 0; n < w.n_elem; ++n)
        (std::count(fold.begin(), fold.end(), n) > 0 ? out : in) += lines[n + 1] + "\n";
      sh.write("in.csv", in);
      sh.write("out.csv", out);
      const Ran eval = sh("moe train in.csv -y y --weight w --seed 3 -q -o m.moe -k " + row.at("k").dump() +
                          " && moe eval -m m.moe out.csv --json");
      INFO(eval);
      REQUIRE(eval.status == 0);
      sums.push_back(json::parse(eval.out).at("log_likelihood"));
      weights.push_back(json::parse(eval.out).at("weight"));
    }
    const arma::vec s(sums), v(weights);
    const double cv = arma::accu(s) / arma::accu(v);
    CHECK(row.at("cv").get<double>() == Approx(cv).epsilon(1e-12));
    const double variance = arma::accu(arma::square((s - cv * v) / arma::accu(v))) * folds / (folds - 1.0);
    CHECK(row.at("cv_se").get<double>() == Approx(std::sqrt(variance)).epsilon(1e-9));
  }
}

TEST_CASE("folds share out the rows that count, and nothing else", "[select]") {
  arma::vec w(23, arma::fill::ones);
  w[4] = w[11] = 0;
  const auto folds = moe::cross_validation_folds(w, 5, 1);
  REQUIRE(folds.size() == 5);
  std::set<std::size_t> seen;
  for (const auto& fold : folds) {
    CHECK((fold.size() == 4 || fold.size() == 5));
    CHECK(std::is_sorted(fold.begin(), fold.end()));
    seen.insert(fold.begin(), fold.end());
  }
  CHECK(seen.size() == 21);
  CHECK(seen.count(4) + seen.count(11) == 0);
  CHECK(folds == moe::cross_validation_folds(w, 5, 1));
  CHECK(folds != moe::cross_validation_folds(w, 5, 2));
  CHECK(sentence_of([&] { moe::cross_validation_folds(w, 22, 1); }).find("22 folds of 21 rows") == 0);
}

TEST_CASE("a candidate that fails has its reason and the last place", "[select]") {
  const Shell sh;
  const Ran ran =
      sh("moe gen two-lines -n 60 -o d.csv\n"
         "moe select d.csv -k 1-2 --expert mlp:2 --expert linear --solver newton -q");
  INFO(ran);
  REQUIRE(ran.status == 0);
  const std::vector<std::string> lines = lines_of(ran.out);
  REQUIRE(lines.size() == 5);
  CHECK(lines[1].rfind("*  ", 0) == 0);
  for (const std::size_t i : {3, 4})
    CHECK(lines[i].find("mlp:2   all       failed: --solver newton: it needs linear networks") != std::string::npos);
  const Ran none = sh("moe select d.csv -k 1-2 --solver adam --learning-rate 1e300 -o m.moe --json");
  INFO(none);
  CHECK(none.status == 1);
  CHECK(none.err.find("moe select: every candidate failed: the loss is not a finite number") == 0);
  const json found = json::parse(none.out);
  REQUIRE_FALSE(found.at("candidates").empty());
  for (const json& row : found.at("candidates")) {
    CHECK(row.at("failed").is_string());
    CHECK(row.at("bic").is_null());
    CHECK(row.at("winner") == false);
  }
  CHECK(sh("ls m.moe").status != 0);
}

TEST_CASE("families are held to what they describe, and a density is not compared in silence", "[select]") {
  const Shell sh;
  const Ran counts = sh("moe gen counts -n 80 -o d.csv && moe select d.csv -k 1 --family poisson,gaussian");
  INFO(counts);
  CHECK(counts.status == 0);
  CHECK(counts.err.find("warning: some families give probabilities of counts and some densities") == 0);
  const Ran halves = sh("sed '4s/$/.5/' d.csv > h.csv; moe select h.csv -k 1 --family poisson,gaussian --json");
  INFO(halves);
  CHECK(halves.status == 0);
  CHECK(halves.err.empty());
  const json rows = json::parse(halves.out).at("candidates");
  CHECK(rows[0].at("family") == "gaussian");
  CHECK(rows[1].at("failed") ==
        "row 3: the target is not what family 'poisson' describes: expected a count: a whole number from 0");
  const Ran none = sh("moe select h.csv -k 1 --family poisson,zero-inflated-poisson");
  INFO(none);
  CHECK(none.status == 3);
  CHECK(none.err.find("moe select: h.csv:4:") == 0);
}

TEST_CASE("a likelihood without a maximum does not win", "[select]") {
  const Shell sh;
  // Six zeros and seven rows on a line: two experts explain every row exactly, each of them a handful. So the fit of
  // two returns to that of one.
  const Ran ran = sh(
      "(echo x,y; for i in 0 1 2 3 4 5; do echo $i,0; done; for i in 6 7 8 9 10 11 12; do echo $i,$((3*i-20)); done) "
      "> d.csv\nmoe select d.csv -y y --family gaussian -k 1-2 --json");
  INFO(ran);
  REQUIRE(ran.status == 0);
  const json rows = json::parse(ran.out).at("candidates");
  CHECK(rows[0].at("k") == 1);
  CHECK(rows[1].at("log_likelihood").get<double>() == Approx(rows[0].at("log_likelihood").get<double>()).margin(1e-3));
  CHECK(rows[1].at("bic") > rows[0].at("bic"));
}

TEST_CASE("classes are chosen among, and every fold must be able to learn each", "[select]") {
  const Shell sh;
  const Ran ran =
      sh("moe gen blobs -k 3 -n 150 -o d.csv && moe select d.csv -k 1-2 --l2 0.01 --by cv --folds 5 --json");
  INFO(ran);
  REQUIRE(ran.status == 0);
  CHECK(json::parse(ran.out).at("candidates")[0].at("cv") < 0);
}

TEST_CASE("each class is dealt out by itself, and one of a single row is never held out", "[select]") {
  moe::Schema schema;
  schema.labels = {"a", "b", "rare", "two"};
  moe::Dataset data;
  data.y = arma::mat(26, 1);
  for (arma::uword n = 0; n < 26; ++n) data.y[n] = n == 3 ? 2 : n == 5 || n == 6 ? 3 : n == 7 ? 2 : n % 2 ? 1 : 0;
  data.w = arma::vec(26, arma::fill::ones);
  data.w[7] = 0;  // the other row of its class has no weight
  data.X = arma::mat(1, 26, arma::fill::ones);
  for (const std::uint64_t seed : {1, 2, 3, 4, 5}) {
    const auto folds = moe::cross_validation_folds(schema, data, 4, seed);
    std::multiset<std::size_t> seen;
    for (const auto& fold : folds) {
      CHECK(fold.size() == 6);
      std::vector<int> of(4, 0);
      for (const std::size_t n : fold) ++of[static_cast<std::size_t>(data.y[n])];
      CHECK(of[2] == 0);
      CHECK(of[3] <= 1);
      CHECK(std::abs(of[0] - of[1]) <= 2);
      seen.insert(fold.begin(), fold.end());
    }
    CHECK(seen.size() == 24);
    CHECK(seen.count(3) + seen.count(7) == 0);
  }
  CHECK(moe::classes_of_one_row(schema, data) == std::vector<std::string>{"rare"});
  const Shell sh;
  const Ran lone = sh("printf 'x,y\\n1,a\\n2,b\\n3,c\\n' >d.csv; moe select -k 1 --by cv d.csv");
  CHECK(lone.status == 3);
  CHECK(lone.err.find("no class has a second row, so that there is none to hold out") != std::string::npos);
  const Ran ran = sh("moe select -y y -k 1 --l2 0.1 --by cv --folds 3 $DATA/cases/one_row_class.csv");
  INFO(ran);
  CHECK(ran.status == 0);
  CHECK(ran.err.find("note: class rare has a single row: it is in every fold's training rows, and no fold is judged by "
                     "it\n") != std::string::npos);
}

TEST_CASE("the bootstrap tells two lines from one", "[select]") {
  const Shell sh;
  const Ran ran = sh("moe gen two-lines -n 150 | moe select -k 1-2 --lrt 19 --json");
  INFO(ran);
  REQUIRE(ran.status == 0);
  const json result = json::parse(ran.out);
  REQUIRE(result.at("lrt").size() == 1);
  const json& test = result.at("lrt")[0];
  CHECK(test.at("k") == 1);
  CHECK(test.at("against") == 2);
  CHECK(test.at("p").get<double>() == Approx(0.05));  // no drawn table of a single line has such a large ratio
  CHECK(test.at("draws") == 19);
  const json& rows = result.at("candidates");
  CHECK(test.at("lr").get<double>() ==
        Approx(2 * std::abs(rows[0].at("log_likelihood").get<double>() - rows[1].at("log_likelihood").get<double>()))
            .epsilon(1e-6));
  const Ran text = sh("moe gen two-lines -n 150 | moe select -k 1-2 --lrt 5");
  INFO(text);
  CHECK(text.out.find("\n1 against 2  gaussian  linear  all ") != std::string::npos);
  // Its last column is of numbers, which end below their heading's end.
  const std::size_t heading = text.out.find("  draws\n"), row = text.out.find("\n1 against 2");
  REQUIRE(heading != std::string::npos);
  const std::size_t width = heading + 7 - text.out.rfind('\n', heading) - 1;
  CHECK(text.out.find('\n', row + 1) - row - 1 == width);
  CHECK(text.out.substr(row + 1, width).ends_with("      5"));
}

TEST_CASE("the bootstrap keeps trials, offsets and weights", "[select]") {
  const Shell sh;
  const Ran ran =
      sh("moe gen uniform -d 1 -n 60 | awk -F, -v OFS=, 'NR==1{print \"x,n,offset,w,y\";next}"
         "{n=1+NR%7; print $1,n,0.1*(NR%3),1+NR%2,(NR%2 ? int($1*n) : n-int($1*n))}' > d.csv\n"
         "moe select d.csv --family binomial --trials n --offset offset --weight w -k 1-2 --lrt 9 --json");
  INFO(ran);
  REQUIRE(ran.status == 0);
  const json test = json::parse(ran.out).at("lrt")[0];
  CHECK(test.at("failed").is_null());
  CHECK(test.at("draws") == 9);
  CHECK(test.at("p").get<double>() == Approx(0.1));
}

TEST_CASE("the bootstrap is the same for any threads, each model reading its own inputs", "[select]") {
  moe::Random random(5);
  const moe::Model model = make_model({.experts = 1, .inputs = 3});
  const moe::Dataset data = in_data_units(model, some_rows(model, 60, random));
  moe::Schema schema = some_schema(3, 0);
  moe::ModelSpec one;
  one.experts = {"linear"};
  one.family = "gaussian";
  one.expert_inputs = {{1}};
  moe::ModelSpec two = one;
  two.experts = {"linear", "linear"};
  two.gate_inputs = {2};
  two.expert_inputs = {{1}, {1}};
  const auto test = [&](unsigned threads) {
    moe::TrainOptions options;
    options.threads = threads;
    return moe::bootstrap_ratio_test(schema, data, one, two, options, 9, nullptr);
  };
  const moe::RatioTest a = test(1), b = test(3);
  CHECK(a.failure.empty());
  CHECK(a.draws == 9);
  CHECK(a.p >= 0.1);
  CHECK(a.p == b.p);
  CHECK(a.statistic == b.statistic);
}

TEST_CASE("an observer that stops it leaves no choice", "[select]") {
  moe::Random random(5);
  const moe::Model model = make_model({.experts = 1, .inputs = 1});
  const moe::Dataset data = in_data_units(model, some_rows(model, 30, random));
  moe::ModelSpec spec;
  spec.gate_inputs = {0};
  spec.expert_inputs = {{0}, {0}};
  const auto stop = [](std::size_t, std::size_t) { return false; };
  CHECK(sentence_of([&] { moe::select(some_schema(1, 0), data, std::nullopt, {spec}, {}, stop); }) ==
        "interrupted: nothing is chosen");
  const Shell sh;
  const Ran ran =
      sh("moe gen friedman1 -n 5000 -o d.csv\n"
         "moe select d.csv -k 2-3 --expert mlp:64 --epochs 100000 -o m.moe & sleep 0.7; kill -INT $!; wait $!; "
         "echo $?; ls m.moe");
  INFO(ran);
  CHECK(ran.out == "130\n");
}

TEST_CASE("each penalty of a list scores as it does by itself", "[select]") {
  const Shell sh;
  sh("moe gen friedman1 -n 80 -d 6 -o d.csv");
  const auto scores = [&](const std::string& penalties) {
    std::map<std::pair<double, double>, double> result;
    const Ran ran = sh("moe select d.csv -k 2 --by cv --folds 3 --json " + penalties);
    INFO(ran);
    REQUIRE(ran.status == 0);
    const json found = json::parse(ran.out);
    for (const json& row : found.at("candidates")) result[{row.at("l2"), row.at("gate_l2")}] = row.at("cv");
    return result;
  };
  const auto all = scores("--l2 0,0.1 --gate-l2 0.001,1");
  REQUIRE(all.size() == 4);
  for (const auto& [penalty, score] : all) {
    INFO(penalty.first << ", " << penalty.second);
    const auto alone = scores("--l2 " + std::to_string(penalty.first) + " --gate-l2 " + std::to_string(penalty.second));
    CHECK(alone.at(penalty) == score);
  }
}

TEST_CASE("rows held out decide where parameters are many for the rows", "[select]") {
  const Shell sh;
  sh("moe gen friedman1 -n 80 -d 8 -o many.csv; moe gen friedman1 -n 400 -d 8 -o few.csv");
  const auto criterion = [&](const std::string& arguments) {
    const Ran ran = sh("moe select -k 1-2 --json " + arguments);
    INFO(ran);
    REQUIRE(ran.status == 0);
    return json::parse(ran.out).at("by").get<std::string>();
  };
  CHECK(criterion("many.csv") == "cv");  // 2 experts of 8 inputs have 29 parameters
  CHECK(criterion("few.csv") == "bic");
  CHECK(criterion("many.csv --by bic") == "bic");
  CHECK(sh("moe select -k 1 many.csv").err.find("10 parameters and 80 rows are more than one for ten") !=
        std::string::npos);
}

TEST_CASE("a cross-validation that is stopped keeps the candidates that have ended", "[select]") {
  const Shell sh;
  const Ran ran =
      sh("moe gen friedman1 -n 5000 -o d.csv\n"
         "moe select d.csv -k 1 --expert linear --expert mlp:64 --epochs 100000 --by cv --folds 3 --threads 8 "
         "-o m.moe > table 2> said & sleep 2; kill -INT $!; wait $!; echo $?\n"
         "cat said table; moe inspect --json m.moe");
  INFO(ran);
  CHECK(ran.out.starts_with("130\n"));
  CHECK(ran.out.find("1 of 2 candidates had ended") != std::string::npos);
  CHECK(ran.out.find("*  1  gaussian  linear") != std::string::npos);
  CHECK(json::parse(ran.out.substr(ran.out.find("\n{"))).at("experts").at(0).at("kind") == "linear");
}

TEST_CASE("select's mistakes have one line and their status", "[select]") {
  const Shell sh;
  sh("moe gen two-lines -n 20 -o d.csv && printf 'x1,y\\n1,abc\\n' > word.csv");
  struct Case {
    const char* options;
    int status;
    const char* sentence;
  };
  const Case cases[] = {
      {"-k 4-2 d.csv", 2, "--experts: '4-2': expected whole numbers from 1 to 10000 and ranges, as 1-4 or 2,4\n"},
      {"-k 0-2 d.csv", 2, "--experts: '0-2': expected whole"},
      {"-k 1,,2 d.csv", 2, "--experts: '1,,2': expected whole"},
      {"-k 1-2-3 d.csv", 2, "--experts: '1-2-3': expected whole"},
      {"-k 1-99999999999999999999 d.csv", 2, "--experts: '1-99999999999999999999': expected whole"},
      {"--by bix d.csv", 2, "--by: unknown criterion 'bix': did you mean 'bic'?"},
      {"--by bic --folds 5 d.csv", 2, "--folds: only cross-validation uses them: expected --by cv with it\n"},
      {"--by cv --folds 1 d.csv", 2, "--folds: '1': expected a whole number from 2"},
      {"--by cv --folds 21 d.csv", 2, "21 folds of 20 rows: expected 2 folds or more, and a row in each\n"},
      {"-o - d.csv", 2, "--output: standard output is the table's: expected a file\n"},
      {"--gate-link linear d.csv", 2, "--gate-link linear: its weights do not sum to 1"},
      {"--family gaussian,gausian d.csv", 2, "unknown family 'gausian': did you mean 'gaussian'?"},
      {"--family gaussian,bernoulli d.csv", 2,
       "--family: some describe classes and some a number: expected one kind\n"},
      {"--family gaussian --expert gaussian:linear d.csv", 2, "--expert gaussian:linear: --family says one for all"},
      {"--expert linear --expert mpl:3 d.csv", 2, "unknown network 'mpl': did you mean 'mlp'?"},
      {"--gate mlp:0 d.csv", 2, "network 'mlp:0': '0' is not a layer's size"},
      {"--solver adamm d.csv", 2, "unknown solver 'adamm': did you mean 'adam'?"},
      {"--objective mee d.csv", 2, "unknown objective 'mee': did you mean 'me'?"},
      {"--features x1 --features x2 d.csv", 2, "unknown column 'x2'"},
      {"--expert-features 2=x1 d.csv", 2, "--expert-features: '2' is no expert: expected 1 to 1\n"},
      {"--lrt 9 -k 2,4 d.csv", 2, "--lrt: there is no K with K+1: expected such as -k 1-4\n"},
      {"--lrt 9 --validation 0.2 d.csv", 2, "--lrt: it compares likelihoods at their maxima"},
      {"--lrt 0 d.csv", 2, "--lrt: '0': expected a whole number from 1"},
      {"--resume m.moe d.csv", 2, "unknown option '--resume'"},
      {"--family gaussian word.csv", 3, "word.csv:2:2 y: 'abc' is not a number"},
      {"none.csv", 5, "none.csv: cannot "},
      {"d.csv -o none/x", 5, "none/x: cannot "},
      {"d.csv -k 1 > /dev/full", 5, "<stdout>: cannot write: No space left on device\n"},
  };
  for (const Case& c : cases) {
    const Ran ran = sh(std::string("moe select ") + c.options);
    INFO(ran);
    CHECK(ran.status == c.status);
    CHECK(ran.err.find(std::string("moe select: ") + c.sentence) == 0);
    CHECK(std::count(ran.err.begin(), ran.err.end(), '\n') == 1);
    CHECK(ran.out.empty());
  }
}

TEST_CASE("a candidate that is named twice is tried once", "[select]") {
  const Shell sh;
  sh("moe gen two-lines -n 60 -o d.csv");
  for (const std::string twice :
       {"-k 1,1,1", "-k 1 --l2 0,0", "-k 1 --gate-l2 1e-12,1e-12", "-k 1 --family gaussian,gaussian",
        "-k 1 --expert linear --expert linear", "-k 1 --features x1 --features x1", "-k 1 --l2 0,0.0,0e5"}) {
    const Ran ran = sh("moe select --by bic -q --json " + twice + " d.csv");
    INFO(ran);
    REQUIRE(ran.status == 0);
    CHECK(nlohmann::json::parse(ran.out).at("candidates").size() == 1);
  }
  const Ran two = sh("moe select --by bic -q --json -k 1 --l2 0,0.1,0 d.csv");
  CHECK(nlohmann::json::parse(two.out).at("candidates").size() == 2);
}
