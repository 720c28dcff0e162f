// Exported models, run by the programs for which they were exported.
#include "moe/export.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <nlohmann/json.hpp>

#include "models.hpp"
#include "moe/numeric.hpp"
#include "shell.hpp"
#include "throws.hpp"

TEST_CASE("a cell that is no number has no prediction in SQLite, and a view stops it", "[export]") {
  const Shell sh;
  const Ran ran = sh(
      "moe train -y accel -k 2 $DATA/mcycle.csv --missing mean -q -o m.moe\n"
      "moe export -m m.moe --format sql --dialect sqlite --table t -o t.sql\n"
      "moe export -m m.moe --format sql --dialect sqlite --table v -o v.sql\n"
      "/usr/bin/python3 - <<'END'\n"
      "import sqlite3\n"
      "db = sqlite3.connect(':memory:')\n"
      "db.execute('CREATE TABLE t (times)')\n"
      "db.executemany('INSERT INTO t VALUES (?)', [(20,), ('20',), (' 20.0 ',), ('abc',), ('20abc',), ('1-2',), "
      "(b'20',)])\n"
      "rows = [row[0] for row in db.execute('SELECT moe_mean FROM (%s)' % open('t.sql').read().strip().rstrip(';'))]\n"
      "print(rows[0] is not None and rows[:3] == 3 * [rows[0]], rows[3:])\n"
      "db.execute('CREATE VIEW v AS SELECT * FROM t')\n"
      "try:\n"
      "    print(db.execute(open('v.sql').read()).fetchall())\n"
      "except sqlite3.Error as error:\n"
      "    print(error)\n"
      "END");
  INFO(ran);
  CHECK(ran.out == "True [None, None, None, None]\ninteger overflow\n");
}

TEST_CASE("the JSON export holds every parameter, bit for bit", "[export]") {
  moe::Random random(47);
  moe::Model model = make_model({"gaussian", "mlp:4", "linear", "softmax", 2, 3, 0, true});
  randomize(model, random);
  model.theta[0] = 0.1 + 0.2;
  const auto json = nlohmann::json::parse(exported(model, "json"));
  for (const moe::Model::Tensor& tensor : model.tensors()) {
    INFO(tensor.name);
    const auto& rows = json.at("parameters").at(tensor.name);
    REQUIRE(rows.size() == tensor.columns);
    for (arma::uword out = 0; out < tensor.columns; ++out)
      for (arma::uword in = 0; in < tensor.rows; ++in)
        CHECK(rows[out][in].get<double>() == model.theta[tensor.offset + out * tensor.rows + in]);
  }
  CHECK(json.at("standardization").at("target").at("center") == 4.0);
}

TEST_CASE("coefficients are in the data's own units", "[export]") {
  // y = 3 + 2 x1 - x2 exactly, fitted with standardised inputs.
  const Shell sh;
  const Ran ran =
      sh("awk 'BEGIN{print \"x1,x2,y\"; for(i=0;i<40;i++){a=1000+i*7%11; b=0.001*(i*5%13); print "
         "a\",\"b\",\"3+2*a-b+(i%2?0.01:-0.01)}}' > d.csv\n"
         "moe train -k 1 d.csv -q | moe inspect --json -");
  INFO(ran);
  REQUIRE(ran.status == 0);
  const auto coefficients = nlohmann::json::parse(ran.out).at("experts")[0].at("coefficients");
  CHECK(coefficients.at("x1").get<double>() == Approx(2).epsilon(1e-3));
  CHECK(nlohmann::json::parse(ran.out).at("experts")[0].at("sigma").get<double>() == Approx(0.01).epsilon(0.05));
}

TEST_CASE("no binary file goes to a terminal", "[cli]") {
  const Shell sh;
  if (sh("script -qec true /dev/null").status != 0) {
    WARN("no terminal can be made here");
    return;
  }
  const Ran ran = sh(R"(
moe gen two-lines -n 50 -o d.csv && moe train -k 2 d.csv -q -o m.moe
script -qec "moe train -k 2 d.csv -q; echo \$?" /dev/null
script -qec "moe export -m m.moe --format onnx; echo \$?" /dev/null
script -qec "moe export -m m.moe --format c | wc -l; moe export -m m.moe --format c | tail -n 1" /dev/null > text; grep -c '^}' text
)");
  INFO(ran);
  CHECK(ran.out.find("moe train: standard output is a terminal") != std::string::npos);
  CHECK(ran.out.find("moe export: standard output is a terminal, and format onnx is binary: expected -o FILE or a "
                     "pipe\r\n2\r\n") != std::string::npos);
  CHECK(ran.out.substr(ran.out.size() - 2) == "1\n");
}

