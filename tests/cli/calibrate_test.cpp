#include <catch2/catch.hpp>

#include "shell.hpp"

TEST_CASE("calibrated intervals hold fresh rows, and the model says so", "[conformal]") {
  const Shell sh;
  const Ran ran =
      sh("moe gen two-lines -n 300 -o a.csv && moe gen two-lines -n 199 --seed 2 -o b.csv\n"
         "moe gen two-lines -n 4000 --seed 3 -o c.csv\n"
         "moe train -q -k 1 a.csv -o one.moe && moe calibrate -m one.moe b.csv -o sure.moe\n"
         "moe inspect sure.moe | grep conformal\n"
         "moe predict -m sure.moe --output conformal:0.9 --append c.csv > p.csv && head -1 p.csv\n"
         "awk -F, 'NR > 1 { n++; if ($3 <= $2 && $2 <= $4) held++ } END { print held / n }' p.csv");
  INFO(ran);
  REQUIRE(ran.status == 0);
  CHECK(ran.err == "calibrated by 199 rows: sets up to level 0.995 have an end\n");
  const std::string said = "conformal: calibrated by 199 rows: sets up to level 0.995 have an end\n";
  const std::string header = "x1,y,conformal_lower_0.9,conformal_upper_0.9\n";
  REQUIRE(ran.out.starts_with(said + header));
  // The coverage of a calibration by 199 rows is of a beta distribution with parameters 180 and 20: sd .021.
  CHECK(std::stod(ran.out.substr((said + header).size())) == Approx(0.9).margin(0.07));
}

TEST_CASE("train holds the rows of --conformal out, and classes come as sets", "[conformal]") {
  const Shell sh;
  const Ran ran = sh(
      "moe gen two-lines -n 200 | awk -F, -v OFS=, 'NR > 1 { $2 = $2 > 0 ? \"up\" : \"down\" } 1' > c.csv\n"
      "moe train --conformal 0.25 -k 1 --l2 0.01 c.csv -o c.moe 2>&1 | grep -E -o '^(150 rows|calibrated by 50 rows)'\n"
      "moe train --conformal 0.25 --committee 3 -k 1 --l2 0.01 c.csv -o d.moe 2>&1 | grep -o 'calibrated by 50 rows'\n"
      "moe predict -m c.moe --output conformal:0.95 c.csv | sort -u");
  INFO(ran);
  REQUIRE(ran.status == 0);
  CHECK(ran.out.find("150 rows\ncalibrated by 50 rows\ncalibrated by 50 rows\n") != std::string::npos);
  CHECK(ran.out.find("conformal_0.95\n") != std::string::npos);
  CHECK(ran.out.find("[up]\n") != std::string::npos);
}

TEST_CASE("conformal sets of a model that is not calibrated are refused", "[conformal]") {
  const Shell sh;
  const Ran ran = sh(
      "moe gen two-lines | moe train -q -k 2 > m.moe; moe gen two-lines | moe predict -m m.moe --output conformal:0.9");
  INFO(ran);
  CHECK(ran.status == 2);
  CHECK(ran.err ==
        "moe predict: --output conformal:P: the model is not calibrated: expected one of moe calibrate, or of moe "
        "train --conformal\n");
  const Ran part = sh("moe gen two-lines -n 3 | moe train -k 1 --conformal 0.2 > m.moe");
  INFO(part);
  CHECK(part.status == 3);
}
