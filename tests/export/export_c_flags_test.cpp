// Options that allow compilers to break the arithmetic of an exported C file.
#include <catch2/catch.hpp>

#include "models.hpp"
#include "moe/export.hpp"
#include "shell.hpp"

namespace {

constexpr const char* kRefusal = "This file counts on NAN and on the order of sums: compile it without -ffast-math";

/// Prints a gate's weights, and the label of a row with a missing cell.
constexpr const char* kMainForFlags = R"(
#include <stdio.h>
#include "model.c"
int main(void) {
  double x[] = {0.3, -0.2, 0.7};
  moe_prediction p;
  moe_predict(x, &p);
  printf("%.12f %.12f %.12f", p.gate[0], p.gate[1], p.proba[0]);
  x[1] = NAN;
  moe_predict(x, &p);
  printf(" %d\n", p.label);
  return 0;
}
)";

}  // namespace

TEST_CASE("the C file refuses to compile where arithmetic is not IEEE's, or is right there", "[export]") {
  const Shell sh;
  moe::Model model = make_model({"bernoulli", "linear", "linear", "softmax", 2, 3, 2});
  moe::Random random(79);
  randomize(model, random);
  sh.write("model.c", exported(model, "c"));
  sh.write("main.c", kMainForFlags);
  const Ran plain = sh("gcc -std=c99 -O2 main.c -lm -o main && ./main");
  REQUIRE(plain.out.find(" -1\n") != std::string::npos);
  for (const std::string compiler : {"gcc", "g++ -x c++", "clang"}) {
    if (sh("command -v " + compiler.substr(0, compiler.find(' '))).status != 0) continue;
    for (const std::string flags : {"-Ofast", "-O2 -ffast-math", "-O2 -ffinite-math-only"}) {
      const Ran ran = sh(compiler + " " + flags + " main.c -lm -o main");
      INFO(ran);
      CHECK(ran.status != 0);
      CHECK(ran.err.find(kRefusal) != std::string::npos);
    }
    // Single options of -ffast-math: GCC tells the program that they are on, and in Clang they can be turned off.
    for (const std::string flags : {"-O2 -funsafe-math-optimizations -fno-math-errno -fno-trapping-math",
                                    "-O3 -march=native -fassociative-math -fno-signed-zeros -fno-trapping-math"}) {
      const Ran ran = sh(compiler + " " + flags + " main.c -lm -o main && ./main");
      INFO(ran);
      CHECK((ran.err.find(kRefusal) != std::string::npos || ran.out == plain.out));
    }
  }
}
