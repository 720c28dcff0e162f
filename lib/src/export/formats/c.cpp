// c: one C99 file, which also compiles as C++ and needs nothing but libm. The graph's constants become arrays, and its
// operations become a few functions that use the stack only. Of c_vectors.c and c_functions.c it contains just the
// functions that it calls.
#include <algorithm>
#include <cmath>
#include <set>
#include <sstream>

#include "export/exported_table.hpp"
#include "export/formats/c_cells.hpp"
#include "export/formats/c_declarations.hpp"
#include "export/formats/c_statements.hpp"
#include "export/formats/c_text.hpp"
#include "export/formats/exporters.hpp"
#include "moe/error.hpp"
#include "moe/export.hpp"
#include "moe/predict.hpp"

namespace moe {
namespace {

using namespace c_source;
using Id = Graph::Id;
using Kind = Graph::Kind;

class CWriter {
 public:
  CWriter(const Model& model, const GraphRequest& request, bool rows)
      : model_(model),
        request_(request),
        rows_(rows),
        columns_(columns_of(model.schema)),
        graph_(graph_of(model, request)),
        outputs_(outputs_of(graph_)),
        forward_(graph_.needed(outputs_)),
        statements_(graph_, {forward_.begin(), forward_.end()}, kept(), "s->", Statements::Scope::kRow) {}

  std::string write() {
    // Constants are complete only when all statements have been written, so they are inserted last.
    std::string code = forward() + predict() + (rows_ ? predict_rows() : "");
    if (graph_.log_density) code += log_density();
    if (!graph_.cdf.empty()) code += distribution();
    if (any_levels(model_)) code += level_function(columns_, model_.schema);
    return interface_of(model_, graph_, request_, rows_) + functions_for(code) + "\n" + statements_.constants() + code;
  }

 private:
  bool numbers() const { return graph_.classes == 0; }
  bool several() const { return model_.targets() > 1; }
  arma::uword targets() const { return model_.targets(); }

  static std::vector<Id> outputs_of(const Graph& graph) {
    std::vector<Id> result{graph.gate};
    for (const auto* ids : {&graph.mean, &graph.sd, &graph.expert_means, &graph.bounds})
      result.insert(result.end(), ids->begin(), ids->end());
    if (graph.probabilities) result.push_back(*graph.probabilities);
    return result;
  }
  /// The values that `wanted` needs beyond those of a prediction, for densities and distribution functions.
  std::vector<Id> beyond(const std::vector<Id>& wanted) const {
    std::vector<Id> result;
    for (const Id id : graph_.needed(wanted))
      if (!std::binary_search(forward_.begin(), forward_.end(), id)) result.push_back(id);
    return result;
  }
  /// The values that other functions than moe_forward() read.
  std::set<Id> kept() const {
    std::set<Id> result(outputs_.begin(), outputs_.end());
    std::vector<Id> later = graph_.cdf;
    if (graph_.log_density) later.push_back(*graph_.log_density);
    for (const Id id : beyond(later))
      for (const Id operand : graph_.values[id].operands)
        if (std::binary_search(forward_.begin(), forward_.end(), operand)) result.insert(operand);
    for (auto it = result.begin(); it != result.end();)
      it = graph_.values[*it].kind == Kind::kNumbers ? result.erase(it) : std::next(it);
    return result;
  }

  /// The place in x of a column that is no input.
  std::size_t place_of(const std::string& name) const {
    const std::vector<std::string> names = column_names(model_);
    const auto place = std::find(names.begin() + static_cast<std::ptrdiff_t>(columns_.size()), names.end(), name);
    return static_cast<std::size_t>(place - names.begin());
  }

  std::string forward() {
    std::string text = "\ntypedef struct {\n", state;
    for (const Id id : kept())
      state += "  double v" + std::to_string(id) + statements_.dimension(graph_.values[id].width) + ";\n";
    text += (state.empty() ? "  int nothing;\n" : state) + "} moe_state;\n\n";
    text += "static void moe_forward(const double *x, moe_state *s) {\n  int i;\n" + given(statements_);
    return text + statements_.compute(forward_) + "  (void)x;\n  (void)s;\n  (void)i;\n}\n";
  }

