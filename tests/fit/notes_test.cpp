// The notes and warnings of a fit appear where they are true, with the right figures, and nowhere else.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "shell.hpp"

namespace {

using nlohmann::json;

const char* const kNotedTables = R"(
awk 'BEGIN { print "x,y,c,ten,two,half,k"; for (i = 0; i < 40; ++i) { u = sin(12.9898 * i) * 43758.5453; u -= int(u);
  printf "%g,%.4f,%d,%d,%d,%g,%s\n", i / 40, 2 * i / 40 + u, i % 11, i % 10, i % 2, i % 3 + 0.5, i < 20 ? "a" : "b" } }' > n.csv
awk -F, 'NR == 1 { print "x,y,a,b,d,e"; next } { print $1 "," $2 ",3," $1 "," 2 * $1 ",3" }' n.csv > same.csv
awk -F, 'NR == 1 { print "x,y,a"; next } { print $1 "," $2 ",3" }' n.csv > constant.csv
awk 'BEGIN { printf "x"; for (j = 1; j <= 10; ++j) printf ",c%d", j; print ",y"; for (i = 0; i < 20; ++i) { printf "%d", i;
  for (j = 1; j <= 10; ++j) printf ",%d", i; print "," i * i % 7 + 0.5 } }' > many.csv
printf 'x,z,y\n1,0,2.5\n2,1,5\n4,0,4.5\n' > three.csv; (cat three.csv; echo 5,1,2.5) > four.csv
printf 'x,a,b\n1,7.5,1\n2,7.5,4.5\n3,7.5,9\n4,7.5,16\n5,7.5,2\n6,7.5,3\n7,7.5,1\n' > flat.csv
cp $DATA/mcycle.csv m.csv; (cat m.csv; echo 70,; echo ,3) > missing.csv; (cat m.csv; echo 70,) > one_missing.csv
)";

std::string said(const Shell& sh, const std::string& arguments) {
  const Ran ran = sh("moe train " + arguments + " -o m.moe");
  INFO(ran);
  CHECK(ran.status == 0);
  return "\n" + ran.err;
}

struct NoteCase {
  const char *note, *true_of, *key;      ///< `key` is the part by which a note is recognised
  std::vector<const char*> not_true_of;  ///< fits in which it must not appear
};

}  // namespace

TEST_CASE("each note stands where it is true, and nowhere else", "[notes][cli]") {
  const Shell sh;
  sh(kNotedTables);
  const NoteCase cases[] = {
      {"warning: the fit has not converged (passes used up; --epochs allows more): its figures are those of where it "
       "stopped: "
       "expected more --epochs, --l2 and --gate-l2, or fewer experts",
       "-k 2 -y accel m.csv --epochs 2",
       "not converged (",
       {"-k 2 -y accel m.csv"}},
      {"warning: 4 free parameters and 3 rows: the fit says little about other rows: expected fewer experts, or --l2",
       "-k 1 -y y three.csv",
       "says little about other rows",
       {"-k 1 -y y four.csv", "-k 1 -y y three.csv --l2 0.1"}},
      {"warning: every target is the same: there is nothing to learn",
       "-k 1 -y a --features x flat.csv",
       "nothing to learn",
       {"-k 1 -y b --features x flat.csv"}},
      {"warning: every value of a target is the same: there is nothing to learn",
       "-k 1 -y a,b --features x flat.csv",
       "nothing to learn",
       {"-k 1 -y y,half --features x n.csv"}},
      {"warning: some experts give probabilities of counts and some densities: their likelihoods do not compare",
       "-y c --features x --expert poisson:linear --expert gaussian:linear n.csv",
       "do not compare",
       {"-y c --features x --expert poisson:linear --expert negative-binomial:linear n.csv",
        "-y y --features x --expert student:linear --expert gaussian:linear n.csv"}},
      {"warning: the model is certain of the class of every training row, so that its weights have no finite maximum "
       "and grow "
       "until they are stopped: expected --l2 and --gate-l2, or --validation with --patience",
       "-k 1 -y k --features x --expert mlp:4 --solver lbfgs --l2 0 n.csv",
       "certain of the class",
       {"-k 1 -y two --features x --expert mlp:2 --solver lbfgs n.csv"}},
      {"note: 'ten' has 10 different whole numbers and is taken as a number; --family categorical takes them as "
       "classes",
       "-k 1 -y ten --features x n.csv",
       "different whole numbers",
       {"-k 1 -y c --features x n.csv", "-k 1 -y two --features x n.csv", "-k 1 -y half --features x n.csv",
        "-k 1 -y ten --features x --family poisson n.csv"}},
      {"note: column 'b' is the same as 'x'",
       "-k 1 -y y same.csv",
       "is the same as",
       {"-k 1 -y y --features x,d same.csv"}},
      {"note: b, d are told exactly by the other inputs: no coefficient of its own, it stays 0",
       "-k 1 -y y same.csv",
       "told exactly",
       {"-k 1 -y y --features x,c n.csv"}},
      {"note: 2 inputs are constant and say nothing: a, e",
       "-k 1 -y y same.csv",
       " constant ",
       {"-k 1 -y y --features b,d same.csv"}},
      {"note: 1 input is constant and says nothing: a",
       "-k 1 -y y constant.csv",
       " constant ",
       {"-k 1 -y y --features x constant.csv"}},
      {"note: column 'c8' is the same as 'x'", "-k 1 -y y many.csv", "'c9' is the same", {"-k 1 -y y many.csv"}},
      {"note: 2 more columns are the same as one before them",
       "-k 1 -y y many.csv",
       "more columns are the same",
       {"-k 1 -y y --features x,c1-c8 many.csv"}},
      {"note: 2 rows left out: cells are missing",
       "-k 1 -y accel missing.csv --missing drop",
       "left out",
       {"-k 1 -y accel m.csv --missing drop"}},
      {"note: 1 row left out: cells are missing", "-k 1 -y accel one_missing.csv --missing drop", "left out", {}},
  };
  for (const NoteCase& at : cases) {
    CAPTURE(at.true_of);
    const std::string text = said(sh, at.true_of);
    INFO(text);
    CHECK(text.find(std::string("\n") + at.note + "\n") != std::string::npos);
    for (const char* other : at.not_true_of) {
      CAPTURE(other);
      CHECK(said(sh, other).find(at.key) == std::string::npos);
    }
  }
}

