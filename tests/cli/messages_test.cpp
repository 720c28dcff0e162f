// Text that a message quotes can neither act on a terminal nor fill it. Data are printed as they are.
#include <algorithm>
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "moe/error.hpp"
#include "shell.hpp"

namespace {

/// Whether a terminal would show the text, and nothing else.
bool is_plain(const std::string& text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c == '\n' || (c >= ' ' && c != '\x7f'); });
}

std::size_t longest_line(const std::string& text) {
  std::size_t longest = 0;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    longest = std::max(longest, end - begin);
    begin = end + 1;
  }
  return longest;
}

}  // namespace

TEST_CASE("no error carries what a terminal acts on", "[error]") {
  const moe::Error error(moe::ErrorKind::kData,
                         "a\x1b[31m\nb\xc2\x9b"
                         "2J\xe2\x80\xae\xff");
  CHECK(error.what() == std::string("a\\x1b[31m\\nb\\xc2\\x9b2J\\xe2\\x80\\xae\\xff"));
  // U+202A .. U+202E, U+2066 .. U+2069, U+200E, U+200F and U+061C change the direction of text (UAX 9).
  CHECK(moe::one_line("\xe2\x81\xa6\xe2\x81\xa9\xe2\x80\x8e\xd8\x9c") ==
        "\\xe2\\x81\\xa6\\xe2\\x81\\xa9\\xe2\\x80\\x8e\\xd8\\x9c");
  CHECK(moe::one_line("Größe שלום 数 \xf0\x9f\x99\x82") == "Größe שלום 数 \xf0\x9f\x99\x82");
  // Malformed UTF-8: an overlong form, a surrogate, a character beyond U+10FFFF, a lone continuation byte.
  CHECK(moe::one_line("\xc0\x9b") == "\\xc0\\x9b");
  CHECK(moe::one_line("\xe0\x80\x9b") == "\\xe0\\x80\\x9b");
  CHECK(moe::one_line("\xed\xa0\x80") == "\\xed\\xa0\\x80");
  CHECK(moe::one_line("\xf4\x90\x80\x80") == "\\xf4\\x90\\x80\\x80");
  CHECK(moe::one_line("\x9b") == "\\x9b");
}

TEST_CASE("a long message keeps its place and what was expected", "[error]") {
  const std::string text = "data.csv:3: " + std::string(12000, 'x') + ": expected a number";
  const std::string shown = moe::one_line(text);
  CHECK(shown.size() < 1000);
  CHECK(shown.starts_with("data.csv:3: xxx"));
  CHECK(shown.ends_with("xxx: expected a number"));
  CHECK(moe::one_line(std::string(1000, 'x')) == std::string(1000, 'x'));
  CHECK(moe::listed({"a", "b\n", "c"}, 2) == "a, b\\n and 1 more");
}

