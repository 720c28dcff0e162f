// An installed tree, used by a program of someone else's.
#include <catch2/catch.hpp>

#include "shell.hpp"

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
  moe::TrainReport report;
  moe::Model model = moe::train(table.schema, spec, table.data, std::nullopt, {}, nullptr, nullptr, report);
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

#ifndef __SANITIZE_ADDRESS__  // a sanitized library asks the same of every program that uses it

TEST_CASE("find_package and pkg-config build a program against an installed tree", "[install]") {
  const Shell sh;
  sh.write("other.cpp", kProgram);
  sh.write("CMakeLists.txt", kLists);
  const std::string program = MOE_PROGRAM;
  const Ran installed =
      sh("cmake --install " + program.substr(0, program.rfind('/')) +
         " --prefix $PWD/prefix > log && prefix/bin/moe gen two-lines -o d.csv && "
         "prefix/bin/moe train d.csv -q -o m.moe && prefix/bin/moe predict -m m.moe d.csv | sed -n 2p");
  INFO(installed);
  REQUIRE(installed.status == 0);
  const Ran cmake = sh(
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

#endif
