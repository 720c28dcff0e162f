// Models that are exported to NumPy and to SQL, and run by Python: every family, network and gate link, and categories.
#include <algorithm>
#include <catch2/catch.hpp>

#include "models.hpp"
#include "moe/export.hpp"
#include "moe/numeric.hpp"
#include "moe/predict.hpp"
#include "moe/registry.hpp"
#include "shell.hpp"

namespace {

/// Runs cases, which are directories with rows.csv and expected.csv. Prints differences, and how many numbers were
/// compared.
constexpr const char* kDriver = R"TEXT(
import csv, glob, importlib.util, math, sqlite3
import numpy as np

def table(path):
    with open(path, newline="", encoding="utf-8") as file:
        header, *rows = csv.reader(file)
    return header, rows

def near(a, b):
    if b == "":
        return a is None or a != a
    b = float(b)
    return a == b or (a is not None and abs(a - b) <= 2e-13 * max(10, abs(b)))

compared = 0
for case in sorted(glob.glob("case*")):
    header, rows = table(case + "/rows.csv")
    wanted, expected = table(case + "/expected.csv")
    spec = importlib.util.spec_from_file_location("moe_model", case + "/numpy/moe_model.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    predicted = module.predict({name: [row[j] for row in rows] for j, name in enumerate(header)})
    db = sqlite3.connect(":memory:")
    names = ['"' + name.replace('"', '""') + '"' for name in header]
    db.execute('CREATE TABLE "the data" (n INTEGER, %s)' % ", ".join(names))
    db.executemany('INSERT INTO "the data" VALUES (?%s)' % (", ?" * len(names)), [[n] + row for n, row in enumerate(rows)])
    with open(case + "/model.sql", encoding="utf-8") as file:
        db.execute("CREATE TABLE scored AS " + file.read())
    for j, name in enumerate(wanted):
        scored = [row[0] for row in db.execute('SELECT "moe_%s" FROM scored ORDER BY n' % name)]
        for n, row in enumerate(expected):
            compared += 2
            for tool, value in (("numpy", predicted[name][n]), ("sqlite", scored[n])):
                if not ((value or "") == row[j] if name == "label" else near(value, row[j])):
                    print(case, tool, name, n, value, row[j])
print(compared)
)TEXT";

class Cases {
 public:
  Cases() { sh_.write("driver.py", kDriver); }

  /// Exports the model. `expected`: its predictions for the rows, as `moe predict` prints them.
  void add(const moe::Model& model, const std::string& rows, const std::string& expected) {
    const std::string name = "case" + std::to_string(++count_);
    std::filesystem::create_directories(sh_.path(name + "/numpy"));
    for (const moe::ExportedFile& file : moe::export_model(model, "numpy"))
      sh_.write(name + "/numpy/" + file.name, file.bytes);
    moe::ExportOptions options;
    options.dialect = "sqlite";
    options.table = "main.the data";
    options.ignore_unknown = true;
    sh_.write(name + "/model.sql", moe::export_model(model, "sql", options).front().bytes);
    sh_.write(name + "/rows.csv", rows);
    sh_.write(name + "/expected.csv", expected);
    numbers_ += static_cast<std::size_t>(std::count(expected.begin(), expected.end(), '\n') - 1) *
                (1 + static_cast<std::size_t>(
                         std::count(expected.begin(), expected.begin() + static_cast<long>(expected.find('\n')), ',')));
  }
  /// If the variance may be infinite, only the mean is compared.
  void add(const moe::Model& model, const std::string& rows) {
    const std::string rest = ",gate,expert_means";
    const moe::Expert& expert = model.experts[0];
    const std::string sd =
        model.gate->normalised() && expert.family->spec().find("student") == std::string::npos ? ",sd" : "";
    add(model, rows, predicted(model, rows, (model.classes() ? "label,proba" : "mean" + sd) + rest));
  }
  std::string predicted(const moe::Model& model, const std::string& rows, const std::string& words) const {
    moe::CsvReader reader(sh_.write("rows.csv", rows));
    moe::OutputFile out(sh_.path("predicted.csv"));
    moe::predict_csv(model, reader, {words, false, true}, out);
    out.commit();
    return ScratchDir::read(sh_.path("predicted.csv"));
  }
  void check() const {
    const Ran ran = sh_("/usr/bin/python3 driver.py");
    INFO(ran);
    CHECK(ran.out == std::to_string(2 * numbers_) + "\n");
  }

