// The automatic fit: weights by stacking, and the committee that `moe train --auto` makes.
#include "moe/automatic.hpp"

#include <algorithm>
#include <atomic>
#include <catch2/catch.hpp>
#include <cmath>
#include <nlohmann/json.hpp>
#include <sstream>

#include "moe/csv.hpp"
#include "moe/metrics.hpp"
#include "moe/random.hpp"
#include "moe/select.hpp"
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
  // n rows have the densities 2 and 1, m rows have 1 and 3. Then n log(1 + w) + m log(3 - 2 w) is largest at
  // w = (3 n - 2 m) / (2 (n + m)), or at the end of [0, 1] that is nearer.
  const auto weight = [](double n, double m) {
    const arma::mat log_p = arma::log(arma::mat{{2, 1}, {1, 3}});
    return moe::stacking_weights(log_p, {n, m})[0];
  };
  CHECK(weight(5, 4) == Approx(7.0 / 18).epsilon(1e-5));
  CHECK(weight(6, 4) == Approx(0.5).epsilon(1e-5));
  CHECK(weight(2.5, 2) == Approx(7.0 / 18).epsilon(1e-5));
  CHECK(weight(1, 9) == Approx(0).margin(1e-3));
  CHECK(weight(9, 1) == Approx(1).epsilon(1e-3));
  // A third column that is never good loses its weight at once. The others still go on to where they were going.
  const arma::mat three = arma::log(arma::mat{{2, 1, 1e-12}, {1, 3, 1e-12}});
  CHECK(moe::stacking_weights(three, {5, 4})[0] == Approx(7.0 / 18).epsilon(1e-5));
  CHECK(moe::stacking_weights(three, {5, 4})[2] == Approx(0).margin(1e-6));
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

TEST_CASE("--auto says of whole numbers up to 1000 that they may be counts", "[automatic][cli]") {
  const Shell sh;
  const auto notes = [&](const std::string& y) {
    const Ran ran = sh("awk 'BEGIN { print \"x,y\"; for (i = 0; i < 60; ++i) print i / 30 \",\" (" + y +
                       ") }' >d.csv; moe train --auto --effort 1 -q d.csv -o m.moe");
    INFO(ran);
    CHECK(ran.status == 0);
    return ran.err;
  };
  const std::string note =
      "note: all values of 'y' are whole numbers, and are taken as any number; --auto --family poisson or "
      "negative-binomial takes them as counts\n";
  CHECK(notes("i * 7 % 41 * 25") == note);              // 0 to 1000
  CHECK(notes("i * 7 % 41 * 25 + (i == 35)").empty());  // 1001 is one of them
  CHECK(notes("i * 7 % 41 - (i == 0)").empty());
  CHECK(notes("i * 7 % 41 + (i == 59) / 2").empty());
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
    const std::vector<moe::Tried> tried = moe::automatic_candidates(schema, data, options);
    return tried[tried.size() - 2].options.solver_options.epochs;  // the last one is the constant
  };
  CHECK(epochs(5) == 280);  // 2,800,000 passes over one of 10,000 rows
  CHECK(epochs(6) == 448);
  CHECK(epochs(4) == 175);
}

