// Leaving out an option gives the same result as its default in the help, and another value gives a different one.
#include <catch2/catch.hpp>

#include "shell.hpp"

namespace {

struct Default {
  const char *command, *said, *another;
};

/// The output of the command with these options.
std::string outcome(const Shell& sh, const std::string& command, const std::string& options) {
  const bool trains = command.starts_with("moe train");
  const Ran ran = sh(command + " " + options + (trains ? " -q -o out.moe && cat out.moe" : ""));
  INFO(ran.command);
  INFO(ran.err);
  REQUIRE(ran.status == 0);
  REQUIRE_FALSE(ran.out.empty());
  return ran.out;
}

}  // namespace

TEST_CASE("defaults are those of help", "[cli][defaults]") {
  const Shell sh;
  sh("moe gen friedman1 -n 70 -d 5 -o d.csv; moe gen two-lines -n 90 -o lines.csv; moe train -q -k 1 lines.csv -o "
     "m.moe");
  const Default defaults[] = {
      {"moe train --solver adam d.csv", "-k 2", "-k 3"},
      {"moe train --solver adam d.csv", "--expert linear --gate softmax:linear --gate-link softmax --family auto",
       "--expert poly:2"},
      {"moe train --solver adam d.csv", "--epochs 200", "--epochs 199"},
      {"moe train --solver adam d.csv", "--batch 32", "--batch 31"},
      {"moe train --solver adam d.csv", "--learning-rate 0.01", "--learning-rate 0.011"},
      {"moe train --solver adam d.csv", "--schedule constant", "--schedule linear"},
      {"moe train --solver adam d.csv", "--restarts 1", "--restarts 2"},
      {"moe train --solver adam d.csv", "--seed 1", "--seed 2"},
      {"moe train --solver adam d.csv", "--l2 0 --l1 0 --gate-l1 0", "--l2 1e-3"},
      {"moe train --solver adam d.csv", "--gate-l2 1e-12", "--gate-l2 1e-3"},
      {"moe train --solver adam d.csv", "--standardize yes", "--standardize no"},
      {"moe train --solver adam d.csv", "--objective likelihood", "--objective blend"},
      {"moe train --solver sgd d.csv", "--momentum 0.9", "--momentum 0.8"},
      {"moe train --solver sgd d.csv", "--epochs 200 --batch 32 --learning-rate 0.01", "--learning-rate 0.02"},
      {"moe train --expert mlp:5 d.csv", "--expert mlp:5:relu --solver adam", "--solver lbfgs"},
      {"moe train -k 2 --restarts 1 lines.csv", "--solver em --tolerance 1e-9", "--tolerance 1e-2"},
      {"moe train --solver lbfgs lines.csv", "--tolerance 1e-7", "--tolerance 1e-2"},
      {"moe select -q -k 1-2 lines.csv --json", "--by bic", "--by aic"},
      {"moe select -q -k 1 lines.csv --by cv --json", "--folds 10", "--folds 9"},
      {"moe select -q -k 1 lines.csv --by cv --json", "--seed 1", "--seed 2"},
      {"moe select -q lines.csv", "-k 1-4", "-k 1-3"},
      {"moe plot -m m.moe lines.csv", "--kind fit", "--kind residuals"},
      {"moe plot -m m.moe lines.csv", "--rows 2000", "--rows 20"},
      {"moe plot -m m.moe lines.csv --rows 20", "--seed 1", "--seed 2"},
      {"moe inspect m.moe", "--level 0.95", "--level 0.9"},
      {"moe inspect m.moe lines.csv", "--errors observed", "--errors sandwich"},
      {"moe inspect m.moe lines.csv --errors bootstrap", "--bootstrap 1000", "--bootstrap 999"},
      {"moe inspect m.moe lines.csv --bootstrap 20", "--seed 1", "--seed 2"},
      {"moe predict -m m.moe lines.csv", "--output mean", "--output sd"},
      {"moe gen friedman1", "-n 1000", "-n 999"},
      {"moe gen friedman1 -n 50", "--seed 1 --outliers 0 --missing 0", "--seed 2"},
  };
  for (const Default& at : defaults) {
    CAPTURE(at.command, at.said, at.another);
    const std::string left_out = outcome(sh, at.command, "");
    CHECK((left_out == outcome(sh, at.command, at.said)));
    CHECK((left_out != outcome(sh, at.command, at.another)));
  }
}

TEST_CASE("a network of which nothing is said stops by rows held out, as these options ask", "[cli][defaults]") {
  const Shell sh;
  sh("moe gen friedman1 -n 120 -d 5 -o d.csv; head -100 d.csv > fewer.csv");
  const Ran ran = sh("moe train -k 1 --expert mlp:5 d.csv -o m.moe");
  CHECK(ran.err.find("note: a tenth of the rows was held out") != std::string::npos);
  CHECK(ran.err.find("108 rows") != std::string::npos);
  // 2.8e6 / 120 passes are more than the most, 600.
  const std::string same = "--validation 0.1 --epochs 600 --schedule cosine --batch 32 --patience 200";
  CHECK(sh("moe train -q -k 1 --expert mlp:5 d.csv " + same + " -o n.moe; cmp m.moe n.moe").status == 0);
  // 99 rows, or a word on the passes: as many passes as --epochs says, over all rows.
  CHECK(sh("moe train -k 1 --expert mlp:5 fewer.csv -o m.moe").err.find("99 rows") != std::string::npos);
  CHECK(sh("moe train -k 1 --expert mlp:5 --epochs 9 d.csv -o m.moe").err.find("120 rows") != std::string::npos);
  CHECK(sh("moe train -k 2 d.csv -o m.moe").err.find("120 rows") != std::string::npos);
}
