// Rows that are no data, such as units and titles; names that look like data; and a dry run's report on missing cells.
#include <catch2/catch.hpp>

#include "shell.hpp"

TEST_CASE("a row of units is told for what it is, and passed over", "[cli][csv]") {
  const Shell sh;
  const Ran ran = sh("cd $DATA/cases; moe train -y y -k 1 unit_row.csv -o /dev/null");
  INFO(ran);
  CHECK(ran.status == 3);
  CHECK(ran.err ==
        "moe train: unit_row.csv:2:1 a: '(m)' is not a number, row 2 looks like units: expected numbers, or "
        "--skip-rows 2 "
        "to pass over it\n");
  const Ran passed =
      sh("sed 2d $DATA/cases/unit_row.csv > plain.csv; moe train -y y -k 1 -q plain.csv -o plain.moe\n"
         "moe train -y y -k 1 -q --skip-rows 2 $DATA/cases/unit_row.csv -o skipped.moe && cmp plain.moe skipped.moe\n"
         "moe predict -m plain.moe --skip-rows 2 < $DATA/cases/unit_row.csv > a && moe predict -m plain.moe plain.csv "
         "| cmp a\n"
         "moe eval -m plain.moe --skip-rows 2 $DATA/cases/unit_row.csv > a && moe eval -m plain.moe plain.csv | cmp a");
  INFO(passed);
  CHECK(passed.status == 0);
  const Ran predicted = sh("moe predict -m plain.moe < $DATA/cases/unit_row.csv");
  CHECK(predicted.err.find("<stdin>:2:1 a: '(m)' is not a number, row 2 looks like units") != std::string::npos);
}

TEST_CASE("what is no row of units keeps its sentence", "[cli][csv]") {
  const Shell sh;
  for (const std::string table : {"a,b,y\\nm,1,2\\n1,2,3\\n2,3,4\\n",    // a number beside it
                                  "a,b,y\\n1,2,3\\nm,kg,s\\n2,3,4\\n",   // not below the header
                                  "a,b,y\\nm,kg\\n1,2,3\\n2,3,4\\n"}) {  // too short
    const Ran ran = sh("printf '" + table + "' | moe train -k 1 -o /dev/null");
    INFO(ran);
    CHECK(ran.status == 3);
    CHECK(ran.err.find("units") == std::string::npos);
  }
}

TEST_CASE("lines are passed over wherever they stand, and the others keep their numbers", "[cli][csv]") {
  const Shell sh;
  const std::string table = "a title, with a \" in it\\nof two lines\\na;y\\n(m);(s)\\n1;2\\n2;3\\n3;5\\n4;x\\n";
  for (const std::string end : {"", "| sed 's/$/\\r/'", "| tr '\\n' '\\r'"}) {
    const Ran ran = sh("printf '" + table + "' " + end + " | moe train -k 1 --skip-rows 1-2,4 -o /dev/null");
    INFO(ran);
    CHECK(ran.status == 3);
    CHECK(ran.err == "moe train: <stdin>:8:2 y: 'x' is not a number: expected a number such as 1.5 or -2e3\n");
  }
  const Ran slow =
      sh("(printf 'a,y\\nm,s\\n1,2\\n2,3\\n3,5\\n') | moe train -k 1 -q -o m.moe --skip-rows 2\n"
         "(printf 'a\\nm\\n1\\n'; sleep 0.2; printf '2\\n') | moe predict -m m.moe --skip-rows 2 | wc -l");
  INFO(slow);
  CHECK(slow.out == "3\n");
  // What a pipe has sent may end between the two characters of a line's end.
  const Ran cut =
      sh("(printf 'a,y\\r'; sleep 0.2; printf '\\nm,s\\r\\n1,2\\r\\n2,4\\r\\n4,7\\r\\n') | moe train --dry-run -k 1 "
         "--skip-rows 2");
  INFO(cut);
  CHECK(cut.out ==
        "<stdin>: commas, a header\n"
        "3 rows, 2 columns, 1 input\n"
        "  input     a                   number from 1 to 4\n"
        "  target    y                   number from 2 to 7\n");
  CHECK(sh("printf 'a,y\\nm,s' | moe train -k 2 --skip-rows 1,2 -o m.moe").err.find("the file is empty") !=
        std::string::npos);
  for (const std::string list : {"0", "2-1", "1,", "x", "1001", "2;3", "-1"}) {
    const Ran ran = sh("moe predict -m m.moe --skip-rows='" + list + "' < /dev/null");
    INFO(ran);
    CHECK(ran.status == 2);
    CHECK(ran.err.find("expected whole numbers from 1 to 1000 and ranges, as 1-4 or 2,4\n") != std::string::npos);
  }
}

