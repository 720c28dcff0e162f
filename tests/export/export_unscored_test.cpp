// Rows without a prediction: a cell is missing without a rule for that, or so large that arithmetic overflows.
#include <catch2/catch.hpp>

#include "models.hpp"
#include "moe/export.hpp"
#include "moe/model_file.hpp"
#include "shell.hpp"

namespace {

/// A C program that puts NAN into each column in turn. It prints how many outputs are not NAN, for the row alone and
/// for the row among complete rows; how many labels are not -1; and how many complete rows have no label.
const char* kMissingCells = R"(
#include <stdio.h>
static int known(const double *values, int count) {
  int i, all = 0;
  for (i = 0; i < count; ++i) all += values[i] == values[i];
  return all;
}
#define TRY(P, U, OF, LABELLED)                                                          \
  static void try_##P(void) {                                                            \
    double x[17 * U##_COLUMNS];                                                          \
    P##_prediction p, many[17];                                                          \
    int i, j, r, found = 0, labels = 0, lost = 0;                                        \
    for (j = 0; j < U##_COLUMNS; ++j) {                                                  \
      for (i = 0; i < 17 * U##_COLUMNS; ++i) x[i] = 0.1 * (i % 7);                       \
      x[7 * U##_COLUMNS + j] = NAN;                                                      \
      P##_predict(x + 7 * U##_COLUMNS, &p);                                              \
      P##_predict_rows(x, 17, many);                                                     \
      found += OF(p) + OF(many[7]) + known(p.gate, U##_EXPERTS);                         \
      labels += LABELLED(p) + LABELLED(many[7]);                                         \
      for (r = 0; r < 17; ++r) lost += r != 7 && !LABELLED(many[r]);                     \
    }                                                                                    \
    printf("%d %d %d\n", found, labels, lost);                                           \
  }
#define NUMBER(p) (known(&(p).mean, 1) + known(&(p).sd, 1))
#define CLASSES(p) known((p).proba, sizeof (p).proba / sizeof (p).proba[0])
#define NONE(p) ((p).mean == (p).mean)
#define LABEL(p) ((p).label != -1)
)";

}  // namespace

TEST_CASE("a row that lacks a cell has no prediction and no label in C, alone and among others", "[export]") {
  const Shell sh;
  struct Of {
    std::string family, network, gate;
  };
  const std::vector<Of> models{{"bernoulli", "linear", "linear"},     {"bernoulli", "mlp:5", "mlp:4"},
                               {"categorical", "linear", "linear"},   {"categorical", "mlp:9", "mlp:3"},
                               {"categorical", "poly:2", "constant"}, {"gaussian", "mlp:5", "linear"},
                               {"poisson", "linear", "mlp:9"},        {"zero-inflated-poisson", "linear", "linear"}};
  std::string program = kMissingCells, calls;
  for (std::size_t i = 0; i < models.size(); ++i) {
    const auto& [family, network, gate] = models[i];
    moe::Model model = make_model({family, network, gate, "softmax", 3, 3, classes_of(family)});
    moe::Random random(71, i);
    randomize(model, random);
    moe::ExportOptions options;
    options.rows = true;
    options.prefix = "m" + std::to_string(i);
    sh.write(options.prefix + ".c", moe::export_model(model, "c", options).front().bytes);
    const std::string number = std::to_string(i);
    program += "#include \"m" + number + ".c\"\nTRY(m" + number + ", M" + number +
               (model.classes() ? ", CLASSES, LABEL)\n" : ", NUMBER, NONE)\n");
    calls += "  try_m" + number + "();\n";
  }
  sh.write("main.c", program + "int main(void) {\n" + calls + "  return 0;\n}\n");
  const Ran ran = sh("gcc -std=c99 -Wall -Wextra -Werror -Wno-unused-function -O2 main.c -lm -o main && ./main");
  INFO(ran);
  REQUIRE(ran.status == 0);
  std::string none;
  for (std::size_t i = 0; i < models.size(); ++i) none += "0 0 0\n";
  CHECK(ran.out == none);
}

TEST_CASE("a row whose probabilities come out as NaN has no label in NumPy and JavaScript", "[export]") {
  const Shell sh;
  moe::Model model = make_model({"categorical", "linear", "linear", "softmax", 2, 2, 3});
  moe::Random random(73);
  randomize(model, random);
  moe::save_model(model, sh.path("m.moe"));
  const Ran numpy =
      sh("moe export -m m.moe --format numpy -o . && /usr/bin/python3 -c '\n"
         "import moe_model\n"
         "p = moe_model.predict({\"x1\": [0.5, float(\"inf\"), None, 0.5], \"x2\": [1, float(\"inf\"), 1, 1]})\n"
         "print([str(label) in \"abc\" for label in p[\"label\"]], p[\"label\"][1:3].tolist(), "
         "p[\"p_a\"][1:3].tolist())'");
  INFO(numpy);
  CHECK(numpy.out == "[True, False, False, True] [None, None] [nan, nan]\n");
  if (sh("command -v node").status != 0) {
    WARN("there is no node here");
    return;
  }
  const Ran js = sh(
      "moe export -m m.moe --format js -o m.mjs && cat >try.mjs <<'END'\n"
      "import { predict, predictColumns } from './m.mjs';\n"
      "console.log(predict({ x1: Infinity, x2: Infinity }).label, predict({ x1: 0.5, x2: 1 }).label !== null,\n"
      "  predictColumns({ x1: [0.5, Infinity], x2: [1, Infinity] }, 2).label[1], predict({ x1: NaN, x2: 1 }).label);\n"
      "END\n"
      "node try.mjs");
  INFO(js);
  CHECK(js.out == "null true null null\n");
}
