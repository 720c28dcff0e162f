// Models as JSON: export and import, and what import refuses.
#include "moe/import.hpp"

#include <catch2/catch.hpp>
#include <cstring>
#include <functional>
#include <limits>
#include <nlohmann/json.hpp>

#include "every_model.hpp"
#include "model_parts.hpp"
#include "moe/export.hpp"
#include "moe/model_file.hpp"
#include "moe/predict.hpp"
#include "shell.hpp"
#include "throws.hpp"

using Json = nlohmann::json;

namespace {

/// All predictions for some rows.
std::vector<arma::mat> predictions(const moe::Model& model) {
  moe::Random random(73);
  const moe::Dataset data = in_data_units(model, some_rows(model, 50, random));
  moe::Predictive predictive(model);
  predictive.at(data);
  std::vector<arma::mat> result{predictive.weights()};
  if (model.classes()) result.push_back(predictive.probabilities());
  for (arma::uword t = 0; t < model.targets() && !model.classes(); ++t) {
    result.push_back(predictive.expert_means(t));
    if (model.gate->normalised()) result.push_back(predictive.sd(t));
  }
  if (model.gate->normalised()) result.push_back(predictive.log_density());
  return result;
}

/// JSON as a user may write it: two lines of one input, with no more members than needed.
Json small_json() {
  return Json::parse(R"({
    "format": "moe", "version": 1,
    "inputs": ["x", "z"], "target": "y", "family": "gaussian",
    "gate": {"network": "linear", "inputs": ["x"]},
    "experts": [{"network": "linear"}, {"network": "constant"}],
    "parameters": {
      "gate.0": [[0, 1], [0, -1]],
      "expert.1.0": [[1, 2, 3]], "expert.2.0": [[-1]],
      "expert.1.psi": [[0]], "expert.2.psi": [[-1]]
    }
  })");
}

/// The sentence with which import refuses the text. The kind of the error must be that of a model.
std::string said_of(const std::string& text) {
  moe::ErrorKind kind = moe::ErrorKind::kModel;
  const std::string sentence = sentence_of([&] { moe::import_model(text, "m.json"); }, &kind);
  CHECK(kind == moe::ErrorKind::kModel);
  return sentence;
}

}  // namespace

TEST_CASE("a model's JSON brings back every bit of every kind of model", "[import]") {
  for (const auto& [name, model] : every_model()) {
    INFO(name);
    const std::string text = exported(model, "json");
    const moe::Model back = moe::import_model(text, "m.json");
    CHECK(exported(back, "json") == text);
    // The model file contains everything that makes a model.
    CHECK(bytes_of(back) == bytes_of(model));
    const auto expected = predictions(model), got = predictions(back);
    REQUIRE(expected.size() == got.size());
    for (std::size_t i = 0; i < got.size(); ++i) CHECK(same_bits(expected[i], got[i]));
  }
}

TEST_CASE("fits keep their errors, notes and figures on the way through JSON", "[import]") {
  const Shell sh;
  const Ran ran = sh(
      "set -e -o pipefail\n"
      "train() { moe train \"$@\" -q -o m.moe; moe export -m m.moe --format json > m.json; moe import m.json -o n.moe\n"
      "  cmp m.moe n.moe; moe export -m n.moe --format json | cmp - m.json; moe import - < m.json | cmp - n.moe\n"
      "  cmp <(moe inspect --json m.moe) <(moe inspect --json n.moe); }\n"
      "train -y accel -k 3 $DATA/mcycle.csv --restarts 2\n"
      "train -y diagnosis -k 1 --l1 0.01 $DATA/breast_cancer_train.csv\n"
      "{ echo colour,size,price; for i in $(seq 90); do echo \"$([ $((i % 3)) = 0 ] && echo red || echo "
      "blue),$([ $((i % 7)) = 0 ] && echo NA || echo $((i % 11))),$((i % 13 + i % 3))\"; done; } > c.csv\n"
      "train -y price -k 1 --missing indicator --na -9,none c.csv\n"
      "cmp <(moe predict -m m.moe c.csv) <(moe predict -m n.moe c.csv)\n"
      "cmp <(moe eval --json -m m.moe c.csv) <(moe eval --json -m n.moe c.csv)");
  INFO(ran);
  CHECK(ran.status == 0);
}

