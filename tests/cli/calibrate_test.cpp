#include <catch2/catch.hpp>
#include <sstream>

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
  CHECK(ran.err == "calibrated by 199 rows: enough for levels up to 0.995\n");
  const std::string said = "conformal: calibrated by 199 rows: enough for levels up to 0.995\n";
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

TEST_CASE("--conformal folds calibrates by every row, without holding any out", "[conformal]") {
  const Shell sh;
  const Ran ran =
      sh("moe gen two-lines -n 200 -o a.csv; moe gen two-lines -n 4000 --seed 3 -o c.csv\n"
         "moe train --committee 5 -k 2 --conformal folds a.csv -o m.moe 2>&1 | grep -o '^calibrated by 200 rows'\n"
         "moe train -q --committee 5 -k 2 a.csv -o plain.moe\n"
         "cmp <(moe predict -m m.moe c.csv) <(moe predict -m plain.moe c.csv) && echo same\n"
         "moe predict -m m.moe --output conformal:0.9 --append c.csv |\n"
         "  awk -F, 'NR > 1 { n++; if ($3 <= $2 && $2 <= $4) held++ } END { print held / n }'");
  INFO(ran);
  const std::string said = "calibrated by 200 rows\nsame\n";
  REQUIRE(ran.out.starts_with(said));
  CHECK(std::stod(ran.out.substr(said.size())) == Approx(0.9).margin(0.07));
  const Ran refused =
      sh("moe gen two-lines | moe train -k 2 --conformal folds -o m2.moe\n"
         "moe gen two-lines | moe train -k 2 --conformal 0.7 -o m2.moe; ls m2.moe 2>/dev/null");
  INFO(refused);
  CHECK(refused.out.empty());
  CHECK(refused.err ==
        "moe train: --conformal folds: one model has seen all rows: expected --committee N, the automatic fit, or a "
        "part of the rows, as --conformal 0.2\n"
        "moe train: --conformal: '0.7': expected a number from 0.001 to 0.5, or folds\n");
}

