// One grammar for all commands: options from a file, words of other programs, -o wherever something is written.
#include <catch2/catch.hpp>

#include "shell.hpp"

namespace {

const char* const kData = "moe gen two-lines -n 80 -o d.csv\n";

}  // namespace

TEST_CASE("--config gives the options of a file, and those of the command line win", "[cli][config]") {
  const Shell sh;
  sh(kData);
  sh.write("fit.toml", R"(# two lines
target = "y"
k = 2
expert = ["linear", "constant"]
gate-l2 = 1e-3
features = ["x1"]
standardize = false
quiet = true
firth = false

[select]
k = "1-2"
[export]
format = "json"
float = true
)");
  const std::string same = "moe train -q -y y --expert linear --expert constant --gate-l2 1e-3 --features x1 d.csv ";
  const Ran ran = sh("set -e; moe train --config fit.toml d.csv -o a.moe; " + same +
                     "--standardize no -o b.moe; cmp a.moe b.moe\n"
                     "moe train --config fit.toml --standardize yes d.csv -o a.moe; " +
                     same + "-o b.moe; cmp a.moe b.moe");
  INFO(ran);
  CHECK(ran.status == 0);
  CHECK(ran.err.empty());
  // The last table is the command's own.
  sh.write("json.toml", "[export]\nformat = \"json\"\n[train]\nk = 7\n");
  const Ran exported = sh("moe export --config json.toml -m a.moe | head -c 1");
  INFO(exported);
  CHECK(exported.out == "{");
  CHECK(sh("moe export --config json.toml --format c -m a.moe | head -c 1").out == "/");
}

TEST_CASE("--config says where a file is wrong", "[cli][config]") {
  const Shell sh;
  sh(kData);
  struct Wrong {
    const char *text, *sentence;
    int status;
  };
  for (const Wrong& wrong : {
           Wrong{"k = 2\nexpers = 3\n", "moe train: c.toml:2:1: unknown option 'expers': expected experts\n", 2},
           Wrong{"lr = 0.1\n", "moe train: c.toml:1:1: unknown option 'lr': expected learning-rate\n", 2},
           Wrong{"zzzzzz = 3\n",
                 "moe train: c.toml:1:1: unknown option 'zzzzzz': expected one that 'moe train --help' lists\n", 2},
           Wrong{"k = 2\nexperts = 3\n", "'experts' is there already: expected it once\n", 2},
           Wrong{"k = \n", "moe train: c.toml:1:5: no TOML: ", 2},
           Wrong{"quiet = 1\n", "moe train: c.toml:1:9: quiet: no value that it can have: expected true or false\n", 2},
           Wrong{"k = 2020-01-01\n", "moe train: c.toml:1:5: experts: no text, number, true or false: expected N\n", 2},
           Wrong{"k = []\n", "moe train: c.toml:1:5: experts: the list is empty: expected N\n", 2},
           Wrong{"config = \"c.toml\"\n", "moe train: c.toml:1:1: config: expected options, and no other file\n", 2},
           Wrong{"k = \"two\"\n", "moe train: --experts: 'two': expected a whole number from 1 to 10000\n", 2},
       }) {
    sh.write("c.toml", wrong.text);
    const Ran ran = sh("moe train --config c.toml d.csv -o m.moe; s=$?; ls m.moe 2> /dev/null; exit $s");
    INFO(ran);
    CHECK(ran.status == wrong.status);
    CHECK(ran.out.empty());
    CHECK(ran.err.find(wrong.sentence) != std::string::npos);
    CHECK(ran.err.find('\n') == ran.err.size() - 1);
  }
  CHECK(sh("moe train --config none.toml d.csv -o m.moe").status == 5);
  CHECK(sh("moe train --config - d.csv -o m.moe").status == 2);
}

TEST_CASE("a run goes on from its checkpoint whatever its options came from", "[cli][config]") {
  const Shell sh;
  sh(kData);
  sh.write("c.toml", "k = 2\nsolver = \"adam\"\nepochs = 20\nq = true\n");
  const Ran ran =
      sh("set -e; moe train --config c.toml --checkpoint c.ck --every 0 d.csv -o a.moe\n"
         "moe train -k 2 --solver adam --epochs 20 -q --resume c.ck d.csv -o b.moe; cmp a.moe b.moe\n"
         "moe train --config c.toml --resume c.ck d.csv -o b.moe; cmp a.moe b.moe");
  INFO(ran);
  CHECK(ran.status == 0);
}

TEST_CASE("words of other programs are understood, or lead to the right one", "[cli]") {
  const Shell sh;
  sh(kData);
  const Ran same =
      sh("set -e; moe train -q -k 1 --family normal:shared --y y d.csv -o a.moe\n"
         "moe train -q -k 1 --family gaussian:shared -y y d.csv -o b.moe; cmp a.moe b.moe\n"
         "moe train -q -k 1 --expert polynomial:2 d.csv -o a.moe; moe train -q -k 1 --expert poly:2 d.csv -o b.moe\n"
         "cmp a.moe b.moe");
  INFO(same);
  CHECK(same.status == 0);
  struct Meant {
    const char *typed, *expected;
  };
  for (const Meant& at : {Meant{"--lr 0.1", "unknown option '--lr': expected --learning-rate"},
                          Meant{"--response y", "unknown option '--response': expected --target"},
                          Meant{"--gate_l2 1", "unknown option '--gate_l2': expected --gate-l2"},
                          Meant{"--outfile m", "unknown option '--outfile': expected --output"},
                          Meant{"--targt y", "unknown option '--targt': expected --target"}}) {
    const Ran ran = sh(std::string("moe train ") + at.typed + " d.csv");
    INFO(ran);
    CHECK(ran.status == 2);
    CHECK(ran.err == std::string("moe train: ") + at.expected + "\n");
  }
}

TEST_CASE("-o names the file of what eval and inspect say", "[cli]") {
  const Shell sh;
  const Ran ran = sh(std::string(kData) +
                     "set -e; moe train -q -k 1 d.csv -o m.moe\n"
                     "for json in '' --json; do\n"
                     "  moe eval -m m.moe $json d.csv -o e; moe eval -m m.moe $json d.csv | cmp - e\n"
                     "  moe inspect -m m.moe $json -o i; moe inspect -m m.moe $json | cmp - i\n"
                     "done");
  INFO(ran);
  CHECK(ran.status == 0);
  CHECK(ran.out.empty());
  CHECK(sh("moe eval -m m.moe d.csv -o none/e").status == 5);
}
