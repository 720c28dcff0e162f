// Where memory is refused, every command still ends by itself, with its result or with one line of error.
#include <catch2/catch.hpp>
#include <string>

#include "shell.hpp"

#ifndef __SANITIZE_ADDRESS__  // which reserves terabytes

TEST_CASE("every command ends by itself under a limit on memory", "[memory][cli]") {
  const Shell sh;
  sh("moe gen experts -n 3000 -d 5 -o d.csv && moe train -k 2 d.csv -q -o m.moe && moe gen experts -n 300 -d 5 -o "
     "small.csv");
  const char* const commands[] = {"train -k 2 d.csv -q -o out",
                                  "train small.csv -q --effort 1 -o out",
                                  "train d.csv -q --expert mlp:8 --epochs 2 -o out",
                                  "select small.csv -k 1-2 -q -o out",
                                  "eval -m m.moe d.csv",
                                  "predict -m m.moe d.csv -o out",
                                  "inspect m.moe",
                                  "export -m m.moe --format onnx -o out"};
  int done = 0, refused = 0;
  for (const char* command : commands)
    for (const int megabytes : {60, 100, 130, 150, 180, 220, 300, 500, 1000, 2000}) {
      const Ran ran =
          sh("rm -f out; (ulimit -v " + std::to_string(megabytes * 1000) + "; timeout -s KILL 60 moe " + command +
             " > shown 2> said); s=$?; test $s = 0 && s=done; wc -l < said; cat said; ls -A; "
             "test $s = done || test ! -e out || echo partial; echo $s");
      INFO(ran);
      CHECK(ran.out.find("tmp") == std::string::npos);
      CHECK(ran.out.find("partial") == std::string::npos);
      if (ran.out.ends_with("\ndone\n")) {
        ++done;
      } else if (ran.out.ends_with("\n1\n")) {
        ++refused;
        CHECK(ran.out.starts_with("1\n"));
        CHECK(ran.out.find(": out of memory") != std::string::npos);
      } else {  // too little memory for loading the libraries, which the system reports
        CHECK(megabytes <= 60);
        CHECK(ran.out.find("error while loading shared libraries") != std::string::npos);
      }
    }
  CHECK(done >= 7);
  CHECK(refused >= 1);
}

TEST_CASE("a fit that BLAS has no memory for says how much that would be", "[memory][cli]") {
  const Shell sh;
  const Ran ran =
      sh("moe gen two-lines -o d.csv; ulimit -v 150000; timeout -s KILL 60 moe train -k 2 d.csv -q -o m.moe; echo $?; "
         "ls -A");
  INFO(ran);
  CHECK(ran.out == "1\nd.csv\nscript\nstderr\nstdout\n");
  CHECK(
      ran.err ==
      "moe train: out of memory: OpenBLAS, which does the linear algebra, takes 128 MiB of addresses for each thread, "
      "and there is no room for one: expected a higher limit, as of 'ulimit -v'\n");
}

TEST_CASE("fewer threads fit where there is memory for few, to the same bits", "[memory][cli]") {
  const Shell sh;
  const Ran ran =
      sh("moe gen experts -n 2000 -o d.csv; moe train -k 2 d.csv -q --threads 1 -o a.moe\n"
         "ulimit -v 400000; timeout -s KILL 60 moe train -k 2 d.csv -q --threads 8 -o b.moe; echo $?; cmp a.moe b.moe");
  INFO(ran);
  CHECK(ran.out == "0\n");
}

// When a second thread takes its BLAS buffer, it holds the first thread's for a moment, too.
TEST_CASE("no limit on memory leaves room for a second thread that the first one then misses", "[memory][cli]") {
  const Shell sh;
  const Ran ran =
      sh("moe gen experts -n 3000 -d 5 -o d.csv\n"
         "for limit in $(seq 400000 20000 640000); do\n"
         "  (ulimit -v $limit; timeout -s KILL 60 moe train -k 2 d.csv -q --threads 2 -o m.moe) || echo $limit: $?\n"
         "done");
  INFO(ran);
  CHECK(ran.out.empty());
}

#endif
