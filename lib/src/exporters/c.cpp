// c: one C99 file that needs nothing but libm: the model's plan as constant arrays and a few functions on the stack. It also compiles
// as C++. Special functions come from c_functions.c, those that the model calls.
#include <algorithm>
#include <cmath>
#include <set>
#include <sstream>

#include "c_functions.hpp"
#include "c_statements.hpp"
#include "exported_table.hpp"
#include "level_table.hpp"
#include "moe/error.hpp"
#include "moe/export.hpp"
#include "moe/predict.hpp"

namespace moe {
namespace {

using namespace c_source;
using Id = Plan::Id;
using Kind = Plan::Kind;

/// The sections of c_functions.c that `text` calls, with those that they call, in the file's order.
std::string functions_for(const std::string& text) {
  struct Section {
    std::string name, body;
    std::vector<std::string> calls;
  };
  std::vector<Section> sections;
  std::istringstream lines(kCFunctions);
  for (std::string line; std::getline(lines, line);) {
    if (line.rfind("/*= ", 0) == 0) {
      std::istringstream words(line.substr(4));
      sections.emplace_back();
      words >> sections.back().name;
      for (std::string word; words >> word && word != "*/";) sections.back().calls.push_back(word);
    } else if (!sections.empty()) {
      sections.back().body += line + "\n";
    }
  }
  std::set<std::string> wanted;
  for (std::size_t i = sections.size(); i-- > 0;) {  // callers stand behind what they call
    const Section& section = sections[i];
    if (text.find(section.name + "(") != std::string::npos) wanted.insert(section.name);
    if (wanted.count(section.name) > 0) wanted.insert(section.calls.begin(), section.calls.end());
  }
  std::string result;
  for (const Section& section : sections)
    if (wanted.count(section.name) > 0) result += section.body;
  return result;
}

/// The text with names that begin with `prefix` instead of moe_ and MOE_; what stands between quotes stays.
std::string with_prefix(const std::string& text, const std::string& prefix) {
  const auto is_of_name = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; };
  if (!std::all_of(prefix.begin(), prefix.end(), is_of_name) ||
      std::isdigit(static_cast<unsigned char>(prefix[0])) != 0)
    throw Error(ErrorKind::kUsage,
                "--prefix '" + printable(prefix) + "': expected letters, digits and _, no digit first");
  std::string upper = prefix, result;
  for (char& c : upper) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '"' && text[i - 1] != '\\') quoted = !quoted;
    const bool begins = !quoted && (i == 0 || !is_of_name(text[i - 1]));
    const bool small = begins && text.compare(i, 4, "moe_") == 0, large = begins && text.compare(i, 4, "MOE_") == 0;
    result += small ? prefix : large ? upper : std::string(1, text[i]);
    if (small || large) i += 2;
  }
  return result;
}

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
    if (any_levels()) code += level();
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
           "   C99, no allocation, no state: safe on any number of threads. Link with -lm. */\n#include <math.h>\n" +
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

  /// The cells of x to inputs.
  std::string encoding(Id inputs) const {
    const arma::uword width = plan_.values[inputs].width;
    const std::string in = "v" + std::to_string(inputs);
    std::string text =
        "  double " + in + (width == 1 ? "" : "[" + std::to_string(std::max<arma::uword>(1, width)) + "]") + ";\n";
    std::size_t j = 0;
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      const Column& column = columns_[i];
      const std::string cell = "x[" + std::to_string(i) + "]";
      const auto set = [&](const std::string& value) {
        text += "  " + in + (width == 1 ? "" : "[" + std::to_string(j) + "]") + " = " + value + ";\n";
        ++j;
      };
      if (column.category) {
        const bool known = column.levels.back() == kMissingLevel;
        const std::string last = std::to_string(column.levels.size() - 1);
        for (std::size_t level = 1; level < column.levels.size(); ++level) {
          const std::string is = cell + " == " + std::to_string(level);
          const std::string missing = known ? (std::to_string(level) == last ? "1" : "0") : cell;
          set("moe_missing(" + cell + ") ? " + missing + " : " + is + " ? 1 : 0");
        }
      } else if (std::isnan(column.fill)) {
        set(cell);
      } else {
        set("moe_missing(" + cell + ") ? " + literal(column.fill) + " : " + cell);
        if (column.indicator) set("moe_missing(" + cell + ") ? 1 : 0");
      }
    }
    return text;
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
      if (kind == Kind::kInputs) text += encoding(id);
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

  /// Names of levels to their numbers.
  std::string level() const {
    std::string text = R"(
static char moe_lower(char c) { return (char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c); }

/* Whether text is this word, blanks round it aside (rule 1), in any case (2). */
static int moe_is_word(const char *text, const char *word, int rule) {
  while (rule & 1 && (*text == ' ' || *text == '\t')) ++text;
  while (*word && (*text == *word || (rule & 2 && moe_lower(*text) == moe_lower(*word)))) ++text, ++word;
  while (rule & 1 && (*text == ' ' || *text == '\t')) ++text;
  return !*word && !*text;
}

/* A cell of a category as its number in x: NAN where it is missing, -1 where the model does not know it. */
double moe_level(int column, const char *text) {
)";
    const auto words = [](const std::vector<std::string>& all) {
      std::string list;
      for (const std::string& one : all) list += quoted(one) + ", ";
      return "{" + list + "0};\n";
    };
    text += "  static const char *const missing[] = " + words(missing_words(model_.schema));
    std::string counts, table, rules;
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      std::vector<std::string> levels = columns_[i].levels;
      if (!levels.empty() && levels.back() == kMissingLevel) levels.pop_back();
      const std::string number = std::to_string(i), separator = i == 0 ? "" : ", ";
      text += "  static const char *const levels_" + number + "[] = " + words(levels);
      table += separator + "levels_" + number;
      counts += separator + std::to_string(columns_[i].category ? std::max<std::size_t>(1, levels.size()) : 0);
      const Comparison comparison = comparison_of(columns_[i]);
      rules += separator +
               std::to_string((ignores_blanks(columns_[i]) ? 1 : 0) + (comparison == Comparison::kBoolean ? 2 : 0) +
                              (comparison == Comparison::kNumber ? 4 : 0));
    }
    text += "  static const char *const *const levels[] = {" + table + "};\n";
    text += "  static const int rules[] = {" + rules +
            "}; /* 4: levels are numbers */\n  char *end;\n  double value = strtod(text, &end);\n  int i;\n";
    text += "  if (column < 0 || column >= " + std::to_string(columns_.size()) + ") return -1;\n";
    text += R"TEXT(  for (i = 0; levels[column][i]; ++i) {
    if (moe_is_word(text, levels[column][i], rules[column])) return i;
    if (rules[column] & 4 && end != text && moe_is_word(end, "", 1) && value == strtod(levels[column][i], 0)) return i;
  }
  for (i = 0; missing[i]; ++i)
    if (moe_is_word(text, missing[i], 1)) return NAN;
  return moe_is_word(text, "(missing)", 0) ? NAN : -1;
}
)TEXT";
    text +=
        "\n/* How many levels a column has: 0, it is a number. */\nint moe_levels(int column) {\n  static const int "
        "counts[] = {" +
        counts + "};\n";
    text += "  return column < 0 || column >= " + std::to_string(columns_.size()) + " ? 0 : counts[column];\n}\n";
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
