// Tables that cannot be used, each with the exact sentence that a user gets: testdata/bad.
#include <catch2/catch.hpp>
#include <sstream>

#include "shell.hpp"

TEST_CASE("every bad table has its sentence", "[csv][cli]") {
  const Shell sh;
  std::istringstream lines(ScratchDir::read(MOE_SOURCE "/testdata/bad/messages.tsv"));
  std::size_t tables = 0;
  for (std::string line; std::getline(lines, line); ++tables) {
    const std::size_t first = line.find('\t'), second = line.find('\t', first + 1);
    const std::string file = line.substr(0, first), options = line.substr(first + 1, second - first - 1);
    const Ran ran = sh("cd $DATA/bad; moe train --dry-run " + options + " " + file + "; echo $?; moe train " + options +
                       " --threads 3 -o /dev/full < " + file);
    INFO(ran);
    CHECK(ran.out.ends_with("3\n"));  // after the output of the dry run
    std::string piped = "moe train: " + line.substr(second + 1) + "\n";
    const std::string whole = piped;
    piped.replace(piped.find(file), file.size(), "<stdin>");
    CHECK(ran.err == whole + piped);
  }
  CHECK(tables >= 40);
}
