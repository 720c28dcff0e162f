// tfjs: a layers-model for tf.loadLayersModel(), in the files model.json and weights.bin. The mixture is a functional
// Keras model in 32 bits:
//
//   inputs -> standardised -> gate, and expert_1 .. expert_K through their hidden layers
//   expert_means = the experts side by side; mean = gate . expert_means, or proba = gate . class probabilities
//
// inputs is N x d, coded as the model's inputs; userDefinedMetadata "columns" tells how the columns of a table become
// inputs. Outputs, in this order: mean N x T or proba N x C; gate N x K; expert_means N x K x T, or for classes each
// expert's probability of the last class, N x K x 1.
#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>

#include "export/formats/exporters.hpp"
#include "moe/error.hpp"
#include "moe/export.hpp"
#include "store/json_text.hpp"

namespace moe {
namespace {

using Names = std::vector<std::string>;

/// The nearest float, which is what a layer can hold.
double in_single(double value) { return static_cast<double>(static_cast<float>(value)); }

// --- Layers ----------------------------------------------------------------------------------------------------------

/// Builds a functional model. Layers are known by their names.
class Layers {
 public:
  std::string input(const std::string& name, arma::uword width) {
    layers_.push_back({{"class_name", "InputLayer"},
                       {"config", {{"batch_input_shape", {nullptr, width}}, {"dtype", "float32"}, {"name", name}}},
                       {"name", name},
                       {"inbound_nodes", Json::array()}});
    return name;
  }
  std::string add(const std::string& class_name, const std::string& name, const Names& from,
                  Json config = Json::object()) {
    config["name"] = name;
    Json nodes = Json::array();
    for (const std::string& layer : from) nodes.push_back({layer, 0, 0, Json::object()});
    layers_.push_back(
        {{"class_name", class_name}, {"config", config}, {"name", name}, {"inbound_nodes", Json::array({nodes})}});
    return name;
  }
  /// kernel: inputs x units.
  std::string dense(const std::string& name, const std::string& from, const arma::mat& kernel, const arma::vec& bias,
                    const char* activation) {
    add("Dense", name, {from}, {{"units", kernel.n_cols}, {"activation", activation}, {"use_bias", true}});
    const arma::mat by_rows = kernel.t();
    weights(name + "/kernel", by_rows.memptr(), {kernel.n_rows, kernel.n_cols});
    weights(name + "/bias", bias.memptr(), {bias.n_elem});
    return name;
  }
  /// (x - center) / scale. The nearest float to the center is subtracted first, and then the difference to the center.
  std::string standardised(const std::string& from, const arma::vec& center, const arma::vec& scale) {
    std::string name = "standardised";
    add("BatchNormalization", name, {from}, {{"axis", -1}, {"epsilon", 0.0}, {"center", true}, {"scale", true}});
    arma::vec rest = center;
    rest.transform([](double c) { return c - in_single(c); });
    const arma::uword d = center.n_elem;
    weights(name + "/gamma", arma::vec(1 / scale).memptr(), {d});
    weights(name + "/beta", arma::vec(-rest / scale).memptr(), {d});
    weights(name + "/moving_mean", center.memptr(), {d});
    weights(name + "/moving_variance", arma::vec(d, arma::fill::ones).memptr(), {d});
    return name;
  }

  std::vector<ExportedFile> files(const Names& inputs, const Names& outputs, const Json& metadata) const {
    const auto ends = [](const Names& names) {
      Json result = Json::array();
      for (const std::string& name : names) result.push_back({name, 0, 0});
      return result;
    };
    const Json config{
        {"name", "moe"}, {"layers", layers_}, {"input_layers", ends(inputs)}, {"output_layers", ends(outputs)}};
    const Json model{
        {"format", "layers-model"},
        {"generatedBy", "moe " MOE_VERSION},
        {"convertedBy", nullptr},
        {"modelTopology",
         {{"class_name", "Model"}, {"config", config}, {"keras_version", "2.15.0"}, {"backend", "tensorflow"}}},
        {"weightsManifest", Json::array({{{"paths", {"weights.bin"}}, {"weights", manifest_}}})},
        {"userDefinedMetadata", metadata}};
    return {{"model.json", model.dump(1) + "\n"}, {"weights.bin", bytes_}};
  }

