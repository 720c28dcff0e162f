// moe split: parts by rows, groups, strata and time, counted by awk.
#include <catch2/catch.hpp>

#include "shell.hpp"

namespace {

/// 100 rows with quotes, blanks and CRLF; 10 customers of 10 rows, three classes of 60, 30 and 10 rows, days.
const char* const kCustomers = R"(
awk 'BEGIN { printf "id, \"a \"\"name\"\"\",customer,class,day\r\n"
  for (i = 1; i <= 100; ++i) printf "%03d, \"x,%d\",c%d,%s,2024-%02d-%02d\r\n", i, i, i % 10,
    i % 10 < 6 ? "p" : i % 10 < 9 ? "q" : "r", 1 + (i * 7 % 100) / 28, 1 + (i * 7 % 100) % 28 }' > d.csv
)";

Ran run(const Shell& sh, const std::string& command) {
  Ran ran = sh(command);
  INFO(ran);
  CHECK(ran.status == 0);
  return ran;
}

}  // namespace

TEST_CASE("split passes each row on once, byte for byte", "[split][cli]") {
  const Shell sh;
  sh(kCustomers);
  const Ran ran = run(sh,
                      "moe split d.csv --test 0.2 --train-output a.csv --test-output b.csv\n"
                      "wc -l < a.csv; wc -l < b.csv\n"
                      "cmp <(head -1 d.csv) <(head -1 a.csv) && cmp <(head -1 d.csv) <(head -1 b.csv) && echo header\n"
                      "cmp <(tail -n +2 d.csv) <(cat <(tail -n +2 a.csv) <(tail -n +2 b.csv) | sort) && echo rows\n"
                      "for f in a b; do tail -n +2 $f.csv | LC_ALL=C sort -c && echo order; done\n");
  CHECK(ran.out == "81\n21\nheader\nrows\norder\norder\n");
  CHECK(ran.err == "100 rows: 80 to a.csv, 20 to b.csv\n");
  // The same bytes by the seed, from a pipe and packed; others by another seed.
  CHECK(run(sh,
            "cat d.csv | moe split --test-output again.csv -q; cmp b.csv again.csv && echo same\n"
            "gzip -k d.csv; moe split d.csv.gz --test-output again.csv -q; cmp b.csv again.csv && echo same\n"
            "moe split d.csv --seed 2 --test-output again.csv -q; cmp -s b.csv again.csv || echo other\n"
            "moe split d.csv --test 7 -q --test-output - | wc -l")
            .out == "same\nsame\nother\n8\n");
  // A share that is no double: 0.07 of 100 rows is 7. A last line without an end gets one.
  CHECK(
      run(sh,
          "moe split d.csv --test 0.07 -q --test-output - | wc -l\n"
          "printf 'x\\n1\\n2' | moe split --test 1 -q --test-output t --train-output u; cat t u | sort | tr '\\n' ' '")
          .out == "8\n1 2 x x ");
}

TEST_CASE("split keeps groups together, and classes in proportion", "[split][cli]") {
  const Shell sh;
  sh(kCustomers);
  const Ran groups =
      run(sh,
          "moe split d.csv --group customer --test 0.3 --train-output a.csv --test-output b.csv\n"
          "for f in a b; do tail -n +2 $f.csv | awk -F, '{ print $4 }' | sort -u > $f; wc -l < $f; done\n"
          "comm -12 a b | wc -l");
  CHECK(groups.out == "7\n3\n0\n");
  CHECK(groups.err == "100 rows, 10 groups: 70 to a.csv, 30 to b.csv\n");
  CHECK(run(sh,
            "moe split d.csv --stratify class --test 0.2 --test-output - -q | awk -F, 'NR > 1 { ++n[$5] } END { print "
            "n[\"p\"], n[\"q\"], n[\"r\"] }'")
            .out == "12 6 2\n");
  // Folds: each row has one, groups have one each, and every fold has its share of each class.
  CHECK(
      run(sh,
          "moe split d.csv --folds 5 -q | awk -F, 'NR > 1 { ++n[$NF + 0] } END { print n[1], n[2], n[3], n[4], n[5] }'")
          .out == "20 20 20 20 20\n");
  CHECK(run(sh, "moe split d.csv --folds 5 --group 3 -q | awk -F, 'NR > 1 { print $4, $NF }' | sort -u | wc -l").out ==
        "10\n");
  CHECK(run(sh,
            "moe split d.csv --folds 5 --stratify class -q | awk -F, 'NR > 1 { print $5, $NF }' | sort | uniq -c | "
            "awk '{ print $1 }' | sort -n | uniq -c | awk '{ print $1 \"x\" $2 }' | tr '\\n' ' '")
            .out == "5x2 5x6 5x12 ");
}

TEST_CASE("split by time tests the last rows, and moments stay together", "[split][cli]") {
  const Shell sh;
  sh(kCustomers);
  CHECK(run(sh,
            "moe split d.csv --order-by day --test 0.25 --train-output a.csv --test-output b.csv -q\n"
            "tail -n +2 a.csv | awk -F, '{ print $6 }' | sort | tail -1 > last\n"
            "tail -n +2 b.csv | awk -F, '{ print $6 }' | sort | head -1 > first\n"
            "cat last first | LC_ALL=C sort -uc && wc -l < b.csv")
            .out == "26\n");
  // 9 is before 10 as a number. Of 2, 2, 2, 10, 10 a test of 3 rows takes both tens, as 2 is nearer to 3 than 5.
  CHECK(run(sh,
            "printf 't\\n2\\n10\\n2\\n9\\n1e1\\n' | moe split --order-by t --test 2 --test-output - -q | tr '\\n' ' '")
            .out == "t 10 1e1 ");
  CHECK(
      run(sh, "printf 't\\n2\\n10\\n2\\n2\\n10\\n' | moe split --order-by t --test 3 --test-output - -q | tr '\\n' ' '")
          .out == "t 10 10 ");
}

