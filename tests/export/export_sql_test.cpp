// The SQL export: cells of every type and spelling, rows without a prediction, names, and notes for the user.
#include <catch2/catch.hpp>

#include "export/sql_names.hpp"
#include "export/typed_levels.hpp"
#include "models.hpp"
#include "shell.hpp"

namespace {

/// "PLACE:TEXT ..", with ? for a place that the type does not tell, and - for none.
std::string text(const std::vector<moe::TypedLevel>& levels) {
  std::string result;
  for (const moe::TypedLevel& level : levels)
    result += (level.place == moe::kUnclear   ? "?"
               : level.place == moe::kNoLevel ? "-"
                                              : std::to_string(level.place)) +
              ":" + level.text + " ";
  return result;
}

/// The same, followed by a bar, the levels that need a proof, and the proofs.
std::string text(const moe::TypedDays& days) {
  std::string result = text(days.levels);
  if (!days.proven.empty()) result += "| " + text(days.proven) + "by";
  if (!days.proven.empty())
    for (const std::string& proof : days.proofs) result += " " + proof;
  return result;
}

}  // namespace

TEST_CASE("SQLite scores cells, rows and names as moe predict does", "[export]") {
  const Shell sh;
  const Ran ran = sh("/usr/bin/python3 $DATA/../tests/consumers/sql_cells sqlite $(command -v moe)");
  INFO(ran);
  CHECK(ran.status == 0);
  CHECK(ran.out.find(" 0 wrong") != std::string::npos);
}

TEST_CASE("levels are told as other types write them, and not where two become one", "[export]") {
  const auto of = [](const std::vector<std::string>& levels) {
    return moe::typed_levels(levels, moe::DayReader::kDeclared);
  };
  CHECK(text(of({"No", "YES", "(missing)"}).booleans) == "0:false 1:true ");
  CHECK(text(of({"0", "1"}).booleans) == "0:false 1:true ");
  CHECK(text(of({"no", "true", "yes"}).booleans) == "0:false ?:true ");
  CHECK(text(of({"-0.50", "01", "1e3", "2", "x", "0.0"}).numbers) == "0:-5e-1 1:1 2:1000 3:2 5:0 ");
  CHECK(text(of({"1.1", "1.10", "123456789012345678", "123456789012345679"}).numbers) ==
        "?:11e-1 2:123456789012345678 3:123456789012345679 ");
  CHECK(text(of({"8:00", "17:30:15.250", "24:00", "9:61"}).times) == "0:08:00:00 1:17:30:15.25 ");
}

TEST_CASE("days are levels where the levels tell how they are written, and in DuckDB as its reader reads them",
          "[export]") {
  using moe::DayReader;
  const auto declared = [](const std::vector<std::string>& levels) { return days_of(levels, DayReader::kDeclared); };
  const auto tried = [](const std::vector<std::string>& levels) { return days_of(levels, DayReader::kTriesOrders); };
  for (const DayReader reader : {DayReader::kDeclared, DayReader::kTriesOrders}) {
    const auto of = [&](const std::vector<std::string>& levels) { return days_of(levels, reader); };
    CHECK(text(of({"2024-1-31", "2024-02-30", "0000-01-01", "(missing)"})) == "0:2024-01-31 ");
    CHECK(text(of({"31/01/2024", "01/02/2024"})) == "0:2024-01-31 1:2024-02-01 ");
    CHECK(text(of({"31 01 2024", "24.12.2024"})) == "0:2024-01-31 1:2024-12-24 ");
    CHECK(text(of({"99-01-31", "2024-01-30"})) == "0:1999-01-31 1:2024-01-30 ");
    CHECK(text(of({"12/31/2024", "31/12/2024"})) == "?:2024-12-31 ");
    CHECK(text(of({"1.2.2024", "01.02.2024", "13.2.2024"})) == "?:2024-02-01 2:2024-02-13 ");
  }
  // If a type was declared, any order is possible. DuckDB's reader tries the year first, then the day, then the month.
  CHECK(text(declared({"02.01.2024", "04.04.2024"})) == "?:2024-01-02 ?:2024-02-01 1:2024-04-04 ");
  CHECK(text(tried({"02.01.2024", "04.04.2024"})) == "0:2024-01-02 ?:2024-02-01 1:2024-04-04 ");
  CHECK(text(tried({"02.01.2024", "01.02.2024"})) == "?:2024-01-02 ?:2024-02-01 ");
  CHECK(text(tried({"31.12.24", "02.01.24"})) == "1:2002-01-24 ?:2024-01-02 ?:2024-12-31 0:2031-12-24 ");
  CHECK(text(tried({"24-01-31"})) == "0:2024-01-31 ?:2031-01-24 ");
  CHECK(text(declared({"31.12.24", "13.13.24"})) == "?:2024-12-31 ?:2031-12-24 ");
  // Years of two digits: 69 is 1969 by POSIX, and 70 is the first such year for PostgreSQL.
  CHECK(text(tried({"31.12.69", "30.12.70"})) == "0:1969-12-31 1:1970-12-30 ");
  CHECK(text(declared({"31.12.69", "30.12.70"})) == "1:1970-12-30 0:2069-12-31 ");
  // A part of a table may have been read in an order in which the whole table cannot be read.
  CHECK(text(declared({"01/31/2024", "02/01/2024"})) == "0:2024-01-31 1:2024-02-01 ");
  CHECK(text(tried({"01/31/2024", "02/01/2024"})) ==
        "0:2024-01-31 1:2024-02-01 | -:2024-01-02 by 2024-01-31 2024-02-01");
  CHECK(text(tried({"01/31/2024", "02/01/2024", "01/02/2024"})) ==
        "0:2024-01-31 | 2:2024-01-02 1:2024-02-01 by 2024-01-31");
}

