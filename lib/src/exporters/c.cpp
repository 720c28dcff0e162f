// c: one C99 file that needs nothing but libm: the model's plan as constant arrays and a few functions on the stack. It also compiles
// as C++. Special functions come from c_functions.c, those that the model calls.
#include <algorithm>
#include <cmath>
#include <set>
#include <sstream>

#include "c_cells.hpp"
#include "c_statements.hpp"
#include "c_text.hpp"
#include "exported_table.hpp"
#include "moe/error.hpp"
#include "moe/export.hpp"
#include "moe/predict.hpp"

namespace moe {
namespace {

using namespace c_source;
using Id = Plan::Id;
using Kind = Plan::Kind;

class Writer {
 public:
  explicit Writer(const Model& model)
      : model_(model),
        columns_(columns_of(model.schema)),
        plan_(plan_of(model)),
        outputs_(outputs_of(plan_)),
        forward_(plan_.needed(outputs_)),
        statements_(plan_, {forward_.begin(), forward_.end()}, kept()) {}

  std::string write() {
    // Constants are known when all statements are there.
    std::string code = forward() + predict();
    if (plan_.log_density) code += log_density();
    if (!plan_.cdf.empty()) code += distribution();
    if (any_levels()) code += level_function(columns_, model_.schema);
    return head() + declarations() + functions_for(code) + "\n" + statements_.constants() + code;
  }

 private:
  bool numbers() const { return plan_.classes == 0; }
  bool several() const { return model_.targets() > 1; }
  arma::uword targets() const { return model_.targets(); }
  bool any_levels() const {
    return std::any_of(columns_.begin(), columns_.end(), [](const Column& column) { return column.category; });
  }

  static std::vector<Id> outputs_of(const Plan& plan) {
    std::vector<Id> result{plan.gate};
    for (const auto* ids : {&plan.mean, &plan.sd, &plan.expert_means})
      result.insert(result.end(), ids->begin(), ids->end());
    if (plan.probabilities) result.push_back(*plan.probabilities);
    return result;
  }
  /// What densities and distribution functions need beyond a prediction.
  std::vector<Id> beyond(const std::vector<Id>& wanted) const {
    std::vector<Id> result;
    for (const Id id : plan_.needed(wanted))
      if (!std::binary_search(forward_.begin(), forward_.end(), id)) result.push_back(id);
    return result;
  }
  /// What others than the statements of moe_forward() read.
  std::set<Id> kept() const {
    std::set<Id> result(outputs_.begin(), outputs_.end());
    std::vector<Id> later = plan_.cdf;
    if (plan_.log_density) later.push_back(*plan_.log_density);
    for (const Id id : beyond(later))
      for (const Id of : plan_.values[id].of)
        if (std::binary_search(forward_.begin(), forward_.end(), of)) result.insert(of);
    for (auto it = result.begin(); it != result.end();)
      it = plan_.values[*it].kind == Kind::kNumbers ? result.erase(it) : std::next(it);
    return result;
  }

  std::vector<std::string> column_names() const {
    std::vector<std::string> result;
    for (const Column& column : columns_) result.push_back(column.name);
    for (const std::string& name : {model_.schema.trials, model_.schema.offset, model_.schema.exposure})
      if (!name.empty()) result.push_back(name);
    return result;
  }
  /// Where a column beside those of the inputs stands in x.
  std::string other(const std::string& name) const {
    const std::vector<std::string> names = column_names();
    const auto place = std::find(names.begin() + static_cast<std::ptrdiff_t>(columns_.size()), names.end(), name);
    return "x[" + std::to_string(place - names.begin()) + "]";
  }

