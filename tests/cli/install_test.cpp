// Another program is built with an installed tree.
#include <catch2/catch.hpp>

#include "shell.hpp"

#ifndef __SANITIZE_ADDRESS__  // programs that use a sanitized library must be sanitized, too

namespace {

const char* kProgram = R"(
#include <cstdio>
#include <moe/moe.hpp>
int main(int, char** argv) {
  moe::CsvReader reader(argv[1]);
  moe::TrainingTable table = moe::read_training_table(reader, {.target = "y"}, 2);
  moe::ModelSpec spec;
  spec.gate_inputs = table.gate_inputs;
  spec.expert_inputs = table.expert_inputs;
  spec.family = "auto";
  moe::Model model = moe::train({table.schema, spec, table.data}).model;
  moe::save_model(model, argv[2]);
  moe::Predictive predictive(model);
  predictive.at(table.data);
  std::printf("%s\n", moe::format_number(predictive.mean()[0]).c_str());
}
)";

const char* kLists = R"(
cmake_minimum_required(VERSION 3.25)
project(other CXX)
find_package(moe REQUIRED)
add_executable(other other.cpp)
target_link_libraries(other moe::moe)
)";

}  // namespace

TEST_CASE("find_package and pkg-config build a program against an installed tree", "[install]") {
  const Shell sh;
  sh.write("other.cpp", kProgram);
  sh.write("CMakeLists.txt", kLists);
  const std::string program = MOE_PROGRAM;
  const Ran installed =
      sh("cmake --install " + program.substr(0, program.rfind('/')) +
         " --prefix $PWD/prefix > log && prefix/bin/moe gen two-lines -o d.csv && "
         "prefix/bin/moe train -k 2 d.csv -q -o m.moe && prefix/bin/moe predict -m m.moe d.csv | sed -n 2p");
  INFO(installed);
  REQUIRE(installed.status == 0);
  const Ran cmake = sh(
      "sed '1s/y$/kind/; s/,[0-9]$/,\"low, -\"/; s/,[0-9][0-9]$/,high/' d.csv > k.csv\n"
      "$moe train -y kind -k 1 --missing indicator --l2 0.1 k.csv -q -o k.moe\n"
      "$moe predict -m k.moe k.csv | cmp - <(python3 examples/predict.py $LD_LIBRARY_PATH/libmoe.so k.moe '' < k.csv)\n"
      "$moe predict -m k.moe --output label k.csv | tr -d '\"' | cmp - <(./predict k.moe label < k.csv)\n"
      "cmake -S . -B b -DCMAKE_PREFIX_PATH=$PWD/prefix > log && cmake --build b >> log && b/other d.csv other.moe && "
      "cmp m.moe other.moe");
  INFO(cmake);
  CHECK(cmake.status == 0);
  CHECK(cmake.out == installed.out);
  const Ran flags =
      sh("export PKG_CONFIG_PATH=$PWD/prefix/lib/pkgconfig:$(dirname $(find prefix -name moe.pc))\n"
         "g++ -std=c++20 other.cpp $(pkg-config --cflags --libs moe) -o other2 && "
         "LD_LIBRARY_PATH=$(dirname $(find prefix -name libmoe.so)) ./other2 d.csv other2.moe && cmp m.moe other2.moe");
  INFO(flags);
  CHECK(flags.status == 0);
  CHECK(flags.out == installed.out);
}