TEST_CASE("the JSON names the experts that fit their rows exactly, where there are any", "[import]") {
  moe::Model model = moe::import_model(small_json().dump(), "m.json");
  moe::FitStudy& study = model.fit.study.emplace();
  study.shares = {0.5, 0.5};
  study.starved = study.separated = study.exact = arma::vec(2, arma::fill::zeros);
  CHECK_FALSE(Json::parse(exported(model, "json")).at("fit").at("study").contains("exact"));
  study.exact = {0, 1};
  const std::string text = exported(model, "json");
  CHECK(Json::parse(text).at("fit").at("study").at("exact") == Json({0, 1}));
  CHECK(arma::all(moe::import_model(text, "m.json").fit.study->exact == study.exact));
}

TEST_CASE("JSON of several pieces is read whole", "[import]") {
  Json json = small_json();
  for (int i = 0; i < 20000; ++i) {
    json["inputs"].push_back("input number " + std::to_string(i));
    json["parameters"]["expert.1.0"][0].push_back(i);
  }
  const ScratchDir scratch;
  const moe::Model model = moe::import_model(scratch.write("m.json", json.dump()));
  REQUIRE(model.schema.inputs.size() == 20002);
  CHECK(model.schema.inputs[20001] == "input number 19999");
  CHECK(exported(model, "json") == exported(moe::import_model(json.dump(), "m.json"), "json"));
}

TEST_CASE("places are JSON pointers: ~0 stands for ~, ~1 for /", "[import]") {
  Json json = small_json();
  json["parameters"]["a/b~c"] = Json::array();
  CHECK_THAT(said_of(json.dump()), Catch::Contains("/parameters/a~1b~0c:"));
}

TEST_CASE("a script need not say what has a default", "[import]") {
  const moe::Model model = moe::import_model(small_json().dump(), "m.json");
  CHECK(model.gate->name() == "softmax");
  CHECK(model.fit.rows == 0);
  CHECK(model.standardization.input_scale[1] == 1);
  moe::Predictive predictive(model);
  predictive.at({arma::vec{1, 0.5, -2}, arma::mat(1, 0), arma::vec{1}, {}, {}});
  const double g = 1 / (1 + std::exp(-1.0));
  CHECK(predictive.mean()[0] == Approx(g * (1 + 2 * 0.5 + 3 * -2) - (1 - g)).epsilon(1e-14));

  // Some programs write -0 for -0.0, whose sign must be kept. A text "-0" remains a text.
  std::string zeros = small_json().dump();
  zeros.replace(zeros.find("[-1]"), 4, "[-0]");
  const moe::Model zero = moe::import_model(zeros, "m.json");
  CHECK(zero.theta.n_elem == model.theta.n_elem);
  CHECK(arma::accu(zero.theta == 0 && arma::vec(1 / zero.theta) < 0) == 1);
  zeros.replace(zeros.find("\"y\""), 3, "\"\\\"-0\"");
  CHECK(moe::import_model(zeros, "m.json").schema.targets[0] == "\"-0");

  Json columns = small_json();
  columns.erase("inputs");
  columns["columns"] = {{{"name", "x"}}, {{"name", "kind"}, {"levels", {"a", "z"}}}};
  CHECK(moe::import_model(columns.dump(), "m.json").schema.inputs == std::vector<std::string>{"x", "kind=z"});
}

TEST_CASE("an edit of the JSON is an edit of the model", "[import]") {
  const Shell sh;
  const Ran ran =
      sh("set -e -o pipefail\n"
         "moe gen two-lines -o d.csv; moe train d.csv -y y -k 1 -q -o m.moe\n"
         "moe export -m m.moe --format json | sed 's/\"target\": \"y\"/\"target\": \"height\"/' | moe import -o n.moe\n"
         "moe inspect --json n.moe | grep '\"target\"'\n"
         "moe predict -m n.moe d.csv | cmp - <(moe predict -m m.moe d.csv)");
  INFO(ran);
  CHECK(ran.status == 0);
  CHECK(ran.out == "  \"target\": \"height\",\n");
}

