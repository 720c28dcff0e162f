// Quantiles and the ends of intervals in exported models, beside those of the library.
#include <catch2/catch.hpp>
#include <cmath>

#include "base/special.hpp"
#include "export/elementary.hpp"
#include "graph_run.hpp"
#include "models.hpp"
#include "moe/conformal.hpp"
#include "moe/export.hpp"
#include "moe/numeric.hpp"
#include "moe/predict.hpp"
#include "moe/registry.hpp"
#include "shell.hpp"
#include "throws.hpp"

namespace {

constexpr arma::uword kBoundedRows = 40;
constexpr const char* kWords = "median,q0.001,interval:0.9,interval:0.9999";

/// Where a distribution function is flat, its rounding decides the quantile: then the function's value is held to p.
void check_quantiles(const moe::Predictive& predictive, const arma::mat& found, double p, arma::uword t) {
  const arma::vec expected = predictive.quantile(p, t), at_found = predictive.cdf(found.col(0), t);
  const double unit = predictive.unit_of(t);
  arma::uword differing = 0;
  for (arma::uword n = 0; n < expected.n_elem; ++n) {
    const double size = std::max(unit, std::abs(expected[n]));
    const bool near = std::abs(found(n, 0) - expected[n]) <= 1e-11 * size || std::abs(at_found[n] - p) <= 3e-14;
    if (!near) ++differing;
  }
  CAPTURE(p, t);
  CHECK(differing == 0);
}

void check(const moe::Model& model, const moe::Dataset& data, bool elementary) {
  const moe::GraphRequest request{moe::bounds_of(model, kWords), elementary};
  const moe::Graph graph = moe::graph_of(model, request);
  const GraphRun run(graph, data);
  moe::Predictive predictive(model);
  predictive.at(data);
  REQUIRE(graph.bounds.size() == 6 * model.targets());
  for (std::size_t i = 0; i < graph.bounds.size(); ++i)
    check_quantiles(predictive, run[graph.bounds[i]], request.bounds[i].quantiles[0].p, request.bounds[i].target);
}

/// Whether the graph holds special functions.
bool special(const moe::Graph& graph) {
  using Op = moe::Expression::Op;
  return std::any_of(graph.bounds.begin(), graph.bounds.end(), [&](moe::Graph::Id bound) {
    const std::vector<moe::Graph::Id> ids = graph.needed({bound});
    return std::any_of(ids.begin(), ids.end(), [&](moe::Graph::Id id) {
      const Op op = graph.values[id].op;
      return graph.values[id].kind == moe::Graph::Kind::kEach &&
             (op == Op::kNormalCdf || op == Op::kStudentCdf || op == Op::kLog1p || op == Op::kExpm1);
    });
  });
}

const std::vector<std::string> kWithFormula = {"gaussian", "student", "laplace", "lognormal", "gamma", "skew-normal"};

bool has_formula(const std::string& families) {
  std::istringstream all(families);
  for (std::string family; std::getline(all, family, ',');)
    if (std::find(kWithFormula.begin(), kWithFormula.end(), family.substr(0, family.find(':'))) == kWithFormula.end())
      return false;
  return true;
}

}  // namespace

TEST_CASE("exported quantiles are the library's, for every family with a formula", "[export][bounds]") {
  std::uint64_t stream = 0;
  const auto try_all = [&](const std::string& family, arma::uword targets) {
    for (const std::string network : {"linear", "mlp:4:tanh"})
      for (const bool elementary : {false, true}) {
        moe::Random random(41, ++stream);
        moe::Model model = make_model({family, network, "linear", "softmax", 3, 3, classes_of(family), true, targets});
        randomize(model, random);
        INFO(family << " " << network << " elementary " << elementary);
        if (classes_of(family) > 0) {
          CHECK(sentence_of([&] { moe::bounds_of(model, "median"); }).find("the model predicts classes") !=
                std::string::npos);
          continue;
        }
        const moe::Dataset data = in_data_units(model, some_rows(model, kBoundedRows, random));
        if (model.without_mean()) continue;
        const bool special = family.find("gamma") != family.npos || family.find("skew-normal") != family.npos;
        if (has_formula(family) && !(elementary && special))
          check(model, data, elementary);
        else
          CHECK(sentence_of([&] {
                  moe::graph_of(model, {moe::bounds_of(model, kWords), elementary});
                }).find("no formula") != std::string::npos);
      }
  };
  for (const std::string& family : examples(moe::family_words())) try_all(family, 1);
  for (const std::string& family : examples(moe::several_family_words())) try_all(family, 2);
}