  /// Statements that read the values from x.
  std::string given(const Statements& statements) const {
    std::string text;
    const auto set = [&](Id id, const std::string& what) {
      text += statements.declaration(id) + statements.loop(1) + statements.element(id, {}) + " = " + what + ";\n";
    };
    const auto cell = [&](const std::string& name) { return statements.cell(place_of(name)); };
    for (const Id id : forward_) {
      const Kind kind = graph_.values[id].kind;
      if (kind == Kind::kInputs) text += encoding(columns_, id, statements);
      if (kind == Kind::kTrials) set(id, cell(model_.schema.trials));
      if (kind == Kind::kOffset) {
        std::vector<std::string> terms;
        if (!model_.schema.offset.empty()) terms.push_back(cell(model_.schema.offset));
        if (!model_.schema.exposure.empty()) terms.push_back("log(" + cell(model_.schema.exposure) + ")");
        set(id, join(terms, " + "));
      }
    }
    return text;
  }

  std::string predict() const {
    return "\nvoid moe_predict(const double *x, moe_prediction *p) {\n  moe_state state, *s = &state;\n  int i;\n"
           "  moe_forward(x, s);\n" +
           copies(statements_, "p->") + "  (void)i;\n}\n";
  }

  /// Statements that fill a moe_prediction, or one for each row.
  std::string copies(const Statements& statements, const std::string& p) const {
    std::string text;
    const auto copy = [&](const std::string& to, Id id, arma::uword width) {
      const Index i = width == 1 ? Index{} : kRunning;
      text += statements.loop(width) + p + to + (width == 1 ? "" : "[i]") + " = " + statements.element(id, i) + ";\n";
    };
    const arma::uword K = model_.size();
    const std::string first = K == 1 ? "[0]" : "";
    copy("gate" + first, graph_.gate, K);
    for (std::size_t t = 0; t < graph_.expert_means.size(); ++t) {
      const std::string place = several() ? "[" + std::to_string(t) + "]" : "";
      copy("expert_means" + place + first, graph_.expert_means[t], K);
      if (t < graph_.mean.size()) copy("mean" + place, graph_.mean[t], 1);
      if (t < graph_.sd.size()) copy("sd" + place, graph_.sd[t], 1);
    }
    for (std::size_t i = 0; i < graph_.bounds.size(); ++i)
      copy("bounds[" + std::to_string(i) + "]", graph_.bounds[i], 1);
    if (!graph_.probabilities) return text;
    copy("proba", *graph_.probabilities, graph_.classes);
    const std::string label = p + "label", proba = p + "proba";
    return text + statements.loop(1) + "{\n    " + label + " = 0;\n    for (i = 1; i < MOE_CLASSES; ++i)\n      if (" +
           proba + "[i] > " + proba + "[" + label + "]) " + label +
           " = i;\n    for (i = 0; i < MOE_CLASSES; ++i)\n      if (moe_missing(" + proba + "[i])) " + label +
           " = -1;\n  }\n";
  }

  std::string predict_rows() const {
    Statements rows(graph_, {forward_.begin(), forward_.end()}, {outputs_.begin(), outputs_.end()}, "",
                    Statements::Scope::kRows);
    const std::string given = this->given(rows), computed = rows.compute(forward_);  // its constants are there
    return "\nstatic void moe_predict_block(const double *x, moe_prediction *p) {\n  int i, r;\n" + given + computed +
           copies(rows, "p[r].") + R"(  (void)x;
  (void)i;
}

void moe_predict_rows(const double *x, long rows, moe_prediction *p) {
  for (; rows >= MOE_ROWS; rows -= MOE_ROWS, x += MOE_ROWS * MOE_COLUMNS, p += MOE_ROWS) moe_predict_block(x, p);
  for (; rows > 0; --rows, x += MOE_COLUMNS, ++p) moe_predict(x, p);
}
)";
  }

  /// The first lines of a function of y.
  std::string take_target(const std::vector<Id>& ids) const {
    for (const Id id : ids)
      if (graph_.values[id].kind == Kind::kTargets)
        return std::string(several() ? "  const double *v" : "  const double v") + std::to_string(id) + " = y;\n";
    return "";
  }

  std::string log_density() {
    const std::vector<Id> ids = beyond({*graph_.log_density});
    std::string text = "\ndouble moe_log_density(const double *x, ";
    text += !numbers() ? "int y" : several() ? "const double *y" : "double y";
    text += ") {\n  moe_state state, *s = &state;\n  int i;\n" + (numbers() ? take_target(ids) : "");
    text += "  moe_forward(x, s);\n" + statements_.compute(ids) + "  (void)i;\n  (void)y;\n";
    const std::string result = statements_.element(*graph_.log_density, numbers() ? Index{} : kRunning);
    if (numbers()) return text + "  return " + result + ";\n}\n";
    return text + "  i = y;\n  return " + result + ";\n}\n";
  }

