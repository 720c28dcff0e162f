// moe_predict_rows() of exported C files.
#include <catch2/catch.hpp>

#include "models.hpp"
#include "moe/export.hpp"
#include "shell.hpp"

TEST_CASE("the C file predicts many rows side by side as it predicts one", "[export]") {
  const Shell sh;
  sh.write("main.c", R"(
#include <stdio.h>
#include <stdlib.h>
enum { N = 5 * MOE_ROWS + 3 };
static int same(const double *a, const double *b, int count) {
  int i;
  for (i = 0; i < count; ++i)
    if (!(a[i] == b[i] || (a[i] != a[i] && b[i] != b[i]))) return 0;
  return 1;
}
int main(void) {
  static double x[N * MOE_COLUMNS];
  static moe_prediction one[N], rows[N];
  int i, bad = 0, finite = 0;
  for (i = 0; i < N * MOE_COLUMNS; ++i) x[i] = i % 97 == 96 ? NAN : i % 89 == 88 ? 1e5 : 6.0 * rand() / RAND_MAX - 3;
  for (i = 0; i < N; ++i) moe_predict(x + i * MOE_COLUMNS, one + i);
  moe_predict_rows(x, N, rows);
  for (i = 0; i < N; ++i) {
    if (!same(one[i].gate, rows[i].gate, MOE_EXPERTS)) ++bad;
    if (!same((double *)one[i].expert_means, (double *)rows[i].expert_means, sizeof one[i].expert_means / sizeof(double))) ++bad;
#ifdef MOE_CLASSES
    if (!same(one[i].proba, rows[i].proba, MOE_CLASSES) || one[i].label != rows[i].label) ++bad;
#else
    if (!same((double *)&one[i].mean, (double *)&rows[i].mean, sizeof one[i].mean / sizeof(double))) ++bad;
#endif
    if (one[i].gate[0] > 0) ++finite;
  }
  printf("%d %d\n", bad, 2 * finite > N);
  return 0;
}
)");
  std::uint64_t turn = 0;
  for (const auto& [family, network] : std::vector<std::pair<std::string, std::string>>{{"gaussian", "mlp:4,3:tanh"},
                                                                                        {"poisson", "mlp:5:silu"},
                                                                                        {"bernoulli", "poly:2"},
                                                                                        {"categorical", "mlp:7"},
                                                                                        {"gaussian:full", "linear"}}) {
    moe::Random random(47, ++turn);
    moe::Model model = make_model(
        {family, network, "linear", "softmax", 3, 3, classes_of(family), false, family == "gaussian:full" ? 2U : 1U});
    randomize(model, random);
    moe::ExportOptions options;
    options.rows = true;
    sh.write("model.c", moe::export_model(model, "c", options).front().bytes);
    const Ran ran =
        sh("cat model.c main.c > whole.c && gcc -std=c99 -pedantic -Wall -Wextra -Werror -O3 whole.c -lm "
           "-o whole && g++ -x c++ -Wall -Wextra -Werror -fsyntax-only whole.c && ./whole");
    INFO(family << ran);
    CHECK(ran.out == "0 1\n");
  }
}
