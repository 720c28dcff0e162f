// What must hold of the figures of every model: numbers that can be drawn, JSON, XML, sizes, the same bytes.
#include <algorithm>
#include <catch2/catch.hpp>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "every_model.hpp"
#include "moe/figures.hpp"
#include "shell.hpp"

namespace {

using Json = nlohmann::json;

std::vector<moe::Figure> figures_of(const moe::Report& report) {
  std::vector<moe::Figure> figures;
  for (const moe::ReportSection& section : report.sections)
    figures.insert(figures.end(), section.figures.begin(), section.figures.end());
  return figures;
}

/// The members of a mark that a kind must have; all of one length.
const std::map<std::string, std::vector<std::string>> kMembers{
    {"line", {"x", "y"}},
    {"band", {"x", "y", "y2"}},
    {"points", {"x", "y"}},
    {"bars", {"x", "y"}},
    {"cells", {"x", "x2", "y", "y2", "value"}},
    {"rule", {}},
};

void check_mark(const Json& mark, const Json& figure) {
  const std::string kind = mark["kind"];
  REQUIRE(kMembers.count(kind) == 1);
  std::set<std::size_t> lengths;
  for (const std::string& member : kMembers.at(kind)) REQUIRE(mark.contains(member));
  for (const char* member : {"x", "x2", "y", "y2", "lower", "upper", "value"}) {
    if (!mark.contains(member)) continue;
    lengths.insert(mark[member].size());
    const std::string axis(1, member[0]);
    const bool logarithmic = figure.contains(axis) && figure[axis]["scale"] == "log";
    // What is not finite would be null.
    CHECK(std::all_of(mark[member].begin(), mark[member].end(), [&](const Json& value) {
      return value.is_number() && (!logarithmic || value.get<double>() > 0);
    }));
  }
  CHECK(lengths.size() == 1);
  CHECK(*lengths.begin() > 0);
  if (kind == "line" || kind == "band") CHECK(std::is_sorted(mark["x"].begin(), mark["x"].end()));
}

void check_report(const moe::Report& report) {
  const std::string text = moe::to_json(report);
  CHECK(text.find('<') == text.npos);
  const Json json = Json::parse(text);
  std::set<std::string> ids;
  for (const Json& section : json["sections"]) {
    CHECK((section["figures"].size() + section["tables"].size() + section["text"].size() > 0));
    for (const Json& table : section["tables"])
      for (const Json& row : table["rows"]) CHECK(row.size() == table["columns"].size());
    for (const Json& figure : section["figures"]) {
      INFO(figure["id"]);
      CHECK(ids.insert(figure["id"]).second);
      CHECK(!figure["marks"].empty());
      for (const Json& mark : figure["marks"]) check_mark(mark, figure);
    }
  }
  for (const Json& input : json["what_if"]["inputs"]) CHECK((input["value"].is_number() || input["value"].is_string()));
}

std::size_t characters_in(const std::string& text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xc0) != 0x80; }));
}

void check_sketch(const std::string& sketch) {
  std::istringstream lines(sketch);
  std::size_t count = 0;
  for (std::string line; std::getline(lines, line); ++count) {
    if (characters_in(line) > 80) FAIL_CHECK(line);
  }
  CHECK(count <= 24);
}

}  // namespace

TEST_CASE("every model has figures, with rows, with one row and without", "[figures][laws]") {
  for (const NamedModel& named : every_model()) {
    INFO(named.name);
    moe::Random random(31);
    const moe::Dataset data = in_data_units(named.model, some_rows(named.model, 60, random));
    check_report(moe::make_report(named.model, nullptr));
    const moe::Report report = moe::make_report(named.model, &data);
    check_report(report);
    for (const moe::Figure& figure : figures_of(report)) check_sketch(moe::to_text(figure));
    const moe::Dataset one{data.slice(7, 7)};
    check_report(moe::make_report(named.model, &one));
    moe::Dataset constant = data;
    constant.w[3] = 0;
    if (constant.X.n_rows > 1) constant.X.row(1).fill(constant.X(1, 0));
    check_report(moe::make_report(named.model, &constant));
    moe::Dataset untold = data;
    untold.y.set_size(data.rows(), 0);
    check_report(moe::make_report(named.model, &untold));
  }
}

