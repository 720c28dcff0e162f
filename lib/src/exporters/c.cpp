// c: one C99 file that needs nothing but libm: the whole model, standardisation included, as constant arrays and a few
// functions on the stack. It also compiles as C++.
#include <cmath>

#include "moe/describe.hpp"
#include "moe/error.hpp"
#include "moe/export.hpp"
#include "moe/numeric.hpp"

namespace moe {
namespace {

std::string literal(double value) {
  const std::string text = format_number(value);
  return text.find_first_of(".e") == std::string::npos ? text + ".0" : text;
}

/// A C string literal: names are a user's data.
std::string quoted(const std::string& text) {
  std::string result = "\"";
  for (const char c : text) {
    char octal[8];
    std::snprintf(octal, sizeof octal, "\\%03o", static_cast<unsigned char>(c));
    const bool plain = c >= ' ' && c <= '~' && c != '"' && c != '\\' && c != '?';
    result += plain ? std::string(1, c) : octal;
  }
  return result + "\"";
}

/// Text inside a comment.
std::string commented(std::string text) {
  for (std::size_t at = 0; (at = text.find_first_of("*/\\\n\r", at)) != std::string::npos;) text[at] = '_';
  return text;
}

std::string array(const std::string& name, const double* values, arma::uword count) {
  std::string result = "static const double " + name + "[" + std::to_string(count) + "] = {";
  for (arma::uword i = 0; i < count; ++i)
    result += (i == 0 ? "\n    " : i % 4 == 0 ? ",\n    " : ", ") + literal(values[i]);
  return result + "};\n";
}

std::string names(const std::string& declaration, const std::vector<std::string>& words) {
  std::string result = "const char *const " + declaration + "[] = {";
  for (const std::string& word : words) result += quoted(word) + ", ";
  return result + "0};\n";
}

bool uses(const Model& model, Step::Kind kind) {
  const auto in = [kind](const Branch& branch) {
    for (const Step& step : branch.network->steps())
      if (step.kind == kind) return true;
    return false;
  };
  bool result = in(model.gate_branch);
  for (const Expert& expert : model.experts) result = result || in(expert);
  return result;
}

constexpr const char* kDense = R"(
/* y = w [1; x]: w holds a row of 1 + inputs numbers for each output, the intercept first. */
static void moe_dense(const double *w, int inputs, int outputs, const double *x, double *y) {
  int i, o;
  for (o = 0; o < outputs; ++o, w += 1 + inputs) {
    double sum = w[0];
    for (i = 0; i < inputs; ++i) sum += w[1 + i] * x[i];
    y[o] = sum;
  }
}
)";
constexpr const char* kPowers = R"(
/* x holds n numbers and room for their powers up to p, each power of all n side by side. */
static void moe_powers(double *x, int n, int p) {
  int i;
  for (i = n; i < n * p; ++i) x[i] = x[i - n] * x[i % n];
}
)";
constexpr const char* kRelu = R"(
static void moe_relu(double *x, int n) {
  int i;
  for (i = 0; i < n; ++i) x[i] = x[i] > 0 ? x[i] : 0;
}
)";
constexpr const char* kTanh = R"(
static void moe_tanh(double *x, int n) {
  int i;
  for (i = 0; i < n; ++i) x[i] = tanh(x[i]);
}
)";
constexpr const char* kLogistic = R"(
static double moe_logistic(double x) {
  double e = exp(x < 0 ? x : -x);
  return x < 0 ? e / (1 + e) : 1 / (1 + e);
}
)";
constexpr const char* kSilu = R"(
static void moe_silu(double *x, int n) {
  int i;
  for (i = 0; i < n; ++i) x[i] *= moe_logistic(x[i]);
}
)";
constexpr const char* kShare = R"(
/* The gate's weights may sum to a little more than 1, or to anything where it is not a softmax. */
static double moe_share(double p) {
  return p < 0 ? 0 : p > 1 ? 1 : p;
}
)";
constexpr const char* kLogSumExp = R"(
static double moe_log_sum_exp(const double *a, int n) {
  double peak = a[0], sum = 0;
  int i;
  for (i = 1; i < n; ++i) peak = a[i] > peak ? a[i] : peak;
  for (i = 0; i < n; ++i) sum += exp(a[i] - peak);
  return n == 1 ? peak : peak + log(sum);
}
)";