 private:
  Shell sh_;
  int count_ = 0;
  std::size_t numbers_ = 0;
};

std::string table(const moe::Model& model, const moe::Dataset& data) {
  std::string text;
  for (const std::string& name : model.schema.inputs) text += name + ",";
  text += (model.schema.trials.empty() ? "unused" : model.schema.trials) + ",o\n";
  for (arma::uword n = 0; n < data.rows(); ++n) {
    for (arma::uword j = 1; j < data.X.n_rows; ++j) text += moe::format_number(data.X(j, n)) + ",";
    text += (data.trials.is_empty() ? "" : moe::format_number(data.trials[n])) + "," +
            moe::format_number(data.offset.is_empty() ? 0 : data.offset[n]) + "\n";
  }
  return text;
}

}  // namespace

TEST_CASE("NumPy and SQLite compute what moe computes, for every family, network and gate", "[export]") {
  Cases cases;
  std::uint64_t stream = 0;
  const auto try_all = [&](const std::string& family, arma::uword targets) {
    for (const std::string& network : examples(moe::network_words()))
      for (const std::string& link : examples(moe::gate_words())) {
        if (link == "linear" && network.find("no-intercept") != std::string::npos) continue;
        moe::Random random(83, ++stream);
        moe::Model model = make_model({family, network, stream % 3 == 0 ? network : "linear", link, 3, 3,
                                       classes_of(family), stream % 2 == 0, targets});
        randomize(model, random);
        if (stream % 4 == 0 && link == "softmax")  // logits that differ by hundreds
          model.theta.head(model.gate_branch.network->parameters()) *= 100;
        if (stream % 2 == 0 && targets == 1) model.schema.offset = "o";
        moe::Rows rows = some_rows(model, 12, random);
        if (!model.schema.offset.empty()) rows.offset = 0.3 * arma::vec(rows.X.row(1).t());
        cases.add(model, table(model, in_data_units(model, rows)));
      }
  };
  for (const std::string& family : examples(moe::family_words())) try_all(family, 1);
  for (const std::string& family : examples(moe::several_family_words())) try_all(family, 2);
  cases.check();
}

TEST_CASE("NumPy and SQLite keep a sigma within its bounds far outside of the rows", "[export]") {
  Cases cases;
  moe::Random random(84);
  moe::Model one = make_model({"gaussian:hetero:0.3:4"});
  randomize(one, random);
  for (const moe::Model& model : {one, make_bounded()})
    cases.add(model, table(model, in_data_units(model, far_rows(model, 28, random))));
  cases.check();
}

namespace {

moe::Model model_of_cells() {
  return model_of_columns({{"a \"b\"); DROP TABLE t;--\n", {"it's", "r\"e\\d", "(missing)"}, true},
                           {"age", {}, false, 2.5, true},
                           {"c\u00f4d\u2028", {"1", "2.5", "10"}, true},
                           {"</script>"},
                           {"flag", {"FALSE", "TRUE"}, true}},
                          "-999");
}

}  // namespace

TEST_CASE("NumPy and SQLite read categories, missing cells and awkward names as moe does", "[export]") {
  Cases cases;
  cases.add(model_of_cells(),
            "flag,</script>,\"a \"\"b\"\"); DROP TABLE t;--\n\",c\u00f4d\u2028,age\n"
            "TRUE,1,it's,1,3\nFALSE,2,\"r\"\"e\\d\",2.50,\nTRUE,-1e-3,,10,-999\nTRUE,4,blue,7,NA\n"
            "FALSE,5,NA,1.0,1\nother,6,(missing),x,2\n");
  cases.check();
}

