// onnx: the whole model as a graph of standard operators, a table's columns in and predictions in the data's units out.
//
// Inputs, each N x 1, named as their columns:
//   a number    of the graph's type. NaN: missing, filled where the model has a rule, else the row's outputs are NaN
//   a category  of texts a string, missing where it is "" or another word that moe takes for that; of numbers a double, NaN
//               where it is missing: a level where the model has one for that, else the row's outputs are NaN. A level
//               that training has not seen counts as the reference level
//   trials, offset, exposure as the model reads them
// Outputs: mean and sd N x T, or label N (its place in metadata "labels", -1 beside probabilities of NaN) and proba N x C;
// gate N x K; expert_means N x K, of several targets N x K x T. No sd where the gate is no softmax. One that a column is
// called as is "moe_<name>". A model that reads no column gives one row.
// Metadata: version, family, gate, units, no_label, and as JSON inputs, outputs (what: its name), targets, labels,
// missing_words.
#include <algorithm>
#include <stdexcept>

#include "export/exported_table.hpp"
#include "export/formats/exporters.hpp"
#include "export/formats/onnx_columns.hpp"
#include "export/formats/onnx_graph.hpp"
#include "moe/error.hpp"
#include "moe/export.hpp"
#include "store/json_text.hpp"

namespace moe {
namespace {

using Kind = Plan::Kind;
using Op = Expression::Op;
using Type = OnnxGraph::Type;
using Names = std::vector<std::string>;

/// In 32 bits exp and products stop here: a sum of two is finite then, and a weight of 0 takes it away.
constexpr double kLargestExponent = 88, kLargest = 1e38;

std::vector<std::int64_t> signed_of(const std::vector<arma::uword>& values) { return {values.begin(), values.end()}; }

class Translation {
 public:
  Translation(const Model& model, Type real)
      : model_(model),
        plan_(plan_of(model)),
        graph_(real, columns_read(model.schema)),
        columns_(model.schema, graph_),
        names_(plan_.values.size()),
        varies_(plan_.values.size()) {}

  ExportedFile write() {
    std::vector<Plan::Id> wanted = plan_.mean;
    wanted.insert(wanted.end(), plan_.sd.begin(), plan_.sd.end());
    wanted.insert(wanted.end(), plan_.expert_means.begin(), plan_.expert_means.end());
    wanted.push_back(plan_.gate);
    if (plan_.probabilities) wanted.push_back(*plan_.probabilities);
    for (const Plan::Id id : plan_.needed(wanted)) {
      names_[id] = value(plan_.values[id]);
      varies_[id] = is_given(plan_.values[id].kind);
      for (const Plan::Id of : plan_.values[id].of) varies_[id] = varies_[id] || varies_[of];
    }
    outputs();
    metadata();
    return {"",
            graph_.bytes(title_of(model_) + " for '" + join(model_.schema.targets, "', '") +
                         "', inputs and outputs in the data's own units."),
            notes_};
  }

 private:
  static bool is_given(Kind kind) { return kind == Kind::kInputs || kind == Kind::kOffset || kind == Kind::kTrials; }

  std::string value(const Plan::Value& of) {
    switch (of.kind) {
      case Kind::kInputs:
        return columns_.inputs();
      case Kind::kOffset:
        return columns_.offset();
      case Kind::kTrials:
        return columns_.trials();
      case Kind::kTargets:
        break;
      case Kind::kNumbers:
        return graph_.numbers(of.numbers);
      case Kind::kDense:
        return dense(of);
      case Kind::kPick:
        return graph_.node("Gather", {names_[of.of[0]], graph_.integers(signed_of(of.indices))}, {{"axis", 1}});
      case Kind::kJoin: {
        Names parts;
        for (const Plan::Id part : of.of) parts.push_back(of_each_row(part));
        return graph_.node("Concat", parts, {{"axis", 1}});
      }
      case Kind::kSum:
        return graph_.node("ReduceSum", {runs(of), graph_.integers({2})}, {{"keepdims", 0}});
      case Kind::kLargest:
        return graph_.node("ReduceMax", {runs(of)}, {{"axes", std::vector<std::int64_t>{2}}, {"keepdims", 0}});
      case Kind::kEach:
        return each(of);
    }
    throw std::logic_error("onnx: a prediction that needs the target");
  }

