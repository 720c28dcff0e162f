// The page of `moe report`, without a browser: what it holds, how long it is, and that names of the data stay text.
// tests/report/browser.js opens such pages (`make report-test`).
#include "moe/report.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <nlohmann/json.hpp>
#include <regex>

#include "shell.hpp"

namespace {

using Json = nlohmann::json;

constexpr const char* kHostile = "</script><b>bold";

/// A table whose names and levels would be markup in a page that took them as such.
constexpr const char* kHostileTable = R"(awk 'BEGIN { print "\"</script><b>bold\",\"\"\"><img src=x>\",\"a&lt;b\",y"
  for (i = 0; i < 120; ++i)
    printf "%g,%s,%g,%.3f\n", i % 17, i % 3 ? "<!--" : "{{model}}", i * i % 11, i % 17 + sin(i) }' > d.csv
)";

/// The report within the page.
Json report_in(const std::string& page) {
  const std::string begin = "<script type=\"application/json\" id=\"report\">";
  const std::size_t from = page.find(begin) + begin.size();
  return Json::parse(page.substr(from, page.find("</script>", from) - from));
}

std::size_t count(const std::string& text, const std::string& what) {
  std::size_t result = 0;
  for (std::size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += what.size()) ++result;
  return result;
}

/// How many values are neither texts, booleans nor finite numbers, at any depth.
std::size_t nothings(const Json& json) {
  if (json.is_structured()) {
    std::size_t result = 0;
    for (const Json& item : json) result += nothings(item);
    return result;
  }
  return json.is_null() || (json.is_number() && !std::isfinite(json.get<double>())) ? 1 : 0;
}

}  // namespace

TEST_CASE("names of the data are text in the page, never markup", "[report]") {
  const Shell sh;
  const Ran ran = sh(std::string(kHostileTable) +
                     "moe train -q -k 2 -y y --gate-l2 0.01 d.csv -o m.moe && moe report -m m.moe d.csv -o r.html");
  INFO(ran);
  REQUIRE(ran.status == 0);
  const std::string page = ScratchDir::read(sh.path("r.html"));
  CHECK(count(page, "<b>") == 0);
  CHECK(count(page, "<img") == 0);
  CHECK(count(page, "var moeModel = (") == 1);  // a level is called as the place for it in the template
  CHECK(count(page, "</script>") == 4);         // the report, Plot, the model, the page's own
  const Json report = report_in(page);
  std::vector<std::string> names;
  for (const Json& input : report["what_if"]["inputs"]) names.push_back(input["name"]);
  std::sort(names.begin(), names.end());
  CHECK(names == std::vector<std::string>{"\"><img src=x>", kHostile, "a&lt;b"});
}

TEST_CASE("a page's numbers are finite, and a page loads nothing", "[report]") {
  const Shell sh;
  const Ran ran = sh(
      "awk 'BEGIN { print \"x,same,colour,y\"; for (i = 0; i < 90; ++i) printf \"%s,7,%s,%s\\n\", i % 9 ? i : \"\", i "
      "% 4 ? \"red\" : \"blue\", i % 30 + i % 7 }' > d.csv && head -n 2 d.csv > one.csv\n"
      "moe train -q -k 2 -y y --missing indicator --gate-l2 0.01 --report fit.html d.csv -o m.moe && moe report -m "
      "m.moe d.csv -o all.html && moe report -m m.moe one.csv -o one.html && moe report -m m.moe -o none.html\n"
      "moe train -q -k 1 -y colour --features x --missing mean --l2 0.1 d.csv -o c.moe && moe report -m c.moe d.csv -o "
      "classes.html");
  INFO(ran);
  REQUIRE(ran.status == 0);
  const std::regex addresses("https?://(?!www\\.w3\\.org/|www\\.apache\\.org/licenses/)");
  const std::regex loading(
      "\\b(src|href)\\s*=\\s*[\"']?(https?:|//)|@import|url\\(\\s*[\"']?(https?:|//)|\\bfetch\\(|"
      "XMLHttpRequest|\\bimport\\(");
  for (const std::string file : {"fit.html", "all.html", "one.html", "none.html", "classes.html"}) {
    INFO(file);
    const std::string page = ScratchDir::read(sh.path(file));
    CHECK(nothings(report_in(page)) == 0);
    CHECK(!std::regex_search(page, addresses));
    CHECK(!std::regex_search(page, loading));
    CHECK(page.find("default-src 'none'") != std::string::npos);
    CHECK(page.find("var moeModel = (") != std::string::npos);
  }
  const Json fit = report_in(ScratchDir::read(sh.path("fit.html")));
  const auto& sections = fit["sections"];
  const auto course =
      std::find_if(sections.begin(), sections.end(), [](const Json& one) { return one["id"] == "fit"; });
  REQUIRE(course != sections.end());
  CHECK(!(*course)["figures"].empty());
}