TEST_CASE("the examples in C, C++ and Python, built against an installed tree, say what moe predict says",
          "[install][c_interface]") {
  const Shell sh;
  sh.write("CMakeLists.txt", R"(
cmake_minimum_required(VERSION 3.25)
project(other C CXX)
find_package(moe REQUIRED)
add_executable(predict_c examples/predict.c)
target_link_libraries(predict_c moe::moe)
add_executable(predict_cpp examples/predict.cpp)
target_link_libraries(predict_cpp moe::moe)
add_executable(extend examples/extend.cpp)
target_link_libraries(extend moe::moe)
)");
  sh.write("compare.py", R"(
import csv, sys
def table(path):
    rows = list(csv.reader(open(path)))
    return rows[0], [[float(cell) for cell in row] for row in rows[1:]]
header, rows = table(sys.argv[1])
assert len(rows) > 100
for path in sys.argv[2:]: assert table(path) == (header, rows), path
)");
  const std::string program = MOE_PROGRAM;
  const Ran installed = sh(
      "set -e; cp -r " MOE_SOURCE "/tests/examples . && cmake --install " + program.substr(0, program.rfind('/')) +
      " --prefix $PWD/prefix > log; moe=prefix/bin/moe\n"
      "{ echo colour,size,y; for i in $(seq 300); do echo \"$([ $((i % 3)) = 0 ] && echo red || echo blue),"
      "$([ $((i % 7)) = 0 ] && echo NA || echo $((i % 11))),$((i % 13 + i % 3 * 5))\"; done; } > d.csv\n"
      "$moe train -y y -k 2 --restarts 1 --missing indicator d.csv -q -o m.moe\n"
      "$moe predict -m m.moe --output mean,sd d.csv > moe.csv\n"
      "export PKG_CONFIG_PATH=$(dirname $(find $PWD/prefix -name moe.pc)) LD_LIBRARY_PATH=$(dirname $(find $PWD/prefix "
      "-name libmoe.so))\n"
      "gcc -std=c99 -pedantic -Wall -Wextra -Werror examples/predict.c $(pkg-config --cflags --libs moe) -o predict\n"
      "./predict m.moe mean,sd < d.csv > c.csv\n"
      "python3 examples/predict.py $LD_LIBRARY_PATH/libmoe.so m.moe mean,sd < d.csv > python.csv\n"
      "sed '1s/y$/kind/; s/,[0-9]$/,\"low, -\"/; s/,[0-9][0-9]$/,high/' d.csv > k.csv\n"
      "$moe train -y kind -k 1 --missing indicator --l2 0.1 k.csv -q -o k.moe\n"
      "$moe predict -m k.moe k.csv | cmp - <(python3 examples/predict.py $LD_LIBRARY_PATH/libmoe.so k.moe '' < k.csv)\n"
      "$moe predict -m k.moe --output label k.csv | tr -d '\"' | cmp - <(./predict k.moe label < k.csv)\n"
      "cmake -S . -B b -DCMAKE_PREFIX_PATH=$PWD/prefix > log && cmake --build b >> log\n"
      "b/predict_c m.moe mean,sd < d.csv > cmake_c.csv; b/predict_cpp m.moe d.csv > cpp.csv\n"
      "python3 compare.py moe.csv c.csv python.csv cmake_c.csv cpp.csv");
  INFO(installed);
  CHECK(installed.status == 0);
  // A program's own family, gate, solver and format work as moe's do. The figures are 0 at a maximum, and 1 for the
  // logistic's scale.
  const Ran extended = sh("b/extend");
  INFO(extended);
  CHECK(extended.out ==
        "log-likelihood 0.000000\nlogistic 0.00000 0.00000 1.00000\nhalf-softmax 0.0000\ndescent 0.000000\nsquares "
        "0.000000 0.000000\nsize 2 "
        "experts\n"
        "gate link 'half-softmax' is none that this format can express: expected --format json, or another gate\n"
        "half-softmax\ngate link 'softmax' is known already: expected another name\n");
  const Ran wrong =
      sh("echo x > x.moe; LD_LIBRARY_PATH=$(dirname $(find $PWD/prefix -name libmoe.so)) ./predict x.moe mean < d.csv");
  CHECK(wrong.status == 1);
  CHECK(wrong.err ==
        "predict: x.moe: not a model file: it begins with 'x\\n' and ends there: expected a model file as moe "
        "writes it\n");
  // Man pages and completion are made from the same table as --help.
  const Ran beside = sh(
      "cd prefix/share && ls moe man/man1/moe.1 zsh/site-functions/_moe fish/vendor_completions.d/moe.fish && grep -c "
      "'^.TP' man/man1/moe-train.1 && source "
      "bash-completion/completions/moe && COMP_WORDS=(moe export --fo) COMP_CWORD=2 && _moe && echo ${COMPREPLY[*]} && "
      "COMP_WORDS=(moe im) COMP_CWORD=1 && _moe && echo ${COMPREPLY[*]}");
  INFO(beside);
  CHECK(beside.status == 0);
  CHECK(beside.out.find("\nmodel.schema.json\n") != std::string::npos);
  CHECK(beside.out.find("\n--format\nimport\n") != std::string::npos);
}

#endif