TEST_CASE("--by calibrates the rows of each level of a category by themselves", "[conformal]") {
  const Shell sh;
  // The errors of b are ten times those of a, and the model has one sigma for both.
  const std::string rows =
      " { srand(SEED); print \"x,site,y\"; for (i = 0; i < ROWS; ++i) { x = rand(); b = i % 4 == 0; e = (rand() + "
      "rand() "
      "+ rand() - 1.5) * (b ? 10 : 1); print x \",\" (b ? \"b\" : \"a\") \",\" 3 * x + e } } ";
  const auto made = [&](const std::string& seed, const std::string& count) {
    return "awk -v SEED=" + seed + " -v ROWS=" + count + " 'BEGIN" + rows + "'";
  };
  const std::string coverage =
      "awk -F, 'NR > 1 { n[$2]++; if ($4 <= $3 && $3 <= $5) held[$2]++ } END { print held[\"a\"] / n[\"a\"], "
      "held[\"b\"] / n[\"b\"] }'\n";
  const Ran ran = sh(made("1", "400") + " >a.csv; " + made("2", "800") + " >b.csv; " + made("3", "8000") +
                     " >c.csv\nmoe train -q -k 1 -y y a.csv -o m.moe\n"
                     "moe calibrate -m m.moe b.csv -q -o all.moe; moe calibrate -m m.moe b.csv --by site -o by.moe\n"
                     "moe predict -m all.moe --output conformal:0.9 --append c.csv | " +
                     coverage + "moe predict -m by.moe --output conformal:0.9 --append c.csv | " + coverage +
                     "moe export -m by.moe --format json | moe import -o again.moe\n"
                     "cmp by.moe again.moe && echo same bytes\n"
                     "moe inspect --json by.moe | grep -o '\"by\": *\"site\"'\n");
  INFO(ran);
  CHECK(
      ran.err ==
      "calibrated by 800 rows, 200 to 600 for each level of 'site': n rows are enough for levels up to n / (n + 1)\n");
  std::istringstream out(ran.out);
  double quiet = 0, loud = 0, quiet_by = 0, loud_by = 0;
  out >> quiet >> loud >> quiet_by >> loud_by;
  CHECK(quiet > 0.97);
  CHECK(loud < 0.75);
  CHECK(quiet_by == Approx(0.9).margin(0.05));
  CHECK(loud_by == Approx(0.9).margin(0.08));
  CHECK(ran.out.find("same bytes\n") != std::string::npos);
  CHECK(ran.out.find("\"site\"") != std::string::npos);
  // The same groups beside --conformal, of one model and of folds.
  const Ran trained =
      sh("moe train -q -k 1 -y y --conformal 0.3 --by site a.csv -o g.moe; moe inspect g.moe | grep -o \"level of "
         "'site'\"\n"
         "moe train -q --committee 5 -k 1 -y y --conformal folds --by site a.csv -o f.moe\n"
         "moe inspect f.moe | grep -o 'calibrated by 400 rows, 100 to 300 for each level'\n"
         "moe predict -m f.moe --output conformal:0.9 --append c.csv | " +
         coverage +
         "moe train -q -k 2 -y y --conformal 0.3 --by-expert a.csv -o e.moe; moe inspect e.moe | grep -o 'for each "
         "expert'\n"
         "moe train -k 1 -y y --by site a.csv -o n.moe; moe train -k 1 -y y --conformal 0.2 --by nope a.csv -o n.moe\n"
         "moe train --committee 3 -k 1 -y y --conformal folds --by-expert a.csv -o n.moe; ls n.moe 2>/dev/null");
  INFO(trained);
  REQUIRE(trained.out.starts_with("level of 'site'\ncalibrated by 400 rows, 100 to 300 for each level\n"));
  std::istringstream by_folds(trained.out.substr(trained.out.rfind("for each level\n") + 15));
  by_folds >> quiet >> loud;
  CHECK(quiet == Approx(0.9).margin(0.06));
  CHECK(loud == Approx(0.9).margin(0.1));
  CHECK(trained.out.ends_with("for each expert\n"));
  // eval tells the coverage at each level, too: that of predict's intervals.
  const Ran told = sh("moe eval -m by.moe c.csv --by site | awk '$1 == \"a\" || $1 == \"b\" { print $(NF - 2) }'");
  INFO(told);
  std::istringstream shares(told.out);
  double share_a = 0, share_b = 0;
  shares >> share_a >> share_b;
  CHECK(share_a == Approx(quiet_by).epsilon(1e-4));
  CHECK(share_b == Approx(loud_by).epsilon(1e-4));
  CHECK_THAT(
      trained.err,
      Catch::EndsWith(
          "moe train: --by: expected --conformal with it\n"
          "moe train: 'nope' is no category that the model reads: expected one of 'site'\n"
          "moe train: --by-expert: the fits of folds have each their own experts: expected a part of the rows, as "
          "--conformal 0.2, or --by COL\n"));
  // An exported model takes the end of the row's level.
  const Ran c = sh(
      "command -v cc >/dev/null || exit 7\n"
      "moe export -m by.moe --format c --with conformal:0.9 -o m.c && cat >>m.c <<'END'\n"
      "#include <stdio.h>\n"
      "int main(void) {\n"
      "  double x[2];\n  char site[9];\n  moe_prediction p;\n"
      "  while (scanf(\"%lf,%8[^,],%*[^\\n]\\n\", &x[0], site) == 2) {\n"
      "    x[1] = moe_level(1, site);\n    moe_predict(x, &p);\n"
      "    printf(\"%.9f,%.9f\\n\", p.bounds[0], p.bounds[1]);\n  }\n  return 0;\n}\n"
      "END\n"
      "cc -std=c99 m.c -lm -o m && tail -n +2 c.csv | ./m >found.csv\n"
      "moe predict -m by.moe --output conformal:0.9 c.csv | tail -n +2 | awk -F, '{ printf \"%.9f,%.9f\\n\", $1, $2 }' "
      "| cmp - found.csv && wc -l <found.csv");
  INFO(c);
  if (c.status == 7)
    WARN("there is no C compiler here");
  else
    CHECK(c.out == "8000\n");
  const Ran refused =
      sh("moe calibrate -m m.moe b.csv --by x -o n.moe; moe calibrate -m m.moe b.csv --by site "
         "--by-expert -o n.moe; ls n.moe 2>/dev/null");
  INFO(refused);
  CHECK(refused.out.empty());
  CHECK(refused.err ==
        "moe calibrate: 'x' is no category that the model reads: expected one of 'site'\n"
        "moe calibrate: --by and --by-expert: expected one of them\n");
}