TEST_CASE("a constant input is told once, whatever the fit", "[notes][cli]") {
  const Shell sh;
  sh(kNotedTables);
  sh("awk -F, 'NR == 1 { print \"x,y,a\"; next } { print $1 \",\" $2 \",same\" }' n.csv > level.csv");
  for (const std::string arguments :
       {"-k 1 -y y constant.csv", "-k 2 -y y constant.csv --l2 auto", "--effort 1 -y y constant.csv",
        "--committee 2 -k 1 -y y constant.csv", "-k 1 -y y level.csv", "-k 1 --expert poly:2 -y y constant.csv"}) {
    const std::string text = said(sh, arguments), note = "\nnote: 1 input is constant and says nothing: a\n";
    INFO(text);
    CHECK(text.find(note) != std::string::npos);
    CHECK(text.find(note) == text.rfind(note));
    CHECK(text.find("told exactly") == std::string::npos);
  }
}

TEST_CASE("an expert is starved that explains fewer rows than it has coefficients", "[notes][cli]") {
  const Shell sh;
  sh(kNotedTables);
  struct Fit {
    const char* arguments;
    double coefficients;  // of the last layer of an expert
    std::size_t starved;
  };
  for (const Fit& fit : {Fit{"-k 2 -y k --features x --expert mlp:4 --solver lbfgs --epochs 5000 n.csv", 5, 1},
                         Fit{"-k 2 -y accel m.csv", 2, 0}, Fit{"-k 3 -y y --features x n.csv", 2, 0}}) {
    CAPTURE(fit.arguments);
    const std::string text = said(sh, fit.arguments);
    const json model = json::parse(sh("moe inspect --json m.moe").out), &guards = model.at("guards");
    const double rows = model.at("fit").at("rows");
    std::vector<std::size_t> starved;
    double all = 0;
    for (std::size_t k = 0; k < guards.at("shares").size(); ++k) {
      const double share = guards.at("shares")[k];
      all += share;
      if (share * rows < fit.coefficients) starved.push_back(k + 1);
      char sentence[200];
      std::snprintf(sentence, sizeof sentence,
                    "\nwarning: expert %zu is starved: it explains %.3g of %.0f rows: expected fewer experts\n", k + 1,
                    share * rows, rows);
      INFO(text);
      CHECK((text.find(sentence) != std::string::npos) == (share * rows < fit.coefficients));
    }
    CHECK(all == Approx(1).epsilon(1e-12));
    CHECK(starved.size() == fit.starved);
    CHECK(guards.at("starved") == starved);
  }
}

