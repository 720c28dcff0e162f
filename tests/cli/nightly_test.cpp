// What a nightly job needs of train, and the script of docs/nightly.md, run night after night.
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "shell.hpp"

using nlohmann::json;

namespace {

/// The script in the page.
std::string script_in_page() {
  const std::string page = ScratchDir::read(MOE_SOURCE "/docs/nightly.md");
  const std::size_t begin = page.find("```sh\n") + 6;
  return page.substr(begin, page.find("```\n", begin) - begin);
}

/// day N SHIFT ROWS: rows of a day, where x has moved by SHIFT.
const char* const kDay = R"sh(
day() {
  awk -v day=$1 -v shift=$2 -v rows=$3 'BEGIN { print "date,x,y"; srand(day)
    for (i = 0; i < rows; ++i) {
      x = rand() * 4 + shift; e = (rand() + rand() + rand() - 1.5) / 2
      printf "2026-03-%02d %02d:%02d,%.4f,%.4f\n", day, i / 60, i % 60, x, (rand() < 0.5 ? 2 * x : 5 - x) + e } }'
}
night() { sh nightly.sh $1 waiting.csv; echo "status $?"; }
day 30 0 40 | cut -d, -f1,2 > waiting.csv
)sh";

}  // namespace

TEST_CASE("the nightly job of the docs", "[nightly][cli]") {
  const Shell sh;
  sh.write("nightly.sh", script_in_page());
  const auto run = [&](const std::string& commands) {
    Ran ran = sh(kDay + commands);
    INFO(ran);
    return ran;
  };
  const Ran first =
      run("day 1 0 200 > day1.csv; night day1.csv; wc -l < all.csv; wc -l < scores.csv; head -1 scores.csv");
  INFO(first);
  CHECK(first.out == "status 0\n201\n41\ndate,x,mean,lower,upper\n");
  CHECK(sh("cmp fitted.csv all.csv | head -1; test -s report.html && echo page").out.ends_with("page\n"));
  // The second night has a model in use, which stays or is replaced.
  const Ran second =
      run("day 2 0 200 > day2.csv; night day2.csv; wc -l < all.csv; wc -l < eval.txt; wc -l < check.txt");
  INFO(second);
  CHECK(second.out.find("status 0\n401\n") != std::string::npos);
  // Bad files change nothing.
  const Ran bad =
      run("md5sum *.moe all.csv fitted.csv > before\n"
          "day 3 0 200 | sed '7s/,[0-9.]*,/,abc,/' > bad.csv; night bad.csv\n"
          "day 3 9 200 > moved.csv; night moved.csv\n"
          "day 3 0 20 > short.csv; night short.csv\n"
          "day 3 0 200 | sed '9s/,[^,]*$/,/' > unknown.csv; night unknown.csv\n"
          "md5sum -c --quiet before && echo unchanged");
  INFO(bad);
  CHECK(bad.out == "status 3\nstatus 1\nstatus 1\nstatus 1\nunchanged\n");
  CHECK(bad.err.find("moe check: bad.csv: 'x': 1 cell is no number (bad.csv:7:2 x): expected") != std::string::npos);
  CHECK(bad.err.find("--require: psi:x is ") != std::string::npos);
  CHECK(bad.err.find("--require: rows is 20") != std::string::npos);
  CHECK(bad.err.find("--require: missing:y is 0.005: expected missing:y<=0\n") != std::string::npos);
}

TEST_CASE("train --summary has the figures of inspect and eval", "[nightly][cli]") {
  const Shell sh;
  const Ran ran =
      sh("moe gen two-lines -n 300 -o d.csv; moe train -k 2 d.csv -o m.moe --summary s.json\n"
         "moe inspect m.moe --json > i.json; moe eval -m m.moe d.csv --json > e.json");
  INFO(ran);
  REQUIRE(ran.status == 0);
  const json summary = json::parse(Shell::read(sh.path("s.json"))),
             inspected = json::parse(Shell::read(sh.path("i.json"))),
             judged = json::parse(Shell::read(sh.path("e.json")));
  for (const char* name : {"rows", "log_likelihood", "parameters", "bic", "converged", "iterations", "objective_value"})
    CHECK(summary.at(name) == inspected.at("fit").at(name));
  CHECK(summary.at("nll").get<double>() == Approx(judged.at("nll").get<double>()).epsilon(1e-9));
  CHECK(summary.at("written") == true);
  CHECK(summary.at("warnings") == 0);
  std::size_t starts = 0;
  for (const json& maximum : summary.at("maxima")) starts += maximum.at("starts").get<std::size_t>();
  CHECK(starts <= summary.at("starts").get<std::size_t>());
  CHECK(sh("moe train -k 2 d.csv -q -o m.moe --summary - | head -1").out == "{\n");
}