TEST_CASE("what a committee of many rows does not need is fitted without one fold only", "[automatic]") {
  moe::Random random(17);
  moe::Dataset data;
  data.X.ones(2, 5000);
  data.w.ones(5000);
  for (double& x : data.X.row(1)) x = random.uniform(-3, 3);
  data.y = arma::sin(data.X.row(1).t());
  for (double& y : data.y) y += 0.1 * random.normal();
  moe::Schema schema;
  schema.inputs = {"x"};
  schema.targets = {"y"};
  moe::AutomaticOptions options;
  // The second goes on after the trial, as the others are even worse. What it says is noise beside the first.
  for (const double l2 : {1e-5, 3.0, 30.0, 300.0}) {
    moe::Tried& tried = options.candidates.emplace_back();
    tried.spec.experts = {"mlp:8"};
    tried.spec.expert_inputs = {{0}};
    tried.options.solver = "adam";
    tried.options.batch = 64;
    tried.options.solver_options.epochs = 40;
    tried.options.errors = false;
    tried.options.penalty = {l2, l2};
  }
  std::size_t done = 0, most = 0;
  const moe::AutomaticResult result =
      moe::fit_automatically(schema, data, options, [&](std::size_t now, std::size_t all) {
        done = now;
        most = all;
      });
  REQUIRE(result.tried.size() == 4);
  CHECK(result.tried[0].folds == 5);
  CHECK(result.tried[0].weight == 1);
  for (std::size_t i = 1; i < 4; ++i) {
    CHECK(result.tried[i].folds <= 1);
    CHECK(result.tried[i].weight == 0);
  }
  CHECK(result.model.members.size() == 5);
  CHECK(done == most);
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
  // Three candidates take no epochs: they are done after 9 fits. The other seven have 3 trials each. The first that goes
  // on is done after 3 fits more.
  const auto stop_after = [&](std::size_t fits) {
    stop = false;
    return moe::fit_automatically(schema, data, options,
                                  [&, fits](std::size_t done, std::size_t) { stop = done >= fits; });
  };
  const auto kept_networks = [](const moe::AutomaticResult& result) {
    return std::count_if(result.tried.begin(), result.tried.end(), [](const moe::Tried& tried) {
      return tried.weight > 0 && tried.words.find("mlp") != std::string::npos;
    });
  };
  const moe::AutomaticResult early = stop_after(9), later = stop_after(33);
  CHECK(early.stopped);
  CHECK(early.model.members.size() >= 3);
  CHECK(kept_networks(early) == 0);
  CHECK(later.stopped);
  CHECK(kept_networks(later) == 1);
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
    CHECK(ran.err.find(": --auto settles it: expected one of the two") != std::string::npos);
  }
  CHECK(sh("moe train -k 2 --effort 3 wave.csv -o m.moe").status == 2);
  CHECK(sh("moe train --auto --effort 10 wave.csv -o m.moe").status == 2);
  const Ran few = sh("head -4 wave.csv | moe train --auto -o m.moe");
  CHECK(few.status == 3);
  CHECK(few.err == "moe train: 3 rows: folds need 4 or more: expected more rows, or one model, as -k 1\n");
  CHECK(sh("head -5 wave.csv | moe train --effort 1 -q -o m.moe && moe inspect m.moe").status == 0);
}

TEST_CASE("train without a word on the model is --auto, and with one it is a fit", "[automatic][cli]") {
  const Shell sh;
  sh(kWave);
  const Ran ran = sh(
      "moe train --effort 1 -q wave.csv -o a.moe && moe train --auto --effort 1 -q wave.csv -o b.moe && cmp a.moe "
      "b.moe "
      "&& moe train --family gaussian -q wave.csv -o c.moe && moe train -k 2 -q wave.csv -o d.moe && cmp c.moe d.moe");
  INFO(ran);
  CHECK(ran.status == 0);
  const Ran logged = sh("moe train --log l.jsonl wave.csv -o m.moe");
  CHECK(logged.status == 2);
  CHECK(logged.err.find("moe train: --log: it belongs to one fit") == 0);
}

TEST_CASE("--committee averages fits that each leave out another part of the rows", "[automatic][cli]") {
  // One linear expert is least squares, so that the mean of the committee is the mean of three regressions.
  const Shell sh;
  sh(kWave);
  const Ran ran =
      sh("moe train -k 1 --committee 3 -q wave.csv -o m.moe && moe predict -m m.moe --output mean wave.csv | tail -n "
         "+2 && "
         "moe train -k 1 --committee 3 --threads 1 -q wave.csv -o n.moe && cmp m.moe n.moe");
  INFO(ran);
  REQUIRE(ran.status == 0);
  arma::mat table, predicted;
  REQUIRE(table.load(sh.path("wave.csv"), arma::csv_ascii));
  table.shed_row(0);
  REQUIRE(predicted.load(sh.path("stdout"), arma::raw_ascii));
  arma::mat X = table.cols(0, 1);
  X.insert_cols(0, arma::ones(X.n_rows));
  arma::vec expected(X.n_rows, arma::fill::zeros);
  for (const auto& fold : moe::cross_validation_folds(arma::vec(X.n_rows, arma::fill::ones), 3, 1)) {
    const arma::uvec seen =
        arma::conv_to<arma::uvec>::from(moe::rows_outside(fold, arma::vec(X.n_rows, arma::fill::ones)));
    expected += X * arma::solve(X.rows(seen), arma::vec(table.col(2)).elem(seen)) / 3;
  }
  REQUIRE(predicted.n_rows == expected.n_elem);
  CHECK(arma::abs(predicted.col(0) - expected).max() < 1e-9);
  for (const char* option : {"--validation 0.2", "--log l.jsonl", "--checkpoint c"})
    CHECK(sh(std::string("moe train -k 1 --committee 3 wave.csv -o m.moe ") + option).status == 2);
  CHECK(sh("moe train -k 1 --committee 1 wave.csv -o m.moe").status == 2);
}

