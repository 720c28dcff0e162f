// onnx: the whole model as a graph of standard operators. Its inputs are the columns of a table, its outputs are in the
// data's units.
//
// Inputs, each N x 1, named like their columns:
//   a number    of the graph's type. NaN means missing: it is filled in where the model has a rule for that; otherwise
//               the outputs of the row are NaN
//   a category  of texts: a string; "" and the other words that moe takes for missing are missing. Of numbers: a
//               double, NaN if missing. A missing cell is a level where the model has one for that; otherwise the
//               outputs of the row are NaN. A level that training has not seen counts as the reference level
//   trials, offset, exposure as the model reads them
// Outputs:
//   mean and sd, N x T, and what --with asks for, each N x 1; or for classes label, N (its place in metadata "labels"; -1 where the probabilities are NaN),
//   and proba, N x C
//   gate, N x K; expert_means, N x K, or N x K x T for several targets
// There is no sd where the gate is no softmax. An output with the name of a column is called "moe_<name>". A model that
// reads no column gives one row.
//
// Metadata: version, family, gate, units, no_label; and as JSON inputs, outputs (what: its name), targets, labels,
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

using Kind = Graph::Kind;
using Op = Expression::Op;
using Type = OnnxGraph::Type;
using Names = std::vector<std::string>;

/// The limits of exp's argument and of products in 32 bits. The sum of two limited products is finite, and a weight of
/// 0 removes them.
constexpr double kLargestExponent = 88, kLargest = 1e38;

std::vector<std::int64_t> signed_of(const std::vector<arma::uword>& values) { return {values.begin(), values.end()}; }

class Translation {
 public:
  Translation(const Model& model, const GraphRequest& request, Type real)
      : model_(model),
        request_(request),
        graph_(graph_of(model, request)),
        onnx_(real, columns_read(model.schema)),
        columns_(model.schema, onnx_),
        names_(graph_.values.size()),
        varies_(graph_.values.size()) {}

  ExportedFile write() {
    std::vector<Graph::Id> wanted = graph_.mean;
    wanted.insert(wanted.end(), graph_.sd.begin(), graph_.sd.end());
    wanted.insert(wanted.end(), graph_.expert_means.begin(), graph_.expert_means.end());
    wanted.insert(wanted.end(), graph_.bounds.begin(), graph_.bounds.end());
    wanted.push_back(graph_.gate);
    if (graph_.probabilities) wanted.push_back(*graph_.probabilities);
    for (const Graph::Id id : graph_.needed(wanted)) {
      names_[id] = translated(graph_.values[id]);
      varies_[id] = is_given(graph_.values[id].kind);
      for (const Graph::Id operand : graph_.values[id].operands) varies_[id] = varies_[id] || varies_[operand];
    }
    outputs();
    metadata();
    return {"",
            onnx_.bytes(title_of(model_) + " for '" + join(model_.schema.targets, "', '") +
                        "', inputs and outputs in the data's own units."),
            notes_};
  }

 private:
  static bool is_given(Kind kind) { return kind == Kind::kInputs || kind == Kind::kOffset || kind == Kind::kTrials; }

  std::string translated(const Graph::Value& value) {
    switch (value.kind) {
      case Kind::kInputs:
        return columns_.inputs();
      case Kind::kOffset:
        return columns_.offset();
      case Kind::kTrials:
        return columns_.trials();
      case Kind::kTargets:
        break;
      case Kind::kNumbers:
        return onnx_.numbers(value.numbers);
      case Kind::kDense:
        return dense(value);
      case Kind::kPick:
        return onnx_.node("Gather", {names_[value.operands[0]], onnx_.integers(signed_of(value.indices))},
                          {{"axis", 1}});
      case Kind::kJoin: {
        Names parts;
        for (const Graph::Id part : value.operands) parts.push_back(of_each_row(part));
        return onnx_.node("Concat", parts, {{"axis", 1}});
      }
      case Kind::kSum:
        return onnx_.node("ReduceSum", {runs(value), onnx_.integers({2})}, {{"keepdims", 0}});
      case Kind::kLargest:
        return onnx_.node("ReduceMax", {runs(value)}, {{"axes", std::vector<std::int64_t>{2}}, {"keepdims", 0}});
      case Kind::kEach:
        return each(value);
    }
    throw std::logic_error("onnx: a prediction that needs the target");
  }

