// js: an ECMAScript module without dependencies, or a plain script that sets one name. All numbers of a row are in one
// array, V. Each operation of the graph is one loop or a few over a part of it.
#include <cmath>

#include "export/exported_table.hpp"
#include "export/formats/embedded.hpp"
#include "export/formats/exporters.hpp"
#include "moe/error.hpp"
#include "moe/export.hpp"
#include "moe/numeric.hpp"

namespace moe {
namespace {

using Id = Graph::Id;
using Kind = Graph::Kind;
using Op = Expression::Op;

std::string js(const std::string& text) {
  return quoted(text, [](char32_t point) {
    char escape[16];
    std::snprintf(escape, sizeof escape, "\\u{%X}", static_cast<unsigned>(point));
    return std::string(escape);
  });
}

std::string js(double value) {
  return std::isnan(value) ? "NaN" : std::isinf(value) ? (value > 0 ? "Infinity" : "-Infinity") : format_number(value);
}

std::string js(const std::vector<std::string>& texts) {
  std::vector<std::string> all;
  for (const std::string& text : texts) all.push_back(js(text));
  return "[" + join(all) + "]";
}

std::string js(const std::vector<double>& values) {
  std::string text = "[";
  for (std::size_t i = 0; i < values.size(); ++i) text += (i == 0 ? "" : i % 8 == 0 ? ",\n  " : ", ") + js(values[i]);
  return text + "]";
}

/// The body of compute(), the place of each value in V, and the constants that it reads.
class JsComputation {
 public:
  JsComputation(const Graph& graph, const std::vector<PredictedColumn>& columns, arma::uword inputs) : graph_(graph) {
    place_.resize(graph.values.size());
    size_ = inputs + 2;  // two more for the offset and the trials
    for (const Id id : values_of(columns, graph)) add(id, inputs);
  }

  arma::uword place(Id id) const { return place_[id]; }
  std::string text() const {
    std::string result = "const V = new Float64Array(" + std::to_string(size_) + ");\n";
    for (const auto& [at, numbers] : numbers_) result += "V.set(" + js(numbers) + ", " + std::to_string(at) + ");\n";
    return result + "const W = new Float64Array(" + js(weights_) + ");\nconst P = new Uint32Array(" + js(picked_) +
           ");\n\nfunction compute() {\n" + body_ + "}\n";
  }

 private:
  static std::string at(arma::uword place) { return std::to_string(place); }

  void add(Id id, arma::uword inputs) {
    const Graph::Value& value = graph_.values[id];
    if (value.kind == Kind::kInputs || value.kind == Kind::kOffset || value.kind == Kind::kTrials) {
      place_[id] = value.kind == Kind::kInputs ? 0 : inputs + (value.kind == Kind::kTrials ? 1 : 0);
      return;
    }
    if (value.is_range()) {
      place_[id] = place_[value.operands[0]] + (value.indices.empty() ? 0 : value.indices[0]);
      return;
    }
    place_[id] = size_;
    size_ += value.width;
    if (value.kind == Kind::kNumbers)
      numbers_.emplace_back(place_[id], value.numbers);
    else
      body_ += statement(value, place_[id]);
  }

  std::string statement(const Graph::Value& value, arma::uword to) {
    const arma::uword from = place_[value.operands[0]];
    switch (value.kind) {
      case Kind::kDense: {
        const std::size_t w = weights_.size();
        for (arma::uword o = 0; o < value.width; ++o) {
          weights_.push_back(value.numbers[o]);
          for (arma::uword i = 0; i < value.weights.n_rows; ++i) weights_.push_back(value.weights(i, o));
        }
        return "  dense(" + at(from) + ", " + at(value.weights.n_rows) + ", " + at(to) + ", " + at(value.width) + ", " +
               at(w) + ");\n";
      }
      case Kind::kPick: {
        const std::size_t p = picked_.size();
        for (const arma::uword i : value.indices) picked_.push_back(static_cast<double>(from + i));
        return "  pick(" + at(p) + ", " + at(to) + ", " + at(value.width) + ");\n";
      }
      case Kind::kJoin: {
        std::string text;
        for (const Id part : value.operands) {
          const arma::uword first = place_[part], width = graph_.values[part].width;
          text += "  V.copyWithin(" + at(to) + ", " + at(first) + ", " + at(first + width) + ");\n";
          to += width;
        }
        return text;
      }
      case Kind::kSum:
      case Kind::kLargest:
        return run(value, from, to);
      default:
        return loop(value.width, "V[" + index(to, value.width) + "] = " + each(value) + ";");
    }
  }