TEST_CASE("moments are levels with and without a time zone", "[export]") {
  const auto plain = [](const std::vector<std::string>& x) { return moments_of(x, moe::DayReader::kTriesOrders); };
  const auto zoned = [](const std::vector<std::string>& x) {
    return zoned_moments_of(x, moe::DayReader::kTriesOrders);
  };
  CHECK(text(plain({"2024-02-29T08:00", "2024-03-01"})) == "0:2024-02-29 08:00:00 1:2024-03-01 00:00:00 ");
  CHECK(text(plain({"01/31/2024 12:30:00 AM", "01/30/2024 1:00:00.250 pm", "01/30/2024 13:00:00 PM"})) ==
        "1:2024-01-30 13:00:00.25 0:2024-01-31 00:30:00 ");
  CHECK(text(plain({"2024-01-31 08:00:00 UTC", "2024-01-31 08:00:00+02"})) == "?:2024-01-31 08:00:00 ");
  CHECK(text(zoned({"2024-01-31T08:00:00Z", "2024-01-31 10:00:00+01:30", "2024-01-01 00:30:00+02",
                    "2024-12-31 23:30:00-0100", "2024-01-31 08:00:00"})) ==
        "2:2023-12-31 22:30:00+00 0:2024-01-31 08:00:00+00 1:2024-01-31 08:30:00+00 3:2025-01-01 00:30:00+00 ");
  CHECK(text(zoned({"2024-01-31T08:00:00Z", "2024-01-31 10:00:00+02"})) == "?:2024-01-31 08:00:00+00 ");
}

TEST_CASE("DuckDB's names have no blanks at their ends but tabs", "[export]") {
  CHECK(moe::without_outer_blanks(" a b \u00A0\u3000") == "a b");
  CHECK(moe::without_outer_blanks("\ta\t") == "\ta\t");
  CHECK(moe::without_outer_blanks("  ") == "  ");
  const Shell sh;
  const Ran ran = sh(R"(
printf '"q ",y\n1,2\n2,4.1\n3,5\n4,7\n' | moe train -q -k 1 -o m.moe
moe export -m m.moe --format sql --dialect duckdb | grep -c '"q"'
moe export -m m.moe --format sql --dialect sqlite | grep -c '"q "'
printf '"q ",q,y\n1,4,2\n2,2,4.1\n3,7,5\n4,1,7\n' | moe train -q -k 1 -o m.moe
moe export -m m.moe --format sql --dialect duckdb
)");
  INFO(ran);
  CHECK(ran.status == 2);
  CHECK(ran.out == "1\n1\n");
  CHECK(ran.err.find("note: the column 'q ' is looked for as 'q'") != std::string::npos);
  CHECK(ran.err.find("in case or in blanks at its ends alone") != std::string::npos);
}

TEST_CASE("names that a database would cut or take for others are told apart, and the user is told", "[export]") {
  std::vector<std::string> notes;
  const auto note = [&](const std::string& sentence) { notes.push_back(sentence); };
  const std::string stem(60, 't');
  const auto cut = moe::sql_outputs({stem + "_one", "short", stem + "_two", "\xC3\xA4" + stem + "\xC3\xA4\xC3\xA4"}, 63,
                                    false, note);
  CHECK(notes.size() == 3);
  CHECK(cut[1] == "short");
  CHECK(cut[0] != cut[2]);
  for (const std::string& name : cut) CHECK(name.size() <= 63);
  CHECK(cut[0].substr(0, 54) == stem.substr(0, 54));
  notes.clear();
  CHECK(moe::sql_outputs({"p_A", "p_a"}, 1000, false, note) == std::vector<std::string>{"p_A", "p_a"});
  CHECK(notes.empty());
  const auto apart = moe::sql_outputs({"p_A", "p_a"}, 1000, true, note);
  CHECK(apart[1].substr(0, 4) == "p_a_");
  CHECK(notes.size() == 1);
}