/// A function void NAME(const double *z, double *eta) that takes standardised inputs through a branch.
std::string branch_function(const Model& model, const Branch& branch, const std::string& name) {
  std::string arrays, body;
  std::string from = "v";
  int layer = 0;
  const auto& steps = branch.network->steps();
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const Step& step = steps[i];
    const std::string n = std::to_string(step.outputs);
    if (step.kind == Step::Kind::kDense) {
      const std::string weights = name + "_w" + std::to_string(layer);
      arma::mat W(model.theta.memptr() + branch.offset + step.offset, step.height(), step.outputs);
      if (!step.intercept) W.insert_rows(0, 1);
      arrays += array(weights, W.memptr(), W.n_elem);
      const std::string to = i + 1 == steps.size() ? "eta" : "h" + std::to_string(layer);
      if (to != "eta") body += "  double " + to + "[" + n + "];\n";
      body +=
          "  moe_dense(" + weights + ", " + std::to_string(step.inputs) + ", " + n + ", " + from + ", " + to + ");\n";
      from = to;
      ++layer;
    } else if (step.kind == Step::Kind::kPowers) {
      body +=
          "  moe_powers(v, " + std::to_string(step.inputs) + ", " + std::to_string(step.outputs / step.inputs) + ");\n";
    } else {
      const char* function = step.kind == Step::Kind::kRelu ? "relu" : step.kind == Step::Kind::kTanh ? "tanh" : "silu";
      body += std::string("  moe_") + function + "(" + from + ", " + n + ");\n";
    }
  }
  std::string inputs;
  for (arma::uword j = 1; j < branch.columns.n_elem; ++j)
    inputs += "  v[" + std::to_string(j - 1) + "] = z[" + std::to_string(branch.columns[j] - 1) + "];\n";
  const std::string room =
      std::to_string(std::max<arma::uword>(1, (branch.columns.n_elem - 1) * branch.network->degree()));
  return "\n" + arrays + "static void " + name + "(const double *z, double *eta) {\n  double v[" + room + "];\n" +
         (inputs.empty() ? "  (void)z;\n  v[0] = 0;\n" : inputs) + body + "}\n";
}

class Writer {
 public:
  explicit Writer(const Model& model)
      : model_(model), classes_(model.schema.labels.size()), density_(model.gate->normalised()) {}

  std::string write() const {
    std::string text = head() + data() + kDense;
    if (uses(model_, Step::Kind::kPowers)) text += kPowers;
    if (uses(model_, Step::Kind::kRelu)) text += kRelu;
    if (uses(model_, Step::Kind::kTanh)) text += kTanh;
    const bool silu = uses(model_, Step::Kind::kSilu);
    if (silu || model_.family().link() == Family::Link::kLogistic) text += kLogistic;
    if (silu) text += kSilu;
    if (classes_ > 0) text += kShare;
    if (density_) text += kLogSumExp;
    text += branch_function(model_, model_.gate_branch, "moe_gate");
    for (std::size_t k = 0; k < model_.size(); ++k)
      text += branch_function(model_, model_.experts[k], "moe_expert_" + std::to_string(k + 1));
    text += forward() + predict();
    if (density_) text += log_density();
    return text;
  }

 private:
  std::string head() const {
    std::string text = "/* A mixture of " + std::to_string(model_.size()) + " experts for '" +
                       commented(model_.schema.targets[0]) +
                       "', written by moe " MOE_VERSION ".\n\n   Inputs, in this order:\n";
    for (const std::string& name : model_.schema.inputs) text += "     " + commented(name) + "\n";
    text += "\n   moe_predict(x, &p) fills p from MOE_INPUTS numbers in the data's own units.\n";
    if (density_)
      text += classes_ > 0 ? "   moe_log_density(x, y) is log P(class y | x), y = 0 .. MOE_CLASSES - 1.\n"
                           : "   moe_log_density(x, y) is log p(y | x).\n";
    text += "   C99, no allocation, no state: safe on any number of threads. Link with -lm. */\n#include <math.h>\n\n";
    text += "#define MOE_INPUTS " + std::to_string(model_.schema.inputs.size()) + "\n";
    text += "#define MOE_EXPERTS " + std::to_string(model_.size()) + "\n";
    if (classes_ > 0) text += "#define MOE_CLASSES " + std::to_string(classes_) + "\n";
    text += "#define MOE_OUTPUTS " + std::to_string(model_.family().outputs()) + " /* of each expert's network */\n";
    text += "\ntypedef struct {\n";
    if (classes_ > 0) {
      text += "  double proba[MOE_CLASSES]; /* of each class, as moe_labels lists them */\n";
      text += "  int label;                 /* the most probable class */\n";
    } else {
      text += "  double mean;\n";
      if (density_) text += "  double sd;\n";
    }
    text += "  double gate[MOE_EXPERTS];         /* the experts' weights */\n";
    text += "  double expert_means[MOE_EXPERTS]; /* each expert's own prediction";
    text += classes_ > 0 ? ": the probability of the last class */\n" : " */\n";
    return text + "} moe_prediction;\n\n";
  }

