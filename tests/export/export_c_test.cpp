// Exported C files, compiled and run.
#include <catch2/catch.hpp>
#include <cmath>

#include "models.hpp"
#include "moe/export.hpp"
#include "moe/model_file.hpp"
#include "moe/moe.h"
#include "moe/numeric.hpp"
#include "moe/predict.hpp"
#include "moe/registry.hpp"
#include "shell.hpp"

namespace {

constexpr arma::uword kRowsInC = 200;
constexpr double kLevels[] = {0.05, 0.5, 0.999};

/// A program that reads targets and rows, and prints the results of the exported functions.
const char* kMain = R"(
#include <stdio.h>
#ifdef MOE_TARGETS
#define EACH(t) for (t = 0; t < MOE_TARGETS; ++t)
#define OF(a) (a)[t]
#define TARGET , t
#else
#define EACH(t)
#define OF(a) (a)
#define TARGET
#endif
int main(void) {
  static const double levels[] = {0.05, 0.5, 0.999};
  double x[MOE_COLUMNS + 1], y[8];
  int i, j, t = 0;
  for (;;) {
    moe_prediction p;
    int targets = 0;
    EACH(t) if (scanf("%lf", y + targets++) != 1) return 0;
    if (targets == 0 && scanf("%lf", y) != 1) return 0;
    for (j = 0; j < MOE_COLUMNS; ++j)
      if (scanf("%lf", &x[j]) != 1) return 1;
    moe_predict(x, &p);
    for (j = 0; j < MOE_EXPERTS; ++j) printf("%.17g ", p.gate[j]);
#ifdef MOE_CLASSES
    for (j = 0; j < MOE_CLASSES; ++j) printf("%.17g ", p.proba[j]);
    printf("%d ", p.label);
    for (j = 0; j < MOE_EXPERTS; ++j) printf("%.17g ", p.expert_means[j]);
    printf("%.17g ", moe_log_density(x, (int)y[0]));
    (void)i;
#else
    EACH(t) {
      printf("%.17g %.17g ", OF(p.mean), OF(p.sd));
      for (j = 0; j < MOE_EXPERTS; ++j) printf("%.17g ", OF(p.expert_means)[j]);
      printf("%.17g ", moe_cdf(x, y[t] TARGET));
      for (i = 0; i < 3; ++i) printf("%.17g ", moe_quantile(x, levels[i] TARGET));
    }
#ifdef MOE_TARGETS
    printf("%.17g ", moe_log_density(x, y));
#else
    printf("%.17g ", moe_log_density(x, y[0]));
#endif
#endif
    (void)levels;
    (void)t;
    printf("\n");
  }
}
)";

/// moe's own results for the same rows, in the same order.
arma::mat expected(const moe::Model& model, const moe::Dataset& data) {
  moe::Predictive p(model);
  p.at(data);
  arma::mat result = p.weights();
  if (model.classes())
    result = arma::join_rows(arma::join_rows(result, p.probabilities(), arma::conv_to<arma::vec>::from(p.label())),
                             p.expert_means());
  for (arma::uword t = 0; t < model.targets() && !model.classes(); ++t) {
    result = arma::join_rows(arma::join_rows(result, p.mean(t), p.sd(t)), p.expert_means(t), p.cdf(data.y.col(t), t));
    for (const double level : kLevels) result = arma::join_rows(result, p.quantile(level, t));
  }
  return arma::join_rows(result, p.log_density());
}

std::string table(const moe::Dataset& data) {
  std::string text;
  for (arma::uword n = 0; n < data.rows(); ++n) {
    for (arma::uword t = 0; t < data.y.n_cols; ++t) {
      moe::append_number(text, data.y(n, t));
      text += ' ';
    }
    for (arma::uword j = 1; j < data.X.n_rows; ++j) {
      moe::append_number(text, data.X(j, n));
      text += ' ';
    }
    if (!data.trials.is_empty()) moe::append_number(text, data.trials[n]);
    text += '\n';
  }
  return text;
}

/// The columns that the C file, compiled for this processor, computes to two units in the last place: all but
/// distribution functions, quantiles and the log density. Where the mean is the exponential of a sum, as under a
/// lognormal, the last bit of the sum counts several times.
std::vector<bool> exact_columns(const moe::Model& model) {
  if (model.targets() == 1 && model.family().link() == moe::Family::Link::kLogMedian) return {};
  std::vector<bool> result(model.size() + (model.classes() ? model.schema.labels.size() + 1 + model.size() : 0), true);
  for (arma::uword t = 0; t < model.targets() && !model.classes(); ++t) {
    result.insert(result.end(), 2 + model.size(), true);
    result.insert(result.end(), 1 + std::size(kLevels), false);
  }
  result.push_back(false);
  return result;
}