  std::string run(const Graph::Value& value, arma::uword from, arma::uword to) const {
    const bool sum = value.kind == Kind::kSum;
    const std::string next = "V[" + at(from) + " + " + (value.width == 1 ? "" : "i * " + at(value.run) + " + ") + "j]";
    const std::string first = "V[" + at(from) + (value.width == 1 ? "" : " + i * " + at(value.run)) + "]";
    return loop(value.width, "let r = " + first + "; for (let j = 1; j < " + at(value.run) + "; ++j) " +
                                 (sum ? "r += " + next : "r = Math.max(r, " + next + ")") + "; V[" +
                                 index(to, value.width) + "] = r;");
  }

  static std::string index(arma::uword place, arma::uword width) { return width == 1 ? at(place) : at(place) + " + i"; }
  static std::string loop(arma::uword width, const std::string& body) {
    if (width == 1) return "  { " + body + " }\n";
    return "  for (let i = 0; i < " + at(width) + "; ++i) { " + body + " }\n";
  }

  std::string each(const Graph::Value& value) const {
    std::vector<std::string> operands;
    for (const Id x : value.operands) operands.push_back("V[" + index(place_[x], graph_.values[x].width) + "]");
    if (const char* sign = sign_of(value.op)) return operands[0] + " " + sign + " " + operands[1];
    if (value.op == Op::kIfPositive) return operands[0] + " > 0 ? " + operands[1] + " : " + operands[2];
    return std::string("Math.") + function(value.op) + "(" + join(operands) + ")";
  }
  static const char* function(Op op) {
    switch (op) {
      case Op::kExp:
      case Op::kKernelExp:
        return "exp";
      case Op::kExpm1:
        return "expm1";
      case Op::kLog:
        return "log";
      case Op::kLog1p:
        return "log1p";
      case Op::kSqrt:
        return "sqrt";
      case Op::kAbs:
        return "abs";
      case Op::kFloor:
        return "floor";
      case Op::kTanh:
        return "tanh";
      case Op::kMin:
        return "min";
      case Op::kMax:
        return "max";
      default:
        throw Error(ErrorKind::kUsage,
                    "format js cannot express a function of this family that JavaScript lacks: "
                    "expected --format c or json");
    }
  }

  const Graph& graph_;
  std::vector<arma::uword> place_;
  arma::uword size_ = 0;
  std::vector<std::pair<arma::uword, std::vector<double>>> numbers_;
  std::vector<double> weights_, picked_;
  std::string body_;
};

/// Other cells than a level's own text that stand for it, each with the level's place.
std::vector<std::string> others_of(const Column& column, const Schema& schema) {
  std::vector<std::string> result;
  for (const auto& [text, level] : other_spellings(column, schema))
    result.push_back("[" + js(text) + ", " + std::to_string(level) + "]");
  for (const auto& [number, level] : other_numbers(column, schema))
    result.push_back("[" + js(number) + ", " + std::to_string(level) + "]");
  return result;
}

std::string inputs(const Schema& schema) {
  std::string text = "const INPUTS = [\n";
  for (const Column& column : columns_of(schema)) {
    text += "  { name: " + js(column.name);
    if (column.category) {
      const std::optional<std::size_t> missing = missing_level(column);
      text += ", levels: " + js(column.levels) + ", comparison: \"" + name_of(comparison_of(column, schema)) +
              "\", blanks: " + (ignores_blanks(column) ? "false" : "true") +
              ", missing: " + (missing ? std::to_string(*missing) : "NaN") + ", others: [" +
              join(others_of(column, schema)) + "] },\n";
    } else {
      text += ", fill: " + js(column.fill) + ", indicator: " + (column.indicator ? "true" : "false") + " },\n";
    }
  }
  return text + "];\n";
}

constexpr const char* kModule = R"(an ECMAScript module without dependencies. Browsers import none
// from a page that was opened as a file: `moe export --format js --classic` writes a plain script for such a page.
)";

constexpr const char* kUse = R"(//
// predict(row) and predictColumns(columns, n) take the model's columns by name, in the data's own units.
// They give predictions by the names that `moe predict` has for them.
// A missing cell is undefined, null, NaN or what MISSING lists. A level that is not known counts as the first one.
// A row with a missing cell that the model has no rule for is predicted as NaN, its label as null.
)";

