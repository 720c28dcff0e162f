// The SQL export: cells of every type and spelling, rows without a prediction, names, and words for the user.
#include <catch2/catch.hpp>

#include "models.hpp"
#include "shell.hpp"
#include "src/export/sql_names.hpp"
#include "src/export/typed_levels.hpp"

namespace {

std::string text(const std::vector<moe::TypedLevel>& levels) {
  std::string result;
  for (const moe::TypedLevel& level : levels) result += std::to_string(level.place) + ":" + level.text + " ";
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
  const auto of = [](const std::vector<std::string>& levels) { return moe::typed_levels(levels); };
  CHECK(text(of({"No", "YES", "(missing)"}).booleans) == "0:false 1:true ");
  CHECK(text(of({"0", "1"}).booleans) == "0:false 1:true ");
  CHECK(text(of({"no", "true", "yes"}).booleans) == "0:false ");
  CHECK(text(of({"-0.50", "01", "1e3", "2", "x", "0.0"}).numbers) == "0:-5e-1 1:1 2:1000 3:2 5:0 ");
  CHECK(text(of({"1.1", "1.10", "123456789012345678", "123456789012345679"}).numbers) ==
        "2:123456789012345678 3:123456789012345679 ");
  CHECK(text(of({"8:00", "17:30:15.250", "24:00", "9:61"}).times) == "0:08:00:00 1:17:30:15.25 ");
  CHECK(text(of({"2024-1-31", "2024-02-30", "0000-01-01"}).dates) == "0:2024-01-31 ");
  CHECK(text(of({"31/01/2024", "01/02/2024"}).dates) == "0:2024-01-31 1:2024-02-01 ");
  CHECK(text(of({"1.2.2024", "2.1.2024"}).dates).empty());
  CHECK(text(of({"2024-02-29T08:00", "2024-03-01"}).timestamps) == "0:2024-02-29 08:00:00 1:2024-03-01 00:00:00 ");
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
