// Graphs that ONNX's own checker accepts, and layers-models in the form that TensorFlow.js reads; `make consumers` runs
// both.
#include <algorithm>
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <set>

#include "models.hpp"
#include "moe/export.hpp"
#include "moe/model_file.hpp"
#include "moe/registry.hpp"
#include "shell.hpp"
#include "throws.hpp"

namespace {

/// Small models of every family with every network under every gate.
template <class Use>
void for_each_model(const Use& use) {
  std::uint64_t stream = 0;
  const auto of_family = [&](const std::string& family, arma::uword targets) {
    for (const std::string& network : examples(moe::network_words()))
      for (const std::string& link : examples(moe::gate_words())) {
        if (link == "linear" && network.find("no-intercept") != std::string::npos) continue;
        moe::Random random(67, ++stream);
        moe::Model model = make_model({family, network, stream % 3 == 0 ? network : "linear", link, 3, 3,
                                       classes_of(family), stream % 2 == 0, targets});
        randomize(model, random);
        if (stream % 4 == 0) model.schema.offset = "o";
        if (stream % 5 == 0) model.schema.exposure = "e";
        INFO(family << " " << network << " " << link);
        use(model);
      }
  };
  for (const std::string& family : examples(moe::family_words())) of_family(family, 1);
  for (const std::string& family : examples(moe::several_family_words())) of_family(family, 2);
}

/// Columns of every kind, with names that need care.
moe::Model with_columns() {
  moe::Schema schema = some_schema(0, 2);
  moe::Column filled{"mean"};
  filled.fill = 0.5;
  filled.indicator = true;
  schema.columns = {{"gate"},
                    filled,
                    {"größe, \"m²\"\n", {"a", "it's \"b\"", moe::kMissingLevel}, true},
                    {"numbers", {"1", "2.5", moe::kMissingLevel}, true},
                    {"v1", {"only"}, true}};
  schema.inputs = moe::input_names(schema.columns);
  schema.na = {"-99", "none"};
  schema.offset = "gate";
  moe::ModelSpec spec;
  spec.family = "bernoulli";
  for (std::size_t j = 0; j < schema.inputs.size(); ++j) spec.gate_inputs.push_back(j);
  spec.expert_inputs.assign(2, spec.gate_inputs);
  return moe::Model(schema, some_standardization(schema.inputs.size(), 2), spec);
}

std::string in_single(const moe::Model& model) {
  moe::ExportOptions options;
  options.single_precision = true;
  return moe::export_model(model, "onnx", options).front().bytes;
}

/// Runs the checker on each file, and prints the names of the graph's inputs and outputs on one line.
const char* kChecker = R"(import onnx, sys, glob
for path in sorted(glob.glob("*.onnx")):
    try:
        model = onnx.load(path)
        onnx.checker.check_model(model, full_check=True)
    except Exception as error:
        sys.exit(f"{path}: {error}")
    kinds = {t.type.tensor_type.elem_type for t in list(model.graph.output)} - {7}
    print(path, [i.name for i in model.graph.input], [o.name for o in model.graph.output], sorted(kinds))
)";

/// Checks that each layer reads earlier layers only, and that the weights fill weights.bin.
void check_layers_model(const std::vector<moe::ExportedFile>& files) {
  REQUIRE(files.size() == 2);
  REQUIRE(files[0].name == "model.json");
  REQUIRE(files[1].name == "weights.bin");
  const auto model = nlohmann::json::parse(files[0].bytes);
  CHECK(model.at("format") == "layers-model");
  const auto& config = model.at("modelTopology").at("config");
  std::set<std::string> known;
  for (const auto& layer : config.at("layers")) {
    for (const auto& node : layer.at("inbound_nodes"))
      for (const auto& from : node) CHECK(known.count(from.at(0)) == 1);
    CHECK(known.insert(layer.at("name")).second);
  }
  for (const auto& output : config.at("output_layers")) CHECK(known.count(output.at(0)) == 1);
  std::size_t bytes = 0;
  for (const auto& weights : model.at("weightsManifest").at(0).at("weights")) {
    std::size_t count = 1;
    for (const std::size_t n : weights.at("shape")) count *= n;
    bytes += 4 * count;
    const std::string name = weights.at("name");
    CHECK(known.count(name.substr(0, name.find('/'))) == 1);
  }
  CHECK(files[1].bytes.size() == bytes);
}

