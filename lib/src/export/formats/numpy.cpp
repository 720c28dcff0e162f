// numpy: a Python module that needs nothing but NumPy, and a file with its arrays. The module goes through the rows in
// blocks, with one line for each operation of the graph.
#include <cmath>

#include "export/exported_table.hpp"
#include "export/formats/embedded.hpp"
#include "export/formats/exporters.hpp"
#include "export/npz.hpp"
#include "moe/error.hpp"
#include "moe/export.hpp"
#include "moe/numeric.hpp"

namespace moe {
namespace {

using Id = Graph::Id;
using Kind = Graph::Kind;
using Op = Expression::Op;

std::string python(const std::string& text) {
  return quoted(text, [](char32_t point) {
    char escape[16];
    std::snprintf(escape, sizeof escape, point > 0xFFFF ? "\\U%08X" : "\\u%04X", static_cast<unsigned>(point));
    return std::string(escape);
  });
}

std::string python(double value) {
  return std::isnan(value) ? "np.nan" : std::isinf(value) ? (value > 0 ? "np.inf" : "-np.inf") : format_number(value);
}

std::string python(const std::vector<std::string>& texts) {
  std::vector<std::string> all;
  for (const std::string& text : texts) all.push_back(python(text));
  return "[" + join(all) + "]";
}

/// The body of _compute, and the arrays that it reads.
class NumpyComputation {
 public:
  NumpyComputation(const Graph& graph, const std::vector<PredictedColumn>& columns) : graph_(graph) {
    for (const Id id : values_of(columns, graph)) {
      const Graph::Value& value = graph.values[id];
      if (value.kind == Kind::kNumbers) {
        names_[id] = numbers(value);
        continue;
      }
      const std::string code = expression(value);
      names_[id] = "v" + std::to_string(id);
      text_ += "    " + names_[id] + " = " + code + "\n";
    }
    std::string outputs;
    for (const PredictedColumn& column : columns) {
      const std::string whole = of_rows(column.value);
      outputs += (outputs.empty() ? "" : ", ") + whole + "[:, " + std::to_string(column.element) + "]";
    }
    text_ += "    return (" + outputs + ",)\n";
  }

  const std::string& text() const { return text_; }
  const Npz& arrays() const { return arrays_; }

 private:
  const std::string& name(Id id) const { return names_.at(id); }
  /// The value as an array with one row for each row of the data.
  std::string of_rows(Id id) const {
    if (graph_.values[id].kind != Kind::kNumbers) return name(id);
    return "np.broadcast_to(" + name(id) + ", (len(x), " + std::to_string(graph_.values[id].width) + "))";
  }

  template <class Values>
  std::string array(const char* stem, const Values& values) {
    const std::string name = stem + std::to_string(++count_[stem]);
    arrays_.add(name, values);
    return "A[\"" + name + "\"]";
  }
  std::string numbers(const Graph::Value& value) {
    return value.width == 1 ? python(value.numbers[0]) : array("numbers_", value.numbers);
  }

  std::string expression(const Graph::Value& value) {
    const std::string operand = value.operands.empty() ? "" : name(value.operands[0]);
    const std::string run = std::to_string(value.run);
    switch (value.kind) {
      case Kind::kInputs:
        return "x";
      case Kind::kOffset:
        return "offset";
      case Kind::kTrials:
        return "trials";
      case Kind::kDense: {
        const std::string weights = array("weights_", value.weights);
        return operand + " @ " + weights + " + " + array("intercepts_", value.numbers);
      }
      case Kind::kPick:
        return pick(operand, value);
      case Kind::kJoin: {
        std::vector<std::string> parts;
        for (const Id part : value.operands) parts.push_back(of_rows(part));
        return "np.hstack((" + join(parts) + "))";
      }
      case Kind::kSum:
      case Kind::kLargest: {
        const std::string function = value.kind == Kind::kSum ? "sum" : "max";
        if (value.width == 1) return operand + "." + function + "(axis=1, keepdims=True)";
        return operand + ".reshape(len(x), -1, " + run + ")." + function + "(axis=2)";
      }
      default:
        return each(value);
    }
  }

  std::string pick(const std::string& operand, const Graph::Value& value) {
    const auto& indices = value.indices;
    if (!value.is_range()) return operand + "[:, " + array("columns_", indices) + "]";
    const arma::uword first = indices.empty() ? 0 : indices[0];
    return operand + "[:, " + std::to_string(first) + ":" + std::to_string(first + indices.size()) + "]";
  }