  /// [1 x] times the intercepts on the weights: a sum in the order in which moe adds.
  std::string dense(const Plan::Value& of) {
    const arma::mat by_rows = arma::join_rows(arma::vec(of.numbers), of.weights.t());
    std::vector<double> weights;
    for (arma::uword i = 0; i < by_rows.n_cols; ++i)
      weights.insert(weights.end(), by_rows.begin_col(i), by_rows.end_col(i));
    const OnnxGraph::Shape shape{static_cast<std::int64_t>(by_rows.n_cols), static_cast<std::int64_t>(of.width)};
    const std::string with_ones =
        graph_.node("Pad", {names_[of.of[0]], graph_.integers({0, 1, 0, 0}), graph_.numbers({1.0}, {})});
    return graph_.node("MatMul", {with_ones, graph_.numbers(weights, shape)});
  }

  /// N x runs x run.
  std::string runs(const Plan::Value& of) {
    constexpr std::int64_t kAsItIs = 0;
    return graph_.node("Reshape", {names_[of.of[0]], graph_.integers({kAsItIs, static_cast<std::int64_t>(of.width),
                                                                      static_cast<std::int64_t>(of.run)})});
  }

  /// What is the same in every row, once for each of them.
  std::string of_each_row(Plan::Id id) {
    if (varies_[id] || columns_.first().empty()) return names_[id];
    return graph_.node("Expand", {names_[id], graph_.node("Shape", {columns_.first()})});
  }

  std::string each(const Plan::Value& of) {
    Names x;
    for (const Plan::Id id : of.of) x.push_back(names_[id]);
    if (of.op == Op::kIfPositive)
      return graph_.node("Where", {graph_.node("Greater", {x[0], graph_.numbers({0.0})}), x[1], x[2]});
    return graph_.real() == Type::kFloat ? each_in_single(of, x) : graph_.node(operation(of.op), x);
  }

  std::string each_in_single(const Plan::Value& of, const Names& x) {
    const auto is_numbers = [&](Plan::Id id) { return plan_.values[id].kind == Kind::kNumbers; };
    if (of.op == Op::kExp || of.op == Op::kKernelExp)
      return graph_.node("Exp", {graph_.node("Min", {x[0], graph_.numbers({kLargestExponent})})});
    std::string result = graph_.node(operation(of.op), x);
    if (of.op == Op::kMultiply && std::none_of(of.of.begin(), of.of.end(), is_numbers))
      return graph_.node("Clip", {result, graph_.numbers({-kLargest}, {}), graph_.numbers({kLargest}, {})});
    if (of.op != Op::kSubtract || !is_numbers(of.of[1])) return result;
    // What a float cannot hold of the numbers is taken off after the rest is.
    std::vector<double> rest;
    for (const double number : plan_.values[of.of[1]].numbers) rest.push_back(number - static_cast<float>(number));
    const bool exact = std::all_of(rest.begin(), rest.end(), [](double r) { return r == 0; });
    return exact ? result : graph_.node("Sub", {result, graph_.numbers(rest)});
  }

  static const char* operation(Op op) {
    switch (op) {
      case Op::kExp:
      case Op::kKernelExp:
        return "Exp";
      case Op::kLog:
        return "Log";
      case Op::kSqrt:
        return "Sqrt";
      case Op::kAbs:
        return "Abs";
      case Op::kFloor:
        return "Floor";
      case Op::kTanh:
        return "Tanh";
      case Op::kAdd:
        return "Add";
      case Op::kSubtract:
        return "Sub";
      case Op::kMultiply:
        return "Mul";
      case Op::kDivide:
        return "Div";
      case Op::kMin:
        return "Min";
      case Op::kMax:
        return "Max";
      default:
        throw std::logic_error("onnx: no mean or variance needs this operation");
    }
  }