TEST_CASE("the same model and rows give the same page, whatever the number of threads", "[report]") {
  const Shell sh;
  const Ran ran =
      sh("moe train -q -k 2 --gate-l2 1e-5 -y accel $DATA/mcycle.csv -o m.moe\n"
         "for t in 1 2 1; do moe report -m m.moe $DATA/mcycle.csv --threads $t | cksum; done | sort -u | wc -l");
  INFO(ran);
  CHECK(ran.out == "1\n");
}

TEST_CASE("the page of 100,000 rows is shorter than 3 MB, and says that it draws some of them", "[report]") {
  const Shell sh;
  const Ran ran =
      sh("moe gen experts -n 100000 -d 20 -k 3 -o d.csv && moe train -q -k 3 --restarts 1 --epochs 5 d.csv -o m.moe\n"
         "moe report -m m.moe d.csv -o r.html && stat -c %s r.html");
  INFO(ran);
  REQUIRE(ran.status == 0);
  CHECK(std::stoul(ran.out) < 3'000'000);
  std::size_t thinned = 0;
  const Json report = report_in(ScratchDir::read(sh.path("r.html")));
  for (const Json& section : report["sections"])
    for (const Json& figure : section["figures"])
      if (figure["thinned"].get<std::string>().find(" of 100,000 rows") != std::string::npos) ++thinned;
  CHECK(thinned > 0);
}

TEST_CASE("a page of a model that JavaScript cannot hold has no panel, and a note on it", "[report]") {
  const Shell sh;
  const Ran ran =
      sh("awk 'BEGIN { print \"x,y\"; for (i = 1; i < 200; ++i) { u = i / 200 - 0.5; s = u < 0 ? -1 : 1;\n"
         "  printf \"%g,%.12g\\n\", (i * 37) % 200 / 200, s * ((1 / (1 - 2 * s * u)) ^ 2.5 - 1) } }' > wild.csv\n"
         "moe train -q -k 1 -y y --family student:0.1 wild.csv -o wild.moe; moe report -m wild.moe wild.csv -o r.html");
  INFO(ran);
  REQUIRE(ran.status == 0);
  const std::string page = ScratchDir::read(sh.path("r.html"));
  CHECK(page.find("var moeModel") == std::string::npos);
  CHECK(page.find("The page has no what-if panel: expert 1's tails are so heavy") != std::string::npos);
  CHECK(nothings(report_in(page)) == 0);
}