TEST_CASE("eval counts what conformal sets hold, and how large they are", "[conformal][eval]") {
  const Shell sh;
  const Ran ran =
      sh("moe gen two-lines -n 300 -o a.csv && moe gen two-lines -n 19 --seed 2 -o b.csv\n"
         "moe gen two-lines -n 500 --seed 3 -o c.csv; moe train -q -k 2 a.csv -o m.moe\n"
         "moe calibrate -q -m m.moe b.csv -o sure.moe\n"
         "moe eval -m sure.moe c.csv | grep -E -o '^conformal_[a-z]+ [0-9.]+' | tr '\\n' ' '; echo\n"
         "moe predict -m sure.moe --output conformal:0.9 --append c.csv | awk -F, 'NR > 1 { n++; w += $4 - $3; "
         "if ($3 <= $2 && $2 <= $4) held++ } END { printf \"%.12f %.12f\\n\", held / n, w / n }'\n"
         "moe eval --json -m sure.moe c.csv >e.json\n"
         "/usr/bin/python3 -c 'import json; e = json.load(open(\"e.json\"))\n"
         "print(\"%.12f %.12f\" % (e[\"conformal_coverage\"][\"0.9\"], e[\"conformal_width\"][\"0.9\"]))\n"
         "print(sorted(e[\"conformal_coverage\"]))'");
  INFO(ran);
  std::istringstream out(ran.out);
  std::string said, predicted, found, levels;
  std::getline(out, said);
  std::getline(out, predicted);
  std::getline(out, found);
  std::getline(out, levels);
  CHECK(found == predicted);
  CHECK(levels == "['0.5', '0.9', '0.95']");  // 19 scores are enough up to .95
  CHECK(said.find("conformal_coverage 0.9 ") != std::string::npos);
  const Ran pair = sh("moe eval -q -m sure.moe -m m.moe c.csv --require 'conformal_coverage:0.9(B)>=0.8' >/dev/null");
  INFO(pair);
  CHECK(
      pair.err ==
      "moe eval: --require: 'conformal_coverage:0.9': model B is not calibrated: expected one of moe calibrate, or of "
      "moe train --conformal\n");
  const Ran classes =
      sh("awk -F, -v OFS=, 'NR > 1 { $2 = $2 > 1 ? \"up\" : $2 < -1 ? \"down\" : \"no\" } 1' a.csv >d.csv\n"
         "moe train -q -k 1 --l2 0.01 --conformal 0.3 d.csv -o d.moe\n"
         "moe eval --json -m d.moe d.csv >e.json\n"
         "moe predict -m d.moe --output conformal:0.9 --append d.csv | awk -F, 'NR > 1 { n++; all += gsub(/\\[/, "
         "\"[\", $3); "
         "if (index($3, \"[\" $2 \"]\")) held++ } END { printf \"%.12f %.12f\\n\", held / n, all / n }'\n"
         "/usr/bin/python3 -c 'import json; e = json.load(open(\"e.json\"))\n"
         "print(\"%.12f %.12f\" % (e[\"conformal_coverage\"][\"0.9\"], e[\"conformal_size\"][\"0.9\"]))'");
  INFO(classes);
  std::istringstream both(classes.out);
  std::getline(both, predicted);
  std::getline(both, found);
  CHECK(found == predicted);
}