  /// [1 x] times the intercepts above the weights, so that the sum has the order in which moe adds.
  std::string dense(const Graph::Value& value) {
    const arma::mat by_rows = arma::join_rows(arma::vec(value.numbers), value.weights.t());
    std::vector<double> weights;
    for (arma::uword i = 0; i < by_rows.n_cols; ++i)
      weights.insert(weights.end(), by_rows.begin_col(i), by_rows.end_col(i));
    const OnnxGraph::Shape shape{static_cast<std::int64_t>(by_rows.n_cols), static_cast<std::int64_t>(value.width)};
    const std::string with_ones =
        onnx_.node("Pad", {names_[value.operands[0]], onnx_.integers({0, 1, 0, 0}), onnx_.numbers({1.0}, {})});
    return onnx_.node("MatMul", {with_ones, onnx_.numbers(weights, shape)});
  }

  /// The operand as N x runs x run.
  std::string runs(const Graph::Value& value) {
    constexpr std::int64_t kAsItIs = 0;
    return onnx_.node("Reshape",
                      {names_[value.operands[0]], onnx_.integers({kAsItIs, static_cast<std::int64_t>(value.width),
                                                                  static_cast<std::int64_t>(value.run)})});
  }

  /// A value that is the same in every row, repeated for each row.
  std::string of_each_row(Graph::Id id) {
    if (varies_[id] || columns_.first().empty()) return names_[id];
    return onnx_.node("Expand", {names_[id], onnx_.node("Shape", {columns_.first()})});
  }

  std::string each(const Graph::Value& value) {
    Names x;
    for (const Graph::Id id : value.operands) x.push_back(names_[id]);
    if (value.op == Op::kIfPositive)
      return onnx_.node("Where", {onnx_.node("Greater", {x[0], onnx_.numbers({0.0})}), x[1], x[2]});
    return onnx_.real() == Type::kFloat ? each_in_single(value, x) : onnx_.node(operation(value.op), x);
  }

  std::string each_in_single(const Graph::Value& value, const Names& x) {
    const auto is_numbers = [&](Graph::Id id) { return graph_.values[id].kind == Kind::kNumbers; };
    if (value.op == Op::kExp || value.op == Op::kKernelExp)
      return onnx_.node("Exp", {onnx_.node("Min", {x[0], onnx_.numbers({kLargestExponent})})});
    std::string result = onnx_.node(operation(value.op), x);
    if (value.op == Op::kMultiply && std::none_of(value.operands.begin(), value.operands.end(), is_numbers))
      return onnx_.node("Clip", {result, onnx_.numbers({-kLargest}, {}), onnx_.numbers({kLargest}, {})});
    if (value.op != Op::kSubtract || !is_numbers(value.operands[1])) return result;
    // A float does not hold the number exactly. So the nearest float is subtracted first, and then the difference to
    // the number.
    std::vector<double> rest;
    for (const double number : graph_.values[value.operands[1]].numbers)
      rest.push_back(number - static_cast<float>(number));
    const bool exact = std::all_of(rest.begin(), rest.end(), [](double r) { return r == 0; });
    return exact ? result : onnx_.node("Sub", {result, onnx_.numbers(rest)});
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
               C = static_cast<std::int64_t>(graph_.classes);
    if (graph_.probabilities) {
      const std::string proba = of_each_row(*graph_.probabilities);
      output("label", label(proba), Type::kInt64, {kRows},
             "the most probable class, its place among the labels; -1: none");
      real_output("proba", proba, {kRows, C}, "each class's probability");
    } else {
      real_output("mean", of_targets(graph_.mean), {kRows, T}, "the predicted number");
      if (!graph_.sd.empty()) real_output("sd", of_targets(graph_.sd), {kRows, T}, "its standard deviation");
    }
    for (std::size_t i = 0; i < graph_.bounds.size(); ++i)
      real_output(request_.bounds[i].name, of_each_row(graph_.bounds[i]), {kRows, 1},
                  graph_.probabilities ? "1: the class is in the set; 0: it is not" : "a quantile, or near one");
    real_output("gate", of_each_row(graph_.gate), {kRows, K}, "the experts' weights");
    const char* const what =
        graph_.probabilities ? "each expert's probability of the last class" : "each expert's mean";
    if (T == 1) return real_output("expert_means", of_each_row(graph_.expert_means[0]), {kRows, K}, what);
    Names parts;
    for (const Graph::Id id : graph_.expert_means)
      parts.push_back(onnx_.node("Unsqueeze", {of_each_row(id), onnx_.integers({2})}));
    real_output("expert_means", onnx_.node("Concat", parts, {{"axis", 2}}), {kRows, K, T}, what);
  }