 private:
  void weights(const std::string& name, const double* values, const std::vector<arma::uword>& shape) {
    manifest_.push_back({{"name", name}, {"shape", shape}, {"dtype", "float32"}});
    arma::uword count = 1;
    for (const arma::uword n : shape) count *= n;
    for (arma::uword i = 0; i < count; ++i) {
      const auto bits = std::bit_cast<std::uint32_t>(static_cast<float>(values[i]));
      for (int byte = 0; byte < 4; ++byte) bytes_ += static_cast<char>(bits >> (8 * byte) & 0xff);
    }
  }

  Json layers_ = Json::array(), manifest_ = Json::array();
  std::string bytes_;
};

// --- The model -------------------------------------------------------------------------------------------------------

[[noreturn]] void refuse(const std::string& why) {
  throw Error(ErrorKind::kUsage, "format tfjs: " + why + ": expected --format onnx, which can");
}

const char* activation_of(const Step& step) {
  return step.kind == Step::Kind::kRelu ? "relu" : step.kind == Step::Kind::kTanh ? "tanh" : "swish";
}

class TfjsWriter {
 public:
  explicit TfjsWriter(const Model& model) : model_(model), d_(model.schema.inputs.size()), K_(model.size()) {}

  std::vector<ExportedFile> write() {
    check();
    z_ = layers_.standardised(layers_.input("inputs", d_), model_.standardization.input_center,
                              model_.standardization.input_scale);
    const Dense gate = hidden(model_.gate_branch, "gate");
    layers_.dense("gate", gate.from, gate.kernel, gate.bias, model_.gate->normalised() ? "softmax" : "linear");
    for (arma::uword k = 0; k < K_; ++k) expert(k);
    const std::string prediction = model_.classes() ? classes() : numbers();
    return layers_.files({"inputs"}, {prediction, "gate", "expert_means"}, metadata());
  }

 private:
  /// The weights of a last step, and the name of the layer that it reads.
  struct Dense {
    std::string from;
    arma::mat kernel;
    arma::vec bias;
  };

  void check() const {
    const Schema& schema = model_.schema;
    if (d_ == 0) refuse("a layers-model has at least one input, and this model has none");
    if (!schema.trials.empty() || !schema.offset.empty() || !schema.exposure.empty())
      refuse("trials, offsets and exposures are no inputs of its layers");
    if (model_.is_committee()) refuse("this export has no layers for the members of a committee");
    if (model_.has_pieces()) refuse("no layer of TensorFlow.js makes pieces of an input");
    if (model_.gate->link() == Gate::Link::kExp)
      refuse("no layer of TensorFlow.js computes the exponential of a positive gate");
    if (!model_.gate->link()) refuse("no layer of TensorFlow.js computes gate link '" + model_.gate->name() + "'");
    for (arma::uword k = 0; k < K_ && !model_.classes(); ++k)
      for (arma::uword t = 0; t < model_.targets(); ++t)
        if (const Family::Link link = marginal(k, t).family->link();
            link == Family::Link::kLog || link == Family::Link::kLogMedian)
          refuse("no layer of TensorFlow.js computes the exponential in the mean of family '" +
                 marginal(k, t).family->name() + "'");
  }

  Family::Marginal marginal(arma::uword k, arma::uword t) const {
    return model_.experts[k].family->marginal(t, model_.theta.memptr() + model_.experts[k].psi_offset);
  }