  /// The distribution function and the quantile function of each target.
  std::string distribution() {
    std::string text;
    for (arma::uword t = 0; t < targets(); ++t) {
      const std::vector<Id> ids = beyond({graph_.cdf[t]});
      text += "\nstatic double moe_cdf_" + std::to_string(t + 1) + "(const moe_state *s, double value) {\n  int i;\n";
      if (several()) {
        text += "  double y[MOE_TARGETS] = {0};\n";
        std::string inputs = take_target(ids);
        text += inputs + "  y[" + std::to_string(t) + "] = value;\n";
      } else {
        text += "  const double y = value;\n" + take_target(ids);
      }
      text += statements_.compute(ids) + "  (void)i;\n  (void)y;\n  (void)s;\n";
      text += "  return moe_share_of_one(" + statements_.element(graph_.cdf[t], {}) + ");\n}\n";
    }
    const std::string and_target = several() ? ", int t" : "";
    const std::string at = several() ? "moe_cdf_at(t, " : "moe_cdf_1(";
    if (several()) {
      text += "\nstatic double moe_cdf_at(int t, const moe_state *s, double y) {\n  switch (t) {\n";
      for (arma::uword t = 0; t < targets(); ++t)
        text += "    case " + std::to_string(t) + ": return moe_cdf_" + std::to_string(t + 1) + "(s, y);\n";
      text += "  }\n  return NAN;\n}\n";
    }
    text += "\ndouble moe_cdf(const double *x, double y" + and_target +
            ") {\n  moe_state s;\n  moe_forward(x, &s);\n  return " + at + "&s, y);\n}\n";
    return text + quantile(and_target, at);
  }

  /// The quantile function. It bisects down to neighbouring doubles, or for a count to the smallest one whose
  /// distribution function reaches p.
  std::string quantile(const std::string& and_target, const std::string& at) const {
    const Predictive predictive(model_);
    std::string counts;
    for (arma::uword t = 0; t < targets(); ++t) {
      counts += std::string(t == 0 ? "" : ", ") + (predictive.discrete(t) ? "1" : "0");
    }
    std::string text = "\ndouble moe_quantile(const double *x, double p" + and_target +
                       ") {\n  static const int counts[] = {" + counts + "};\n";
    text += "  moe_state s;\n  moe_prediction at;\n  double low, high, width, middle;\n";
    text += std::string("  const int t_") + " = " + (several() ? "t" : "0") + ";\n";
    text += "  if (!(p > 0 && p < 1)) return NAN;\n  moe_forward(x, &s);\n  moe_predict(x, &at);\n";
    const std::string place = several() ? "[t]" : "";
    text += "  if (moe_missing(at.mean" + place + ")) return NAN;\n";
    text += "  width = at.sd" + place + " > 0 && at.sd" + place + " < 1e300 ? at.sd" + place + " : 1 + fabs(at.mean" +
            place + ");\n";
    text +=
        "  if (counts[t_]) {\n    low = -1;\n    high = floor(at.mean" + place + ");\n    if (high < 0) high = 0;\n";
    text += "    for (width = ceil(width); " + at +
            "&s, high) < p; width *= 2) {\n      low = high;\n      high += width;\n    }\n";
    text += "    while (low + 1 < high) {\n      middle = low + floor(0.5 * (high - low));\n";
    text += "      if (!(low < middle && middle < high)) break;\n      if (" + at +
            "&s, middle) < p) low = middle;\n      else high = middle;\n    }\n    return high;\n  }\n";
    text += "  low = high = at.mean" + place + ";\n";
    text += "  for (middle = width; " + at + "&s, low) >= p && middle < 1e300; middle *= 2) low -= middle;\n";
    text += "  for (middle = width; " + at + "&s, high) < p && middle < 1e300; middle *= 2) high += middle;\n";
    text +=
        "  for (;;) {\n    middle = low + 0.5 * (high - low);\n    if (!(low < middle && middle < high)) return "
        "middle;\n";
    text += "    if (" + at + "&s, middle) < p) low = middle;\n    else high = middle;\n  }\n}\n";
    return text;
  }

  const Model& model_;
  const GraphRequest& request_;
  bool rows_;  // whether moe_predict_rows() is asked for
  std::vector<Column> columns_;
  Graph graph_;
  std::vector<Id> outputs_, forward_;
  Statements statements_;
};

std::vector<ExportedFile> export_c(const Model& model, const ExportOptions& options) {
  const GraphRequest request = request_of(model, options, false);
  return {{"", with_prefix(CWriter(model, request, options.rows).write(), checked_prefix(options.prefix))}};
}

}  // namespace

ExporterEntry c_exporter() {
  return {
      {"c", "one C99 file without allocation or dependencies but libm", {"with", "prefix", "rows", "unknown"}, false},
      export_c};
}

}  // namespace moe
