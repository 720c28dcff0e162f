#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>

#include "command.hpp"
#include "csv_options.hpp"
#include "moe/bootstrap.hpp"
#include "moe/describe.hpp"
#include "moe/error.hpp"
#include "moe/figures.hpp"
#include "moe/hessian.hpp"
#include "moe/metrics.hpp"
#include "moe/model_file.hpp"
#include "moe/numeric.hpp"

namespace cli {
namespace {

using moe::Error;
using moe::ErrorKind;

/// The model: -m FILE, or the first operand.
std::string model_path(const Arguments& arguments) {
  if (arguments.has("model")) return arguments.text("model");
  if (arguments.positionals() == 0)
    throw Error(ErrorKind::kUsage, "no model: expected -m FILE, or -m - for standard input");
  return arguments.positional(0);
}

/// The data: the operand after the model, or "". Throws Error (usage) for two of them.
std::string data_operand(const Arguments& arguments) {
  if (!arguments.has("model")) return arguments.positional(1);
  if (arguments.positionals() > 1)
    throw Error(ErrorKind::kUsage, "too many operands: '" + moe::printable(arguments.positional(1)) +
                                       "': expected DATA alone behind -m FILE");
  return arguments.positional(0);
}

/// The value of --errors, which other options may imply; "" for the errors that the fit has stored.
std::string errors_word(const Arguments& arguments) {
  const bool data = !data_operand(arguments).empty(), again = arguments.has("bootstrap") || arguments.has("parametric");
  std::string word = arguments.text("errors");
  if (word.empty() && again) word = "bootstrap";
  if (word.empty() && data) word = "observed";
  if (!word.empty() && word != "observed" && word != "sandwich" && word != "bootstrap")
    throw Error(ErrorKind::kUsage,
                "--errors: " + moe::unknown_word("word", word, {"observed", "sandwich", "bootstrap"}));
  if (!word.empty() && !data)
    throw Error(ErrorKind::kUsage, "--errors " + word + ": they are computed from rows: expected -m MODEL DATA");
  for (const char* option : {"bootstrap", "parametric", "seed"})
    if (arguments.has(option) && word != "bootstrap")
      throw Error(ErrorKind::kUsage, std::string("--") + option + ": only a bootstrap uses it: expected --bootstrap B");
  return word;
}

/// Throws Error (usage) where second derivatives give no standard errors for the model.
void require_uncertainty(const moe::Model& model, const std::string& word) {
  const std::string begin = "--errors " + word + ": ";
  if (!model.fit.objective.empty() && model.fit.objective != "likelihood")
    throw Error(ErrorKind::kUsage, begin + "the model minimises '" + model.fit.objective +
                                       "', not its likelihood: expected --bootstrap B");
  if (moe::penalty_of(model.fit).has_l1())
    throw Error(ErrorKind::kUsage, begin + "a fit with an l1 penalty has none of these: expected --bootstrap B");
  for (const moe::Expert& expert : model.experts)
    if (!moe::has_derivatives(*expert.family))
      throw Error(ErrorKind::kUsage,
                  begin + "family '" + expert.family->name() + "' has no second derivatives: expected --bootstrap B");
  if (model.is_committee())
    throw Error(ErrorKind::kUsage, begin + "a committee is not fitted as a whole: expected the model of a single fit");
  if (!moe::has_uncertainty(model))
    throw Error(ErrorKind::kUsage,
                begin +
                    "the model has no second derivatives, or more than 600 parameters: expected linear "
                    "networks and a softmax gate");
}

/// Warns where DATA are not the rows of the fit: standard errors from other rows are not those of the fit.
void require_fitted_rows(const moe::Model& model, const moe::Dataset& data) {
  const double fitted = model.fit.log_likelihood;
  if (model.fit.rows == 0 || !std::isfinite(fitted)) return;
  const double here = moe::likelihood_sums(model, model.standardize(data)).log_likelihood;
  constexpr double kSame = 1e-6;
  if (!(std::abs(here - fitted) <= kSame * (1 + std::abs(fitted))))
    say("warning: DATA is not what the model was fitted to: its log-likelihood there is " + moe::format_number(here) +
        ", that of the fit " + moe::format_number(fitted));
}

moe::Inference inference_of(const Arguments& arguments, const moe::Model& model, const std::string& word) {
  if (word != "bootstrap") require_uncertainty(model, word);
  moe::CsvReader reader(data_path(data_operand(arguments), model_path(arguments)),
                        csv_options(arguments, model.schema.na));
  const moe::Dataset data = rows_with_target(arguments, reader, model.schema);
  require_fitted_rows(model, data);
  const moe::Penalty penalty = moe::penalty_of(model.fit);
  if (word == "observed")
    return {"observed information",
            moe::observed_uncertainty(model, model.standardize(data), penalty, threads(arguments))};
  if (word == "sandwich")
    return {"sandwich", moe::sandwich_uncertainty(model, model.standardize(data), penalty, threads(arguments))};
  moe::BootstrapOptions options;
  options.replicates = arguments.count("bootstrap", 2, 1'000'000);
  options.parametric = arguments.has("parametric");
  options.seed = arguments.count("seed", 0, std::numeric_limits<std::uint64_t>::max());
  options.threads = threads(arguments);
  return moe::bootstrap(model, data, options);
}

/// A number with so many significant digits; 0: 3.
std::string rounded_number(double value, int digits) {
  constexpr int kFew = 3;
  char text[40];
  std::snprintf(text, sizeof text, "%.*g", digits > 0 ? digits : kFew, value);
  return text;
}

/// Rows of cells, of which the first column is aligned to the left and the others to the right. `narrowest`: the least
/// width of a column.
std::vector<std::string> aligned_lines(const std::vector<std::vector<std::string>>& rows, std::size_t narrowest) {
  std::vector<std::size_t> widths(rows[0].size(), narrowest);
  for (const auto& row : rows)
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], moe::characters_in(row[i]));
  std::vector<std::string> lines;
  for (const auto& row : rows) {
    std::string& line = lines.emplace_back();
    for (std::size_t i = 0; i < row.size(); ++i) {
      const std::string gap(widths[i] - moe::characters_in(row[i]), ' ');
      line += i == 0 ? row[i] + gap : "  " + gap + row[i];
    }
  }
  return lines;
}