  /// Adds the hidden layers of a branch. The caller adds its last step.
  Dense hidden(const Branch& branch, const std::string& name) {
    const std::vector<Step>& steps = branch.network->steps();
    Dense at{z_, {}, {}};
    arma::uword powers = 1, layer = 0;
    for (std::size_t i = 0; i < steps.size(); ++i) {
      const Step& step = steps[i];
      if (step.kind == Step::Kind::kPowers) {
        powers = branch.network->degree();
        at.from = powers_of_inputs(powers);
      } else if (step.kind == Step::Kind::kDense) {
        const arma::mat W(model_.theta.memptr() + branch.offset + step.offset, step.height(), step.outputs);
        arma::mat kernel(step.inputs, step.outputs);
        if (step.inputs > 0) kernel = W.tail_rows(step.inputs);  // Armadillo copies no rows to a null reference
        at.kernel = layer == 0 ? of_all_inputs(branch, kernel, powers) : kernel;
        at.bias = step.intercept ? arma::vec(W.row(0).t()) : arma::zeros(step.outputs);
        ++layer;
      } else {
        at.from =
            layers_.dense(name + "_hidden_" + std::to_string(layer), at.from, at.kernel, at.bias, activation_of(step));
      }
    }
    return at;
  }

  /// The kernel of a branch that reads some inputs, with rows of 0 for the other inputs.
  arma::mat of_all_inputs(const Branch& branch, const arma::mat& kernel, arma::uword powers) const {
    arma::mat result(d_ * powers, kernel.n_cols);
    const arma::uword inputs = branch.columns.n_elem - 1;
    for (arma::uword p = 0; p < powers; ++p)
      for (arma::uword j = 0; j < inputs && !kernel.is_empty(); ++j)
        result.row(p * d_ + branch.columns[j + 1] - 1) = kernel.row(p * inputs + j);
    return result;
  }

  /// z, z^2, .. side by side. They are made only once.
  std::string powers_of_inputs(arma::uword degree) {
    // TensorFlow.js (4.22) loses an input that a layer reads twice, so the second reading goes through a layer of its
    // own.
    const std::string again = once("inputs_again", [&] {
      layers_.add("Reshape", "inputs_again", {z_}, {{"target_shape", {d_}}});
    });
    Names parts{z_};
    for (arma::uword p = 2; p <= degree; ++p) {
      const std::string name = "inputs_to_the_" + std::to_string(p);
      parts.push_back(once(name, [&] { layers_.add("Multiply", name, {parts.back(), again}); }));
    }
    const std::string all = "inputs_up_to_the_" + std::to_string(degree);
    return once(all, [&] { layers_.add("Concatenate", all, parts, {{"axis", -1}}); });
  }
  template <class Make>
  std::string once(const std::string& name, const Make& make) {
    if (std::find(made_.begin(), made_.end(), name) == made_.end()) {
      make();
      made_.push_back(name);
    }
    return name;
  }

  /// expert_k: its prediction in the data's units.
  void expert(arma::uword k) {
    const std::string name = "expert_" + std::to_string(k + 1);
    Dense last = hidden(model_.experts[k], name);
    experts_.push_back(name);
    if (model_.classes()) {
      const bool two = model_.family().link() == Family::Link::kLogistic;
      layers_.dense(name, last.from, last.kernel, last.bias, two ? "sigmoid" : "softmax");
      return;
    }
    arma::uvec columns(model_.targets());
    Names activations;
    for (arma::uword t = 0; t < model_.targets(); ++t) {
      const Family::Marginal of_target = marginal(k, t);
      columns[t] = of_target.first_output;
      const double scale = model_.standardization.target_scale[t];
      last.kernel.col(columns[t]) *= scale;
      last.bias[columns[t]] = model_.standardization.target_center[t] + scale * last.bias[columns[t]];
      activations.emplace_back(of_target.family->link() == Family::Link::kLogistic ? "sigmoid" : "linear");
    }
    if (std::count(activations.begin(), activations.end(), activations[0]) == std::ptrdiff_t(activations.size())) {
      layers_.dense(name, last.from, last.kernel.cols(columns), last.bias.elem(columns), activations[0].c_str());
      return;
    }
    Names parts;
    for (arma::uword t = 0; t < columns.n_elem; ++t)
      parts.push_back(layers_.dense(name + "_target_" + std::to_string(t + 1), last.from, last.kernel.col(columns[t]),
                                    last.bias.row(columns[t]), activations[t].c_str()));
    layers_.add("Concatenate", name, parts, {{"axis", -1}});
  }

