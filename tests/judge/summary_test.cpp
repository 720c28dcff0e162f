// What training prints during a fit and at its end.
#include <algorithm>
#include <catch2/catch.hpp>
#include <regex>

#include "shell.hpp"

namespace {

/// The number before the first match.
int count_before(const std::string& text, const std::string& words) {
  std::smatch found;
  return std::regex_search(text, found, std::regex("(\\d+)" + words)) ? std::stoi(found[1]) : -1;
}

}  // namespace

TEST_CASE("the starts of the summary are those of its maxima", "[cli][train]") {
  const Shell sh;
  for (const std::string data : {"accel -k 2 $DATA/mcycle.csv", "CO2 -k 2 $DATA/CO2data.csv"}) {
    const Ran ran = sh("moe train --restarts 12 -o m.moe -y " + data);
    INFO(ran);
    REQUIRE(ran.status == 0);
    const int best = count_before(ran.err, " of 12 starts reached the best");
    REQUIRE(best >= 0);
    const std::size_t at = ran.err.find("maxima: ");
    if (at == std::string::npos) continue;
    const std::string first = ran.err.substr(at, ran.err.find(')', at) - at);
    CHECK(std::max(0, count_before(first, " start")) == best);
    int all = 0;
    const std::string line = ran.err.substr(at, ran.err.find('\n', at) - at);
    const std::regex starts("(\\d+) start");
    for (std::sregex_iterator i(line.begin(), line.end(), starts), end; i != end; ++i) all += std::stoi((*i)[1]);
    CHECK(all <= 12);
  }
}

TEST_CASE("one pass is one pass", "[cli][train]") {
  const Shell sh;
  const Ran ran = sh("moe gen two-lines -n 100 | moe train -k 1 -o m.moe; moe inspect -m m.moe");
  INFO(ran);
  CHECK((ran.err + ran.out).find("1 passes") == std::string::npos);
  CHECK(ran.out.find("(best of 1 start, seed 1)") != std::string::npos);
}

TEST_CASE("no start is numbered beyond the last", "[cli][train]") {
  const Shell sh;
  const Ran ran =
      sh("export DATA; script -qec 'moe train -y accel -k 2 --restarts 4 $DATA/mcycle.csv -o m.moe' /dev/null < "
         "/dev/null | tr '\\r' '\\n'");
  INFO(ran.out.substr(0, 2000));
  const std::regex starts("start (\\d+) of (\\d+)");
  for (std::sregex_iterator i(ran.out.begin(), ran.out.end(), starts), end; i != end; ++i)
    CHECK(std::stoi((*i)[1]) <= std::stoi((*i)[2]));
}

TEST_CASE("several intervals have columns of their own", "[cli]") {
  const Shell sh;
  const Ran ran =
      sh("moe gen two-lines -n 100 -o d.csv; moe train -k 2 -q d.csv -o m.moe\n"
         "moe predict -m m.moe d.csv --output interval:0.5,interval:0.9 > both\n"
         "for level in 0.5 0.9; do moe predict -m m.moe d.csv --output interval:$level > $level; done\n"
         "head -n 1 0.5 both; paste -d , 0.5 0.9 | tail -n +2 > one; tail -n +2 both | cmp - one");
  INFO(ran);
  CHECK(ran.status == 0);
  CHECK(ran.out == "==> 0.5 <==\nlower,upper\n\n==> both <==\nlower_0.5,upper_0.5,lower_0.9,upper_0.9\n");
}

TEST_CASE("the summary's figures are those of eval", "[cli][train]") {
  const Shell sh;
  sh("moe gen two-lines -n 120 -o d.csv; moe gen two-lines -n 80 --seed 7 -o v.csv");
  const auto figure = [](const std::string& text, const std::string& before) {
    std::smatch found;
    REQUIRE(std::regex_search(text, found, std::regex(before + " (-?[0-9.]+)")));
    return std::stod(found[1]);
  };
  const auto eval = [&](const std::string& file, const std::string& name) {
    return figure(sh("moe eval -m m.moe " + file + " | tr -s ' '").out, name);
  };
  const Ran ran = sh("moe train -k 2 --restarts 12 d.csv -o m.moe");
  INFO(ran);
  CHECK(figure(ran.err, "\nnll") == Approx(eval("d.csv", "nll")).epsilon(1e-5));
  CHECK(figure(ran.err, ", log-likelihood") == Approx(eval("d.csv", "log_likelihood")).epsilon(1e-5));
  const std::size_t at = ran.err.find("\nmaxima: ");
  if (at != std::string::npos) {  // the best comes first, and is the fit
    CHECK(figure(ran.err, "\nmaxima:") == Approx(eval("d.csv", "log_likelihood")).margin(1e-3));
    const std::string line = ran.err.substr(at, ran.err.find('\n', at + 1) - at);
    const std::regex maximum("(-[0-9.]+) \\([^)]*start");
    std::vector<double> maxima;
    for (std::sregex_iterator i(line.begin(), line.end(), maximum), end; i != end; ++i)
      maxima.push_back(std::stod((*i)[1]));
    CHECK(std::is_sorted(maxima.rbegin(), maxima.rend()));
  }
  const Ran watched = sh("moe train -k 2 --solver adam --epochs 30 --validation v.csv d.csv -o m.moe");
  INFO(watched);
  CHECK(figure(watched.err, "best validation") == Approx(eval("v.csv", "nll")).epsilon(1e-5));
  CHECK(std::abs(eval("v.csv", "nll") - eval("d.csv", "nll")) >
        1e-4);  // otherwise the one could be mistaken for the other
}