TEST_CASE("predictions that overflow leave gaps", "[figures]") {
  moe::Model model = make_model({"poisson", "linear", "constant", "softmax", 1, 1});
  model.theta.fill(0);
  model.theta[model.experts[0].offset + 1] = 500;  // exp(500 x) overflows from x = 1.42 on
  moe::Random random(32);
  const moe::Dataset data = in_data_units(model, far_rows(model, 30, random));
  check_report(moe::make_report(model, &data));
}

TEST_CASE("threads change no byte of a report", "[figures]") {
  const moe::Model model = make_committee({"gaussian", "linear", "linear"}, {"student", "mlp:3", "mlp:2"});
  moe::Random random(33);
  const moe::Dataset data = in_data_units(model, some_rows(model, 3000, random));
  moe::FigureOptions options;
  options.rows = 500;
  const std::string one = moe::to_json(moe::make_report(model, &data, options));
  options.threads = 2;
  CHECK(moe::to_json(moe::make_report(model, &data, options)) == one);
  CHECK(one.find("500 of 3,000 rows are drawn") != one.npos);
  options.seed = 2;
  CHECK(moe::to_json(moe::make_report(model, &data, options)) != one);
}

TEST_CASE("figures of every model are XML, whatever its names", "[figures]") {
  const ScratchDir scratch;
  std::size_t count = 0;
  std::string files;
  for (const NamedModel& named : every_model()) {
    moe::Random random(34);
    const moe::Dataset data = in_data_units(named.model, some_rows(named.model, 40, random));
    const std::string name = std::to_string(count++) + ".svg";
    files += scratch.write(name, moe::to_svg(figures_of(moe::make_report(named.model, &data)))) + "\n";
  }
  const std::string list = scratch.write("list", files);
  const std::string script = "import sys, xml.etree.ElementTree as t; [t.parse(f.strip()) for f in open(sys.argv[1])]";
  CHECK(std::system(("python3 -c '" + script + "' " + list).c_str()) == 0);
}

TEST_CASE("moe plot draws, whatever names a table has", "[figures][cli]") {
  const Shell sh;
  const Ran ran = sh(R"sh(
set -e
{ echo '"</svg><b>&""",colour,y'
  for i in $(seq 60); do echo "$((i * 37 % 60)),$([ $((i % 2)) = 0 ] && echo '<i>' || echo 'a&b'),$i"; done; } > d.csv
moe train -q -k 2 --gate-l2 0.01 -y y d.csv -o m.moe 2> /dev/null
for kind in fit gate effects importance dependence residuals pit calibration shares; do
  moe plot -m m.moe d.csv --kind $kind -o $kind.svg
  moe plot -m m.moe d.csv --kind $kind > piped.svg
  cmp $kind.svg piped.svg
  moe plot -m m.moe d.csv --kind $kind --threads 1 | cmp $kind.svg
  moe plot -m m.moe d.csv --kind $kind --json | python3 -c 'import json, sys; [json.loads(l) for l in sys.stdin]'
done
cat > read.py <<'END'
import sys, xml.etree.ElementTree as tree
text = " ".join(tree.parse(sys.argv[1]).getroot().itertext())
assert '</svg><b>&"' in text, text
END
python3 read.py fit.svg
python3 read.py importance.svg
moe plot -m m.moe d.csv --kind residuals --text > sketch
[ $(wc -l < sketch) -le 24 ]
moe plot -m m.moe --kind fit,effects -o bare.svg
python3 read.py bare.svg
cut -d, -f1,2 d.csv | moe plot -m m.moe - --kind dependence -o untold.svg
)sh");
  INFO(ran);
  CHECK(ran.status == 0);
  CHECK(ran.err == "");
  CHECK(sh("moe plot -m m.moe --kind pit").err == "moe plot: pit: it is computed from rows: expected DATA\n");
  CHECK(sh("moe plot -m m.moe --kind pit").status == 2);
  CHECK(sh("moe plot -m m.moe d.csv --kind gate --input color").err ==
        "moe plot: --input: unknown input 'color': did you mean 'colour'? (known: </svg><b>&\", colour)\n");
}