  std::string data() const {
    const Standardization& by = model_.standardization;
    std::string text = names("moe_inputs", model_.schema.inputs);
    if (classes_ > 0) text += names("moe_labels", model_.schema.labels);
    if (!by.input_center.is_empty()) {
      text += array("moe_center", by.input_center.memptr(), by.input_center.n_elem);
      text += array("moe_scale", by.input_scale.memptr(), by.input_scale.n_elem);
    }
    if (classes_ == 0 && density_) {
      arma::vec sigma(model_.size());
      for (arma::uword k = 0; k < model_.size(); ++k) sigma[k] = expert_figures(model_, k).at(0).value;
      text += array("moe_sigma", sigma.memptr(), sigma.n_elem);
    }
    return text;
  }

  /// void moe_forward(x, a, eta): logits (log weights under a density) and every expert's outputs.
  std::string forward() const {
    std::string text =
        "\nstatic void moe_forward(const double *x, double *a, double *eta) {\n  double z[MOE_INPUTS + 1];\n  int i;\n";
    if (!model_.schema.inputs.empty())
      text += "  for (i = 0; i < MOE_INPUTS; ++i) z[i] = (x[i] - moe_center[i]) / moe_scale[i];\n";
    else
      text += "  (void)x;\n  z[0] = 0;\n";
    text += "  moe_gate(z, a);\n";
    for (std::size_t k = 0; k < model_.size(); ++k)
      text += "  moe_expert_" + std::to_string(k + 1) + "(z, eta + " + std::to_string(k) + " * MOE_OUTPUTS);\n";
    if (density_) {
      text += "  {\n    double total = moe_log_sum_exp(a, MOE_EXPERTS);\n";
      text += "    for (i = 0; i < MOE_EXPERTS; ++i) a[i] -= total;\n  }\n";
    } else if (model_.schema.inputs.empty()) {
      text += "  (void)i;\n";
    }
    return text + "}\n";
  }