TEST_CASE("split writes a column, or files of folds, all or none", "[split][cli]") {
  const Shell sh;
  sh(kCustomers);
  CHECK(run(sh, "moe split d.csv -q | head -2 | tr '\\r' '$'")
            .out.starts_with("id, \"a \"\"name\"\"\",customer,class,day,part$\n"));
  CHECK(run(sh, "printf 'a;b\\n1;2\\n3;4\\n' | moe split --folds 2 --column part -q | head -1").out == "a;b;part\n");
  CHECK(run(sh, "printf '1,2\\n3,4\\n' | moe split --test 1 -q | grep -c -e ,train -e ,test").out == "2\n");
  CHECK(
      run(sh,
          "moe split d.csv --folds 10 --train-output 'a{}.csv' --test-output 'b{}.csv' -q; ls a*.csv b*.csv | wc -l\n"
          "for i in 1 2 3 4 5 6 7 8 9 10; do tail -n +2 b$i.csv; done | sort | cmp - <(tail -n +2 d.csv) && echo all\n"
          "cat a3.csv b3.csv | grep -vc '^id'")
          .out == "20\nall\n100\n");
  const Ran none =
      sh("mkdir e; printf 'x\\n1\\n2\\n3,4\\n' > bad.csv\n"
         "moe split bad.csv --train-output e/a --test-output e/b; echo $?; ls -A e | wc -l\n"
         "printf old > e/a; moe split d.csv --train-output e/a --test-output /dev/full; echo $?; cat e/a; ls -A e");
  INFO(none);
  CHECK(none.out == "3\n0\n5\nolda\n");
  CHECK(none.err.starts_with("moe split: bad.csv:4: 2 fields: expected 1, as in the header\n"));
}

TEST_CASE("what cannot be split is refused", "[split][cli]") {
  const Shell sh;
  sh(kCustomers);
  const struct {
    const char* options;
    int status;
    const char* sentence;
  } refused[] = {
      {"--test 0", 2, "--test: '0': expected a share between 0 and 1, or a whole number of rows"},
      {"--test 1.5", 2, "--test: '1.5': expected a share between 0 and 1, or a whole number of rows"},
      {"--test 100", 3, "--test: 100 of 100 rows: expected fewer than there are"},
      {"--folds 1", 2, "--folds: '1': expected a whole number from 2 to 1000"},
      {"--folds 101", 3, "101 parts of 100 rows: expected at least one in each"},
      {"--folds 11 --group customer", 3, "11 parts of 10 groups: expected at least one in each"},
      {"--folds 5 --test 0.1", 2, "--folds: each fold is tested once: expected it without --test"},
      {"--folds 5 --test-output t.csv", 2,
       "--test-output: 't.csv' is one file for several folds: expected {} in its name, for the number"},
      {"--test-output t --train-output ./t", 2,
       "--train-output and --test-output write the same file 't': expected two different files"},
      {"--group customer --stratify class", 2, "--group and --stratify: expected one of the two"},
      {"--folds 5 --order-by day", 2,
       "--order-by: folds would be tested by rows from before their training: expected --test"},
      {"--group custmer", 2,
       "unknown column 'custmer': did you mean 'customer'? (known: id, a \"name\", customer, class, day)"},
      {"--column day", 2, "--column: the table has a column 'day': expected another name for the new one"},
  };
  for (const auto& [options, status, sentence] : refused) {
    const Ran ran = sh(std::string("moe split d.csv ") + options);
    INFO(ran);
    CHECK(ran.status == status);
    CHECK(ran.err == std::string("moe split: ") + sentence + "\n");
    CHECK(ran.out.empty());
  }
  CHECK(sh("printf 't\\n1.2.2024\\n3.2.2024\\n' | moe split --order-by t").err ==
        "moe split: <stdin>:2:1 t: '1.2.2024' has no place in the order: expected numbers, or dates such as 2024-01-31 "
        "or 2024-01-31 09:05, all of one form\n");
  // Texts whose order is not that of the moments: hours of one digit, names of months, offsets from UTC.
  for (const std::string moments :
       {"2024-01-02 10:05\\n2024-01-02 9:05", "Feb\\nApr", "2024-01-05T09:00:00-05:00\\n2024-01-05T11:00:00+00:00"}) {
    const Ran ran = sh("printf 't\\n" + moments + "\\n' | moe split --order-by t --test 1 --test-output -");
    INFO(ran);
    CHECK(ran.status == 3);
    CHECK(ran.out.empty());
  }
  const Ran times =
      sh("printf 't\\n2024-01-02T10:05Z\\n2024-01-02T09:05Z\\n' | moe split -q --order-by t --test 1 --test-output -");
  CHECK(times.out == "t\n2024-01-02T10:05Z\n");
  CHECK(sh("printf 'g\\na\\n\"\"\\n' | moe split --group g").err ==
        "moe split: <stdin>:3:1 g: the cell is empty: expected a group\n");
  CHECK(sh("printf 'g\\n' | moe split").status == 3);
  const Ran one = sh("printf 'g\\n1\\n' | moe split");
  CHECK(one.status == 3);
  CHECK(one.err == "moe split: 2 parts of 1 row: expected at least one in each\n");
}
