// The plain JavaScript script that sets one name, for pages that are opened as files; `make consumers` opens such a
// page.
#include <catch2/catch.hpp>

#include "models.hpp"
#include "moe/export.hpp"
#include "shell.hpp"
#include "throws.hpp"

TEST_CASE("js --classic is a plain script that sets one name", "[export]") {
  const Shell sh;
  const Ran exported = sh(
      "moe train -y accel -k 2 $DATA/mcycle.csv -q -o m.moe && moe export -m m.moe --format js --classic -o m.js\n"
      "moe export -m m.moe --format js --classic --prefix bike -o bike.js && moe export -m m.moe --format js -o m.mjs\n"
      "head -n 21 $DATA/mcycle.csv > rows.csv && moe predict -m m.moe --output mean rows.csv > moe.csv\n"
      "grep -c '^export ' m.mjs; grep -c '^export ' m.js; LC_ALL=C grep -c '[^ -~]' m.js; grep '^// <' -B 3 m.js | "
      "head -n 1");
  INFO(exported);
  REQUIRE(exported.out.rfind("4\n0\n0\n", 0) == 0);
  if (sh("command -v node").status != 0) {
    WARN("there is no node here");
    return;
  }
  // Runs the script twice, as a page may do: declaring the name again is no error.
  const Ran ran =
      sh("cat >try.js <<'END'\n"
         "const vm = require('vm'), fs = require('fs'), page = {};\n"
         "for (const file of ['m.js', 'bike.js', 'm.js']) vm.runInNewContext('', {});\n"
         "vm.createContext(page);\n"
         "for (const file of ['m.js', 'bike.js', 'm.js']) vm.runInContext(fs.readFileSync(file, 'utf8'), page);\n"
         "const lines = (file) => fs.readFileSync(file, 'utf8').trim().split('\\n').slice(1);\n"
         "const moe = lines('moe.csv').map(Number), x = lines('rows.csv').map((line) => line.split(',')[0]);\n"
         "const far = (mean, i) => Math.abs(mean - moe[i]) > 1e-12 * Math.abs(moe[i]);\n"
         "const one = x.filter((times, i) => far(page.bikeModel.predict({ times }).mean, i));\n"
         "const all = Array.from(page.moeModel.predictColumns({ times: x }, x.length).mean).filter(far);\n"
         "console.log(Object.keys(page).join(), page.moeModel.OUTPUTS[0], x.length, one.length, all.length);\n"
         "END\n"
         "node try.js");
  INFO(ran);
  CHECK(ran.out == "moeModel,bikeModel mean 20 0 0\n");
}

TEST_CASE("a script's name is one, and a module has none", "[export]") {
  const moe::Model model = make_model({});
  moe::ExportOptions options;
  options.prefix = "price";
  CHECK(sentence_of([&] { moe::export_model(model, "js", options); }) ==
        "--prefix: a module has no names at the top: expected it with --classic");
  options.classic = true;
  CHECK(moe::export_model(model, "js", options).front().bytes.find("\nvar priceModel = (") != std::string::npos);
  options.prefix = "1 x";
  CHECK(sentence_of([&] { moe::export_model(model, "js", options); }) ==
        "--prefix '1 x': expected letters, digits and _, no digit first");
  options.prefix.clear();
  CHECK(sentence_of([&] { moe::export_model(model, "numpy", options); }).rfind("--classic means nothing", 0) == 0);
}