  std::string predict() const {
    const bool raw = model_.gate->name() == "linear";
    std::string text = "\nvoid moe_predict(const double *x, moe_prediction *p) {\n";
    text += "  double a[MOE_EXPERTS], eta[MOE_EXPERTS * MOE_OUTPUTS];\n  int k;\n  moe_forward(x, a, eta);\n";
    text += std::string("  for (k = 0; k < MOE_EXPERTS; ++k) p->gate[k] = ") + (raw ? "a[k]" : "exp(a[k])") + ";\n";
    switch (model_.family().link()) {
      case Family::Link::kIdentity:
        return text + predict_number();
      case Family::Link::kLogistic:
        return text + R"(  p->proba[1] = 0;
  for (k = 0; k < MOE_EXPERTS; ++k) {
    p->expert_means[k] = moe_logistic(eta[k]);
    p->proba[1] += p->gate[k] * p->expert_means[k];
  }
  p->proba[1] = moe_share(p->proba[1]);
  p->proba[0] = 1 - p->proba[1];
  p->label = p->proba[1] > p->proba[0];
}
)";
      case Family::Link::kSoftmax:
        return text + predict_classes();
      default:
        break;
    }
    throw Error(ErrorKind::kUsage,
                "format c cannot express the family '" + model_.family().spec() + "': expected --format json");
  }

  std::string predict_number() const {
    const std::string center = literal(model_.standardization.target_center[0]),
                      scale = literal(model_.standardization.target_scale[0]);
    std::string text = "  p->mean = 0;\n  for (k = 0; k < MOE_EXPERTS; ++k) {\n";
    text += "    p->expert_means[k] = " + center + " + " + scale + " * eta[k];\n";
    text += "    p->mean += p->gate[k] * p->expert_means[k];\n  }\n";
    if (density_)
      text += R"(  {
    double variance = 0;
    for (k = 0; k < MOE_EXPERTS; ++k) {
      double off = p->expert_means[k] - p->mean;
      variance += p->gate[k] * (moe_sigma[k] * moe_sigma[k] + off * off);
    }
    p->sd = sqrt(variance);
  }
)";
    return text + "}\n";
  }

  std::string predict_classes() const {
    return std::string("  {\n    int c;\n    for (c = 0; c < MOE_CLASSES; ++c) p->proba[c] = 0;\n") +
           R"(    for (k = 0; k < MOE_EXPERTS; ++k) {
      const double *e = eta + k * MOE_OUTPUTS;
      double peak = e[0], total = 0;
      for (c = 1; c < MOE_CLASSES; ++c) peak = e[c] > peak ? e[c] : peak;
      for (c = 0; c < MOE_CLASSES; ++c) total += exp(e[c] - peak);
      for (c = 0; c < MOE_CLASSES; ++c) p->proba[c] += p->gate[k] * (exp(e[c] - peak) / total);
      p->expert_means[k] = exp(e[MOE_CLASSES - 1] - peak) / total;
    }
    for (c = 0; c < MOE_CLASSES; ++c) p->proba[c] = moe_share(p->proba[c]);
    p->label = 0;
    for (c = 1; c < MOE_CLASSES; ++c)
      if (p->proba[c] > p->proba[p->label]) p->label = c;
  }
}
)";
  }

  std::string log_density() const {
    std::string text =
        std::string("\ndouble moe_log_density(const double *x, ") + (classes_ > 0 ? "int" : "double") + " y) {\n";
    text += "  double a[MOE_EXPERTS], eta[MOE_EXPERTS * MOE_OUTPUTS];\n  int k;\n  moe_forward(x, a, eta);\n";
    text += "  for (k = 0; k < MOE_EXPERTS; ++k) {\n";
    switch (model_.family().link()) {
      case Family::Link::kIdentity:
        text += "    double r = (y - (" + literal(model_.standardization.target_center[0]) + " + " +
                literal(model_.standardization.target_scale[0]) + " * eta[k])) / moe_sigma[k];\n";
        text += "    a[k] += -0.5 * r * r - log(moe_sigma[k]) - 0.91893853320467274178;\n";
        break;
      case Family::Link::kLogistic:
        text += "    double t = y == 1 ? -eta[k] : eta[k];\n    a[k] -= t > 0 ? t + log1p(exp(-t)) : log1p(exp(t));\n";
        break;
      case Family::Link::kSoftmax:
        text += "    a[k] += eta[k * MOE_OUTPUTS + y] - moe_log_sum_exp(eta + k * MOE_OUTPUTS, MOE_OUTPUTS);\n";
        break;
      default:
        break;
    }
    return text + "  }\n  return moe_log_sum_exp(a, MOE_EXPERTS);\n}\n";
  }

  const Model& model_;
  arma::uword classes_;
  bool density_;
};

}  // namespace

std::vector<ExportedFile> export_c(const Model& model, const ExportOptions&) {
  if (!model.schema.columns.empty())
    throw Error(ErrorKind::kUsage,
                "format c takes numbers only, and the model reads categories or missing cells: expected --format json");
  if (model.targets() > 1)
    throw Error(ErrorKind::kUsage, "format c cannot express " + std::to_string(model.targets()) +
                                       " targets, only one, yet: expected --format json");
  for (const Expert& expert : model.experts) {
    const std::string spec = expert.family->spec();
    if (!(expert.family->classes() || (expert.family->normal() && expert.family->outputs() == 1)) ||
        !model.schema.offset.empty() || !model.schema.exposure.empty())
      throw Error(ErrorKind::kUsage, "format c cannot express the family '" + spec +
                                         "', nor an offset or exposure, yet: expected --format json");
  }
  return {{"", Writer(model).write()}};
}

}  // namespace moe
