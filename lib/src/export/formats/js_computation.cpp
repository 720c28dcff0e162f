#include "export/formats/js_computation.hpp"

#include <cmath>
#include <cstdio>
#include <stdexcept>

#include "export/exported_table.hpp"
#include "export/formats/called_sections.hpp"
#include "moe/error.hpp"
#include "moe/numeric.hpp"

namespace moe::js_source {
namespace {

using Id = Graph::Id;
using Kind = Graph::Kind;
using Op = Expression::Op;

std::string at(arma::uword place) { return std::to_string(place); }
std::string index(arma::uword place, arma::uword width) { return width == 1 ? at(place) : at(place) + " + i"; }
std::string loop(arma::uword width, const std::string& body) {
  if (width == 1) return "  { " + body + " }\n";
  return "  for (let i = 0; i < " + at(width) + "; ++i) { " + body + " }\n";
}

/// JavaScript's function for op, or that of js_functions.js.
const char* name_of(Op op) {
  switch (op) {
    case Op::kExp:
    case Op::kKernelExp:
      return "Math.exp";
    case Op::kExpm1:
      return "Math.expm1";
    case Op::kLog:
      return "Math.log";
    case Op::kLog1p:
      return "Math.log1p";
    case Op::kSqrt:
      return "Math.sqrt";
    case Op::kAbs:
      return "Math.abs";
    case Op::kFloor:
      return "Math.floor";
    case Op::kTanh:
      return "Math.tanh";
    case Op::kMin:
      return "Math.min";
    case Op::kMax:
      return "Math.max";
    case Op::kNormalCdf:
      return "normalCdf";
    case Op::kLogNormalCdf:
      return "logNormalCdf";
    case Op::kStirlingErrorExp:
      return "stirlingError";
    case Op::kStirlingErrorOfCount:
      return "stirlingErrorOfCount";
    case Op::kStudentCdf:
      return "studentCdf";
    case Op::kSkewNormalCdf:
      return "skewNormalCdf";
    case Op::kGammaCdf:
      return "gammaCdf";
    case Op::kPoissonCdf:
      return "poissonCdf";
    case Op::kBetaCdf:
      return "betaCdf";
    case Op::kBinomialCdf:
      return "binomialCdf";
    case Op::kNegativeBinomialCdf:
      return "negativeBinomialCdf";
    default:
      throw std::logic_error("an operation that is no function");
  }
}

}  // namespace

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

Computation::Computation(const Graph& graph, arma::uword inputs)
    : graph_(graph),
      inputs_(inputs),
      size_(inputs + 2),  // two more for the offset and the trials
      place_(graph.values.size()),
      placed_(graph.values.size()) {}

std::string Computation::arrays() const {
  std::string result = "const V = new Float64Array(" + std::to_string(size_) + ");\n";
  for (const auto& [place, numbers] : numbers_) result += "V.set(" + js(numbers) + ", " + at(place) + ");\n";
  return result + "const W = new Float64Array(" + js(weights_) + ");\nconst P = new Uint32Array(" + js(picked_) +
         ");\n\n";
}

std::string Computation::function(const std::string& name, const std::vector<Id>& values) {
  std::string body;
  for (const Id id : values) {
    if (!placed_[id]) give_place(id);
    const Graph::Value& value = graph_.values[id];
    if (!value.operands.empty() && !value.is_range()) body += statement(value, place_[id]);
  }
  return "function " + name + "() {\n" + body + "}\n";
}

void Computation::give_place(Id id) {
  placed_[id] = true;
  const Graph::Value& value = graph_.values[id];
  if (value.kind == Kind::kInputs || value.kind == Kind::kOffset || value.kind == Kind::kTrials) {
    place_[id] = value.kind == Kind::kInputs ? 0 : inputs_ + (value.kind == Kind::kTrials ? 1 : 0);
  } else if (value.is_range()) {
    place_[id] = place_[value.operands[0]] + (value.indices.empty() ? 0 : value.indices[0]);
  } else {
    place_[id] = size_;
    size_ += value.width;
    if (value.kind == Kind::kNumbers) numbers_.emplace_back(place_[id], value.numbers);
  }
}

std::string Computation::statement(const Graph::Value& value, arma::uword to) {
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

std::string Computation::run(const Graph::Value& value, arma::uword from, arma::uword to) const {
  const bool sum = value.kind == Kind::kSum;
  const std::string next = "V[" + at(from) + " + " + (value.width == 1 ? "" : "i * " + at(value.run) + " + ") + "j]";
  const std::string first = "V[" + at(from) + (value.width == 1 ? "" : " + i * " + at(value.run)) + "]";
  return loop(value.width, "let r = " + first + "; for (let j = 1; j < " + at(value.run) + "; ++j) " +
                               (sum ? "r += " + next : "r = Math.max(r, " + next + ")") + "; V[" +
                               index(to, value.width) + "] = r;");
}

std::string Computation::each(const Graph::Value& value) const {
  std::vector<std::string> operands;
  for (const Id x : value.operands) operands.push_back("V[" + index(place_[x], graph_.values[x].width) + "]");
  if (const char* sign = sign_of(value.op)) return operands[0] + " " + sign + " " + operands[1];
  if (value.op == Op::kIfPositive) return operands[0] + " > 0 ? " + operands[1] + " : " + operands[2];
  return std::string(name_of(value.op)) + "(" + join(operands) + ")";
}

std::string functions_for(const std::string& text) { return called_sections({"js_functions.js"}, text); }

}  // namespace moe::js_source