  /// Some runtimes' ArgMax ignores NaN. A row whose probabilities are NaN gets no label.
  std::string label(const std::string& proba) {
    const std::string sum = onnx_.node("ReduceSum", {proba, onnx_.integers({1})}, {{"keepdims", 0}});
    const std::string largest = onnx_.node("ArgMax", {proba}, {{"axis", 1}, {"keepdims", 0}});
    return onnx_.node("Where", {onnx_.node("IsNaN", {sum}), onnx_.integers({-1}), largest});
  }

  std::string of_targets(const std::vector<Graph::Id>& ids) {
    Names parts;
    for (const Graph::Id id : ids) parts.push_back(of_each_row(id));
    return parts.size() == 1 ? parts[0] : onnx_.node("Concat", parts, {{"axis", 1}});
  }

  void real_output(const std::string& name, const std::string& value, OnnxGraph::Shape shape, const char* comment) {
    if (columns_.first().empty()) shape[0] = 1;
    output(name, value, onnx_.real(), shape, comment);
  }

  void output(const std::string& name, const std::string& value, Type type, const OnnxGraph::Shape& shape,
              const std::string& comment) {
    const std::string output_name = onnx_.output(name, value, type, shape, comment);
    called_[name] = output_name;
    if (output_name != name)
      notes_.push_back("the output " + name + " is called " + output_name + ": a column is called " + name +
                       ", and inputs have their columns' names");
  }

  void metadata() {
    onnx_.metadata("version", MOE_VERSION);
    onnx_.metadata("family", model_.family_spec());
    onnx_.metadata("gate", model_.gate->name());
    onnx_.metadata("units", "the data's own, of inputs and outputs; standardisation is part of the graph");
    onnx_.metadata("outputs", called_.dump());
    onnx_.metadata("targets", Json(model_.schema.targets).dump());
    if (!model_.classes()) return;
    onnx_.metadata("labels", Json(model_.schema.labels).dump());
    onnx_.metadata("no_label", "-1: the row's probabilities are NaN, as a cell is missing");
  }

  static constexpr std::int64_t kRows = OnnxGraph::kRows;
  const Model& model_;
  const GraphRequest& request_;
  Graph graph_;
  OnnxGraph onnx_;
  OnnxColumns columns_;
  Names names_;
  std::vector<bool> varies_;
  Json called_ = Json::object();  // the name of each output
  Names notes_;
};

std::vector<ExportedFile> export_onnx(const Model& model, const ExportOptions& options) {
  const GraphRequest request = request_of(model, options, true);
  return {Translation(model, request, options.single_precision ? Type::kFloat : Type::kDouble).write()};
}

}  // namespace

ExporterEntry onnx_exporter() {
  return {{"onnx",
           "the whole model, from a table's columns on, for ONNX runtimes (opset 13)",
           {"with", "float", "unknown"},
           false},
          export_onnx};
}

}  // namespace moe