TEST_CASE("what keeps a figure from being drawn is a sentence", "[report]") {
  const Shell sh;
  if (sh("command -v node").status != 0) {
    WARN("there is no node here");
    return;
  }
  for (const char* const file : {"elements.js", "figure.js"})
    sh.write(file, ScratchDir::read(std::string(MOE_SOURCE "/lib/src/report/page/") + file));
  sh.write("try.js", R"(
const axis = (scale, categories) => ({ label: "", scale, categories });
const words = { id: "", title: "", caption: "", thinned: "" };
const figure = (x, y, ...marks) => ({ ...words, x: axis(x, ["a", "b"]), y: axis(y, ["a", "b"]), marks });
const say = (...all) => console.log(faultOf(figure(...all)));
say("linear", "linear", { kind: "line", series: "s", x: [1, 2], y: [3, 4] });
say("linear", "linear", { kind: "line", series: "s", x: [1, 2], y: [3, null] });
say("linear", "linear", { kind: "points", series: "", x: [1, Infinity], y: [NaN, 4] });
say("linear", "linear", { kind: "band", series: "s", x: [1, 2], y: [3, 4] });
say("linear", "linear", { kind: "band", series: "s", x: [1, 2], y: [3, 4], y2: [5] });
say("log", "linear", { kind: "line", series: "s", x: [0, 2], y: [3, 4] });
say("linear", "log", { kind: "points", series: "s", x: [1, 2], y: [-3, 4] });
say("linear", "log", { kind: "bars", series: "s", x: [1], x2: [2], y: [3] });
say("categories", "linear", { kind: "bars", series: "s", x: [0, 2], y: [3, 4] });
say("linear", "linear", { kind: "bars", series: "s", x: [0], x2: [1], y: [3], lower: [2] });
say("linear", "linear", { kind: "pie", series: "s", x: [0], y: [3] });
say("linear", "linear");
say("log", "log", { kind: "line", series: "s", x: [1e-300, 2], y: [3, 4] }, { kind: "rule", series: "", y: [1] });
)");
  const Ran ran = sh("cat elements.js figure.js try.js > all.js && node all.js");
  INFO(ran);
  CHECK(ran.out ==
        "\n"
        "“s” has no number at 1 of 2 places.\n"
        "a mark of kind points has no number at 1 of 2 places.\n"
        "“s” lacks its numbers y2.\n"
        "“s” lacks an end at some of its places.\n"
        "“s” has values of 0 or below, which a logarithmic axis cannot show.\n"
        "“s” has values of 0 or below, which a logarithmic axis cannot show.\n"
        "“s” are bars, which have no beginning on a logarithmic axis.\n"
        "“s” names a category that there is not.\n"
        "“s” has one end of its error bars only.\n"
        "“s” is of a kind that this page does not know.\n"
        "It has nothing to show.\n"
        "\n");
}

TEST_CASE("a finding becomes a note and its advice", "[report]") {
  const moe::ReportNote both = moe::note_of("warning: the fit has not converged (epochs): expected more --epochs");
  CHECK(both.text == "The fit has not converged (epochs).");
  CHECK(both.advice == "What helps: more --epochs.");
  const moe::ReportNote one = moe::note_of("note: 3 rows left out: cells are missing");
  CHECK(one.text == "3 rows left out: cells are missing.");
  CHECK(one.advice.empty());
}

TEST_CASE("a report that cannot be is a sentence, and leaves no file", "[report]") {
  const Shell sh;
  const Ran made = sh("moe train -q -k 2 --gate-l2 1e-5 -y accel $DATA/mcycle.csv -o m.moe");
  REQUIRE(made.status == 0);
  const auto refused = [&](const std::string& command, int status, const std::string& sentence) {
    const Ran ran = sh(command);
    INFO(ran);
    CHECK(ran.status == status);
    CHECK(ran.out.empty());
    CHECK(ran.err == sentence + "\n");
  };
  refused("moe train -k 2 -y accel $DATA/mcycle.csv --report - -o n.moe", 2,
          "moe train: --report: standard output is the model's: expected a file");
  refused("moe report m.moe -o r.html", 2, "moe report: no model: expected -m FILE, or -m - for standard input");
  refused("printf 'x,accel\\n1,2\\n' > other.csv && moe report -m m.moe other.csv -o r.html", 3,
          "moe report: other.csv: there is no column 'times': expected the model's inputs");
  refused("moe train -q -k 200 -y accel $DATA/mcycle.csv --report r.html -o n.moe", 3,
          "moe train: 200 experts and 133 rows: expected fewer experts, or more rows");
  CHECK(sh("ls r.html n.moe").out.empty());
  // Rows without a target are drawn, and a note says what they cannot tell.
  const Ran without = sh("cut -d, -f1 $DATA/mcycle.csv > x.csv && moe report -m m.moe x.csv -o x.html");
  INFO(without);
  CHECK(without.status == 0);
  CHECK(ScratchDir::read(sh.path("x.html")).find("The rows have no target") != std::string::npos);
}

