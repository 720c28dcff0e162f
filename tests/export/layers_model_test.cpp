// Layers-models in the form that TensorFlow.js reads. They are computed here by NumPy, layer by layer as Keras defines the
// layers; `make consumers` runs them in TensorFlow.js itself.
#include <algorithm>
#include <catch2/catch.hpp>
#include <iomanip>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "combined_models.hpp"
#include "moe/export.hpp"
#include "moe/predict.hpp"
#include "shell.hpp"
#include "throws.hpp"

namespace {

/// Computes each folder's layers-model at the rows of inputs.csv, and compares its outputs, side by side, with
/// expected.csv. The layers are those of Keras's documentation (keras.io/api/layers). Prints how many folders there were
/// and the largest difference, relative to the largest number of its column (of gates and probabilities, to 1).
const char* const kKeras = R"(import glob, json, numpy as np
def softmax(x):
    e = np.exp(x - x.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)
def sigmoid(x):
    return 1 / (1 + np.exp(-x))
ACTIVATIONS = {"linear": lambda x: x, "softmax": softmax, "sigmoid": sigmoid, "tanh": np.tanh,
               "relu": lambda x: np.maximum(x, 0), "swish": lambda x: x * sigmoid(x)}
def layer(kind, config, weight, x):
    if kind == "Dense":
        return ACTIVATIONS[config["activation"]](x[0] @ weight("kernel") + weight("bias"))
    if kind == "BatchNormalization":
        root = np.sqrt(weight("moving_variance") + config["epsilon"])
        return (x[0] - weight("moving_mean")) / root * weight("gamma") + weight("beta")
    if kind == "Concatenate":
        return np.concatenate(x, axis=config["axis"])
    if kind == "Reshape":
        return x[0].reshape(len(x[0]), *config["target_shape"])
    if kind == "Multiply":
        return x[0] * x[1]
    if kind == "Dot":
        assert config["axes"] == [1, 1] and not config["normalize"]
        return np.einsum("nk,nkw->nw", *x)
    if kind == "ReLU":
        return np.clip(x[0], 0, config["max_value"])
    raise ValueError(kind)
folders, worst = sorted(glob.glob("m*/")), (0.0, "")
for folder in folders:
    model = json.load(open(folder + "model.json"))
    raw, weights = np.fromfile(folder + "weights.bin", "<f4").astype(float), {}
    for entry in model["weightsManifest"][0]["weights"]:
        size = int(np.prod(entry["shape"]))
        weights[entry["name"]], raw = raw[:size].reshape(entry["shape"]), raw[size:]
    values = {}
    for one in model["modelTopology"]["config"]["layers"]:
        name = one["name"]
        if one["class_name"] == "InputLayer":
            values[name] = np.loadtxt(folder + "inputs.csv", delimiter=",", ndmin=2)
            continue
        read = [values[node[0]] for node in one["inbound_nodes"][0]]
        values[name] = layer(one["class_name"], one["config"], lambda w: weights[name + "/" + w], read)
    outputs = [values[end[0]] for end in model["modelTopology"]["config"]["output_layers"]]
    found = np.concatenate([value.reshape(len(value), -1) for value in outputs], axis=1)
    expected = np.loadtxt(folder + "expected.csv", delimiter=",", ndmin=2)
    assert found.shape == expected.shape, (folder, found.shape, expected.shape)
    far = np.abs(found - expected) / np.maximum(1, np.abs(expected).max(axis=0))
    worst = max(worst, (far.max(), folder))
print(len(folders), *worst)
)";

std::string table(const arma::mat& values) {
  std::ostringstream text;
  text << std::setprecision(17);
  for (arma::uword n = 0; n < values.n_rows; ++n)
    for (arma::uword j = 0; j < values.n_cols; ++j) text << values(n, j) << (j + 1 < values.n_cols ? ',' : '\n');
  return text.str();
}

/// What a layers-model gives for these rows: mean or probabilities, gate, and each expert's mean, the targets of one
/// expert beside each other.
arma::mat outputs_of(const moe::Model& model, const moe::Dataset& data) {
  moe::Predictive predictive(model);
  predictive.at(data);
  arma::mat prediction, experts(data.rows(), model.size() * model.targets());
  if (model.classes()) prediction = predictive.probabilities();
  for (arma::uword t = 0; t < model.targets(); ++t) {
    if (!model.classes()) prediction = arma::join_rows(prediction, predictive.mean(t));
    const arma::mat means = predictive.expert_means(t);
    for (arma::uword k = 0; k < model.size(); ++k) experts.col(k * model.targets() + t) = means.col(k);
  }
  return arma::join_rows(prediction, predictive.weights(), experts);
}

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
      if (const auto link = expert.family->marginal(t, &model.theta[expert.psi_offset]).family->link();
          link == moe::Family::Link::kLog || link == moe::Family::Link::kLogMedian)
        return "exponential in the mean of family";
  return "";
}

}  // namespace

TEST_CASE("layers-models hold together, or are refused with the reason and a format that can", "[export][tfjs]") {
  int written = 0, refused = 0;
  for_each_combination([&](const moe::Model& model) {
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

TEST_CASE("layers-models compute what moe predicts, layer by layer", "[export][tfjs]") {
  const Shell sh;
  int written = 0;
  for_each_combination([&](const moe::Model& model) {
    if (!refusal(model).empty()) return;
    const std::string place = "m" + std::to_string(1000 + ++written) + "/";
    std::filesystem::create_directory(sh.path(place));
    for (const moe::ExportedFile& file : moe::export_model(model, "tfjs")) sh.write(place + file.name, file.bytes);
    moe::Random random(101);
    const moe::Dataset data = in_data_units(model, some_rows(model, 20, random));
    sh.write(place + "inputs.csv", table(data.X.tail_rows(data.X.n_rows - 1).t()));
    sh.write(place + "expected.csv", table(outputs_of(model, data)));
  });
  sh.write("keras.py", kKeras);
  const Ran ran = sh("/usr/bin/python3 keras.py");
  INFO(ran);
  REQUIRE(ran.status == 0);
  std::istringstream said(ran.out);
  int folders = 0;
  double worst = 1;
  said >> folders >> worst;
  CHECK(folders == written);
  CHECK(worst < 1e-5);  // weights have 24 bits
}