/// How much each input matters, where the model's units tell how inputs are spread.
std::string importance_in_words(const moe::Model& model, int digits) {
  constexpr std::size_t kMost = 12, kNarrowColumn = 8;
  if (!model.standardization.has_input_units() || model.schema.inputs.empty() || !model.gate->normalised()) return "";
  const std::vector<moe::InputImportance> inputs = moe::importance_of_inputs(model);
  std::vector<std::vector<std::string>> cells{{"", "mean", "gate"}};
  for (std::size_t j = 0; j < std::min(inputs.size(), kMost); ++j)
    cells.push_back({moe::printable(inputs[j].name), rounded_number(inputs[j].mean, digits),
                     rounded_number(inputs[j].gate, digits)});
  std::string text = std::string("importance: how far an input moves the ") +
                     (model.classes() ? "probabilities" : "mean (in sd of the target)") +
                     " and the gate, by the model alone\n";
  for (const std::string& line : aligned_lines(cells, kNarrowColumn)) text += "  " + line + "\n";
  if (inputs.size() > kMost) text += "  and " + std::to_string(inputs.size() - kMost) + " more inputs\n";
  return text;
}

/// The description of a model, with a sentence on each expert and the importance of inputs after its first line.
std::string with_sentences(const std::string& text, const moe::Model& model, const moe::TextOptions& options) {
  std::string added;
  if (!model.is_committee() && model.gate->normalised()) {
    const std::vector<std::string> sentences = moe::in_words(model, nullptr, {});
    for (const arma::uword k : options.order) added += "  " + sentences[k] + "\n";
    added += importance_in_words(model, options.digits);
  }
  return std::string(text).insert(text.find('\n') + 1, added);
}

/// What the text shows. Throws Error (usage) where the user asks for JSON, which has one order and all digits.
moe::TextOptions text_options(const Arguments& arguments, const moe::Model& model, double level) {
  for (const char* option : {"order", "digits"})
    if (arguments.has("json") && arguments.has(option))
      throw Error(ErrorKind::kUsage, std::string("--") + option +
                                         ": --json has the model's own order and all digits: expected one of the two");
  moe::TextOptions options;
  options.level = level;
  if (arguments.has("digits")) options.digits = static_cast<int>(arguments.count("digits", 1, 17));
  options.coefficients = arguments.has("coefficients") || !model.is_committee();
  if (!arguments.has("json")) options.order = moe::order_of_experts(model, arguments.text("order"));
  return options;
}

void run_inspect(const Arguments& arguments) {
  const std::string model_file = model_path(arguments), word = errors_word(arguments);
  const double level = arguments.number("level", 0, 1);
  if (level == 0 || level == 1)
    throw Error(ErrorKind::kUsage, "--level: '" + arguments.text("level") + "': expected a number between 0 and 1");
  const moe::Model model = moe::load_model(model_file);
  const moe::TextOptions options = text_options(arguments, model, level);
  const std::optional<moe::Inference> inference =
      word.empty() ? moe::stored_inference(model) : inference_of(arguments, model, word);
  const std::string place = arguments.text("output");
  if (arguments.has("json")) return print(moe::describe_json(model, inference, level), place);
  show_sections(with_sentences(moe::describe_text(model, inference, options), model, options), place);
  if (!options.coefficients && !arguments.has("quiet"))
    say("note: --coefficients shows the experts of each member, with their coefficients");
}