TEST_CASE("names with control characters are escaped for people and exact in data", "[cli]") {
  const Shell sh;
  const std::string name = "a\x1b[31mb", other = "l\nz";
  const Ran ran =
      sh("moe train -k 1 $DATA/cases/escape_name.csv -o m.moe; moe inspect -m m.moe; moe train --dry-run "
         "$DATA/cases/escape_name.csv; moe select -k 1 --features 1-2 $DATA/cases/escape_name.csv");
  INFO(ran);
  CHECK(ran.status == 0);
  CHECK(is_plain(ran.out + ran.err));
  CHECK(ran.out.find("\n  a\\x1b[31mb ") != std::string::npos);
  CHECK(ran.out.find("\n  l\\nz ") != std::string::npos);
  const Ran exact = sh("moe inspect -m m.moe --json");
  CHECK(nlohmann::json::parse(exact.out).at("features") == nlohmann::json({name, other}));
  CHECK(nlohmann::json::parse(exact.out).at("experts")[0].at("coefficients").contains(name));
  CHECK(sh("moe predict -m m.moe --append $DATA/cases/escape_name.csv | head -n 2").out ==
        name + ",\"" + other + "\",y,mean\n");
  const Ran lacks = sh("printf 'x,y\\n1,2\\n' | moe predict -m m.moe");
  INFO(lacks);
  CHECK(lacks.err == "moe predict: <stdin>: there is no column 'a\\x1b[31mb': expected the model's inputs\n");
  const Ran one = sh("printf 'x,y\\n1,\\033[31m\\n2,\\033[31m\\n' | moe train");
  INFO(one);
  CHECK(one.status == 3);
  CHECK(is_plain(one.err));
  const Ran labels =
      sh("printf 'x,y\\n1,\\033[31m\\n2,\\033[31m\\n3,\\xe2\\x80\\xaeb\\n2,\\xe2\\x80\\xaeb\\n' > t.csv; moe train "
         "--l2 1 -k 1 t.csv -o "
         "c.moe; moe eval -m c.moe t.csv; moe inspect -m c.moe");
  INFO(labels);
  CHECK(labels.status == 0);
  CHECK(is_plain(labels.out.substr(0, labels.out.find('\xe2'))));
  CHECK((labels.out + labels.err).find("\xe2\x80\xae") == std::string::npos);
  CHECK((labels.out + labels.err).find('\x1b') == std::string::npos);
}

TEST_CASE("thousands of columns and long values do not fill a terminal", "[cli]") {
  const Shell sh;
  const Ran table =
      sh("awk 'BEGIN { for (i = 1; i <= 120; ++i) h = h \"x\" i \",\"; print h \"y\"; for (n = 1; n <= 12; ++n) { r = "
         "\"\"; "
         "for (i = 1; i <= 120; ++i) r = r n * (i > 60 ? i : 1) \",\"; print r n * n } }' > wide.csv\n"
         "moe train -k 1 wide.csv -o w.moe 2>&1; moe train -k 2 -y nosuch wide.csv -o w.moe 2>&1");
  INFO(table);
  CHECK(table.out.find(" more are told exactly by the other inputs") != std::string::npos);
  CHECK(table.out.find("note: 51 more columns are the same as one before them\n") != std::string::npos);
  CHECK(table.out.find(" and 91 more\n") != std::string::npos);
  CHECK(std::count(table.out.begin(), table.out.end(), '\n') < 20);
  CHECK(longest_line(table.out) <= 1100);
  for (const std::string command :
       {"train --missing", "train --objective", "train --validation", "train -y", "predict -m", "train --expert",
        "eval --header", "gen", "export --format", "select -k"}) {
    const Ran ran = sh("value=$(printf 'x%.0s' {1..12000}); printf 'a,b\\n1,2\\n' | moe " + command + " $value");
    INFO(command << ": " << ran.err.substr(0, 1500));
    CHECK(ran.status != 0);
    CHECK(longest_line(ran.err) <= 1100);
  }
}

TEST_CASE("every command is quiet when asked, and -m names a model wherever one is read", "[cli]") {
  const Shell sh;
  const Ran ran = sh(
      "set -e; moe gen two-lines -n 60 -q -o d.csv; moe train -q -k 1 d.csv -o m.moe; moe eval -q -m m.moe d.csv > e\n"
      "moe predict -q -m m.moe d.csv > p; moe inspect -q -m m.moe > i; moe inspect -q m.moe | cmp - i\n"
      "moe inspect -m m.moe d.csv --errors sandwich > s; moe inspect m.moe d.csv --errors sandwich | cmp - s\n"
      "moe export -q -m m.moe --format json -o j; moe import -q j -o k.moe; moe select -q -k 1 d.csv > t\n"
      "moe gen -m m.moe d.csv > g; moe gen --from m.moe d.csv | cmp - g");
  INFO(ran);
  CHECK(ran.status == 0);
  CHECK(ran.err.empty());
  CHECK(sh("moe inspect -m m.moe d.csv d.csv").err.find("expected DATA alone behind -m FILE") != std::string::npos);
}