TEST_CASE("NumPy and SQLite pass over blanks round cells, and do not guess at what is missing", "[export]") {
  const moe::Model model = model_of_cells();
  const std::string header = "flag,</script>,\"a \"\"b\"\"); DROP TABLE t;--\n\",c\u00f4d\u2028,age\n";
  Cases cases;
  const std::string plain = header + "TRUE,1,it's,2.5,3\nFALSE,2,\"r\"\"e\\d\",10,\nTRUE,2,NA,1,\n";
  const std::string expected = cases.predicted(model, plain, "mean,sd,gate,expert_means");
  cases.add(
      model,
      header +
          "\" TRUE\",\"1 \",\" it's \",\" 2.5\",\"\t3\"\nfalse,2,\"r\"\"e\\d\t\",10.0,\"? \"\ntrue,2,\" NA\",1,\" \"\n",
      expected);
  // Categories and numbers without a rule for missing cells.
  const std::string nothing = expected.substr(0, expected.find('\n') + 1) + ",,,,,\n";
  for (const char* row :
       {",1,it's,1,3\n", "NA,1,it's,1,3\n", "TRUE,,it's,1,3\n", "TRUE,1,it's,-999.0,3\n", "TRUE,1,it's,,3\n"})
    cases.add(model, header + row, nothing);
  cases.check();
}

namespace {

moe::Model model_of_codes() {
  return model_of_columns(
      {{"zip", {"00501", "1234", "01234", "123456789012345678", "123456789012345679", "(missing)"}, true},
       {"size", {"0.00001", "1", "2.0", "3", "4.5"}, true}},
      "-9");
}

}  // namespace

TEST_CASE("NumPy and SQLite tell codes apart by their texts, and read N.0 as N", "[export]") {
  Cases cases;
  cases.add(model_of_codes(),
            "zip,size\n01234,1\n1234,1.0\n1234.0,2\n01234.0,2.0\n123456789012345678,3.0\n123456789012345679,4.50\n"
            "501,4.5\n00501,01\n123456789012345680,3.\n-9,2.00\n-9.0,+1\n-09,0.00001\n,1e-05\n");
  cases.check();
}

TEST_CASE("levels are found in columns of numbers, too", "[export]") {
  const Shell sh;
  const moe::Model model = model_of_codes();
  std::filesystem::create_directories(sh.path("numpy"));
  for (const moe::ExportedFile& file : moe::export_model(model, "numpy")) sh.write("numpy/" + file.name, file.bytes);
  sh.write("model.sql", moe::export_model(model, "sql", {.dialect = "sqlite"}).front().bytes);
  sh.write("driver.py", R"TEXT(
import sqlite3, sys
import numpy as np
sys.path.insert(0, "numpy")
import moe_model

sizes = ["1", "2.0", "3", "4.5", "7"]
codes = ["1234", "123456789012345678", "123456789012345679", "-9", "5"]
wanted = moe_model.predict({"zip": codes, "size": sizes})["mean"].tolist()
assert len(set(wanted)) == 5
for numbers in (np.array(sizes, dtype=float), [float(size) for size in sizes], [1, 2, 3, 4.5, 7]):
    for integers in (np.array(codes, dtype=np.int64), [int(code) for code in codes]):
        print(moe_model.predict({"zip": integers, "size": numbers})["mean"].tolist() == wanted)
small = moe_model.predict({"zip": ["1234"] * 2, "size": [1e-5, "0.00001"]})["mean"].tolist()
print(small[0] == small[1] != moe_model.predict({"zip": ["1234"], "size": ["1"]})["mean"][0])
db = sqlite3.connect(":memory:")
db.execute("CREATE TABLE data (zip INTEGER, size REAL)")
db.executemany("INSERT INTO data VALUES (?, ?)", zip(codes, sizes))
means = [row[0] for row in db.execute("SELECT moe_mean FROM (%s)" % open("model.sql").read().rstrip().rstrip(";"))]
# The number 1234 may have been 1234 or 01234, and 5 and 7 were not there in training.
print(means[0] is None and means[4] is None and all(abs(a - b) < 1e-12 for a, b in zip(means[1:4], wanted[1:4])))
)TEXT");
  const Ran ran = sh("/usr/bin/python3 driver.py");
  INFO(ran);
  CHECK(ran.out == "True\nTrue\nTrue\nTrue\nTrue\nTrue\nTrue\nTrue\n");
}
