#include "train_options.hpp"

#include <algorithm>
#include <limits>

#include "csv_options.hpp"
#include "moe/error.hpp"
#include "moe/numeric.hpp"
#include "moe/registry.hpp"
#include "moe/solver.hpp"
#include "synonyms.hpp"

namespace cli {
namespace {

using moe::Error;
using moe::ErrorKind;

constexpr double kLargest = std::numeric_limits<double>::max();
constexpr std::uint64_t kMostSeed = std::numeric_limits<std::uint64_t>::max();

bool is_word(const std::vector<moe::Word>& words, const std::string& name) {
  const std::vector<std::string> known = moe::names(words);
  return std::find(known.begin(), known.end(), name) != known.end();
}

/// "poisson:linear", "gaussian:shared:poly:2", "poisson" or "poly:2": a family ("" if there is none) and a network.
std::pair<std::string, std::string> family_and_network(const std::string& spec) {
  std::vector<std::string> words{""};
  for (const char c : spec)
    if (c == ':')
      words.emplace_back();
    else
      words.back() += c;
  if (!is_word(moe::family_words(), words[0].substr(0, words[0].find(',')))) return {"", spec};
  std::size_t network = 1;
  while (network < words.size() && !is_word(moe::network_words(), words[network])) ++network;
  const auto part = [&](std::size_t first, std::size_t last) {
    return moe::join(
        std::vector<std::string>(words.begin() + static_cast<long>(first), words.begin() + static_cast<long>(last)),
        ":");
  };
  return {part(0, network), network == words.size() ? "linear" : part(network, words.size())};
}

/// Splits the experts' words into networks and families.
void settle_experts(const Arguments& arguments, moe::ModelSpec& spec) {
  std::vector<std::string> families;
  for (std::string& expert : spec.experts) {
    auto [family, network] = family_and_network(usual_word(expert));
    if (!family.empty() && arguments.has("family"))
      throw Error(ErrorKind::kUsage, "--expert " + expert + ": --family says one for all: expected one of the two");
    families.push_back(family);
    expert = network;
  }
  const auto named = static_cast<std::size_t>(
      std::count_if(families.begin(), families.end(), [](const std::string& family) { return !family.empty(); }));
  if (named == 0) return;
  if (named < families.size())
    throw Error(ErrorKind::kUsage,
                "--expert: some name a family and some do not: expected it for each, as poisson:linear");
  spec.family = families[0];
  for (const std::string& family : families)
    if (family != families[0]) spec.expert_families = families;
}

/// "softmax:mlp:16", "softmax", "constant" or "mlp:16": the network of the gate.
std::string gate_network(const std::string& gate) {
  if (gate == "softmax") return "linear";
  if (gate.rfind("softmax:", 0) == 0) return gate.substr(8);
  const std::string name = gate.substr(0, gate.find(':'));
  std::vector<std::string> known = moe::names(moe::network_words());
  for (const std::string& network : known)
    if (name == network) return gate;
  known.insert(known.begin(), "softmax");
  throw Error(ErrorKind::kUsage, "--gate: " + moe::unknown_word("gate", gate, known));
}

/// Says how the target is to be read for these families.
void describe_target(const moe::ModelSpec& spec, moe::ColumnRequest& request) {
  std::vector<std::string> families = spec.expert_families;
  if (families.empty()) families = {spec.family};
  for (const std::string& family : families)
    if (family != "auto") request.supports.push_back(moe::family_supports(family));
  const auto classes =
      std::count(request.supports.begin(), request.supports.end(), std::vector{moe::Support::kClasses});
  if (classes > 0 && classes < static_cast<long>(families.size()))
    throw Error(ErrorKind::kUsage, "--expert: some describe classes and some a number: expected one kind");
  if (!request.supports.empty()) request.kind = classes > 0 ? moe::TargetKind::kClasses : moe::TargetKind::kNumber;
}

moe::Missing missing(const std::string& word) {
  const std::vector<std::pair<std::string, moe::Missing>> known{{"error", moe::Missing::kError},
                                                                {"drop", moe::Missing::kDrop},
                                                                {"mean", moe::Missing::kMean},
                                                                {"indicator", moe::Missing::kIndicator}};
  std::vector<std::string> names;
  for (const auto& [name, value] : known) {
    if (name == word) return value;
    names.push_back(name);
  }
  throw Error(ErrorKind::kUsage, "--missing: " + moe::unknown_word("word", word, names));
}

/// "a,b" is a and b; "" is no word.
std::vector<std::string> words(const std::string& list) {
  std::vector<std::string> result;
  for (std::size_t begin = 0; begin < list.size();) {
    const std::size_t end = std::min(list.find(',', begin), list.size());
    if (end > begin) result.push_back(list.substr(begin, end - begin));
    begin = end + 1;
  }
  return result;
}

/// "0.1,2" is 0.1 and 2. Throws for a word that is no number above 0.
std::vector<double> numbers(const Arguments& arguments, const std::string& option) {
  std::vector<double> result;
  for (const std::string& word : words(arguments.text(option))) {
    const std::optional<double> number = moe::parse_number(word);
    if (!number || !(*number > 0 && *number <= kLargest))
      throw Error(ErrorKind::kUsage, "--" + option + ": '" + word + "': expected a number above 0 for each target");
    result.push_back(*number);
  }
  return result;
}

bool uses(const std::string& solver, const std::string& option) {
  const std::vector<std::string> options = moe::make_solver(solver)->options();
  return std::find(options.begin(), options.end(), option) != options.end();
}

/// "adam or sgd": the solvers that use the option.
std::string solvers_with(const std::string& option) {
  std::vector<std::string> known;
  for (const std::string& name : moe::names(moe::solver_words()))
    if (uses(name, option)) known.push_back(name);
  return moe::join(known, " or ");
}

/// Throws for an option that the chosen solver does not use.
void check_solver_options(const Arguments& arguments) {
  const std::string solver = arguments.text("solver");
  if (solver == "auto") return;
  for (const char* option : {"learning-rate", "batch", "schedule", "momentum", "tolerance"})
    if (arguments.has(option) && !uses(solver, option))
      throw Error(ErrorKind::kUsage, std::string("--") + option + ": --solver " + solver +
                                         " does not use it: expected it with " + solvers_with(option));
}

}  // namespace

moe::ModelSpec model_spec(const Arguments& arguments, const std::vector<std::string>& experts,
                          const std::string& family) {
  moe::ModelSpec spec;
  spec.experts = experts;
  spec.family = usual_word(family);
  settle_experts(arguments, spec);
  spec.gate = gate_network(arguments.text("gate"));
  spec.gate_link = arguments.text("gate-link");
  return spec;
}

std::vector<std::string> missing_words(const Arguments& arguments) { return words(arguments.text("na")); }

moe::ColumnRequest column_request(const Arguments& arguments, const moe::ModelSpec& spec) {
  moe::ColumnRequest request;
  request.gate_reads = spec.gate != "constant" && spec.experts.size() > 1;
  for (const std::string& network : spec.experts) request.expert_reads.push_back(network != "constant");
  request.target = arguments.text("target");
  request.features = arguments.text("features");
  request.gate_features = arguments.text("gate-features");
  request.expert_features = arguments.all("expert-features");
  request.weight = arguments.text("weight");
  request.id = arguments.text("id");
  request.positive = arguments.text("positive");
  request.trials = arguments.text("trials");
  request.offset = arguments.text("offset");
  request.exposure = arguments.text("exposure");
  request.fold_group = arguments.text("fold-group");
  request.categorical = arguments.text("categorical");
  request.missing = missing(arguments.text("missing"));
  request.na = missing_words(arguments);
  describe_target(spec, request);
  return request;
}

moe::TrainOptions train_options(const Arguments& arguments) {
  check_solver_options(arguments);
  constexpr std::uint64_t kMany = 1'000'000'000;
  moe::TrainOptions options;
  options.objective = arguments.text("objective");
  options.solver = arguments.text("solver");
  moe::SolverOptions& solver = options.solver_options;
  if (arguments.has("epochs")) solver.epochs = arguments.count("epochs", 1, kMany);
  if (arguments.has("tolerance")) solver.tolerance = arguments.number("tolerance", 1e-300, kLargest);
  if (arguments.has("learning-rate")) solver.learning_rate = arguments.number("learning-rate", 1e-300, kLargest);
  solver.momentum = arguments.number("momentum", 0, 1);
  solver.schedule = arguments.text("schedule");
  options.batch = arguments.count("batch", 0, kMany);
  if (arguments.text("restarts") != "auto") options.restarts = arguments.count("restarts", 1, 1'000'000);
  if (arguments.text("l2") != "auto") options.penalty.experts = arguments.number("l2", 0, kLargest);
  if (arguments.text("gate-l2") != "auto") options.penalty.gate = arguments.number("gate-l2", 0, kLargest);
  options.penalty.experts_l1 = arguments.number("l1", 0, kLargest);
  options.penalty.gate_l1 = arguments.number("gate-l1", 0, kLargest);
  options.firth = arguments.has("firth");
  options.standardize = arguments.yes("standardize");
  options.sigma_floor = numbers(arguments, "sigma-floor");
  if (arguments.has("patience")) options.patience = arguments.count("patience", 1, kMany);
  options.seed = arguments.count("seed", 0, kMostSeed);
  options.threads = threads(arguments);
  return options;
}

std::optional<moe::Dataset> validation_rows(const Arguments& arguments, const moe::Schema& schema,
                                            moe::TrainOptions& options) {
  const std::string given = arguments.text("validation");
  if (given.empty()) return std::nullopt;
  if (const auto fraction = moe::parse_number(given)) {
    if (!(*fraction > 0 && *fraction < 1))
      throw Error(ErrorKind::kUsage, "--validation: '" + given + "': expected a fraction between 0 and 1, or a file");
    options.validation = *fraction;
    return std::nullopt;
  }
  moe::CsvReader reader(data_path(given, data_path(arguments.positional(0))),
                        csv_options(arguments, arguments.has("na") ? missing_words(arguments) : schema.na));
  return rows_with_target(arguments, reader, schema);
}

}  // namespace cli
