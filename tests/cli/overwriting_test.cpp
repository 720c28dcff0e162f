// No command writes over what it reads, however the file is named.
#include <catch2/catch.hpp>

#include "shell.hpp"

namespace {

const char* const kFilesThatAreThere = R"(set -e
moe gen two-lines -n 60 -o d.csv; cp d.csv same.csv; cp d.csv v.csv
moe train -q -k 1 d.csv -o m.moe; moe export -m m.moe --format json -o m.json; cp m.moe same.moe; cp m.json same.json
ln -s d.csv link.csv; ln d.csv other.csv; mkdir sub; cp d.csv fold_1.csv
)";

}  // namespace

TEST_CASE("an output that is an input is refused before anything is read", "[overwriting][cli]") {
  const Shell sh;
  sh(kFilesThatAreThere);
  struct Refused {
    const char *command, *option, *file;
  };
  for (const Refused& refused : {
           Refused{"train d.csv -o d.csv", "output", "d.csv"},
           Refused{"train -k 1 d.csv -o ./sub/../d.csv", "output", "./sub/../d.csv"},
           Refused{"train -k 1 d.csv -o link.csv", "output", "link.csv"},
           Refused{"train -k 1 link.csv -o other.csv", "output", "other.csv"},
           Refused{"train -k 1 -o d.csv < d.csv", "output", "d.csv"},
           Refused{"train -k 1 d.csv -o n.moe --summary d.csv", "summary", "d.csv"},
           Refused{"train -k 1 d.csv -o n.moe --report d.csv", "report", "d.csv"},
           Refused{"train -k 1 d.csv -o n.moe --log d.csv", "log", "d.csv"},
           Refused{"train -k 1 d.csv -o n.moe --checkpoint d.csv", "checkpoint", "d.csv"},
           Refused{"train -k 1 d.csv --validation v.csv -o v.csv", "output", "v.csv"},
           Refused{"train --dry-run d.csv -o d.csv", "output", "d.csv"},
           Refused{"select -k 1 d.csv -o d.csv", "output", "d.csv"},
           Refused{"calibrate -m m.moe d.csv -o d.csv", "output", "d.csv"},
           Refused{"predict -m m.moe d.csv -o d.csv", "to", "d.csv"},
           Refused{"predict -m m.moe -o d.csv < d.csv", "to", "d.csv"},
           Refused{"predict -m m.moe d.csv --to m.moe", "to", "m.moe"},
           Refused{"predict -m - d.csv --to m.moe < m.moe", "to", "m.moe"},
           Refused{"eval -m m.moe d.csv -o d.csv", "output", "d.csv"},
           Refused{"inspect m.moe d.csv -o d.csv", "output", "d.csv"},
           Refused{"inspect m.moe -o m.moe", "output", "m.moe"},
           Refused{"plot -m m.moe d.csv -o d.csv", "output", "d.csv"},
           Refused{"report -m m.moe d.csv -o d.csv", "output", "d.csv"},
           Refused{"export -m m.moe --format json -o m.moe", "output", "m.moe"},
           Refused{"import m.json -o m.json", "output", "m.json"},
           Refused{"gen --from m.moe d.csv -o d.csv", "output", "d.csv"},
           Refused{"split d.csv -o d.csv", "output", "d.csv"},
           Refused{"split d.csv --test-output t.csv --train-output link.csv", "train-output", "link.csv"},
           Refused{"split fold_1.csv --folds 2 --test-output 'fold_{}.csv'", "test-output", "fold_1.csv"},
       }) {
    const Ran ran = sh(std::string("moe ") + refused.command);
    INFO(ran);
    CHECK(ran.status == 2);
    CHECK(ran.out.empty());
    const std::string program =
        std::string("moe ") + std::string(refused.command, std::string(refused.command).find(' '));
    CHECK(ran.err == program + ": --" + refused.option + ": '" + refused.file +
                         "' is read by this command, which would write over it: expected another file\n");
  }
  const Ran kept = sh("cmp d.csv same.csv && cmp m.moe same.moe && cmp m.json same.json && cmp d.csv v.csv && ls");
  INFO(kept);
  CHECK(kept.status == 0);
  CHECK(kept.out.find("n.moe") == std::string::npos);
}

TEST_CASE("a model may take its own place, and devices may be read and written", "[overwriting][cli]") {
  const Shell sh;
  sh(kFilesThatAreThere);
  const Ran ran =
      sh("set -e; moe train -q --resume m.moe d.csv -o m.moe; moe calibrate -q -m m.moe v.csv -o m.moe\n"
         "moe calibrate -q -m - v.csv -o m.moe < m.moe; moe inspect m.moe > /dev/null\n"
         "moe train -q -k 1 d.csv --checkpoint c.moe -o n.moe; moe train -q -k 1 --resume c.moe d.csv -o c.moe\n"
         "moe predict -m m.moe -o /dev/null d.csv; moe gen two-lines -o two-lines; moe gen two-lines -o two-lines\n"
         "moe predict -m m.moe d.csv -o p.csv; moe predict -m m.moe d.csv -o p.csv");
  INFO(ran);
  CHECK(ran.status == 0);
}

TEST_CASE("two outputs of a command are two files", "[overwriting][cli]") {
  const Shell sh;
  const Ran ran =
      sh("moe gen two-lines -o d.csv; mkdir s; ln -s . t\n"
         "moe train -k 1 d.csv --checkpoint c.moe -o c.moe; moe train -k 1 d.csv --summary ./s/../c.moe -o t/c.moe\n"
         "moe split d.csv --test 0.5 --train-output a.csv --test-output a.csv; ls");
  INFO(ran);
  CHECK(ran.out == "d.csv\ns\nscript\nstderr\nstdout\nt\n");
  CHECK(ran.err.find("--output and --checkpoint write the same file 'c.moe': expected two different files\n") !=
        std::string::npos);
}