/// The tolerance for the others: a few units in the last place of terms of order 10 in data units; `loose` times that
/// for incomplete gamma and beta functions, which the C file computes in another way.
void compare(const arma::mat& truth, const std::string& printed, double loose = 1,
             const std::vector<bool>& exact = {}) {
  std::istringstream stream(printed);
  arma::uword differing = 0;
  constexpr double kTwoUnits = 4.45e-16;
  double worst = 0;
  for (arma::uword n = 0; n < truth.n_rows; ++n)
    for (arma::uword c = 0; c < truth.n_cols; ++c) {
      std::string word;
      stream >> word;
      const double value = std::strtod(word.c_str(), nullptr);  // "inf", too
      if (value == truth(n, c)) continue;
      const bool is_exact = c < exact.size() && exact[c];
      const double difference = std::abs(value - truth(n, c)) / std::max(is_exact ? 0.0 : 10.0, std::abs(truth(n, c)));
      worst = std::max(worst, std::isnan(difference) ? INFINITY : difference);
      if (!(difference <= (is_exact ? kTwoUnits : 1e-13 * loose))) ++differing;
    }
  INFO(worst);
  CHECK(differing == 0);
}

void try_in_c(const Shell& sh, const moe::Model& model, const moe::Dataset& data) {
  sh.write("model.c", exported(model, "c"));
  sh.write("rows.txt", table(data));
  const Ran ran = sh(
      "cat model.c main.c > whole.c\n"
      "gcc -std=c99 -pedantic -Wall -Wextra -Werror -O1 -march=native whole.c -lm -o whole && g++ -x c++ -Wall -Wextra "
      "-Werror -fsyntax-only whole.c && ./whole < rows.txt");
  INFO(ran.err);
  REQUIRE(ran.status == 0);
  compare(expected(model, data), ran.out, 10, exact_columns(model));
}

}  // namespace

TEST_CASE("the C file compiles without a warning and computes what moe computes", "[export]") {
  const Shell sh;
  sh.write("main.c", kMain);
  const std::vector<std::string> networks = {"linear",     "constant", "mlp:4,3:tanh",       "mlp:5",
                                             "mlp:3:silu", "poly:3",   "linear:no-intercept"};
  std::size_t turn = 0;
  const auto try_family = [&](const std::string& family, arma::uword targets) {
    for (int i = 0; i < 2; ++i) {
      const std::string& network = networks[turn++ % networks.size()];
      moe::Random random(41, turn);
      const arma::uword inputs = turn % 5 == 0 ? 1 : 3;
      moe::Model model = make_model({family, network, turn % 2 == 0 ? "linear" : network, "softmax", 3, inputs,
                                     classes_of(family), inputs > 1 && turn % 3 == 0, targets});
      randomize(model, random);
      // A gate whose logits differ by up to a thousand.
      if (turn % 4 == 0) model.theta.head(model.gate_branch.network->parameters()) *= 300;
      INFO(family << " " << network);
      model.schema.inputs.back() = "a \"quoted\"*/ name?\?/\n";
      try_in_c(sh, model, in_data_units(model, some_rows(model, kRowsInC, random)));
    }
  };
  for (const moe::Word& word : moe::family_words())
    for (const std::string& family : word.examples) try_family(family, 1);
  for (const moe::Word& word : moe::several_family_words())
    for (const std::string& family : word.examples) try_family(family, 2);
}

TEST_CASE("the C file keeps a sigma within its bounds far outside of the rows", "[export]") {
  const Shell sh;
  sh.write("main.c", kMain);
  moe::Random random(42);
  moe::Model one = make_model({"gaussian:hetero:0.3:4"});
  randomize(one, random);
  for (const moe::Model& model : {one, make_bounded()})
    try_in_c(sh, model, in_data_units(model, far_rows(model, 70, random)));
}

TEST_CASE("the C file's distribution functions keep their digits beside the middle and beside 0", "[export]") {
  const Shell sh;
  sh.write("main.c", kMain);
  moe::Random random(45);
  for (const std::string family : {"student", "gamma", "beta"}) {
    moe::Model model = make_model({family, "constant", "constant", "softmax", 1, 1});
    model.theta.fill(-1);
    moe::Dataset data = in_data_units(model, some_rows(model, 60, random));
    moe::Predictive predictive(model);
    predictive.at(data);
    for (arma::uword n = 0; n < data.rows(); ++n) {
      const double tiny = std::pow(10.0, -0.5 * static_cast<double>(n + 1));
      data.y[n] = family == "student" ? predictive.mean()[n] + (n % 2 == 0 ? tiny : -tiny) : tiny;
    }
    INFO(family);
    try_in_c(sh, model, data);
  }
}