TEST_CASE("exported quantiles of experts a million sigmas apart are the library's", "[export][bounds]") {
  moe::Random random(45);
  for (const double log_sigma : {-4.0, -8.0, -12.0}) {
    moe::Model model = make_model({"gaussian", "linear", "linear", "softmax", 2, 2, 0, false, 1});
    randomize(model, random);
    for (const moe::Expert& expert : model.experts) {
      model.theta[expert.offset] = expert.offset == model.experts[0].offset ? -10 : 10;
      model.theta[expert.psi_offset] = log_sigma;
    }
    const moe::Dataset data = in_data_units(model, some_rows(model, kBoundedRows, random));
    CAPTURE(log_sigma);
    for (const bool elementary : {false, true}) {
      const moe::GraphRequest request{moe::bounds_of(model, "q0.000001,q0.001,q0.3,q0.9,q0.999999"), elementary};
      const moe::Graph graph = moe::graph_of(model, request);
      const GraphRun run(graph, data);
      moe::Predictive predictive(model);
      predictive.at(data);
      for (std::size_t i = 0; i < graph.bounds.size(); ++i)
        check_quantiles(predictive, run[graph.bounds[i]], request.bounds[i].quantiles[0].p, 0);
    }
  }
}

TEST_CASE("exported quantiles of experts far apart and of any width are the library's", "[export][bounds]") {
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    moe::Random random(43, seed);
    moe::Model model = make_model({"gaussian", "linear", "linear", "softmax", 2 + seed % 5, 2, 0, false, 1});
    randomize(model, random);
    for (const moe::Expert& expert : model.experts) {
      model.theta[expert.offset] *= seed % 2 == 0 ? 100 : 1;
      model.theta[expert.psi_offset] = 6 * random.uniform() - 4;  // sigmas from .02 to 7
    }
    INFO(seed);
    check(model, in_data_units(model, some_rows(model, kBoundedRows, random)), seed % 3 == 0);
  }
}

TEST_CASE("exported conformal intervals are the library's, of all rows and by expert", "[export][bounds]") {
  moe::Random random(47);
  moe::Model model = make_model({"gaussian", "linear", "linear", "softmax", 3, 3, 0, false, 2});
  randomize(model, random);
  const moe::Dataset data = in_data_units(model, some_rows(model, 200, random));
  for (const bool by_expert : {false, true}) {
    moe::Conformal conformal;
    for (arma::uword i = 0; i < (by_expert ? 3U : 1U) * 2U; ++i) {
      arma::vec scores(99);
      for (double& score : scores) score = std::abs(random.normal()) * (i == 1 ? 5 : 1);  // beyond 6, too
      conformal.scores.emplace_back(arma::sort(scores));
    }
    model.conformal = conformal;
    const moe::GraphRequest request{moe::bounds_of(model, "conformal:0.9,conformal:0.98"), true};
    const moe::Graph graph = moe::graph_of(model, request);
    const GraphRun run(graph, data);
    moe::Predictive predictive(model);
    predictive.at(data);
    REQUIRE(graph.bounds.size() == 8);
    for (std::size_t i = 0; i < 8; ++i) {
      const double level = i < 4 ? 0.9 : 0.98;
      const arma::uword t = i % 4 / 2;
      const arma::mat expected = moe::conformal_interval(model, predictive, level, t);
      const std::string end = i % 2 == 0 ? "lower" : "upper";
      CHECK(request.bounds[i].name == "conformal_" + end + (i < 4 ? "_0.9_" : "_0.98_") + model.schema.targets[t]);
      const arma::vec difference = arma::abs(run[graph.bounds[i]] - expected.col(i % 2));
      CAPTURE(by_expert, i);
      CHECK(difference.max() <= 2e-7 * predictive.unit_of(t));  // F(x) near 1 is known to 1e-16, and its slope is 1e-9
    }
    CHECK(sentence_of([&] { moe::bounds_of(model, "conformal:0.999"); }).find("an interval has no end") !=
          std::string::npos);
  }
}