TEST_CASE("the query's own names begin as no column does", "[export]") {
  moe::Schema schema;
  schema.inputs = {"x", "__MOE_t"};
  CHECK(moe::SqlNames(schema, {"data"}).table() == "__moe___t");
  CHECK(moe::SqlNames(schema, {"__moe__1"}).step(1) == "__moe____1");
}

TEST_CASE("export says which names it shortened, and refuses --unknown where it means nothing", "[export][cli]") {
  const Shell sh;
  const Ran ran = sh(R"(
t=$(printf 't%.0s' $(seq 70))
printf "x,$t\n1,2\n2,4.1\n3,5\n4,7\n" > d.csv
moe train -q -k 1 -y "$t" d.csv -o one.moe
printf "x,a,$t\n1,1,2\n2,3,4.1\n3,2,5\n4,9,7\n" | moe train -q -k 1 -y a,"$t" -o m.moe
moe export -m m.moe --format sql --dialect postgres | grep -c moe_mean_ttt
moe export -m one.moe --format dot --unknown ignore > /dev/null
echo $?
moe export -m one.moe --format c --unknown error > /dev/null
echo $?
moe export -m one.moe --format c --unknown ignore | tail -n 1
)");
  INFO(ran);
  CHECK(ran.out == "1\n2\n2\n}\n");
  CHECK(ran.err.find("note: the column 'moe_mean_ttt") != std::string::npos);
  CHECK(ran.err.find("the database keeps 63 bytes of a name") != std::string::npos);
  CHECK(ran.err.find("--unknown means nothing to format dot") != std::string::npos);
  CHECK(ran.err.find("--unknown error: format c takes a level") != std::string::npos);
}

TEST_CASE("an output that a column is called as gets another name in SQL, and a note", "[export][cli]") {
  const Shell sh;
  const Ran ran =
      sh("(echo moe_mean,x,y; for i in 1 2 3 4 5 6 7 8; do echo $i,$((i * i % 5)),$((3 * i + i % 3)); done) > d.csv\n"
         "moe train -k 1 -q --family gaussian d.csv -o m.moe && moe export -m m.moe --format sql --dialect sqlite -o "
         "m.sql\n"
         "grep -c 'AS \"moe_moe_mean\"' m.sql");
  INFO(ran);
  CHECK(ran.out == "1\n");
  CHECK(ran.err == "note: the output moe_mean is called moe_moe_mean: a column is called moe_mean\n");
}

TEST_CASE("a query's columns are the table's, and predictions by names that say whose they are", "[export]") {
  const Shell sh;
  sh(R"sh(moe gen two-lines -n 60 -o d.csv
awk -F, -v OFS=, 'NR == 1 { print $0, "z", "c"; next } { print $0, $2 - $1, substr("pqr", 1 + NR % 3, 1) }' d.csv > e.csv
cat > names.py <<'END'
import csv, sqlite3
data = sqlite3.connect(":memory:")
data.execute("CREATE TABLE d (%s)" % ", ".join('"%s"' % name for name in next(csv.reader(open("e.csv")))))
print(",".join(column[0] for column in data.execute(open("q.sql").read()).description))
END)sh");
  struct Named {
    const char *options, *names;
  };
  for (const Named& at : {
           Named{"-k 2 -y y --features x1", "moe_mean,moe_sd,moe_gate_1,moe_gate_2,moe_mean_1,moe_mean_2"},
           Named{"-k 1 -y y --features x1", "moe_mean,moe_sd,moe_gate_1,moe_mean_1"},
           Named{"-k 2 -y y,z --features x1",
                 "moe_mean_y,moe_mean_z,moe_sd_y,moe_sd_z,moe_gate_1,moe_gate_2,moe_mean_1_y,moe_mean_2_y,moe_mean_1_z,"
                 "moe_mean_2_z"},
       }) {
    const Ran ran = sh(std::string("moe train -q --gate-l2 1e-3 e.csv ") + at.options +
                       " -o m.moe && moe export -m m.moe --format sql --dialect sqlite --table d -o q.sql && "
                       "/usr/bin/python3 names.py");
    INFO(ran);
    CHECK(ran.out == std::string("x1,y,z,c,") + at.names + "\n");
  }
}