/// Why a layers-model cannot express the model; "" if it can.
std::string refusal(const moe::Model& model) {
  if (!model.schema.offset.empty() || !model.schema.exposure.empty() || !model.schema.trials.empty())
    return "trials, offsets and exposures";
  if (model.has_pieces()) return "makes pieces of an input";
  if (model.gate->name() == "positive") return "exponential of a positive gate";
  for (const moe::Expert& expert : model.experts)
    for (arma::uword t = 0; t < model.targets() && !model.classes(); ++t)
      if (expert.family->marginal(t, &model.theta[expert.psi_offset]).family->link() == moe::Family::Link::kLog)
        return "exponential in the mean of family";
  return "";
}

}  // namespace

TEST_CASE("ONNX's checker passes graphs of every family, network and gate", "[export][onnx]") {
  const Shell sh;
  int count = 0;
  for_each_model([&](const moe::Model& model) {
    const std::string place = "m" + std::to_string(1000 + ++count) + ".onnx";
    // Some models in 32 bits.
    sh.write(place, count % 4 == 0 ? in_single(model) : moe::export_model(model, "onnx").front().bytes);
  });
  sh.write("check.py", kChecker);
  const Ran ran = sh("/usr/bin/python3 check.py");
  INFO(ran);
  REQUIRE(ran.status == 0);
  CHECK(std::count(ran.out.begin(), ran.out.end(), '\n') == count);
}

TEST_CASE("ONNX graphs take a table's columns by name and say what they hold", "[export][onnx]") {
  const Shell sh;
  const moe::Model model = with_columns();
  sh.write("a.onnx", moe::export_model(model, "onnx").front().bytes);
  sh.write("b.onnx", in_single(model));
  sh.write("check.py", kChecker);
  const Ran ran = sh("/usr/bin/python3 check.py");
  INFO(ran);
  // "gate" is an input and the offset at the same time, so the output of that name is renamed. A column with a single
  // level becomes no input.
  const std::string inputs = "['gate', 'mean', 'größe, \"m²\"\\n', 'numbers']";
  const std::string outputs = "['label', 'proba', 'moe_gate', 'expert_means']";
  CHECK(ran.out == "a.onnx " + inputs + " " + outputs + " [11]\nb.onnx " + inputs + " " + outputs + " [1]\n");
  const Ran said =
      sh("/usr/bin/python3 -c 'import onnx, json; m = onnx.load(\"a.onnx\"); p = {x.key: x.value for x in "
         "m.metadata_props}\n"
         "print(json.loads(p[\"labels\"]), json.loads(p[\"inputs\"])[1], json.loads(p[\"outputs\"])[\"gate\"], "
         "p[\"no_label\"][:2], p[\"version\"] == m.producer_version, "
         "m.ir_version, "
         "m.opset_import[0].version)'");
  INFO(said);
  CHECK(said.out ==
        "['a', 'b'] {'input': 'mean', 'column': 'mean', 'kind': 'number', 'missing': 0.5} moe_gate -1 True 7 13\n");
}

TEST_CASE("ONNX's outputs say what they are", "[export][onnx]") {
  const Shell sh;
  moe::Random random(43);
  moe::Model classes = make_model({"categorical", "linear", "linear", "softmax", 2, 3, 3});
  moe::Model number = make_model({"gaussian", "linear", "linear", "softmax", 2, 3});
  randomize(classes, random);
  randomize(number, random);
  sh.write("classes.onnx", moe::export_model(classes, "onnx").front().bytes);
  sh.write("number.onnx", moe::export_model(number, "onnx").front().bytes);
  const Ran ran =
      sh("/usr/bin/python3 -c 'import onnx\n"
         "for name in (\"classes\", \"number\"):\n"
         "  for x in onnx.load(name + \".onnx\").graph.output:\n"
         "    print(x.name + \": \" + x.doc_string, [d.dim_param or d.dim_value for d in "
         "x.type.tensor_type.shape.dim][1:])'");
  INFO(ran);
  CHECK(ran.out ==
        "label: the most probable class, its place among the labels; -1: none []\n"
        "proba: each class's probability [3]\n"
        "gate: the experts' weights [2]\n"
        "expert_means: each expert's probability of the last class [2]\n"
        "mean: the predicted number [1]\n"
        "sd: its standard deviation [1]\n"
        "gate: the experts' weights [2]\n"
        "expert_means: each expert's mean [2]\n");
}

