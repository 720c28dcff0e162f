// Graphs that ONNX's own checker accepts; `make consumers` runs them.
#include <algorithm>
#include <catch2/catch.hpp>

#include "combined_models.hpp"
#include "moe/export.hpp"
#include "moe/model_file.hpp"
#include "shell.hpp"

namespace {

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

}  // namespace

TEST_CASE("ONNX's checker passes graphs of every family, network and gate", "[export][onnx]") {
  const Shell sh;
  int count = 0;
  for_each_combination([&](const moe::Model& model) {
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

TEST_CASE("ONNX's outputs say what they are, and take any number N of rows", "[export][onnx]") {
  // In ONNX a dimension with a name instead of a number is free, and the same wherever the name stands (onnx.proto,
  // TensorShapeProto).
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
         "  g = onnx.load(name + \".onnx\").graph\n"
         "  for x in [*g.input, *g.output]:\n"
         "    print(x.name + \": \" + x.doc_string, [d.dim_param or d.dim_value for d in "
         "x.type.tensor_type.shape.dim])'");
  INFO(ran);
  CHECK(ran.out ==
        "x1: a number ['N', 1]\n"
        "x2: a number ['N', 1]\n"
        "x3: a number ['N', 1]\n"
        "label: the most probable class, its place among the labels; -1: none ['N']\n"
        "proba: each class's probability ['N', 3]\n"
        "gate: the experts' weights ['N', 2]\n"
        "expert_means: each expert's probability of the last class ['N', 2]\n"
        "x1: a number ['N', 1]\n"
        "x2: a number ['N', 1]\n"
        "x3: a number ['N', 1]\n"
        "mean: the predicted number ['N', 1]\n"
        "sd: its standard deviation ['N', 1]\n"
        "gate: the experts' weights ['N', 2]\n"
        "expert_means: each expert's mean ['N', 2]\n");
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
  const Ran ran =
      sh("/usr/bin/python3 check.py && /usr/bin/python3 -c 'import onnx\n"
         "for x in onnx.load(\"a.onnx\").graph.output: print([d.dim_value for d in x.type.tensor_type.shape.dim])'");
  INFO(ran);
  CHECK(ran.out == "a.onnx [] ['mean', 'sd', 'gate', 'expert_means'] [11]\n[1, 1]\n[1, 1]\n[1, 2]\n[1, 2]\n");
}