  void outputs() {
    const auto K = static_cast<std::int64_t>(model_.size()), T = static_cast<std::int64_t>(model_.targets()),
               C = static_cast<std::int64_t>(plan_.classes);
    if (plan_.probabilities) {
      const std::string proba = of_each_row(*plan_.probabilities);
      output("label", label(proba), Type::kInt64, {kRows},
             "the most probable class, its place among the labels; -1: none");
      real_output("proba", proba, {kRows, C}, "each class's probability");
    } else {
      real_output("mean", of_targets(plan_.mean), {kRows, T}, "the predicted number");
      if (!plan_.sd.empty()) real_output("sd", of_targets(plan_.sd), {kRows, T}, "its standard deviation");
    }
    real_output("gate", of_each_row(plan_.gate), {kRows, K}, "the experts' weights");
    const char* const what = plan_.probabilities ? "each expert's probability of the last class" : "each expert's mean";
    if (T == 1) return real_output("expert_means", of_each_row(plan_.expert_means[0]), {kRows, K}, what);
    Names parts;
    for (const Plan::Id id : plan_.expert_means)
      parts.push_back(graph_.node("Unsqueeze", {of_each_row(id), graph_.integers({2})}));
    real_output("expert_means", graph_.node("Concat", parts, {{"axis", 2}}), {kRows, K, T}, what);
  }

  /// ArgMax passes over NaN, in some runtimes and batches: a row whose probabilities are none has no label.
  std::string label(const std::string& proba) {
    const std::string sum = graph_.node("ReduceSum", {proba, graph_.integers({1})}, {{"keepdims", 0}});
    const std::string largest = graph_.node("ArgMax", {proba}, {{"axis", 1}, {"keepdims", 0}});
    return graph_.node("Where", {graph_.node("IsNaN", {sum}), graph_.integers({-1}), largest});
  }

  std::string of_targets(const std::vector<Plan::Id>& ids) {
    Names parts;
    for (const Plan::Id id : ids) parts.push_back(of_each_row(id));
    return parts.size() == 1 ? parts[0] : graph_.node("Concat", parts, {{"axis", 1}});
  }

  void real_output(const char* name, const std::string& value, OnnxGraph::Shape shape, const char* comment) {
    if (columns_.first().empty()) shape[0] = 1;
    output(name, value, graph_.real(), shape, comment);
  }

  void output(const std::string& name, const std::string& value, Type type, const OnnxGraph::Shape& shape,
              const std::string& comment) {
    const std::string own = graph_.output(name, value, type, shape, comment);
    called_[name] = own;
    if (own != name)
      notes_.push_back("the output " + name + " is called " + own + ": a column is called " + name +
                       ", and inputs have their columns' names");
  }

  void metadata() {
    graph_.metadata("version", MOE_VERSION);
    graph_.metadata("family", model_.family_spec());
    graph_.metadata("gate", model_.gate->name());
    graph_.metadata("units", "the data's own, of inputs and outputs; standardisation is part of the graph");
    graph_.metadata("outputs", called_.dump());
    graph_.metadata("targets", Json(model_.schema.targets).dump());
    if (!model_.classes()) return;
    graph_.metadata("labels", Json(model_.schema.labels).dump());
    graph_.metadata("no_label", "-1: the row's probabilities are NaN, as a cell is missing");
  }

  static constexpr std::int64_t kRows = OnnxGraph::kRows;
  const Model& model_;
  Plan plan_;
  OnnxGraph graph_;
  OnnxColumns columns_;
  Names names_;
  std::vector<bool> varies_;
  Json called_ = Json::object();  // what an output holds: its name
  Names notes_;
};

std::vector<ExportedFile> export_onnx(const Model& model, const ExportOptions& options) {
  return {Translation(model, options.single_precision ? Type::kFloat : Type::kDouble).write()};
}

}  // namespace

ExporterEntry onnx_exporter() {
  return {
      {"onnx", "the whole model, from a table's columns on, for ONNX runtimes (opset 13)", {"float", "unknown"}, false},
      export_onnx};
}

}  // namespace moe