// mpmath 1.2.1 with 60 digits: the integral of the density, and sums of probabilities.
TEST_CASE("the C file's distribution functions keep their digits near a gaussian and near a Poisson", "[export]") {
  const Shell sh;
  const std::string source = ScratchDir::read(MOE_SOURCE "/lib/src/export/formats/c_functions.c");
  sh.write("main.c", source + R"(
#include <stdio.h>
static void near(double value, double truth) {
  if (!(fabs(value - truth) <= 2e-14 * truth)) printf("%.17g for %.17g\n", value, truth);
}
int main(void) {
  near(moe_student_cdf(-2.5, 1e4), 0.006217609775291848433);
  near(moe_student_cdf(-2.5, 1e14), 0.0062096653257769294181);
  near(moe_student_cdf(-0.5, 1e14), 0.30853753872598744646);
  near(moe_student_cdf(-7, 1e8), 1.2798205367885652316e-12);
  near(moe_negative_binomial_cdf(40, 55, 1e12), 0.021253588063511475525);
  near(moe_negative_binomial_cdf(70, 55, 1e12), 0.97848496156870761668);
  near(moe_negative_binomial_cdf(3, 2.5, 1e8), 0.75757613179704714407);
  puts("compared");
  return 0;
}
)");
  const Ran ran = sh("gcc -std=c99 -Wno-unused-function main.c -lm -o main && ./main");
  INFO(ran);
  CHECK(ran.out == "compared\n");
}

TEST_CASE("the C file of a model that is no density gives its mean", "[export]") {
  const Shell sh;
  moe::Random random(43);
  for (const std::string link : {"linear", "positive"}) {
    moe::Model model = make_model({"gaussian:unit", "linear", "linear", link, 3, 3, 0, false});
    randomize(model, random);
    const moe::Dataset data = in_data_units(model, some_rows(model, 50, random));
    sh.write("model.c", exported(model, "c"));
    sh.write("rows.txt", table(data));
    sh.write("main.c",
             "#include <stdio.h>\nint main(void) { double x[4]; moe_prediction p; while (scanf(\"%lf%lf%lf%lf\", x, "
             "x+1, x+2, x+3) == 4) "
             "{ moe_predict(x + 1, &p); printf(\"%.17g\\n\", p.mean); } return 0; }\n");
    const Ran ran =
        sh("cat model.c main.c > whole.c && gcc -std=c99 -pedantic -Wall -Wextra -Werror whole.c -lm -o whole && "
           "./whole < rows.txt");
    INFO(link << ran);
    REQUIRE(ran.status == 0);
    moe::Predictive p(model);
    p.at(data);
    compare(arma::mat(p.mean()), ran.out);
  }
}

TEST_CASE("the C file keeps probabilities between 0 and 1 under any gate, as moe does", "[export]") {
  const Shell sh;
  sh.write("main.c", R"(
#include <stdio.h>
#include "model.c"
int main(void) {
  double x[2];
  int y;
  moe_prediction p;
  while (scanf("%lf,%lf,%d", x, x + 1, &y) == 3) {
    moe_predict(x, &p);
    printf("%.17g,%.17g\n", p.proba[0], p.proba[1]);
  }
  return 0;
}
)");
  const Ran ran = sh(
      "moe gen xor -n 300 -o d.csv && moe train d.csv --gate-link linear --objective blend --solver lbfgs -q -o m.moe\n"
      "moe predict -m m.moe --output proba d.csv | tail -n +2 > moe.txt && moe export -m m.moe --format c -o model.c\n"
      "gcc -std=c99 -Wall -Werror main.c -lm -o main && tail -n +2 d.csv | ./main > c.txt\n"
      "paste -d, moe.txt c.txt | awk -F, '{d=$1-$3; if(d*d>1e-24||$3<0||$3>1) bad++} END{print NR, bad+0}'");
  INFO(ran);
  CHECK(ran.out == "300 0\n");
}