TEST_CASE("each mistake in a model's JSON has its place and sentence", "[import]") {
  const auto set = [](const std::string& pointer, const Json& value) {
    Json json = small_json();
    json[Json::json_pointer(pointer)] = value;
    return json.dump();
  };
  const auto erase = [](const std::string& pointer) {
    Json json = small_json();
    const std::size_t slash = pointer.rfind('/');
    json[Json::json_pointer(pointer.substr(0, slash))].erase(pointer.substr(slash + 1));
    return json.dump();
  };
  const std::vector<std::pair<std::string, std::string>> mistakes{
      {"", "there is nothing in it: expected what 'moe export --format json' writes"},
      {"x,y\n1,2\n", "this is not JSON from line 1, column 1 on: expected what 'moe export --format json' writes"},
      {"{\"format\": \"moe\",\n  oops}",
       "this is not JSON from line 2, column 3 on: expected what 'moe export --format json' writes"},
      {R"({"format": "moe", "format": "moe"})", "member 'format' stands twice here: expected it once"},
      {R"({"experts": [{}, {"network": 1, "inputs": [], "network": 1}]})",
       "/experts/1: member 'network' stands twice here: expected it once"},
      {"[[[[[[[[]]]]]]]]",
       "lists and objects in each other, deeper than in any model: expected what 'moe export --format json' writes"},
      {R"({"format": 1e999})", "/format: the number 1e999 is too large: expected one that a double holds"},
      {R"({"a": {"b": [[1, 2], [3, -1e999]]}})",
       "/a/b/1/1: the number -1e999 is too large: expected one that a double holds"},
      {"{\"format\": \"\xff\"}",
       "this is not JSON from line 1, column 13 on: expected what 'moe export --format json' writes"},
      {"[]", "this is a list: expected an object"},
      {"{}", "not a model: expected an object with \"format\": \"moe\""},
      {set("/format", "onnx"), "not a model: expected an object with \"format\": \"moe\""},
      {set("/version", 2), "/version: format version 2: this program reads version 1"},
      {set("/version", "1"), "/version: this is the text '1': expected a whole number of at least 0"},
      {set("/familly", "gaussian"), "/familly: unknown member 'familly': did you mean 'family'?"},
      {set("/gate/links", "softmax"), "/gate/links: unknown member 'links': did you mean 'link'?"},
      {set("/experts/0/sigma", 1), "/experts/0/sigma: unknown member 'sigma'"},
      {set("/targets", {"a"}), "/targets: there is a 'target', too: expected one of them"},
      {erase("/target"), "there is no 'target': expected it"},
      {set("/target", 3), "/target: this is the number 3: expected text"},
      {set("/target", ""), "/target: it has no target"},
      {erase("/inputs"), "there is no 'inputs': expected it"},
      {set("/inputs", {"x", "x"}), "/inputs/1: inputs names 'x' twice"},
      {set("/inputs/0", nullptr), "/inputs/0: this is null: expected text"},
      {set("/inputs/0", std::string("u\0v", 3)), "/inputs/0: 'u\\x00v' holds a zero byte"},
      {set("/labels", {"a"}), "/labels: it has one class only"},
      {set("/labels", {"a", "b"}), "/family: family 'gaussian' describes a number"},
      {set("/columns", {{{"name", "x"}}}), "/inputs: these are 2 inputs: its columns make 1"},
      {set("/columns", {{{"name", "x"}}, {{"name", "a"}}}), "/inputs/1: input 'z' is not what its columns make: 'a'"},
      {set("/target", "z"), "/target: the target 'z' is an input, too"},
      {set("/columns", {{{"name", "x"}}, {{"name", "x"}}}), "/columns/1: columns names 'x' twice"},
      {set("/columns", {{{"name", "x"}, {"indicator", true}}}),
       "/columns/0: a column lacks its value for missing cells"},
      {set("/columns", {{{"name", "x"}, {"levels", {"a"}}, {"fill", 1}}}),
       "/columns/0: a category has what a number has"},
      {set("/columns", {{{"title", "x"}}}), "/columns/0/title: unknown member 'title'"},
      {set("/family", "gausian"), "/family: unknown family 'gausian': did you mean 'gaussian'?"},
      {set("/family", "binomial"),
       "/trials: family 'binomial' counts successes of a number of trials: expected the name of their column"},
      {set("/experts/1/family", "poison"), "/experts/1/family: unknown family 'poison'"},
      {set("/experts/1/family", "gaussian:shared"), "/experts: family 'gaussian:shared' has one sigma in all experts"},
      {erase("/gate"), "there is no 'gate': expected it"},
      {set("/gate", "linear"), "/gate: this is the text 'linear': expected an object"},
      {set("/gate/link", "softmaks"), "/gate/link: unknown gate link 'softmaks': did you mean 'softmax'?"},
      {set("/gate/network", "mlp:0"), "/gate/network: network 'mlp:0'"},
      {set("/gate/inputs", {"X"}), "/gate/inputs/0: unknown input 'X'"},
      {set("/gate/inputs", {"x", "x"}), "/gate/inputs/1: a network reads input 'x' twice"},
      {set("/gate/inputs", {0}), "/gate/inputs/0: this is the number 0: expected text"},
      {set("/experts", Json::array()), "/experts: it has no experts"},
      {erase("/experts/0/network"), "/experts/0: there is no 'network': expected it"},
      {set("/experts/0/network", "cubic"), "/experts/0/network: unknown network 'cubic'"},
      {set("/experts/0/network", "mlp:1000000,1000000"),
       "/parameters: its networks have more parameters than there are numbers here"},
      {erase("/parameters"), "there is no 'parameters': expected it"},
      {erase("/parameters/gate.0"), "/parameters: there is no 'gate.0': expected it"},
      {set("/parameters/gate.1", Json::array()), "/parameters/gate.1: unknown member 'gate.1': did you mean 'gate.0'?"},
      {set("/parameters/gate.0", {{0, 1}}), "/parameters/gate.0: these are 1 rows: expected 2"},
      {set("/parameters/gate.0/1", {0, 1, 2}), "/parameters/gate.0/1: these are 3 numbers: expected 2"},
      {set("/parameters/gate.0/1/0", "0"), "/parameters/gate.0/1/0: this is the text '0': expected a number"},
      {set("/parameters/gate.0/1", 7), "/parameters/gate.0/1: this is the number 7: expected a list of numbers"},
      {set("/standardization", {{"inputs", 1}}), "/standardization/inputs: unknown member 'inputs'"},
      {set("/standardization/features/scale", {1, 0}),
       "/standardization/features/scale/1: a scale is not above 0 and finite"},
      {set("/standardization/features/center", {1}),
       "/standardization/features/center: these are 1 numbers: expected 2"},
      {set("/standardization/target/scale", -1), "/standardization/target/scale: a scale is not above 0 and finite"},
      {set("/standardization/target/center", {0}), "/standardization/target/center: this is a list: expected a number"},
      {set("/fit", {{"objective", "mee"}}), "/fit/objective: unknown objective 'mee'"},
      {set("/fit", {{"rows", -1}}), "/fit/rows: a count of its fit is none"},
      {set("/fit", {{"rows", nullptr}}), "/fit/rows: a count of its fit is none"},
      {set("/fit", {{"l2", 1}}), "/fit: a penalty of its fit is below 0, or no number"},
      {set("/fit", {{"l1", -1}}), "/fit/l1: a penalty of its fit is below 0, or no number"},
      {set("/fit", {{"sd", 1}}), "/fit/sd: unknown member 'sd'"},
      {set("/fit/study", {{"shares", {1}}, {"starved", {0, 0}}, {"steps", {0, 0}}, {"supremum", nullptr}}),
       "/fit/study/shares: its fit tells of other experts than its own"},
      {set("/fit/uncertainty",
           {{"degrees_of_freedom", 0}, {"residual_standard_error", nullptr}, {"covariance_factor", {{1, 2}}}}),
       "/fit/uncertainty/covariance_factor/0: these are 2 numbers: expected 10"},
      {set("/fit/uncertainty",
           {{"degrees_of_freedom", -1}, {"residual_standard_error", nullptr}, {"covariance_factor", Json::array()}}),
       "/fit/uncertainty: it has degrees of freedom, or a residual standard error, below 0"},
  };
  for (const auto& [text, sentence] : mistakes) CHECK_THAT(said_of(text), Catch::StartsWith("m.json: " + sentence));
  Json several = small_json();
  several.erase("target");
  several["targets"] = {"y", "u"};
  several["offset"] = "o";
  several["parameters"]["expert.1.0"] = {{1, 2, 3}, {1, 2, 3}};
  CHECK(said_of(several.dump()) == "m.json: /offset: offset tells of one target, and there are 2");
}