TEST_CASE("train --require writes no model where it does not hold", "[nightly][cli]") {
  const Shell sh;
  sh("moe gen two-lines -n 300 -o d.csv; printf old > m.moe");
  const auto said = [&](const std::string& options) {
    const Ran ran = sh("moe train d.csv -q -o m.moe " + options);
    return std::to_string(ran.status) + " " + ran.err;
  };
  CHECK(said("-k 2 --require 'converged<1' --summary s.json") ==
        "1 moe train: --require: converged is 1: expected converged<1: no model written\n");
  CHECK(Shell::read(sh.path("m.moe")) == "old");
  CHECK(json::parse(Shell::read(sh.path("s.json"))).at("written") == false);
  CHECK(said("--effort 1 --require 'held_out_nll<=-9' --summary s.json")
            .starts_with("1 moe train: --require: held_out_nll is "));
  const json automatic = json::parse(Shell::read(sh.path("s.json")));
  CHECK(automatic.at("held_out_nll").get<double>() == -automatic.at("score").get<double>());
  CHECK(automatic.at("tried").size() > 2);
  CHECK(Shell::read(sh.path("m.moe")) == "old");
  CHECK(said("-k 2 --require 'nl<=1'").starts_with("2 moe train: --require: unknown figure 'nl': did you mean 'nll'?"));
  // A figure is known before the fit if a fit of some kind has it; texts and lists are none.
  for (const std::string word : {"labels", "notes", "target"})
    CHECK(said("-k 2 --require '" + word + "<=1'").starts_with("2 moe train: --require: unknown figure '" + word));
  CHECK(said("-k 2 --require 'members<=1'").starts_with("2 moe train: --require: unknown figure 'members'"));
  CHECK(Shell::read(sh.path("m.moe")) == "old");
  CHECK(said("-k 2 --summary m.moe") ==
        "2 moe train: --output and --summary write the same file 'm.moe': expected two different files\n");
  CHECK(said("-k 2 --require 'nll<=9' --require 'warnings<=0'") == "0 ");
  CHECK(sh("moe train -k 2 d.csv -q --summary - > out").err ==
        "moe train: --summary -: standard output is the model's: expected a file, or -o FILE with it\n");
}

TEST_CASE("a fit from a model tells other penalties", "[nightly][resume][cli]") {
  const Shell sh;
  const Ran ran =
      sh("moe gen two-lines -n 300 -o d.csv; moe train -k 2 d.csv --l2 0.5 -q -o a.moe\n"
         "moe train --resume a.moe d.csv -q -o b.moe; moe train --resume a.moe d.csv --l2 0.5 -q -o c.moe");
  INFO(ran);
  CHECK(ran.status == 0);
  CHECK(ran.err ==
        "note: --resume's model was fitted with --l2 0.5, and this fit has 0: it minimises something else\n");
}

TEST_CASE("the command that goes on is one that a shell reads", "[nightly][resume][cli]") {
  const Shell sh;
  const Ran ran = sh(
      "moe gen friedman1 -n 20000 -o 'd e.csv'\n"
      "moe train 'd e.csv' -y y --expert mlp:16 --epochs 100 --every 0 --checkpoint \"c'.moe\" -q -o m.moe 2> said &\n"
      "for i in {1..1200}; do [ -e \"c'.moe\" ] && break; sleep 0.05; done; kill -INT $!; wait $!; echo $?\n"
      "sed 's/.*this goes on: //' said > on.sh; bash on.sh && ls m.moe; cat on.sh");
  INFO(ran);
  CHECK(ran.out ==
        "130\nm.moe\nmoe train --resume 'c'\\''.moe' 'd e.csv' --checkpoint 'c'\\''.moe' --every 0 --quiet --output "
        "m.moe\n");
}