TEST_CASE("exported conformal sets of classes are the library's, of all rows and by expert", "[export][bounds]") {
  moe::Random random(48);
  for (const std::size_t classes : {2, 4}) {
    moe::Model model =
        make_model({classes == 2 ? "bernoulli" : "categorical", "linear", "linear", "softmax", 3, 3, classes});
    randomize(model, random);
    const moe::Dataset data = in_data_units(model, some_rows(model, 200, random));
    for (const bool by_expert : {false, true}) {
      CAPTURE(classes, by_expert);
      moe::Conformal conformal;
      for (arma::uword i = 0; i < (by_expert ? 3U : 1U); ++i) {
        arma::vec scores(i == 2 ? 4 : 99);  // too few for level .9
        for (double& score : scores) score = std::pow(random.uniform(0, 1), static_cast<double>(i + 1));
        conformal.scores.emplace_back(arma::sort(scores));
      }
      model.conformal = conformal;
      const moe::GraphRequest request{moe::bounds_of(model, "conformal:0.5,conformal:0.9"), true};
      const moe::Graph graph = moe::graph_of(model, request);
      const GraphRun run(graph, data);
      moe::Predictive predictive(model);
      predictive.at(data);
      REQUIRE(graph.bounds.size() == 2 * classes);
      arma::uword differing = 0, held = 0;
      for (std::size_t i = 0; i < graph.bounds.size(); ++i) {
        CHECK(request.bounds[i].name ==
              (i < classes ? "conformal_0.5_" : "conformal_0.9_") + model.schema.labels[i % classes]);
        const auto sets = moe::conformal_labels(model, predictive, i < classes ? 0.5 : 0.9);
        for (arma::uword n = 0; n < 200; ++n) {
          const double expected = std::find(sets[n].begin(), sets[n].end(), i % classes) == sets[n].end() ? 0 : 1;
          if (run[graph.bounds[i]](n, 0) != expected) ++differing;
          held += expected == 1;
        }
      }
      CHECK(differing == 0);
      CHECK(held > 200);
      CHECK(held < 200 * graph.bounds.size());
    }
  }
}

TEST_CASE("the exported sd of targets of any size is the library's", "[export][graph]") {
  moe::Random random(49);
  for (const double unit : {1e-200, 1e-160, 1.0, 1e160, 1e200}) {
    CAPTURE(unit);
    moe::Model model = make_model({"gaussian"});
    randomize(model, random);
    model.standardization.target_scale[0] *= unit;
    model.standardization.target_center[0] *= unit;
    const moe::Dataset data = in_data_units(model, some_rows(model, 20, random));
    const moe::Graph graph = moe::graph_of(model, {});
    const GraphRun run(graph, data);
    moe::Predictive predictive(model);
    predictive.at(data);
    const arma::vec found = run[graph.sd[0]] / unit, expected = predictive.sd() / unit;
    CHECK(arma::approx_equal(found, expected, "reldiff", 1e-12));
  }
}

TEST_CASE("elementary functions give the distribution functions to 2e-14", "[export][bounds]") {
  const auto largest = [](const moe::Expression& expression, const auto& expected) {
    double worst = 0;
    const moe::Expression elementary = moe::elementary(expression);
    for (double z = -9; z <= 9; z += 0.0078) {
      const double eta = 0;
      worst = std::max(worst, std::abs(elementary.at(&eta, &z, 0) - expected(z)));
    }
    return worst;
  };
  const moe::Expression z = moe::Expression::target(0);
  CHECK(largest(moe::normal_cdf(z), [](double at) { return moe::normal_cdf(at); }) <= 2e-14);
  for (const double nu : {0.3, 1.0, 1.5, 2.0, 3.7, 7.9, 8.0, 12.0, 30.0, 1e3, 1e6, 7e10}) {
    CAPTURE(nu);
    const double error = largest(moe::student_cdf(z, nu), [&](double at) { return moe::student_cdf(at, nu); });
    CHECK(error <= 2e-14);
  }
  CHECK(special(moe::graph_of(make_model({"student"}), {moe::bounds_of(make_model({"student"}), "median"), false})));
  CHECK_FALSE(
      special(moe::graph_of(make_model({"student"}), {moe::bounds_of(make_model({"student"}), "median"), true})));
}