TEST_CASE("the JSON Schema describes every export, and nothing else", "[import][schema]") {
  const Shell sh;
  int count = 0;
  for (const auto& named : every_model())
    sh.write("good" + std::to_string(++count) + ".json", exported(named.model, "json"));
  sh.write("good.json", small_json().dump());
  const std::vector<std::pair<std::string, Json>> wrong{
      {"/format", "onnx"},
      {"/version", 2},
      {"/familly", "gaussian"},
      {"/target", 3},
      {"/target", ""},
      {"/targets", {"a", "b"}},
      {"/inputs", {"x", "x"}},
      {"/labels", {"a"}},
      {"/columns", {{{"name", "x"}, {"indicator", true}}}},
      {"/columns", {{{"name", "x"}, {"levels", {"a", "b"}}, {"fill", 1}}}},
      {"/gate/link", "softmaks"},
      {"/gate/inputs", {0}},
      {"/experts", Json::array()},
      {"/experts/0/sigma", 1},
      {"/parameters/expert.0.0", {{1}}},
      {"/parameters/gate.0", {1, 2}},
      {"/parameters/expert.1.psi", {{1}, {2}}},
      {"/standardization/features/scale", {1, 0}},
      {"/fit", {{"rows", -1}}},
      {"/fit", {{"sd", 1}}},
  };
  for (std::size_t i = 0; i < wrong.size(); ++i) {
    Json json = small_json();
    json[Json::json_pointer(wrong[i].first)] = wrong[i].second;
    sh.write("bad" + std::to_string(i) + ".json", json.dump());
  }
  const Ran ran =
      sh("python3 - <<'END'\n"
         "import glob, json, jsonschema\n"
         "schema = json.load(open('" MOE_SOURCE
         "/lib/model.schema.json'))\n"
         "jsonschema.Draft202012Validator.check_schema(schema)\n"
         "validator = jsonschema.Draft202012Validator(schema)\n"
         "for name in sorted(glob.glob('good*.json')):\n"
         "  for error in validator.iter_errors(json.load(open(name))): print(name, error)\n"
         "for name in sorted(glob.glob('bad*.json')):\n"
         "  if validator.is_valid(json.load(open(name))): print(name, 'is accepted')\n"
         "print(len(glob.glob('good*.json')), len(glob.glob('bad*.json')))\n"
         "END");
  INFO(ran);
  CHECK(ran.status == 0);
  CHECK(ran.out == std::to_string(count + 1) + " " + std::to_string(wrong.size()) + "\n");
}

TEST_CASE("import says which file it cannot use, and how", "[import][cli]") {
  const Shell sh;
  const Ran none = sh("moe import none.json -o m.moe");
  CHECK(none.status == 5);
  const Ran damaged =
      sh("echo '{\"format\": \"moe\", \"version\": 1}' > m.json; moe import m.json -o m.moe; s=$?; ls; exit $s");
  INFO(damaged);
  CHECK(damaged.status == 4);
  CHECK(damaged.err == "moe import: m.json: there is no 'inputs': expected it\n");
  CHECK(damaged.out.find("m.moe") == std::string::npos);
  CHECK(sh("echo '[]' | moe import -o m.moe").err == "moe import: <stdin>: this is a list: expected an object\n");
}
