// The only file that knows every name a user can type. To add a family, network, gate, objective, solver or exporter: write its
// one file in the folder of its kind, declare its maker here and add its line to the table.
#include "moe/registry.hpp"

#include <algorithm>
#include <memory>

#include "moe/error.hpp"
#include "moe/export.hpp"
#include "moe/family.hpp"
#include "moe/gate.hpp"
#include "moe/network.hpp"
#include "moe/objective.hpp"
#include "moe/solver.hpp"

namespace moe {

// Makers. `arguments` is what stands behind the first ':' of a specification; a maker throws Error (usage) for what it
// does not understand.
Network make_linear(const std::string& arguments, arma::uword inputs, arma::uword outputs);
Network make_poly(const std::string& arguments, arma::uword inputs, arma::uword outputs);
Network make_constant(const std::string& arguments, arma::uword inputs, arma::uword outputs);
Network make_mlp(const std::string& arguments, arma::uword inputs, arma::uword outputs);

std::shared_ptr<const Family> make_gaussian(const std::string& arguments, const TargetInfo& target);
std::shared_ptr<const Family> make_student(const std::string& arguments, const TargetInfo& target);
std::shared_ptr<const Family> make_laplace(const std::string& arguments, const TargetInfo& target);
std::shared_ptr<const Family> make_skew_normal(const std::string& arguments, const TargetInfo& target);
std::shared_ptr<const Family> make_gamma(const std::string& arguments, const TargetInfo& target);
std::shared_ptr<const Family> make_beta(const std::string& arguments, const TargetInfo& target);
std::shared_ptr<const Family> make_poisson(const std::string& arguments, const TargetInfo& target);
std::shared_ptr<const Family> make_negative_binomial(const std::string& arguments, const TargetInfo& target);
std::shared_ptr<const Family> make_zero_inflated_poisson(const std::string& arguments, const TargetInfo& target);
std::shared_ptr<const Family> make_binomial(const std::string& arguments, const TargetInfo& target);
std::shared_ptr<const Family> make_bernoulli(const std::string& arguments, const TargetInfo& target);
std::shared_ptr<const Family> make_categorical(const std::string& arguments, const TargetInfo& target);
std::shared_ptr<const Family> make_joint(const std::vector<std::string>& specs, const std::vector<TargetInfo>& targets);
std::shared_ptr<const Family> make_full_gaussian(const std::vector<TargetInfo>& targets);

std::shared_ptr<const Gate> make_softmax_gate();
std::shared_ptr<const Gate> make_positive_gate();
std::shared_ptr<const Gate> make_linear_gate();

std::shared_ptr<const Objective> make_likelihood();
std::shared_ptr<const Objective> make_me();
std::shared_ptr<const Objective> make_me_batch();
std::shared_ptr<const Objective> make_blend();
std::shared_ptr<const Objective> make_localized();

std::shared_ptr<const Solver> make_adam();
std::shared_ptr<const Solver> make_sgd();
std::shared_ptr<const Solver> make_lbfgs();
std::shared_ptr<const Solver> make_newton();
std::shared_ptr<const Solver> make_em();
std::shared_ptr<const Solver> make_owlqn();

std::vector<ExportedFile> export_json(const Model& model, const ExportOptions& options);
std::vector<ExportedFile> export_c(const Model& model, const ExportOptions& options);
std::vector<ExportedFile> export_onnx(const Model& model, const ExportOptions& options);
std::vector<ExportedFile> export_tfjs(const Model& model, const ExportOptions& options);
std::vector<ExportedFile> export_dot(const Model& model, const ExportOptions& options);
std::vector<ExportedFile> export_sql(const Model& model, const ExportOptions& options);
std::vector<ExportedFile> export_numpy(const Model& model, const ExportOptions& options);
std::vector<ExportedFile> export_js(const Model& model, const ExportOptions& options);

namespace {

template <class Make>
struct Entry {
  Word word;
  Make make;
};

template <class Make>
using Table = std::vector<Entry<Make>>;

const Table<decltype(&make_linear)>& networks() {
  static const Table<decltype(&make_linear)> table{
      {{"linear",
        "an intercept and a slope for each input; linear:no-intercept without the first",
        {"linear", "linear:no-intercept"}},
       make_linear},
      {{"poly",
        "poly:P: powers of each input up to P, as poly:2; poly:P:no-intercept",
        {"poly:2", "poly:3:no-intercept"}},
       make_poly},
      {{"constant", "an intercept alone", {"constant"}}, make_constant},
      {{"mlp",
        "mlp:SIZES[:relu|tanh|silu]: hidden layers of these sizes, as mlp:32,16:tanh (default relu)",
        {"mlp:3", "mlp:4,3:tanh", "mlp:3:silu"}},
       make_mlp},
  };
  return table;
}

const Table<decltype(&make_gaussian)>& families() {
  static const Table<decltype(&make_gaussian)> table{
      {{"gaussian",
        "a number; one sigma for each expert, or gaussian:shared for one in all, gaussian:unit for sigma 1, "
        "gaussian:hetero for a sigma that the inputs tell, too (gaussian:hetero:LOW:HIGH: between these)",
        {"gaussian", "gaussian:shared", "gaussian:unit", "gaussian:hetero", "gaussian:hetero:0.1:5"}},
       make_gaussian},
      {{"student",
        "a number with outliers; scale and degrees of freedom nu for each expert, nu above 1 or above what "
        "student:LEAST says, as "
        "student:0.1",
        {"student"}},
       make_student},
      {{"laplace", "a number, by its median: errors count by their size, not their square", {"laplace"}}, make_laplace},
      {{"skew-normal", "a number with a longer tail on one side (Azzalini 1985)", {"skew-normal"}}, make_skew_normal},
      {{"gamma", "a number above 0, by the logarithm of its mean; a shape for each expert", {"gamma"}}, make_gamma},
      {{"beta", "a number between 0 and 1, by the log-odds of its mean; a precision for each expert", {"beta"}},
       make_beta},
      {{"poisson", "a count, by the logarithm of its mean", {"poisson"}}, make_poisson},
      {{"negative-binomial",
        "a count that varies more than a Poisson's: variance mu + mu^2 / theta",
        {"negative-binomial"}},
       make_negative_binomial},
      {{"zero-inflated-poisson", "a count with more zeros than a Poisson's", {"zero-inflated-poisson"}},
       make_zero_inflated_poisson},
      {{"binomial", "successes of a number of trials (--trials), by log-odds", {"binomial"}}, make_binomial},
      {{"bernoulli", "two classes, by log-odds", {"bernoulli"}}, make_bernoulli},
      {{"categorical", "two or more classes, by a softmax", {"categorical"}}, make_categorical},
  };
  return table;
}

/// What is no composite of families of one target each.
constexpr const char* kFull = "gaussian:full";

const Table<decltype(&make_softmax_gate)>& gates() {
  static const Table<decltype(&make_softmax_gate)> table{
      {{"softmax", "positive weights that sum to 1: the mixture is a density", {"softmax"}}, make_softmax_gate},
      {{"positive", "exp of each output: positive, but the sum is free to grow", {"positive"}}, make_positive_gate},
      {{"linear", "the raw outputs: the sum may be negative, and free to grow", {"linear"}}, make_linear_gate},
  };
  return table;
}

const Table<decltype(&make_likelihood)>& objectives() {
  static const Table<decltype(&make_likelihood)> table{
      {{"likelihood", "-log sum_k g_k p(y|eta_k), mean over rows", {"likelihood"}}, make_likelihood},
      {{"me", "-log sum_k g_k exp(-|y - o_k|^2 / 2), mean over rows", {"me"}}, make_me},
      {{"me-batch", "-log sum_n sum_k g_k exp(-|y_n - o_k|^2 / 2): the log of the batch's sum", {"me-batch"}},
       make_me_batch},
      {{"blend", "|y - sum_k g_k o_k|^2: squared error of the merged output", {"blend"}}, make_blend},
      {{"localized", "sum_k g_k |y - o_k|^2 (Jacobs et al. 1991, eq. 1.2)", {"localized"}}, make_localized},
  };
  return table;
}

const Table<decltype(&make_adam)>& solvers() {
  static const Table<decltype(&make_adam)> table{
      {{"adam", "mini-batches, a step size for each parameter (Kingma, Ba 2015)", {"adam"}}, make_adam},
      {{"sgd", "mini-batches, gradient descent with momentum", {"sgd"}}, make_sgd},
      {{"lbfgs", "all rows at once, quasi-Newton (Nocedal 1980)", {"lbfgs"}}, make_lbfgs},
      {{"newton",
        "lbfgs, then Newton's steps with second derivatives: linear networks, softmax, likelihood",
        {"newton"}},
       make_newton},
      {{"em",
        "expectation maximisation, then newton's steps; generalised for MLPs: softmax, likelihood (Jordan, Jacobs "
        "1994)",
        {"em"}},
       make_em},
      {{"owlqn", "all rows at once, weights to 0 exactly under --l1 and --gate-l1 (Andrew, Gao 2007)", {"owlqn"}},
       make_owlqn},
  };
  return table;
}

/// A format's options are those of ExportOptions that it takes.
struct Exporter {
  Word word;
  decltype(&export_json) make;
  std::vector<std::string> options;
  bool directory;
};

const std::vector<Exporter>& exporters() {
  static const std::vector<Exporter> table{
      {{"json", "all that the model is, for scripts and 'moe import'", {"json"}}, export_json, {}, false},
      {{"c", "one C99 file without allocation or dependencies but libm", {"c"}},
       export_c,
       {"prefix", "rows", "unknown"},
       false},
      {{"onnx", "the whole model, from a table's columns on, for ONNX runtimes (opset 13)", {"onnx"}},
       export_onnx,
       {"float", "unknown"},
       false},
      {{"tfjs", "a Keras functional model of named layers for TensorFlow.js (float32): a directory", {"tfjs"}},
       export_tfjs,
       {},
       true},
      {{"dot", "the structure, for Graphviz: dot -Tsvg", {"dot"}}, export_dot, {}, false},
      {{"sql", "one SELECT for DuckDB, PostgreSQL or SQLite: scores rows where they live", {"sql"}},
       export_sql,
       {"dialect", "table", "unknown"},
       false},
      {{"numpy", "a Python module that needs NumPy alone, and its arrays in an .npz file", {"numpy"}},
       export_numpy,
       {"unknown"},
       true},
      {{"js", "one ECMAScript module, or a plain script, without dependencies, for browsers and Node", {"js"}},
       export_js,
       {"classic", "prefix", "unknown"},
       false},
  };
  return table;
}

template <class Entry>
std::vector<Word> words_of(const std::vector<Entry>& table) {
  std::vector<Word> words;
  for (const auto& entry : table) words.push_back(entry.word);
  return words;
}

/// The entry of `name`, or an error that names the nearest one.
template <class Entry>
const Entry& find_entry(const std::vector<Entry>& table, const char* what, const std::string& name) {
  for (const Entry& entry : table)
    if (entry.word.name == name) return entry;
  throw Error(ErrorKind::kUsage, unknown_word(what, name, names(words_of(table))));
}

template <class Make>
const Make& find(const Table<Make>& table, const char* what, const std::string& name) {
  return find_entry(table, what, name).make;
}

/// "mlp:32,16:tanh" -> "mlp" and "32,16:tanh".
std::pair<std::string, std::string> split_spec(const std::string& spec) {
  const std::size_t colon = spec.find(':');
  if (colon == std::string::npos) return {spec, ""};
  return {spec.substr(0, colon), spec.substr(colon + 1)};
}

std::vector<std::string> split_list(const std::string& specs) {
  std::vector<std::string> result;
  for (std::size_t begin = 0; begin <= specs.size();) {
    const std::size_t end = std::min(specs.find(',', begin), specs.size());
    result.push_back(specs.substr(begin, end - begin));
    begin = end + 1;
  }
  return result;
}

}  // namespace

std::vector<Word> network_words() { return words_of(networks()); }
std::vector<Word> family_words() { return words_of(families()); }
std::vector<Word> several_family_words() {
  return {{"FAMILY,FAMILY",
           "one for each of several targets, or one for all: independent given the expert",
           {"gaussian", "gaussian:shared", "gaussian:unit", "gaussian:hetero,student", "gaussian,poisson",
            "gamma,zero-inflated-poisson"}},
          {kFull, "several targets together: a covariance matrix for each expert", {kFull}}};
}
std::vector<Word> gate_words() { return words_of(gates()); }
std::vector<Word> objective_words() { return words_of(objectives()); }
std::vector<Word> solver_words() { return words_of(solvers()); }

std::vector<std::string> names(const std::vector<Word>& words) {
  std::vector<std::string> result;
  for (const Word& word : words) result.push_back(word.name);
  return result;
}

Network make_network(const std::string& spec, arma::uword inputs, arma::uword outputs) {
  const auto [name, arguments] = split_spec(spec);
  return find(networks(), "network", name)(arguments, inputs, outputs);
}

std::shared_ptr<const Family> make_family(const std::string& spec, const TargetInfo& target) {
  const auto [name, arguments] = split_spec(spec);
  return find(families(), "family", name)(arguments, target);
}

std::shared_ptr<const Family> make_family(const std::string& spec, const std::vector<TargetInfo>& targets) {
  const std::vector<std::string> specs = split_list(spec);
  if (targets.size() == 1 && specs.size() == 1) return make_family(spec, targets[0]);
  if (spec == kFull) return make_full_gaussian(targets);
  if (std::find(specs.begin(), specs.end(), kFull) != specs.end())
    throw Error(ErrorKind::kUsage, "family 'gaussian:full' describes all targets together: expected it alone");
  return make_joint(specs, targets);
}

std::vector<Support> family_supports(const std::string& spec) {
  const std::vector<std::string> specs = split_list(spec);
  if (spec == kFull) return {Support::kReal};
  if (specs.size() == 1) return {family_support(spec)};
  return make_family(spec, std::vector<TargetInfo>(specs.size()))->supports();
}

Support family_support(const std::string& spec) {
  const std::string name = split_spec(spec).first;
  const bool classes = name == "bernoulli" || name == "categorical";
  return make_family(spec, {classes ? arma::uword{2} : arma::uword{0}, 1, 1})->support();
}

std::shared_ptr<const Gate> make_gate(const std::string& name) { return find(gates(), "gate link", name)(); }

std::shared_ptr<const Objective> make_objective(const std::string& name) {
  return find(objectives(), "objective", name)();
}

std::shared_ptr<const Solver> make_solver(const std::string& name) { return find(solvers(), "solver", name)(); }

std::vector<ExportFormat> export_formats() {
  std::vector<ExportFormat> formats;
  for (const Exporter& entry : exporters())
    formats.push_back({entry.word.name, entry.word.help, entry.options, entry.directory});
  return formats;
}

std::vector<ExportedFile> export_model(const Model& model, const std::string& format, const ExportOptions& options) {
  const Exporter& entry = find_entry(exporters(), "export format", format);
  const auto require = [&](bool given, const std::string& option) {
    if (given && std::find(entry.options.begin(), entry.options.end(), option) == entry.options.end())
      throw Error(ErrorKind::kUsage, "--" + option + " means nothing to format " + format + ": expected it " +
                                         "with a format that 'moe export --list' shows it for");
  };
  require(options.single_precision, "float");
  require(!options.dialect.empty(), "dialect");
  require(!options.table.empty(), "table");
  require(!options.prefix.empty(), "prefix");
  require(options.rows, "rows");
  require(options.classic, "classic");
  require(options.ignore_unknown.has_value(), "unknown");
  if (options.ignore_unknown == false && entry.make != export_sql)
    throw Error(ErrorKind::kUsage, "--unknown error: format " + format +
                                       " takes a level that training has not seen for the reference level: expected "
                                       "--unknown ignore, or --format sql");
  return entry.make(model, options);
}

}  // namespace moe