TEST_CASE("C files with prefixes share a program; their cells are read without regard to blanks, none is guessed",
          "[export]") {
  const Shell sh;
  sh.write("main.c", R"(
#include <stdio.h>
#include "one.c"
#include "two.c"
int main(void) {
  const char *const cells[] = {"it's", " it's\t", "its", " NA ", "", "-9"};
  const char *const flags[] = {"TRUE", "true ", "False", "no", "?"};
  const char *const sizes[] = {"2.5", " 10.0 ", "2.50", "01", "NA"};
  const double missing[] = {1, NAN, 0}, known[] = {1, 0, 1};
  one_prediction p;
  two_prediction q;
  int i;
  for (i = 0; i < 6; ++i) printf("%g ", one_level(0, cells[i]));
  for (i = 0; i < 5; ++i) printf("%g ", one_level(1, flags[i]));
  for (i = 0; i < 5; ++i) printf("%g ", one_level(2, sizes[i]));
  one_predict(missing, &p);
  two_predict(known, &q);
  printf("%d %d %s %s\n", p.mean != p.mean, q.mean == q.mean, one_columns[0], TWO_EXPERTS == 2 ? "two" : "");
  return 0;
}
)");
  const moe::Model model = model_of_columns({{"moe_text \"MOE_\"", {"it's", "so", "(missing)"}, true},
                                             {"flag", {"FALSE", "TRUE"}, true},
                                             {"size", {"1", "2.5", "10"}, true}},
                                            "-9");
  moe::ExportOptions options;
  for (const std::string prefix : {"one", "two"}) {
    options.prefix = prefix;
    sh.write(prefix + ".c", moe::export_model(model, "c", options).front().bytes);
  }
  const Ran ran = sh("gcc -std=c99 -pedantic -Wall -Wextra -Werror main.c -lm -o main && ./main");
  INFO(ran);
  CHECK(ran.out == "0 0 -1 nan nan nan 1 1 0 -1 nan 1 2 -1 -1 nan 1 1 moe_text \"MOE_\" two\n");
  for (const std::string prefix : {"1x", "a-b", "a b"}) {
    options.prefix = prefix;
    CHECK_THROWS_WITH(moe::export_model(model, "c", options),
                      "--prefix '" + prefix + "': expected letters, digits and _, no digit first");
  }
  // The values of the same cells in the C interface.
  moe::save_model(model, sh.path("m.moe"));
  moe_model* opened = nullptr;
  REQUIRE(moe_open(sh.path("m.moe").c_str(), &opened) == MOE_OK);
  CHECK(moe_column_value(opened, 0, " so\t") == 1);
  CHECK(moe_column_value(opened, 0, " NA ") == 2);
  CHECK(moe_column_value(opened, 0, "its") == -1);
  CHECK(moe_column_value(opened, 2, " 2.5 ") == 1);
  CHECK(moe_column_value(opened, 2, "1.0") == 0);
  CHECK(moe_column_value(opened, 2, "2.50") == -1);
  CHECK(std::isnan(moe_column_value(opened, 2, "-9.0")));
  CHECK(moe_column_value(opened, 2, "-9.00") == -1);
  CHECK(std::isnan(moe_column_value(opened, 2, " ? ")));
  moe_free(opened);
}

TEST_CASE("the C file says what each number of a row is", "[export]") {
  const Shell sh;
  sh("(echo x,c,n,o,e,y; for i in {1..24}; do echo $((i * i % 7)),$([ $((i % 3)) = 0 ] && echo a || echo b),"
     "$((4 + i % 3)),0.$((i % 5)),$((1 + i % 2)),$((i % 4)); done) > d.csv; (cat d.csv; echo ,a,5,0.1,1,2) > m.csv");
  struct Said {
    const char *options, *lines;
  };
  for (const Said& at : {
           Said{"--family binomial --trials n --features x d.csv", "     \"x\"\n     \"n\" (trials)\n"},
           Said{"--family poisson --offset o --features x d.csv", "     \"x\"\n     \"o\" (offset)\n"},
           Said{"--family poisson --exposure e --features x d.csv", "     \"x\"\n     \"e\" (exposure)\n"},
           Said{"--family binomial --trials n --offset o --features x d.csv",
                "     \"x\"\n     \"n\" (trials)\n     \"o\" (offset)\n"},
           Said{"--family poisson --features x,c d.csv",
                "     \"x\"\n     \"c\" (a category: what moe_level() makes of its text)\n"},
           Said{"--family poisson --features x,n --missing mean m.csv",
                "     \"x\" (NAN where missing)\n     \"n\" (NAN where missing)\n"},
       }) {
    const Ran ran =
        sh(std::string("moe train -q -k 1 -y y ") + at.options + " -o m.moe && moe export -m m.moe --format c");
    INFO(ran);
    CHECK(ran.status == 0);
    CHECK(ran.out.find(std::string(" in this order:\n") + at.lines + "   A cell that is missing") != std::string::npos);
  }
}