/// The module as a plain script, which sets `name` and nothing else.
std::string as_plain_script(std::string module, const std::string& script) {
  constexpr std::string_view kExport = "\nexport ";
  for (std::size_t at = 0; (at = module.find(kExport, at)) != std::string::npos;)
    module.replace(at, kExport.size(), "\n");
  return "var " + script + " = (() => {\n\"use strict\";\n" + module +
         "\nreturn { OUTPUTS, predict, predictColumns };\n})();\n";
}

std::string about_plain_script(const std::string& name) {
  return "a plain script without dependencies that sets the name " + name +
         ",\n// for any page: <script src=\"FILE.js\"></script>, and then " + name + ".predict(row).\n";
}

std::vector<ExportedFile> export_js(const Model& model, const ExportOptions& options) {
  if (!options.prefix.empty() && !options.classic)
    throw Error(ErrorKind::kUsage, "--prefix: a module has no names at the top: expected it with --classic");
  const std::string script = checked_prefix(options.prefix) + "Model";
  const Graph graph = graph_of(model);
  const std::vector<PredictedColumn> columns = predicted_columns(model, graph);
  const Schema& schema = model.schema;
  const JsComputation computation(graph, columns, schema.inputs.size());
  const auto optional = [](const std::string& name) { return name.empty() ? "null" : js(name); };
  std::vector<std::string> outputs, places;
  for (const PredictedColumn& column : columns) {
    outputs.push_back(column.name);
    places.push_back(std::to_string(computation.place(column.value) + column.element));
  }
  const std::string head = "// " + title_of(model) + ", written by moe " MOE_VERSION ": " +
                           (options.classic ? about_plain_script(script) : kModule) + kUse;
  std::string text = inputs(schema);
  text += "const OFFSET = " + optional(schema.offset) + ";\nconst EXPOSURE = " + optional(schema.exposure) +
          ";\nconst TRIALS = " + optional(schema.trials) + ";\n";
  text += "const MISSING = new Set(" + js(missing_words(schema)) + ");\n";
  text += "const MISSING_NUMBERS = " + js(missing_numbers(schema)) + ";\n";
  text += std::string("const LEVELS_BY_VALUE = ") + (schema.levels_by_value ? "true" : "false") + ";\n";
  text += "const LABELS = " + js(schema.labels) + ";\nexport const OUTPUTS = " + js(outputs) + ";\n";
  text += "const PLACES = [" + join(places) + "];\n";
  if (graph.probabilities)
    text += "const PROBABILITIES = " + std::to_string(computation.place(*graph.probabilities)) + ";\n";
  else
    text += "const PROBABILITIES = 0;\n";
  text += computation.text() + "\n" + kEmbedded.at("js_table.js");
  return {{"", head + (options.classic ? as_plain_script(text, script) : text)}};
}

}  // namespace

ExporterEntry js_exporter() {
  return {{"js",
           "one ECMAScript module, or a plain script, without dependencies, for browsers and Node",
           {"classic", "prefix", "unknown"},
           false},
          export_js};
}

}  // namespace moe