std::vector<Option> options_of_inspect() {
  return with_csv_options(joined(
      {{model_option()},
       in_group(Group::kFit,
                {{"errors",
                  "",
                  "WORD",
                  "",
                  "compute standard errors from DATA, the rows of the fit: observed, sandwich or bootstrap; else they "
                  "are those that the fit left in the model",
                  false,
                  Group::kFit,
                  {"observed", "sandwich", "bootstrap"}},
                 {"bootstrap", "", "B", "1000",
                  "errors from B fits to rows drawn with replacement, from MODEL's parameters on"},
                 {"parametric", "", "", "", "the bootstrap's targets are drawn from the model at DATA's inputs"}}),
       in_group(Group::kOutput, {{"coefficients", "", "", "",
                                  "the experts and coefficients of a committee's members, too; other models always "
                                  "show theirs"},
                                 {"order", "", "WORD", "stored",
                                  "of the experts: stored, share (the largest first), mean or sigma (the smallest "
                                  "first), or the name of a coefficient. They keep their numbers"},
                                 {"digits", "", "N", "",
                                  "significant digits, 1 to 17; without it 6 of coefficients, and 4 decimals of AIC, "
                                  "BIC and ICL"},
                                 {"level", "", "P", "0.95", "of the intervals"},
                                 json_option(),
                                 output_option("where the description goes")}),
       {{"seed", "", "N", "1", "of the bootstrap"}, threads_option(), unknown_option()}}));
}

constexpr const char* kInspectNotes =
    "AIC = -2 l + 2 p, BIC = -2 l + p log n, ICL = BIC + 2 entropy of the responsibilities: lower is better. l is the "
    "log-likelihood of the training rows, p counts free parameters (sigmas too), n is the sum of the weights.\n\n"
    "Standard errors, with H the second derivatives of minus the log-likelihood, penalties included, at the fit:\n"
    "  observed   roots of the diagonal of H^-1. One gaussian expert without a penalty: linear regression's, from the "
    "residual variance with n - p degrees of freedom, and Student's t in place of z\n"
    "  sandwich   of H^-1 (sum of w^2 s s') H^-1: s a row's derivatives of log p(y|x), w its weight\n"
    "  bootstrap  standard deviations over the fits, each with its experts in the order nearest to MODEL's; intervals "
    "are percentiles\n"
    "z is the estimate over its error, p that of a true value of 0, intervals are estimate -+ quantile x error. Gate "
    "coefficients are differences to the last expert, those of classes to the first class. Errors of sigma and its "
    "like by the delta method. A note says where the maximum is on a boundary: errors mean nothing there.\n\n"
    "per 1 sd: the effect of one standard deviation of a number, as the fit has scaled it, on the scale of the "
    "coefficient.\n"
    "importance: what changes on average when an input's values are exchanged among rows that the model's units make "
    "(inputs as independent and normal): the mean of the prediction, and half the sum of the weights' changes.\n"
    "--order: mean and sigma are those of the first target, over the rows in which the expert answers. Equal experts "
    "stay as they are stored. Members of a committee are ordered by the mean of their experts, by shares.\n\n"
    "JSON: beside \"coefficients\" the same shape in \"standard_errors\", \"z\", \"p\", \"lower\" and \"upper\" (null "
    "where not known), \"sigma_standard_error\" beside \"sigma\" and so on, \"inference\": what they rest on, and the "
    "notes. Of several targets sigma_NAME and so on, and correlation_NAME_NAME of gaussian:full.";

}  // namespace

Command inspect_command() {
  return {
      "inspect",
      "Show what a model is: its experts, its gate, its coefficients in the data's own units with their errors, its "
      "fit.",
      {{"for people", "moe inspect -m fitted.moe"},
       {"for scripts", "moe inspect -m fitted.moe --json | jq .fit.bic"},
       {"the experts of most rows first, with 4 digits", "moe inspect -m fitted.moe --order share --digits 4"},
       {"errors that hold where the model does not", "moe inspect -m fitted.moe data.csv --errors sandwich"},
       {"errors from 1,000 fits to rows drawn anew", "moe inspect -m fitted.moe data.csv --bootstrap 1000"}},
      "-m MODEL [DATA] | MODEL [DATA]",
      2,
      options_of_inspect(),
      kInspectNotes,
      run_inspect};
}

}  // namespace cli