  std::string head() const {
    std::string text = "/* " + title_of(model_) + " for '" + commented(join(model_.schema.targets, "', '")) +
                       "', written by moe " MOE_VERSION ".\n\n";
    text += "   x, a row: MOE_COLUMNS numbers in the data's own units, in this order:\n";
    const std::vector<std::string> names = column_names();
    for (std::size_t i = 0; i < names.size(); ++i) {
      text += "     \"" + commented(names[i]) + "\"";
      if (i >= columns_.size())
        text += names[i] == model_.schema.trials   ? " (trials)"
                : names[i] == model_.schema.offset ? " (offset)"
                                                   : " (exposure)";
      else if (columns_[i].category)
        text += " (a category: what moe_level() makes of its text; -1, unknown, counts as the first level)";
      else if (!std::isnan(columns_[i].fill))
        text += " (NAN where missing)";
      text += "\n";
    }
    text += "   A cell that is missing without a rule for it gives NAN.\n\n   moe_predict(x, &p) fills p.\n";
    if (plan_.log_density)
      text += numbers() ? "   moe_log_density(x, y) is log p(y | x).\n"
                        : "   moe_log_density(x, y) is log P(class y | x), y = 0 .. MOE_CLASSES - 1.\n";
    if (!plan_.cdf.empty())
      text += several() ? "   moe_cdf(x, y, t) is P(Y_t <= y | x), moe_quantile(x, p, t) its inverse, 0 < p < 1.\n"
                        : "   moe_cdf(x, y) is P(Y <= y | x), moe_quantile(x, p) its inverse, 0 < p < 1.\n";
    return text +
           "   C99, no allocation, no state: safe on any number of threads. Link with -lm. Fastest with -O3 "
           "-march=native;\n   with that and -ffp-contract=off its predictions are within two units in the last place "
           "of moe's. */\n#include <math.h>\n#include <string.h>\n" +
           (any_levels() ? "#include <stdlib.h>\n\n" : "\n");
  }

  std::string declarations() const {
    const std::string experts = "MOE_EXPERTS";
    std::string text = "#define MOE_COLUMNS " + std::to_string(column_names().size()) + "\n#define MOE_EXPERTS " +
                       std::to_string(model_.size()) + "\n";
    if (several()) text += "#define MOE_TARGETS " + std::to_string(targets()) + "\n";
    if (!numbers()) text += "#define MOE_CLASSES " + std::to_string(plan_.classes) + "\n";
    if (plan_.log_density) text += "#define MOE_DENSITY 1 /* there is moe_log_density() */\n";
    if (any_levels()) text += "#define MOE_LEVELS 1 /* there are categories: see moe_level() */\n";
    text += "\ntypedef struct {\n";
    const std::string each = several() ? "[MOE_TARGETS]" : "";
    if (numbers()) {
      text += "  double mean" + each + ";\n";
      if (!plan_.sd.empty()) text += "  double sd" + each + ";\n";
    } else {
      text += "  double proba[MOE_CLASSES]; /* of each class, as moe_labels lists them */\n";
      text += "  int label;                 /* the most probable class */\n";
    }
    text += std::string("  double gate[MOE_EXPERTS];") +
            (model_.gate->normalised() ? "" : " /* not normalised: any sum */") + "\n";
    text += "  double expert_means" + each + "[MOE_EXPERTS];" +
            (numbers() ? "" : " /* each expert's probability of the last class */") + "\n} moe_prediction;\n\n";
    text += names("moe_columns", column_names()) + names("moe_targets", model_.schema.targets);
    if (!numbers()) text += names("moe_labels", model_.schema.labels);
    return text + "\n";
  }

  std::string forward() {
    std::string text = "\ntypedef struct {\n", state;
    for (const Id id : kept()) {
      const arma::uword width = plan_.values[id].width;
      state += "  double v" + std::to_string(id) + (width == 1 ? "" : "[" + std::to_string(width) + "]") + ";\n";
    }
    text += (state.empty() ? "  int nothing;\n" : state) + "} moe_state;\n\n";
    text += "static void moe_forward(const double *x, moe_state *s) {\n  int i;\n";
    for (const Id id : forward_) {
      const Kind kind = plan_.values[id].kind;
      const std::string v = kept().count(id) > 0 ? "s->v" : "double v";
      if (kind == Kind::kInputs) text += encoding(columns_, "v" + std::to_string(id), plan_.values[id].width);
      if (kind == Kind::kTrials) text += "  " + v + std::to_string(id) + " = " + other(model_.schema.trials) + ";\n";
      if (kind == Kind::kOffset) {
        std::vector<std::string> terms;
        if (!model_.schema.offset.empty()) terms.push_back(other(model_.schema.offset));
        if (!model_.schema.exposure.empty()) terms.push_back("log(" + other(model_.schema.exposure) + ")");
        text += "  " + v + std::to_string(id) + " = " + join(terms, " + ") + ";\n";
      }
    }
    return text + statements_.compute(forward_, "s->") + "  (void)x;\n  (void)s;\n  (void)i;\n}\n";
  }