TEST_CASE("an export of several files that fails leaves nothing behind", "[export]") {
  const Shell sh;
  REQUIRE(sh("moe gen two-lines -n 50 | moe train -k 2 -q -o m.moe").status == 0);
  for (const std::string format : {"numpy", "tfjs"}) {
    const std::string command = "moe export -m m.moe --format " + format + " -o ";
    INFO(format);
    // No byte can be written, as on a full disk.
    const Ran full = sh("(ulimit -f 0; trap '' XFSZ; " + command + "new/deep/er); status=$?; find new; exit $status");
    INFO(full);
    CHECK(full.status == 5);
    CHECK(full.out.empty());
    const Ran file = sh("echo old > file; " + command + "file; echo $?; " + command +
                        "file/deep; echo $?; cat file; find . -name '*tmp*'");
    INFO(file);
    CHECK(file.out == "5\n5\nold\n");
    for (const std::string place : {"file", "file/deep"})
      CHECK(file.err.find("moe export: " + place +
                          ": no directory can be made there (Not a directory): expected a path "
                          "where one can be\n") != std::string::npos);
    // One of the files cannot be replaced: then the other one stays as it was, and so does the directory.
    const std::string first = format == "numpy" ? "moe_model.py" : "model.json",
                      second = format == "numpy" ? "moe_model.npz" : "weights.bin";
    const Ran there = sh("rm -rf d; mkdir -p d/" + second + "; echo old > d/" + first + "; " + command +
                         "d; echo $?; cat d/" + first + "; ls -A d | wc -l");
    INFO(there);
    CHECK(there.out == "5\nold\n2\n");
    CHECK(sh(command + "fresh/one && ls fresh/one | wc -l; rm -r fresh").out == "2\n");
  }
}

TEST_CASE("a format takes the options that it lists, and refuses every other one by its name", "[export]") {
  moe::Random random(53);
  moe::Model model = make_model({"gaussian", "linear", "linear", "softmax", 2, 3});
  randomize(model, random);
  const std::vector<std::pair<std::string, void (*)(moe::ExportOptions&)>> options{
      {"float", [](moe::ExportOptions& to) { to.single_precision = true; }},
      {"with", [](moe::ExportOptions& to) { to.with = "median"; }},
      {"dialect", [](moe::ExportOptions& to) { to.dialect = "sqlite"; }},
      {"table", [](moe::ExportOptions& to) { to.table = "rows"; }},
      {"prefix", [](moe::ExportOptions& to) { to.prefix = "own"; }},
      {"rows", [](moe::ExportOptions& to) { to.rows = true; }},
      {"classic", [](moe::ExportOptions& to) { to.classic = true; }},
      {"unknown", [](moe::ExportOptions& to) { to.ignore_unknown = true; }}};
  std::size_t taken = 0, listed = 0;
  for (const moe::ExportFormat& format : moe::export_formats()) {
    listed += format.options.size();
    for (const auto& [name, set] : options) {
      INFO(format.name << " --" << name);
      moe::ExportOptions with;
      set(with);
      moe::ErrorKind kind = moe::ErrorKind::kIo;
      const std::string said = sentence_of([&] { moe::export_model(model, format.name, with); }, &kind);
      const bool takes = std::count(format.options.begin(), format.options.end(), name) > 0;
      taken += takes ? 1 : 0;
      // What else is wrong with an option, as with js --prefix without --classic, has other sentences.
      const std::string refusal = "--" + name + " means nothing to format " + format.name;
      CHECK((said.find(refusal) == std::string::npos) == takes);
      if (!takes) CHECK(kind == moe::ErrorKind::kUsage);
    }
  }
  CHECK(taken == listed);
}