TEST_CASE("--with adds the columns of predict to an export", "[export][bounds]") {
  const Shell sh;
  const std::string words = "mean,interval:0.9,q0.001,conformal:0.8";
  const Ran made =
      sh("moe train -q -y accel -k 3 --conformal 0.3 $DATA/mcycle.csv -o m.moe 2>/dev/null\n"
         "moe predict -m m.moe --output " +
         words + " $DATA/mcycle.csv >moe.csv && head -n 1 moe.csv");
  INFO(made);
  REQUIRE(made.out == "mean,lower,upper,q0.001,conformal_lower_0.8,conformal_upper_0.8\n");
  const std::string with = " --with interval:0.9,q0.001,conformal:0.8 ";
  // Prints how many cells of found.csv differ by more than 1e-10.
  const std::string compare =
      "paste -d, moe.csv found.csv | awk -F, 'NR > 1 { for (i = 1; i <= 6; ++i) { d = $i - $(i + 6); all += 1; "
      "bad += !(d < 1e-10 && d > -1e-10) } } END { print all, bad + 0 }'\n";
  const auto run = [&](const std::string& name, const std::string& needs, const std::string& command) {
    if (sh("command -v " + needs).status != 0) {
      WARN("there is no " + needs + " here");
      return;
    }
    const Ran ran = sh(command + compare);
    INFO(name << " " << ran);
    CHECK(ran.out == "798 0\n");
  };
  run("c", "cc",
      "moe export -m m.moe --format c" + with +
          "-o m.c && cat >>m.c <<'END'\n"
          "#include <stdio.h>\n"
          "int main(void) {\n"
          "  double x;\n  int i;\n  moe_prediction p;\n  puts(\"\");\n"
          "  for (; scanf(\"%lf%*[^\\n]\", &x) == 1; puts(\"\")) {\n"
          "    moe_predict(&x, &p);\n    printf(\"%.17g\", p.mean);\n"
          "    for (i = 0; i < MOE_BOUNDS; ++i) printf(\",%.17g\", p.bounds[i]);\n  }\n  return 0;\n}\n"
          "END\n"
          "cc -std=c99 -O1 m.c -lm -o m && tail -n +2 $DATA/mcycle.csv | ./m >found.csv\n");
  run("js", "node",
      "moe export -m m.moe --format js --classic" + with +
          "-o m.js && cat >try.js <<'END'\n"
          "const vm = require('vm'), fs = require('fs');\n"
          "vm.runInThisContext(fs.readFileSync('m.js', 'utf8'));\n"
          "const names = fs.readFileSync('moe.csv', 'utf8').split('\\n')[0].split(',');\n"
          "console.log('');\n"
          "for (const line of fs.readFileSync(process.argv[2], 'utf8').trim().split('\\n').slice(1)) {\n"
          "  const row = moeModel.predict({ times: line.split(',')[0] });\n"
          "  console.log(names.map((name) => row[name]).join());\n}\n"
          "END\n"
          "node try.js $DATA/mcycle.csv >found.csv\n");
  run("sql", "sqlite3",
      "moe export -m m.moe --format sql --dialect sqlite --table t" + with +
          "-o m.sql\n"
          "sqlite3 :memory: '.mode csv' '.import '$DATA'/mcycle.csv t' '.headers on' '.read m.sql' | "
          "cut -d, -f3,5-9 >found.csv\n");
  run("numpy", "/usr/bin/python3",
      "moe export -m m.moe --format numpy" + with +
          "-o np && cat >try.py <<'END'\n"
          "import csv, sys\nsys.path.insert(0, 'np')\nimport numpy, moe_model\n"
          "rows = list(csv.reader(open(sys.argv[1])))[1:]\n"
          "found = moe_model.predict({'times': numpy.array([float(row[0]) for row in rows])})\n"
          "names = open('moe.csv').readline().strip().split(',')\nprint()\n"
          "for i in range(len(rows)): print(*[repr(float(found[name][i])) for name in names], sep=',')\n"
          "END\n"
          "/usr/bin/python3 try.py $DATA/mcycle.csv >found.csv\n");
}