TEST_CASE("--fold-group keeps rows together and is no input", "[automatic][cli]") {
  // The sign of y belongs to a subject of two rows, and its name's length tells nothing. With one row of each subject
  // left out, the other one would give it away.
  const Shell sh;
  sh(R"(awk 'BEGIN { print "subject,x,y"; for (i = 0; i < 120; ++i) { s = int(i / 2); u = sin(12.9898 * s) * 43758.5453;
    u -= int(u); print "s" s "," u "," (u * 1000 % 2 > 0 ? 1 : -1) * 5 + cos(78.233 * i) } }' > s.csv)");
  moe::CsvReader reader(sh.path("s.csv"));
  moe::ColumnRequest request;
  request.fold_group = "subject";
  const moe::TrainingTable table = moe::read_training_table(reader, request, 1);
  CHECK(table.schema.inputs == std::vector<std::string>{"x"});
  REQUIRE(table.groups.size() == 120);
  for (std::size_t n = 0; n < 120; ++n) CHECK(table.groups[n] == n / 2);
  for (const auto& fold : moe::cross_validation_folds(table.data.w, table.groups, 5, 1))
    for (const std::size_t n : fold) CHECK(std::binary_search(fold.begin(), fold.end(), n ^ 1));
  const Ran ran =
      sh("moe train --fold-group subject --effort 1 -q s.csv -o m.moe && cut -d, -f2 s.csv | moe predict -m m.moe | wc "
         "-l; "
         "moe train -k 1 --fold-group subject s.csv -o n.moe");
  INFO(ran);
  CHECK(ran.out == "121\n");
  CHECK(
      ran.err ==
      "moe train: --fold-group: this fit has no folds: expected it with --auto or --committee, with --l2 auto, or with "
      "--conformal PART\n");
  // Three subjects are three folds; one cannot be divided.
  CHECK(sh("head -7 s.csv | moe train --fold-group subject --effort 1 -q -o m.moe && moe inspect m.moe").status == 0);
  const Ran one = sh("head -3 s.csv | moe train --fold-group subject --effort 1 -q -o m.moe");
  CHECK(one.status == 3);
  CHECK(one.err == "moe train: all rows are of one group, and folds need two: expected another column of groups\n");
  const Ran gap = sh("sed '5s/^[^,]*//' s.csv | moe train --fold-group subject --effort 1 -o m.moe");
  CHECK(gap.status == 3);
  CHECK(gap.err.find("moe train: <stdin>:5:1 subject: the cell is empty") == 0);
}

TEST_CASE("where the inputs say nothing, an automatic fit is about as good as the mean alone", "[automatic]") {
  moe::Random random(8);
  moe::Schema schema;
  schema.inputs = {"a", "b", "c", "d"};
  schema.targets = {"y"};
  const auto noise = [&](arma::uword rows) {
    moe::Dataset data;
    data.X.ones(5, rows);
    data.y.set_size(rows, 1);
    for (arma::uword n = 0; n < rows; ++n) {
      for (arma::uword j = 1; j < 5; ++j) data.X(j, n) = random.normal();
      data.y[n] = random.normal();
    }
    data.w.ones(rows);
    return data;
  };
  const moe::Dataset train = noise(60), fresh = noise(4000);
  moe::AutomaticOptions options;
  options.effort = 2;
  const moe::AutomaticResult result = moe::fit_automatically(schema, train, options, {});
  const double own = moe::evaluate(result.model, fresh).nll;
  const double mean = arma::mean(train.y.col(0)), sigma = arma::stddev(train.y.col(0), 1);
  const double plain =
      0.5 * std::log(2 * M_PI * sigma * sigma) + arma::mean(arma::square(fresh.y.col(0) - mean)) / (2 * sigma * sigma);
  CHECK(own < plain + 0.1);
  CHECK(-result.score < own + 2 * result.error);  // what it says of itself is no flattery
  CHECK(-result.score > own - 2 * result.error);
}

TEST_CASE("no expert that no row tells of has a sigma of its own", "[automatic]") {
  // Three experts fit a line with three decimals: two of them explain no row, and any sigma is as likely as any other.
  const Shell sh;
  for (const char* seed : {"2", "3", "4"}) {
    const Ran ran = sh(
        "moe gen two-lines -n 60 --seed " + std::string(seed) +
        " | awk -F, -v OFS=, 'NR > 1 { $1 = sprintf(\"%.3f\", 3 * $1); $2 = sprintf(\"%.3f\", $1 + 1.5) } 1' > l.csv\n"
        "moe train -q --effort 1 l.csv -o l.moe && moe predict -m l.moe --output sd l.csv | sort -g | tail -1");
    INFO(ran);
    REQUIRE(ran.status == 0);
    CHECK(std::stod(ran.out) < 0.1);
  }
}