TEST_CASE("the summary counts the weights that l1 leaves", "[notes][cli]") {
  const Shell sh;
  sh("moe gen friedman1 -n 200 -o f.csv");
  const auto left = [](const json& coefficients) {
    std::size_t count = 0;
    for (const auto& [name, value] : coefficients.items()) count += name != "(intercept)" && value != 0 ? 1 : 0;
    return count;
  };
  for (const std::string options : {"--l1 0.1 --gate-l1 0.01", "--l1 0.05", "--gate-l1 0.005"}) {
    CAPTURE(options);
    const std::string text = said(sh, "-k 2 f.csv " + options);
    const json model = json::parse(sh("moe inspect --json m.moe").out);
    std::size_t experts = 0;
    for (const json& expert : model.at("experts")) experts += left(expert.at("coefficients"));
    // Both experts have a weight, of which inspect shows the difference. The l1 penalty is smallest where they are
    // opposite.
    const std::size_t gate = 2 * left(model.at("gate").at("coefficients")[0]);
    const std::string of_experts = std::to_string(experts) + " of 20 weights of the ";
    const std::string line = options.find(" --") != std::string::npos
                                 ? of_experts + "experts are not 0, " + std::to_string(gate) + " of 20 of the gate's\n"
                             : options[2] == 'l' ? of_experts + "experts are not 0\n"
                                                 : std::to_string(gate) + " of 20 weights of the gate are not 0\n";
    INFO(text);
    INFO(line);
    CHECK(text.find("\nl1: " + line) != std::string::npos);
  }
}

TEST_CASE("inspect tells rows that are not the fit's", "[notes][inspect]") {
  const Shell sh;
  sh(kNotedTables);
  sh("moe train -q -k 1 -y accel m.csv -o m.moe; head -n 100 m.csv > some.csv; (head -n 1 m.csv; tail -n +2 m.csv | "
     "tac) > back.csv");
  const auto log_likelihood = [&](const std::string& data) {
    return json::parse(sh("moe eval --json -m m.moe " + data).out).at("log_likelihood").get<double>();
  };
  const Ran other = sh("moe inspect m.moe some.csv");
  INFO(other);
  const std::string begin = "warning: DATA is not what the model was fitted to: its log-likelihood there is ",
                    middle = ", that of the fit ";
  REQUIRE(other.err.starts_with(begin));
  CHECK(std::stod(other.err.substr(begin.size())) == Approx(log_likelihood("some.csv")).epsilon(1e-12));
  const std::size_t at = other.err.find(middle);
  REQUIRE(at != std::string::npos);
  CHECK(std::stod(other.err.substr(at + middle.size())) == Approx(log_likelihood("m.csv")).epsilon(1e-12));
  CHECK(sh("moe inspect m.moe m.csv").err.empty());
  CHECK(sh("moe inspect m.moe back.csv").err.empty());
}

TEST_CASE("a mixture that explains less than one expert alone says so, with both figures", "[notes][cli]") {
  const Shell sh;
  sh(kNotedTables);
  const std::string text = said(sh, "-k 2 --solver adam --epochs 1 -y y --features x n.csv");
  INFO(text);
  const std::string
      begin = "\nwarning: one expert alone explains the rows better: its log-likelihood is ",
      middle = " for the fit's ",
      end = ": expected -k 1, another --solver, more --epochs, or a smaller --learning-rate of adam and sgd\n";
  const std::size_t at = text.find(begin), then = text.find(middle, at), last = text.find(end, then);
  REQUIRE(last != std::string::npos);
  // A normal distribution beside adam, which has no quick fit of a line: -n / 2 (log(2 pi variance) + 1).
  const Ran normal =
      sh("awk -F, 'NR > 1 { ++n; y += $2; yy += $2 * $2 } END {\n"
         "printf \"%.9f\", -n / 2 * (log(8 * atan2(1, 1) * (yy / n - (y / n) ^ 2)) + 1) }' n.csv");
  CHECK(std::stod(text.substr(at + begin.size())) == Approx(std::stod(normal.out)).margin(2e-6));
  const json eval = json::parse(sh("moe eval --json -m m.moe n.csv").out);
  CHECK(std::stod(text.substr(then + middle.size())) == Approx(eval.at("log_likelihood").get<double>()).margin(2e-6));
  CHECK(said(sh, "-k 2 -y y --features x n.csv").find("one expert alone") == std::string::npos);
}