  std::string predict() const {
    std::string text =
        "\nvoid moe_predict(const double *x, moe_prediction *p) {\n  moe_state s;\n  int i;\n  moe_forward(x, &s);\n";
    const auto copy = [&](const std::string& to, Id id, arma::uword width) {
      text += width == 1 ? "  " : "  for (i = 0; i < " + std::to_string(width) + "; ++i) ";
      text += to + (width == 1 ? "" : "[i]") + " = " + in_state(id, width == 1 ? Index{} : kRunning) + ";\n";
    };
    const arma::uword K = model_.size();
    const std::string first = K == 1 ? "[0]" : "";
    copy("p->gate" + first, plan_.gate, K);
    for (std::size_t t = 0; t < plan_.expert_means.size(); ++t) {
      const std::string place = several() ? "[" + std::to_string(t) + "]" : "";
      copy("p->expert_means" + place + first, plan_.expert_means[t], K);
      if (t < plan_.mean.size()) copy("p->mean" + place, plan_.mean[t], 1);
      if (t < plan_.sd.size()) copy("p->sd" + place, plan_.sd[t], 1);
    }
    if (plan_.probabilities) {
      copy("p->proba", *plan_.probabilities, plan_.classes);
      text +=
          "  p->label = 0;\n  for (i = 1; i < MOE_CLASSES; ++i)\n    if (p->proba[i] > p->proba[p->label]) p->label "
          "= "
          "i;\n";
    }
    return text + "  (void)i;\n}\n";
  }

  /// An element of a value in a state called s.
  std::string in_state(Id id, Index i) const {
    const Plan::Value& value = plan_.values[id];
    if (value.kind == Kind::kNumbers)
      return value.width == 1 ? literal(value.numbers[0]) : "moe_v" + std::to_string(id) + "[" + i.text() + "]";
    return "s.v" + std::to_string(id) + (value.width == 1 ? "" : "[" + i.text() + "]");
  }

  /// What stands at the head of a function of y.
  std::string take_target(const std::vector<Id>& ids) const {
    for (const Id id : ids)
      if (plan_.values[id].kind == Kind::kTargets)
        return std::string(several() ? "  const double *v" : "  const double v") + std::to_string(id) + " = y;\n";
    return "";
  }

  std::string log_density() {
    const std::vector<Id> ids = beyond({*plan_.log_density});
    std::string text = "\ndouble moe_log_density(const double *x, ";
    text += !numbers() ? "int y" : several() ? "const double *y" : "double y";
    text += ") {\n  moe_state state, *s = &state;\n  int i;\n" + (numbers() ? take_target(ids) : "");
    text += "  moe_forward(x, s);\n" + statements_.compute(ids, "s->") + "  (void)i;\n  (void)y;\n";
    const std::string result = statements_.element(*plan_.log_density, numbers() ? Index{} : kRunning);
    if (numbers()) return text + "  return " + result + ";\n}\n";
    return text + "  i = y;\n  return " + result + ";\n}\n";
  }

  /// The distribution function and its inverse, of each target.
  std::string distribution() {
    std::string text;
    for (arma::uword t = 0; t < targets(); ++t) {
      const std::vector<Id> ids = beyond({plan_.cdf[t]});
      text += "\nstatic double moe_cdf_" + std::to_string(t + 1) + "(const moe_state *s, double value) {\n  int i;\n";
      if (several()) {
        text += "  double y[MOE_TARGETS] = {0};\n";
        std::string own = take_target(ids);
        text += own + "  y[" + std::to_string(t) + "] = value;\n";
      } else {
        text += "  const double y = value;\n" + take_target(ids);
      }
      text += statements_.compute(ids, "s->") + "  (void)i;\n  (void)y;\n  (void)s;\n";
      text += "  return moe_share_of_one(" + statements_.element(plan_.cdf[t], {}) + ");\n}\n";
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

  /// By halving a bracket down to neighbouring doubles, or to the smallest count at which the distribution function is p.
  std::string quantile(const std::string& and_target, const std::string& at) const {
    const Predictive of(model_);
    std::string counts;
    for (arma::uword t = 0; t < targets(); ++t) {
      counts += std::string(t == 0 ? "" : ", ") + (of.discrete(t) ? "1" : "0");
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
  std::vector<Column> columns_;
  Plan plan_;
  std::vector<Id> outputs_, forward_;
  Statements statements_;
};

}  // namespace

std::vector<ExportedFile> export_c(const Model& model, const ExportOptions& options) {
  return {{"", with_prefix(Writer(model).write(), options.prefix.empty() ? "moe" : options.prefix)}};
}

}  // namespace moe
