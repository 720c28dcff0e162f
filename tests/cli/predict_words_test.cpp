// What predict writes for the words of --output that tell more of the distribution.
#include <catch2/catch.hpp>

#include "shell.hpp"

TEST_CASE("predict writes sets, modes, draws and contributions", "[cli][predict]") {
  const Shell sh;
  REQUIRE(sh("moe gen two-lines -n 300 -o d.csv && moe train -k 2 --gate-l2 0.01 d.csv -q -o m.moe").status == 0);
  const Ran header = sh(
      "moe predict -m m.moe d.csv --output cdf:0.5,mode,hdr:0.9,sample:2,std_residual,novelty,explain,explain_gate | "
      "head -n 1");
  INFO(header);
  CHECK(header.out ==
        "cdf_0.5,mode,hdr_0.9,sample_1,sample_2,std_residual,novelty,baseline,effect_x1,baseline_gate_1,"
        "effect_x1_gate_1,baseline_gate_2,effect_x1_gate_2\n");
  // A set is one cell, and its intervals are ordered pairs.
  CHECK(sh("moe predict -m m.moe d.csv --output hdr:0.9 | tail -n +2 | "
           "grep -cvE '^\"\\[[-+0-9.e]+, [-+0-9.e]+\\]( \\[[-+0-9.e]+, [-+0-9.e]+\\])*\"$'")
            .out == "0\n");
  CHECK(sh("moe predict -m m.moe d.csv --output mean,explain | awk -F, 'NR>1{e=$1-$2-$3; if(e<-1e-9||e>1e-9) bad++} "
           "END{print bad+0}'")
            .out == "0\n");
  // P(Y <= 0.5 quantile) is 0.5: the distribution function at the first row's median.
  CHECK(sh("head -n 2 d.csv > one.csv; q=$(moe predict -m m.moe one.csv --output median | tail -n 1); "
           "moe predict -m m.moe one.csv --output cdf:$q | tail -n 1 | awk '{print ($1 > 0.5 - 1e-9 && $1 < 0.5 + "
           "1e-9)}'")
            .out == "1\n");
}

TEST_CASE("draws are the same for any number of threads, however the rows arrive", "[cli][predict]") {
  const Shell sh;
  const Ran ran =
      sh("moe gen two-lines -n 60000 -o d.csv && moe train -k 2 --gate-l2 0.01 d.csv -q --epochs 3 -o m.moe\n"
         "moe predict -m m.moe d.csv --output sample:2 --threads 1 > one.csv\n"
         "moe predict -m m.moe d.csv --output sample:2 --threads 4 > four.csv; cmp one.csv four.csv || echo differ\n"
         "(head -n 700 d.csv; sleep 0.3; tail -n +701 d.csv) | moe predict -m m.moe --output sample:2 > piped.csv\n"
         "cmp one.csv piped.csv || echo differ\n"
         "moe predict -m m.moe d.csv --output sample:2 --seed 2 | cmp -s one.csv - || echo another\n"
         "tail -n +2 one.csv | sort | uniq -d | wc -l; wc -l < one.csv");
  INFO(ran);
  CHECK(ran.out == "another\n0\n60001\n");
  // A bad row ends the command as it does without draws.
  const Ran bad =
      sh("(head -n 30000 d.csv; echo x,1; tail -n 30000 d.csv) > bad.csv; moe predict -m m.moe bad.csv "
         "--output sample:1 --threads 4 | tail -n +2 | wc -l; echo ${PIPESTATUS[0]}");
  INFO(bad);
  CHECK(bad.out == "29999\n3\n");
}

TEST_CASE("classes have modes, sets, draws and contributions", "[cli][predict]") {
  const Shell sh;
  REQUIRE(sh("moe gen blobs -k 3 -n 300 -o d.csv && moe train d.csv -k 1 --l2 0.01 -q -o m.moe").status == 0);
  CHECK(sh("moe predict -m m.moe d.csv --output mode > a; moe predict -m m.moe d.csv --output label > b; "
           "tail -n +2 a > c; tail -n +2 b | cmp - c && echo same")
            .out == "same\n");
  CHECK(sh("moe predict -m m.moe d.csv --output hdr:0.99 | tail -n +2 | grep -cvE '^(\\[[^]]+\\])( \\[[^]]+\\])*$'")
            .out == "0\n");
  const Ran draws =
      sh("moe predict -m m.moe d.csv --output sample:3 | head -n 1; "
         "moe predict -m m.moe d.csv --output std_residual");
  INFO(draws);
  CHECK(draws.out == "sample_1,sample_2,sample_3\n");
  CHECK(draws.err.find("--output std_residual: the model predicts more than two classes") != std::string::npos);
}

TEST_CASE("words that predict refuses", "[cli][predict]") {
  const Shell sh;
  REQUIRE(sh("moe gen two-lines -n 100 -o d.csv && moe train -k 1 d.csv -q -o m.moe && moe train -k 1 --standardize no "
             "d.csv -q -o plain.moe")
              .status == 0);
  const std::pair<const char*, const char*> refused[] = {
      {"m.moe --output cdf:x", "--output: 'cdf:x': expected a number, as cdf:10"},
      {"m.moe --output cdf:inf", "--output: 'cdf:inf': expected a number, as cdf:10"},
      {"m.moe --output hdr:1", "--output: 'hdr:1': expected a level between 0 and 1, as hdr:0.9"},
      {"m.moe --output sample:0", "--output: 'sample:0': expected a number of draws from 1 to 10000, as sample:100"},
      {"m.moe --output sample:1.5", "--output: 'sample:1.5': expected a number of draws"},
      {"m.moe --output sample:10001", "--output: 'sample:10001': expected a number of draws"},
      {"m.moe --output explain:3", "--output: 'explain:3': expected an even number of orders from 2 to 10000"},
      {"m.moe --output explain,explain", "--output: two columns would be named 'baseline': expected each name once"},
      {"plain.moe --output novelty",
       "--output novelty: the model does not know the means and standard deviations of its inputs: expected one that "
       "was "
       "trained with --standardize yes"},
  };
  for (const auto& [words, sentence] : refused) {
    const Ran ran =
        sh(std::string("moe predict d.csv -o none.csv -m ") + words + "; echo $?; ls none.csv 2>&1 | wc -w");
    INFO(ran);
    CHECK(ran.out.substr(0, 2) == "2\n");
    CHECK(ran.err.find(sentence) != std::string::npos);
    CHECK(sh("test -e none.csv").status == 1);
  }
}
