// js: an ECMAScript module without dependencies, or a plain script that sets one name. All numbers of a row are in one
// array, V. Each operation of the graph is one loop or a few over a part of it.
#include <algorithm>

#include "export/exported_table.hpp"
#include "export/formats/embedded.hpp"
#include "export/formats/exporters.hpp"
#include "export/formats/js_computation.hpp"
#include "moe/error.hpp"
#include "moe/export.hpp"
#include "moe/numeric.hpp"
#include "moe/predict.hpp"

namespace moe {
namespace {

using js_source::js;

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

constexpr const char* kDistribution = R"(// distribution(row) gives functions: logDensity(y), cdf(y) and quantile(p).
)";

/// The module as a plain script, which sets `name` and nothing else.
std::string as_plain_script(std::string module, const std::string& script, bool distribution) {
  constexpr std::string_view kExport = "\nexport ";
  for (std::size_t at = 0; (at = module.find(kExport, at)) != std::string::npos;)
    module.replace(at, kExport.size(), "\n");
  return "var " + script + " = (() => {\n\"use strict\";\n" + module + "\nreturn { OUTPUTS, predict, predictColumns" +
         (distribution ? ", distribution" : "") + " };\n})();\n";
}

std::string about_plain_script(const std::string& name) {
  return "a plain script without dependencies that sets the name " + name +
         ",\n// for any page: <script src=\"FILE.js\"></script>, and then " + name + ".predict(row).\n";
}

/// How cells become inputs.
std::string table(const Schema& schema) {
  const auto optional = [](const std::string& name) { return name.empty() ? "null" : js(name); };
  std::string text = inputs(schema);
  text += "const OFFSET = " + optional(schema.offset) + ";\nconst EXPOSURE = " + optional(schema.exposure) +
          ";\nconst TRIALS = " + optional(schema.trials) + ";\n";
  text += "const MISSING = new Set(" + js(missing_words(schema)) + ");\n";
  text += "const MISSING_NUMBERS = " + js(missing_numbers(schema)) + ";\n";
  return text + "const LEVELS_BY_VALUE = " + (schema.levels_by_value ? "true" : "false") + ";\n";
}

/// What predict() gives, and where it finds it.
std::string predictions(const Model& model, const Graph& graph, const std::vector<PredictedColumn>& columns,
                        js_source::Computation& computation, std::string& functions) {
  functions += computation.function("compute", values_of(columns, graph));
  std::vector<std::string> outputs, places;
  for (const PredictedColumn& column : columns) {
    outputs.push_back(column.name);
    places.push_back(std::to_string(computation.place(column.value) + column.element));
  }
  const arma::uword probabilities = graph.probabilities ? computation.place(*graph.probabilities) : 0;
  return "const LABELS = " + js(model.schema.labels) + ";\nexport const OUTPUTS = " + js(outputs) +
         ";\nconst PLACES = [" + join(places) + "];\nconst PROBABILITIES = " + std::to_string(probabilities) + ";\n";
}

/// What distribution() calls: the values that need a target, beyond those that predict() computes.
std::string densities(const Model& model, const Graph& graph, const std::vector<PredictedColumn>& columns,
                      js_source::Computation& computation, std::string& functions) {
  const Predictive predictive(model);
  const std::vector<bool> needs_target = graph.needs_target();
  std::vector<Graph::Id> wanted = graph.cdf, rows;
  wanted.push_back(*graph.log_density);
  const std::vector<Graph::Id> computed = values_of(columns, graph);
  for (const Graph::Id id : graph.needed(wanted))
    if (!needs_target[id] && !std::binary_search(computed.begin(), computed.end(), id)) rows.push_back(id);
  functions += computation.function("prepare", rows);
  const auto of_targets = [&](const std::string& name, Graph::Id value) {
    std::vector<Graph::Id> ids;
    for (const Graph::Id id : graph.needed({value}))
      if (needs_target[id]) ids.push_back(id);
    functions += computation.function(name, ids);
    return std::to_string(computation.place(value));
  };
  std::vector<std::string> names, places, means, sds, counts;
  for (arma::uword t = 0; t < model.targets(); ++t) {
    names.push_back("cdf" + std::to_string(t + 1));
    places.push_back(of_targets(names.back(), graph.cdf[t]));
    means.push_back(std::to_string(computation.place(graph.mean[t])));
    sds.push_back(std::to_string(computation.place(graph.sd[t])));
    counts.push_back(predictive.discrete(t) ? "true" : "false");
  }
  std::string text = "const LOG_DENSITY_AT = " + of_targets("logDensity", *graph.log_density) + ";\n";
  for (Graph::Id id = 0; id < graph.values.size(); ++id)
    if (graph.values[id].kind == Graph::Kind::kTargets)
      text += "const TARGETS_AT = " + std::to_string(computation.place(id)) + ";\n";
  text += "const TARGETS = " + js(model.schema.targets) + ";\nconst CDFS = [" + join(names) + "];\n";
  return text + "const CDF_AT = [" + join(places) + "];\nconst MEAN_AT = [" + join(means) + "];\nconst SD_AT = [" +
         join(sds) + "];\nconst COUNTS = [" + join(counts) + "];\n";
}

std::vector<ExportedFile> export_js(const Model& model, const ExportOptions& options) {
  if (!options.prefix.empty() && !options.classic)
    throw Error(ErrorKind::kUsage, "--prefix: a module has no names at the top: expected it with --classic");
  const std::string script = checked_prefix(options.prefix) + "Model";
  const GraphRequest request = request_of(model, options, false);
  const Graph graph = graph_of(model, request);
  const bool distribution = graph.classes == 0 && graph.log_density;
  const std::vector<PredictedColumn> columns = predicted_columns(model, graph, request);
  js_source::Computation computation(graph, model.schema.inputs.size());
  std::string functions;
  std::string constants = table(model.schema) + predictions(model, graph, columns, computation, functions);
  if (distribution) constants += densities(model, graph, columns, computation, functions);
  const std::string head = "// " + title_of(model) + ", written by moe " MOE_VERSION ": " +
                           (options.classic ? about_plain_script(script) : kModule) + kUse +
                           (distribution ? kDistribution : "");
  std::string text = constants + computation.arrays() + functions + "\n" + kEmbedded.at("js_table.js");
  if (distribution) text += js_source::functions_for(functions) + kEmbedded.at("js_distribution.js");
  return {{"", head + (options.classic ? as_plain_script(text, script, distribution) : text)}};
}

}  // namespace

ExporterEntry js_exporter() {
  return {{"js",
           "one ECMAScript module, or a plain script, without dependencies, for browsers and Node",
           {"with", "classic", "prefix", "unknown"},
           false},
          export_js};
}

}  // namespace moe