TEST_CASE("a level for which too few rows have calibrated the model is told", "[conformal]") {
  const Shell sh;
  // 9 rows are enough for levels up to 9 / 10.
  const Ran ran =
      sh("moe gen two-lines -n 100 -o a.csv; moe gen two-lines -n 9 --seed 2 -o b.csv\n"
         "moe train -q -k 1 a.csv -o m.moe; moe calibrate -q -m m.moe b.csv -o n.moe\n"
         "moe predict -m n.moe --output conformal:0.9 a.csv | grep -c inf\n"
         "moe predict -m n.moe --output conformal:0.91 a.csv | grep -c inf\n"
         "moe calibrate -m n.moe b.csv -o o.moe");
  INFO(ran);
  CHECK(ran.out == "0\n100\n");
  CHECK(ran.err ==
        "note: too few rows have calibrated the model for level 0.91, so that an interval has no end\n"
        "calibrated by 9 rows: enough for levels up to 0.9\n"
        "note: the rows that had calibrated the model before no longer count\n");
  const Ran levels = sh(
      "awk 'BEGIN { print \"y,s\"; for (i = 1; i <= 90; ++i) print i % 7 + .5 \",\" (i % 3 ? \"a\" : \"b\") }' >l.csv\n"
      "awk 'BEGIN { print \"y,s\"; for (i = 1; i <= 30; ++i) print i % 7 + .5 \",\" (i % 10 ? \"a\" : \"b\") }' "
      ">h.csv\n"
      "moe train -q -k 1 -y y l.csv -o l.moe; moe calibrate -q -m l.moe h.csv --by s -o s.moe\n"
      "moe predict -m s.moe --output conformal:0.9 l.csv >/dev/null");
  INFO(levels);
  CHECK(levels.err ==
        "note: too few rows have calibrated the model for level 0.9 at 'b' of 's', so that an interval has no end "
        "there\n");
}

TEST_CASE("--conformal holds the part that it names, by whole groups where asked", "[conformal]") {
  const Shell sh;
  sh("moe gen two-lines -n 400 | awk -F, 'NR == 1 { print $0 \",g\" } NR > 1 { print $0 \",\" int((NR - 2) / 10) }' "
     ">g.csv");
  for (const auto& [part, rows] : std::vector<std::pair<std::string, std::string>>{
           {"0.15", "60"}, {"0.3", "120"}, {"0.333", "133"}, {"0.4", "160"}, {"0.45", "180"}, {"0.5", "200"}}) {
    const Ran ran = sh("moe train -k 1 -y y --features x1 --conformal " + part + " g.csv -o m.moe");
    INFO(ran);
    CHECK_THAT(ran.err, Catch::Contains("calibrated by " + rows + " rows") ||
                            (Catch::Contains("calibrated by 134 rows") && Catch::Contains("266 rows")));
  }
  const Ran groups =
      sh("moe train -k 1 -y y --features x1 --fold-group g --conformal 0.3 g.csv -o m.moe 2>&1 | grep -o 'by [0-9]* "
         "rows'");
  INFO(groups);
  CHECK(groups.out == "by 120 rows\n");
}

TEST_CASE("a model whose rows for calibration are of few experts is read as it was written", "[conformal]") {
  const Shell sh;
  // 12 experts, whose lists of scores are mostly empty.
  const Ran ran =
      sh("moe gen two-lines -n 200 -o a.csv; moe gen two-lines -n 9 --seed 2 -o b.csv\n"
         "moe train -q --committee 6 -k 2 a.csv -o m.moe; moe calibrate -q -m m.moe b.csv --by-expert -o n.moe\n"
         "moe export -m n.moe --format json | moe import -o o.moe; cmp n.moe o.moe && echo same");
  INFO(ran);
  CHECK(ran.out == "same\n");
}
