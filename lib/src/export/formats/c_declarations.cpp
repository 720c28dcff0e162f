#include "export/formats/c_declarations.hpp"

#include <algorithm>
#include <cmath>

#include "export/exported_table.hpp"
#include "export/formats/c_text.hpp"
#include "moe/error.hpp"

namespace moe::c_source {
namespace {

bool numbers(const Graph& graph) { return graph.classes == 0; }
bool several(const Model& model) { return model.targets() > 1; }

/// Tests whether the compiler may break the rules of IEEE arithmetic: GCC, Clang (parts of whose -ffast-math define
/// nothing, but can be turned off again), Intel's and Microsoft's compilers.
constexpr const char* kNoFastMath =
    R"(#if defined(__FAST_MATH__) || defined(__ASSOCIATIVE_MATH__) || defined(_M_FP_FAST) || \
    (defined(__FINITE_MATH_ONLY__) && __FINITE_MATH_ONLY__)
#error "This file counts on NAN and on the order of sums: compile it without -ffast-math, -Ofast and /fp:fast."
#endif
#if defined(__clang__) && __clang_major__ >= 11
#pragma clang fp reassociate(off)
#endif
)";

std::string head(const Model& model, const Graph& graph, bool rows) {
  const std::vector<Column> columns = columns_of(model.schema);
  std::string text = "/* " + title_of(model) + " for '" + commented(join(model.schema.targets, "', '")) +
                     "', written by moe " MOE_VERSION ".\n\n";
  text += "   x, a row: MOE_COLUMNS numbers in the data's own units, in this order:\n";
  const std::vector<std::string> names = column_names(model);
  for (std::size_t i = 0; i < names.size(); ++i) {
    text += "     \"" + commented(names[i]) + "\"";
    if (i >= columns.size())
      text += names[i] == model.schema.trials   ? " (trials)"
              : names[i] == model.schema.offset ? " (offset)"
                                                : " (exposure)";
    else if (columns[i].category)
      text += " (a category: what moe_level() makes of its text)";
    else if (!std::isnan(columns[i].fill))
      text += " (NAN where missing)";
    text += "\n";
  }
  text += std::string("   A cell that is missing without a rule for it gives NAN") +
          (numbers(graph) ? "" : ", and the label -1, which is no class") + ".\n";
  if (any_levels(model))
    text +=
        "   double moe_level(int i, const char *text) is a category's x[i]: NAN where it is missing, -1 where it is "
        "unknown,\n   "
        "which counts as the first level. int moe_levels(int i) is how many levels x[i] has, 0 for a number: its text "
        "is for\n   "
        "strtod().\n";
  text += "\n   moe_predict(x, &p) fills p.\n";
  if (rows)
    text +=
        "   moe_predict_rows(x, n, p) fills p[0] .. p[n - 1] of n such rows, one behind the other: the same numbers, "
        "faster.\n";
  if (graph.log_density)
    text += numbers(graph) ? "   moe_log_density(x, y) is log p(y | x).\n"
                           : "   moe_log_density(x, y) is log P(class y | x), y = 0 .. MOE_CLASSES - 1.\n";
  if (!graph.cdf.empty())
    text += several(model) ? "   moe_cdf(x, y, t) is P(Y_t <= y | x), moe_quantile(x, p, t) its inverse, 0 < p < 1.\n"
                           : "   moe_cdf(x, y) is P(Y <= y | x), moe_quantile(x, p) its inverse, 0 < p < 1.\n";
  return text +
         "   C99, no allocation, no state: safe on any number of threads. Link with -lm. Fastest with -O3 "
         "-march=native;\n   with that and -ffp-contract=off its predictions are within two units in the last place "
         "of moe's.\n   Not with -ffast-math or -Ofast, which take NAN and the order of sums away: it refuses to "
         "compile with "
         "them. */\n" +
         kNoFastMath + "#include <math.h>\n#include <string.h>\n" +
         (any_levels(model) ? "#include <stdlib.h>\n\n" : "\n");
}

std::string declarations(const Model& model, const Graph& graph, const GraphRequest& request, bool rows) {
  std::string text = "#define MOE_COLUMNS " + std::to_string(column_names(model).size()) + "\n#define MOE_EXPERTS " +
                     std::to_string(model.size()) + "\n";
  if (several(model)) text += "#define MOE_TARGETS " + std::to_string(model.targets()) + "\n";
  if (!graph.bounds.empty()) text += "#define MOE_BOUNDS " + std::to_string(graph.bounds.size()) + "\n";
  if (!numbers(graph)) text += "#define MOE_CLASSES " + std::to_string(graph.classes) + "\n";
  if (graph.log_density) text += "#define MOE_DENSITY 1 /* there is moe_log_density() */\n";
  if (any_levels(model)) text += "#define MOE_LEVELS 1 /* there are categories: see moe_level() */\n";
  if (rows) text += "#define MOE_ROWS 16 /* computed side by side: element i of row r is at [i * MOE_ROWS + r] */\n";
  text += "\ntypedef struct {\n";
  const std::string each = several(model) ? "[MOE_TARGETS]" : "";
  if (numbers(graph)) {
    text += "  double mean" + each + ";\n";
    if (!graph.sd.empty()) text += "  double sd" + each + ";\n";
  } else {
    text += "  double proba[MOE_CLASSES]; /* of each class, as moe_labels lists them */\n";
    text += "  int label;                 /* the most probable class; -1 where the probabilities are NAN */\n";
  }
  if (!graph.bounds.empty()) text += "  double bounds[MOE_BOUNDS]; /* as moe_bounds lists them */\n";
  text += std::string("  double gate[MOE_EXPERTS];") +
          (model.gate->normalised() ? "" : " /* not normalised: any sum */") + "\n";
  text += "  double expert_means" + each + "[MOE_EXPERTS];" +
          (numbers(graph) ? "" : " /* each expert's probability of the last class */") + "\n} moe_prediction;\n\n";
  text += names("moe_columns", column_names(model)) + names("moe_targets", model.schema.targets);
  if (!numbers(graph)) text += names("moe_labels", model.schema.labels);
  std::vector<std::string> bounds;
  for (const Bound& bound : request.bounds) bounds.push_back(bound.name);
  if (!bounds.empty()) text += names("moe_bounds", bounds);
  return text + "\n";
}

}  // namespace

std::vector<std::string> column_names(const Model& model) {
  std::vector<std::string> result;
  for (const Column& column : columns_of(model.schema)) result.push_back(column.name);
  for (const std::string& name : {model.schema.trials, model.schema.offset, model.schema.exposure})
    if (!name.empty()) result.push_back(name);
  return result;
}

bool any_levels(const Model& model) {
  const std::vector<Column> columns = columns_of(model.schema);
  return std::any_of(columns.begin(), columns.end(), [](const Column& column) { return column.category; });
}

std::string interface_of(const Model& model, const Graph& graph, const GraphRequest& request, bool rows) {
  return head(model, graph, rows) + declarations(model, graph, request, rows);
}

}  // namespace moe::c_source