  /// All experts side by side, K x width.
  std::string side_by_side(const std::string& name, arma::uword width) {
    const std::string all = K_ == 1 ? experts_[0] : layers_.add("Concatenate", "experts", experts_, {{"axis", -1}});
    return layers_.add("Reshape", name, {all}, {{"target_shape", {K_, width}}});
  }
  std::string merged(const std::string& name, const std::string& values) {
    return layers_.add("Dot", name, {"gate", values}, {{"axes", {1, 1}}, {"normalize", false}});
  }

  std::string numbers() { return merged("mean", side_by_side("expert_means", model_.targets())); }

  /// Limits probabilities to 0 .. 1. The sum of the weights may differ from 1 by rounding, or by any amount where the
  /// gate is no softmax.
  std::string classes() {
    const arma::uword C = model_.schema.labels.size();
    if (model_.family().link() == Family::Link::kLogistic) {
      const std::string last =
          layers_.add("ReLU", "positive", {merged("merged", side_by_side("expert_means", 1))}, {{"max_value", 1.0}});
      return layers_.dense("proba", last, arma::mat{{-1, 1}}, arma::vec{1, 0}, "linear");
    }
    const std::string each = side_by_side("expert_proba", C);
    arma::mat last(C, 1);
    last(C - 1, 0) = 1;
    layers_.dense("expert_means", each, last, arma::vec(1), "linear");
    return layers_.add("ReLU", "proba", {merged("merged", each)}, {{"max_value", 1.0}});
  }

  Json metadata() const {
    Json columns = Json::array();
    for (const Column& column : columns_of(model_.schema)) {
      Json entry{{"name", column.name}};
      if (column.category) entry["levels"] = column.levels;
      if (!std::isnan(column.fill)) entry["fill"] = column.fill;
      if (column.indicator) entry["indicator"] = true;
      columns.push_back(entry);
    }
    Json result{
        {"version", MOE_VERSION},
        {"inputs", model_.schema.inputs},
        {"columns", columns},
        {"targets", model_.schema.targets},
        {"family", model_.family_spec()},
        {"gate", model_.gate->name()},
        {"units", "the data's own, of inputs and outputs"},
        {"coding",
         "a column without levels is a number, its fill where the cell is missing, and where it has an indicator a 1 "
         "behind it if it is missing, else 0; one with levels is for each level but the first a 1 or 0, all 0 "
         "for a level that is none of them, levels compared " +
             std::string(model_.schema.levels_by_value
                             ? "by value where all are numbers"
                             : "as texts, a whole number N being the level N.0, too, and N.0 the level N") +
             "; a missing cell has the level (missing) where there is one"}};
    if (model_.classes()) result["labels"] = model_.schema.labels;
    if (!model_.schema.na.empty()) result["missing_words"] = model_.schema.na;
    return result;
  }

  const Model& model_;
  arma::uword d_, K_;
  Layers layers_;
  std::string z_;
  Names made_, experts_;
};

std::vector<ExportedFile> export_tfjs(const Model& model, const ExportOptions&) { return TfjsWriter(model).write(); }

}  // namespace

ExporterEntry tfjs_exporter() {
  return {{"tfjs", "a Keras functional model of named layers for TensorFlow.js (float32): a directory", {}, true},
          export_tfjs};
}

}  // namespace moe