TEST_CASE("names that are all numbers are told from names that are not there", "[cli][csv]") {
  const Shell sh;
  const Ran ran =
      sh("cd $DATA/cases; moe train -y 2021 -k 1 year_names.csv -o /dev/null; echo $?\n"
         "moe train -y 2021 --header yes -k 1 -q year_names.csv | moe predict -m - year_names.csv; echo $?");
  INFO(ran);
  CHECK(ran.out == "2\n3\n");
  CHECK(
      ran.err ==
      "moe train: year_names.csv: the first row, which has '2021', was taken for data: expected --header yes, where it "
      "names the columns\n"
      "moe predict: year_names.csv: the first row, which has '2019', was taken for data: expected --header yes, where "
      "it names the columns\n");
}

TEST_CASE("a name in a row that was taken for data is told, whatever the column is for", "[cli][csv]") {
  const Shell sh;
  sh("printf '2019,2020,2031,2022\\n1,2,3.5,1\\n2,1,4,2\\n3,5,6.5,1\\n4,3,8,2\\n' > t.csv");
  const std::string sentence =
      ": t.csv: the first row, which has '2020', was taken for data: expected --header yes, where it names the "
      "columns\n";
  for (const std::string option :
       {"-y 2020", "-y 3,2020", "--features 2020", "--features 1,2020", "--features -2020", "--gate-features 2020",
        "--expert-features 2020", "--expert-features 1=2020", "--categorical 2020", "--weight 2020", "--id 2020",
        "--family binomial --trials 2020", "--offset 2020", "--family poisson --exposure 2020"}) {
    const Ran ran = sh("moe train -q -k 1 " + option + " t.csv -o m.moe");
    INFO(ran);
    CHECK(ran.status == 2);
    CHECK(ran.err == "moe train" + sentence);
  }
  // Numbers of columns are no such names, nor is a word that the first row does not have.
  CHECK(sh("moe train -q -k 1 -y 4 --features 1,2 --weight 3 t.csv -o m.moe").status == 0);
  CHECK(sh("moe train -q -k 1 -y 5 t.csv -o m.moe").err.find("taken for data") == std::string::npos);
  CHECK(sh("moe train -q -k 1 -y 2020 --header yes t.csv -o m.moe && moe inspect --json m.moe").out.find("\"2022\"") !=
        std::string::npos);
}

TEST_CASE("a dry run goes on past missing cells and counts them", "[cli]") {
  const Shell sh;
  const Ran ran =
      sh("printf 'a,c,w,y\\n1,u,1,2.5\\n,v,1,3\\nNA,,2,4\\n2,u,1,\\n3,v,NA,5\\n9,u,1,4\\n' | moe train --dry-run -y y "
         "--weight w");
  INFO(ran);
  CHECK(ran.status == 3);
  CHECK(ran.out ==
        "<stdin>: commas, a header\n"
        "4 rows (2 more left out: cells are missing), 4 columns, 2 inputs\n"
        "  input     a                   number from 1 to 9, 2 missing cells\n"
        "  input     c                   category, 2 levels: u, v, 1 missing cell\n"
        "  target    y                   number from 2.5 to 4, 1 missing cell\n"
        "  weight    w                   sums to 5, 1 missing cell\n");
  CHECK(
      ran.err ==
      "moe train: <stdin>:3:1 a: the cell is empty: expected a number such as 1.5 or -2e3, or --missing drop, mean or "
      "indicator\n");
  const Ran filled = sh("printf 'a,c,y\\n1,u,2.5\\n,v,3\\nNA,,4\\n3,v,5\\n' | moe train --dry-run --missing mean");
  INFO(filled);
  CHECK(filled.status == 0);
  CHECK(filled.out.find("number from 1 to 3, 2 missing cells (2 instead)\n") != std::string::npos);
  CHECK(filled.out.find("category, 3 levels: u, v, (missing), 1 missing cell\n") != std::string::npos);
}

TEST_CASE("numbers that count the columns beside a name are a header", "[csv][cli]") {
  const Shell sh;
  const Ran ran =
      sh("(echo 0,1,2,target; for i in 1 2 3 4 5 6; do echo $i.5,$((i % 4)),$((i * i % 5)),$([ $((i % 3)) = 0 ] && "
         "echo a || echo b); "
         "done) | moe train --dry-run -k 1");
  INFO(ran);
  CHECK(ran.out.find("a header\n6 rows, 4 columns") != std::string::npos);
  CHECK(ran.out.find("2 classes: a, b") != std::string::npos);
}