TEST_CASE("exported models of classes tell which classes are in a conformal set", "[export][bounds]") {
  const Shell sh;
  const Ran made =
      sh("moe gen two-lines -n 300 | awk -F, -v OFS=, 'NR > 1 { $2 = $2 > 1 ? \"up\" : $2 < -1 ? \"down\" : \"no\" } "
         "1' >d.csv\n"
         "moe train -q -k 2 --l2 0.01 --conformal 0.3 d.csv -o m.moe\n"
         "moe predict -m m.moe --output conformal:0.9 d.csv | tail -n +2 >moe.txt");
  INFO(made);
  REQUIRE(made.status == 0);
  // Of each line "down,no,up", 1 for each class that is in the set: whether moe.txt has the same, in any order.
  const std::string compare =
      "paste -d, moe.txt found.csv | awk -F, '{ split(\"down no up\", name, \" \"); for (i = 1; i <= 3; ++i) "
      "if ((index($1, \"[\" name[i] \"]\") > 0) != ($(i + 1) == 1)) ++bad } END { print NR, bad + 0 }'\n";
  const auto run = [&](const std::string& needs, const std::string& command) {
    if (sh("command -v " + needs).status != 0) {
      WARN("there is no " + needs + " here");
      return;
    }
    const Ran ran = sh(command + compare);
    INFO(needs << " " << ran);
    CHECK(ran.out == "300 0\n");
  };
  run("cc",
      "moe export -m m.moe --format c --with conformal:0.9 -o m.c && cat >>m.c <<'END'\n"
      "#include <stdio.h>\n"
      "int main(void) {\n  double x;\n  moe_prediction p;\n"
      "  for (; scanf(\"%lf%*[^\\n]\", &x) == 1;) {\n    moe_predict(&x, &p);\n"
      "    printf(\"%g,%g,%g\\n\", p.bounds[0], p.bounds[1], p.bounds[2]);\n  }\n  return 0;\n}\nEND\n"
      "cc -std=c99 m.c -lm -o m && tail -n +2 d.csv | ./m >found.csv\n");
  run("sqlite3",
      "moe export -m m.moe --format sql --dialect sqlite --table t --with conformal:0.9 -o m.sql\n"
      "{ echo '.mode csv'; echo '.import d.csv t'; echo '.headers off'; cat m.sql; } | sqlite3 :memory: >all.csv\n"
      "cut -d, -f4-6 all.csv >found.csv\n");
  run("node",
      "moe export -m m.moe --format js --classic --with conformal:0.9 -o m.js && cat >try.js <<'END'\n"
      "const vm = require('vm'), fs = require('fs');\n"
      "vm.runInThisContext(fs.readFileSync('m.js', 'utf8'));\n"
      "for (const line of fs.readFileSync('d.csv', 'utf8').trim().split('\\n').slice(1)) {\n"
      "  const row = moeModel.predict({ x1: line.split(',')[0] });\n"
      "  console.log(['down', 'no', 'up'].map((name) => row['conformal_0.9_' + name]).join());\n}\nEND\n"
      "node try.js >found.csv\n");
  const Ran refused = sh("moe export -m m.moe --format c --with median");
  INFO(refused);
  CHECK(refused.status == 2);
}

TEST_CASE("export --with says what a format cannot give, and PostgreSQL stores long searches", "[export][bounds]") {
  const Shell sh;
  const moe::Model gamma = make_model({"gamma"});
  for (const std::string format : {"onnx", "numpy", "sql"}) {
    moe::ExportOptions options;
    options.with = "median";
    CHECK(
        sentence_of([&] { moe::export_model(gamma, format, options); }) ==
        "--with: this format has no formula for the distribution function of family gamma: expected --format c or js, "
        "or a model of one expert");
    options.with = "median,q0.1,median";
    CHECK(sentence_of([&] { moe::export_model(gamma, format, options); }) ==
          "--with: 'median' is there twice: expected each word once");
  }
  const Ran postgres = sh(
      "moe train -q -y accel -k 3 $DATA/mcycle.csv -o m.moe\n"
      "moe export -m m.moe --format sql --dialect postgres | grep -c ' AS NOT MATERIALIZED ('\n"
      "moe export -m m.moe --format sql --dialect postgres --with median >long.sql\n"
      "grep -c ' AS NOT MATERIALIZED (' long.sql; [ $(grep -c ' AS MATERIALIZED (' long.sql) -gt 30 ] && echo stored");
  INFO(postgres);
  CHECK(postgres.out.find("\n0\nstored\n") != std::string::npos);
  CHECK(postgres.out[0] != '0');
  const Ran refused = sh("moe export -m m.moe --format dot --with median; moe export -m m.moe --format c --with mean");
  INFO(refused);
  CHECK(refused.err ==
        "moe export: --with means nothing to format dot: expected it with a format that 'moe export --list' shows it "
        "for\nmoe export: --with: 'mean': expected median, qP, interval:P or conformal:P, as interval:0.9\n");
}