TEST_CASE(
    "ONNX's inputs are called as the columns; an output that a column is called as has another name, which is said",
    "[export][onnx]") {
  const Shell sh;
  // Inner values have names, too: v1, v2 ..
  const moe::Model model =
      model_of_columns({{"x", {}, false, 0.5, true}, {"v1"}, {"v2", {"a", "b"}, true}, {"sd"}, {"moe_sd"}}, "-9");
  moe::save_model(model, sh.path("m.moe"));
  sh.write("check.py", kChecker);
  const Ran ran = sh("moe export -m m.moe --format onnx -o a.onnx && /usr/bin/python3 check.py");
  INFO(ran);
  CHECK(ran.out == "a.onnx ['x', 'v1', 'v2', 'sd', 'moe_sd'] ['mean', 'moe_moe_sd', 'gate', 'expert_means'] [11]\n");
  CHECK(ran.err ==
        "note: the output sd is called moe_moe_sd: a column is called sd, and inputs have their columns' names\n");
}

TEST_CASE("a category of plain numbers is an input of numbers, one of other codes of texts", "[export][onnx]") {
  const Shell sh;
  const moe::Model model =
      model_of_columns({{"zip", {"1234", "01234", "2.0"}, true}, {"size", {"1", "2.0", "4.5"}, true}}, "-9");
  sh.write("a.onnx", moe::export_model(model, "onnx").front().bytes);
  const Ran ran =
      sh("/usr/bin/python3 -c 'import onnx; g = onnx.load(\"a.onnx\").graph\n"
         "print([(i.name, i.type.tensor_type.elem_type) for i in g.input])\n"
         "a = {x.name: x for x in [n for n in g.node if n.op_type == \"LabelEncoder\"][0].attribute}\n"
         "print(dict(zip([s.decode() for s in a[\"keys_strings\"].strings], a[\"values_int64s\"].ints, strict=True)), "
         "a[\"default_int64\"].i)'");
  INFO(ran);
  CHECK(ran.out ==
        "[('zip', 8), ('size', 11)]\n{'1234': 0, '01234': 1, '2.0': 2, '1234.0': 0, '2': 2, '': 3, 'NA': 3, '?': 3, "
        "'NaN': 3, "
        "'nan': 3, '-9': 3, '-9.0': 3, '(missing)': 3} 0\n");
}

TEST_CASE("a model without inputs is a graph of one row", "[export][onnx]") {
  const Shell sh;
  moe::ModelSpec spec;
  spec.experts = {"constant", "constant"};
  spec.gate = "constant";
  spec.expert_inputs = {{}, {}};
  const moe::Model model(some_schema(0, 0), some_standardization(0, 0), spec);
  sh.write("a.onnx", moe::export_model(model, "onnx").front().bytes);
  sh.write("check.py", kChecker);
  const Ran ran = sh("/usr/bin/python3 check.py");
  INFO(ran);
  CHECK(ran.out == "a.onnx [] ['mean', 'sd', 'gate', 'expert_means'] [11]\n");
}

TEST_CASE("layers-models hold together, or are refused with the reason and a format that can", "[export][tfjs]") {
  int written = 0, refused = 0;
  for_each_model([&](const moe::Model& model) {
    const std::string why = refusal(model);
    if (why.empty()) {
      check_layers_model(moe::export_model(model, "tfjs"));
      ++written;
      return;
    }
    ++refused;
    moe::ErrorKind kind{};
    const std::string sentence = sentence_of([&] { moe::export_model(model, "tfjs"); }, &kind);
    CHECK(kind == moe::ErrorKind::kUsage);
    CHECK(sentence.find(why) != std::string::npos);
    CHECK(sentence.find("--format onnx") != std::string::npos);
  });
  CHECK(written > 50);
  CHECK(refused > 50);
}