TEST_CASE("a committee of more fits than the rows allow is refused", "[automatic][cli]") {
  const Shell sh;
  sh(kWave);
  sh("awk -F, 'NR == 1 { print \"s,\" $0; next } { print NR % 3 \",\" $0 }' wave.csv > groups.csv");
  struct Refused {
    const char *command, *sentence;
  };
  for (const Refused& at : {
           Refused{"head -9 wave.csv | moe train --committee 20 -k 1 -o m.moe",
                   "--committee 20: the table has 8 rows, and each fit leaves out 2 rows or more of its own: expected "
                   "--committee 4 at most"},
           Refused{
               "head -4 wave.csv | moe train --committee 2 -k 1 -o m.moe",
               "--committee 2: the table has 3 rows, and each fit leaves out 2 rows or more of its own: expected more "
               "of them, or no --committee"},
           Refused{
               "moe train --committee 4 -k 1 --fold-group s groups.csv -o m.moe",
               "--committee 4: the table has 3 groups, and each fit leaves out a group or more of its own: expected "
               "--committee 3 at most"},
       }) {
    const Ran ran = sh(at.command);
    INFO(ran);
    CHECK(ran.status == 3);
    CHECK(ran.err == std::string("moe train: ") + at.sentence + "\n");
    CHECK(sh("ls m.moe").status != 0);
  }
  CHECK(sh("head -9 wave.csv | moe train -q --committee 4 -k 1 -o m.moe").status == 0);
  CHECK(sh("moe train -q --committee 3 -k 1 --fold-group s groups.csv -o m.moe").status == 0);
}

TEST_CASE("the automatic fit says which classes no fold judges", "[automatic][cli]") {
  const Shell sh;
  sh("awk 'BEGIN { print \"x,g,y\"; for (i = 0; i < 60; ++i) print i \",\" int(i / 6) \",\" (i == 9 ? \"rare\" : i % 3 "
     "? \"a\" "
     ": \"b\") }' > d.csv");
  const Ran ran = sh("moe train --effort 1 --features x d.csv -o m.moe");
  INFO(ran);
  CHECK(ran.status == 0);
  CHECK(
      ran.err.find("\nnote: class rare has a single row: it is in every fold's training rows, and no fold is judged by "
                   "it\n") != std::string::npos);
  // Together with its group, the row is held out.
  const Ran groups =
      sh("moe train --committee 3 -k 1 --l2 0.1 --family categorical --features x --fold-group g d.csv -o m.moe");
  INFO(groups);
  CHECK(groups.err.find("no fold is judged") == std::string::npos);
  // Three rows of ten have a class of two rows or more: there are no more than two folds of them.
  const Ran few = sh(
      "printf 'x,y\\n1,a\\n2,a\\n3,a\\n4,b\\n5,c\\n6,d\\n7,e\\n8,f\\n9,g\\n10,h\\n' | moe train --effort 1 -o m.moe");
  INFO(few);
  CHECK(few.status == 0);
  CHECK(few.err.find("on 2 folds") != std::string::npos);
}

TEST_CASE("the summary of the automatic fit fits into 100 columns", "[automatic][cli]") {
  const Shell sh;
  sh(kWave);
  const Ran ran = sh("moe train --effort 1 wave.csv -o m.moe");
  INFO(ran);
  REQUIRE(ran.status == 0);
  std::istringstream lines(ran.err);
  std::string all;
  for (std::string line; std::getline(lines, line);) {
    CAPTURE(line);
    if (line.rfind("note: ", 0) != 0) CHECK(line.size() <= 100);
    all += line.substr(std::min(line.find_first_not_of(' '), line.size())) + " ";
  }
  // The words of a candidate are all there, in their order.
  CHECK(all.find("-k 8 --expert mlp:64 --gate softmax:mlp:32 --family gaussian:hetero --l2 1e-05 --gate-l2 1e-05 "
                 "--solver adam "
                 "--epochs ") != std::string::npos);
  CHECK(ran.err.find("160 rows, 2 inputs; tried ") == 0);
}

TEST_CASE("a committee of networks on few rows predicts as well as its folds were judged", "[automatic][cli]") {
  // Each expert explains fewer rows than it has hidden units, and each is needed.
  const Shell sh;
  const Ran ran =
      sh("moe gen sine -n 120 -o s.csv\n"
         "moe train -y y -k 3 --expert mlp:64,64:silu --solver adam --epochs 228 --committee 5 s.csv -o s.moe 2>&1 |\n"
         "  sed -n 's/^committee: \\([-0-9.]*\\) .*/\\1/p'\n"
         "moe eval -m s.moe s.csv | awk '$1 == \"nll\" { print $2 }'\n"
         "moe predict -m s.moe s.csv | sort -u | wc -l");
  INFO(ran);
  std::istringstream out(ran.out);
  double judged = 0, stored = 0;
  int different = 0;
  out >> judged >> stored >> different;
  CHECK(judged < 0.5);
  CHECK(stored < judged + 0.1);  // four of five members have seen each row
  CHECK(different > 100);
}