TEST_CASE("a page has the score and the conformal figures of its rows, and few sentences on many experts", "[report]") {
  const Shell sh;
  const Ran ran =
      sh("moe gen two-lines -n 200 -o d.csv; moe gen two-lines -n 150 --seed 2 -o e.csv\n"
         "moe train -q --committee 5 -k 4 --l2 1e-3 --conformal folds d.csv -o m.moe\n"
         "moe report -m m.moe e.csv -o r.html && moe eval -m m.moe --json e.csv");
  INFO(ran);
  REQUIRE(ran.status == 0);
  const Json report = report_in(ScratchDir::read(sh.path("r.html"))), figures = Json::parse(ran.out);
  const auto shown = [&](const std::string& name) {
    for (const Json& row : report["sections"][0]["tables"][0]["rows"])
      if (row[0] == name) return std::stod(row[1].get<std::string>());
    return -1.0;
  };
  CHECK(shown("nll") == Approx(figures["nll"].get<double>()).epsilon(1e-5));
  CHECK(shown("crps") == Approx(figures["crps"].get<double>()).epsilon(1e-5));
  CHECK(shown("conformal coverage of 90 % intervals") ==
        Approx(figures["conformal_coverage"]["0.9"].get<double>()).epsilon(1e-5));
  CHECK(shown("conformal width of 50 % intervals") ==
        Approx(figures["conformal_width"]["0.5"].get<double>()).epsilon(1e-5));
  for (const Json& section : report["sections"])
    if (section["id"] == "experts") {
      CHECK(section["text"].size() == 13);
      CHECK(section["text"][12].get<std::string>().starts_with("The other 8 experts answer for "));
    }
}

TEST_CASE("the page of an automatic fit has what was tried, as its summary does", "[report]") {
  const Shell sh;
  const Ran ran = sh("moe gen two-lines -n 80 -o d.csv; moe train --effort 1 --report r.html d.csv -o m.moe");
  INFO(ran);
  REQUIRE(ran.status == 0);
  const Json report = report_in(ScratchDir::read(sh.path("r.html")));
  const Json* table = nullptr;
  bool drawn = false;
  for (const Json& section : report["sections"]) {
    for (const Json& each : section["tables"])
      if (each["title"] == "Models that were tried") table = &each;
    for (const Json& figure : section["figures"]) drawn = drawn || figure["id"] == "tried";
  }
  REQUIRE(table != nullptr);
  CHECK(drawn);
  // The committee is first. The summary has a line "nll +- error, weight W  OPTIONS" for each model, in the same order.
  const auto number_behind = [&](const std::string& words) {
    return std::stod(ran.err.substr(ran.err.find(words) + words.size()));
  };
  CHECK((*table)["rows"][0][0] == "committee");
  CHECK(std::stod((*table)["rows"][0][1].get<std::string>()) == Approx(number_behind("committee: ")).epsilon(1e-3));
  std::size_t at = 0;
  for (const Json& row : (*table)["rows"]) {
    if (row[0] == "committee") continue;
    const std::size_t found = ran.err.find(" +- ", at);
    REQUIRE(found != std::string::npos);
    const double nll = std::stod(ran.err.substr(ran.err.rfind(' ', found - 1) + 1));
    CHECK(std::stod(row[1].get<std::string>()) == Approx(nll).epsilon(1e-3));
    at = found + 1;
  }
  CHECK((*table)["rows"].size() > 3);
}