  std::string each(const Graph::Value& value) const {
    const std::string a = name(value.operands[0]), b = value.operands.size() > 1 ? name(value.operands[1]) : "";
    const auto call = [&](const std::string& function) {
      return "np." + function + "(" + a + (b.empty() ? "" : ", " + b) + ")";
    };
    if (const char* sign = sign_of(value.op)) return a + " " + sign + " " + b;
    switch (value.op) {
      case Op::kExp:
      case Op::kKernelExp:
        return call("exp");
      case Op::kExpm1:
        return call("expm1");
      case Op::kLog:
        return call("log");
      case Op::kLog1p:
        return call("log1p");
      case Op::kSqrt:
        return call("sqrt");
      case Op::kAbs:
        return call("abs");
      case Op::kFloor:
        return call("floor");
      case Op::kTanh:
        return call("tanh");
      case Op::kMin:
        return call("minimum");
      case Op::kMax:
        return call("maximum");
      case Op::kIfPositive:
        return "np.where(" + a + " > 0, " + b + ", " + name(value.operands[2]) + ")";
      default:
        throw Error(ErrorKind::kUsage,
                    "format numpy cannot express a function of this family that NumPy lacks: "
                    "expected --format c or json");
    }
  }

  const Graph& graph_;
  std::map<Id, std::string> names_;
  std::map<std::string, int> count_;
  std::string text_;
  Npz arrays_;
};

/// Other cells than a level's own text that stand for it, each with the level's place.
std::vector<std::string> numpy_others(const Column& column, const Schema& schema) {
  std::vector<std::string> result;
  for (const auto& [text, level] : other_spellings(column, schema))
    result.push_back(python(text) + ": " + std::to_string(level));
  for (const auto& [number, level] : other_numbers(column, schema))
    result.push_back(python(number) + ": " + std::to_string(level));
  return result;
}

std::string numpy_inputs(const Schema& schema) {
  std::string text = "INPUTS = [\n";
  for (const Column& column : columns_of(schema)) {
    text += "    {\"name\": " + python(column.name);
    if (column.category) {
      const std::optional<std::size_t> missing = missing_level(column);
      text += ", \"levels\": " + python(column.levels) + ", \"comparison\": \"" +
              name_of(comparison_of(column, schema)) +
              "\", \"blanks\": " + (ignores_blanks(column) ? "False" : "True") +
              ", \"missing\": " + (missing ? std::to_string(*missing) : "-1") + ", \"others\": {" +
              join(numpy_others(column, schema)) + "}},\n";
    } else {
      text +=
          ", \"fill\": " + python(column.fill) + ", \"indicator\": " + (column.indicator ? "True" : "False") + "},\n";
    }
  }
  return text + "]\n";
}

std::string head(const Model& model) {
  return "\"\"\"" + title_of(model) + R"(, written by moe )" MOE_VERSION R"(. It needs NumPy alone.

predict(columns) takes the model's columns by name, in the data's own units, and gives predictions by the names that
`moe predict` has for them. A missing cell is None, NaN or what MISSING lists; a level that is not known counts as the
first one. A row with a missing cell that the model has no rule for is predicted as NaN, its label as None.
"""
import os

import numpy as np

A = dict(np.load(os.path.join(os.path.dirname(os.path.abspath(__file__)), "moe_model.npz"), allow_pickle=False))
BLOCK = 2048
)";
}

std::vector<ExportedFile> export_numpy(const Model& model, const ExportOptions& options) {
  const GraphRequest request = request_of(model, options, true);
  const Graph graph = graph_of(model, request);
  const std::vector<PredictedColumn> columns = predicted_columns(model, graph, request);
  const NumpyComputation computation(graph, columns);
  const Schema& schema = model.schema;
  const auto optional = [](const std::string& name) { return name.empty() ? "None" : python(name); };
  std::vector<std::string> outputs, numbers;
  for (const PredictedColumn& column : columns) outputs.push_back(column.name);
  for (const double number : missing_numbers(schema)) numbers.push_back(python(number));
  std::vector<std::string> words = missing_words(schema);
  words.emplace_back("<NA>");  // data frames print missing cells so
  const std::string text = head(model) + numpy_inputs(schema) + "OFFSET = " + optional(schema.offset) +
                           "\nEXPOSURE = " + optional(schema.exposure) + "\nTRIALS = " + optional(schema.trials) +
                           "\nMISSING = " + python(words) + "\nMISSING_NUMBERS = [" + join(numbers) +
                           "]\nLEVELS_BY_VALUE = " + (schema.levels_by_value ? "True" : "False") +
                           "\nLABELS = " + python(schema.labels) + "\nOUTPUTS = " + python(outputs) + "\n\n\n" +
                           kEmbedded.at("numpy_table.py") + "\n\ndef _compute(x, offset, trials):\n" +
                           computation.text();
  return {{"moe_model.py", text}, {"moe_model.npz", computation.arrays().bytes()}};
}

}  // namespace

ExporterEntry numpy_exporter() {
  return {
      {"numpy", "a Python module that needs NumPy alone, and its arrays in an .npz file", {"with", "unknown"}, true},
      export_numpy};
}

}  // namespace moe
