// Recipes: made-up tables with a known truth. Each recipe draws its rows from one stream of random numbers, in a fixed
// order, so that a short table is the beginning of a long one. The parameters of the recipe, outliers and missing cells
// have streams of their own: switching one of them on changes no other number. All arithmetic is portable (random.hpp),
// so the bytes are the same on every machine.
#include "moe/recipe.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>

#include "gen/recipes/process.hpp"
#include "moe/error.hpp"
#include "moe/random.hpp"

namespace moe {
namespace {

enum Stream : std::uint64_t { kRows = 1, kParameters, kOutliers, kMissing };

/// The limit for one table. More cells are probably a typing error, and would not fit into memory.
constexpr arma::uword kMostCells = arma::uword{1} << 30;
constexpr arma::uword kMostExperts = 1000;
/// The standard deviation of an outlier, as a multiple of that of the recipe's target.
constexpr double kOutlierWidth = 10;

using processes::Mixture;
using processes::Process;
using processes::Row;
using processes::Settings;

enum class Target { kNumber, kCount, kTwoClasses, kClassForEachExpert };

struct Recipe {
  const char* name;
  const char* help;
  processes::Maker* process;
  Settings defaults;          // a noise below 0: the recipe has no noise
  arma::uword fewest_inputs;  // 0: the option -d does not apply
  bool any_experts;           // whether the option -k applies
  Target target;
  double spread;  // roughly the standard deviation of a numeric target
};

// --- The table -------------------------------------------------------------------------------------------------------

const std::vector<Recipe>& table() {
  using namespace processes;
  using enum Target;
  const double tenth = 0.1 / std::sqrt(3.0);  // the standard deviation of a uniform draw from (-0.1, 0.1)
  // clang-format off
  static const std::vector<Recipe> recipes{
      {"uniform", "inputs and target uniform on (0, 1): nothing to learn",
       uniform, {4, 1, -1}, 1, false, kNumber, 0.29},
      {"two-lines", "2x or 1 - x, the first with probability 1 / (1 + exp(-4x))",
       two_lines, {1, 2, 0.2}, 0, false, kNumber, 1},
      {"experts", "a random mixture of linear experts behind a linear softmax gate",
       experts, {4, 3, 0.5}, 1, true, kNumber, 3},
      {"friedman1", "10 sin(pi x1 x2) + 20 (x3 - 1/2)^2 + 10 x4 + 5 x5, other inputs idle (Friedman 1991)",
       friedman1, {10, 1, 1}, 5, false, kNumber, 5},
      {"sine", "sin(2 pi x) with noise in proportion to x",
       sine, {1, 1, 0.5}, 0, false, kNumber, 0.8},
      {"inverse", "y from x = y + 0.3 sin(2 pi y) + noise: up to three answers (Bishop 1994)",
       inverse, {1, 1, tenth}, 0, false, kNumber, 0.29},
      {"step", "0 left of 1/2, 1 right of it",
       step, {1, 2, 0.1}, 0, false, kNumber, 0.5},
      {"counts", "Poisson counts from a random mixture of log-linear experts",
       counts, {2, 2, -1}, 1, true, kCount, 5},
      {"xor", "class 1 where two inputs have different signs",
       exclusive_or, {2, 1, 0}, 0, false, kTwoClasses, 0},
      {"spirals", "two classes, each an arm of a spiral of one and a half turns",
       spirals, {2, 2, 0.02}, 0, false, kTwoClasses, 0},
      {"checkerboard", "two classes, the colours of 4 x 4 squares",
       checkerboard, {2, 1, 0}, 0, false, kTwoClasses, 0},
      {"blobs", "classes a, b, c, ..: Gaussian clouds round random centers",
       blobs, {2, 3, 1}, 1, true, kClassForEachExpert, 0},
  };
  // clang-format on
  return recipes;
}

const Recipe& find(const std::string& name) {
  std::vector<std::string> known;
  for (const Recipe& recipe : table()) {
    if (recipe.name == name) return recipe;
    known.emplace_back(recipe.name);
  }
  throw Error(ErrorKind::kUsage, unknown_word("recipe", name, known));
}

// --- Options ---------------------------------------------------------------------------------------------------------

[[noreturn]] void refuse(const Recipe& recipe, const std::string& why) {
  throw Error(ErrorKind::kUsage, std::string("recipe '") + recipe.name + "' " + why);
}

std::string count_of(arma::uword count, const std::string& thing) {
  return count == 1 ? "has one " + thing : "has " + std::to_string(count) + " " + thing + "s";
}

bool is_share(double value) { return value >= 0 && value <= 1; }

Settings settle(const Recipe& recipe, const RecipeOptions& options) {
  Settings settings = recipe.defaults;
  if (options.features > 0) {
    if (recipe.fewest_inputs == 0)
      refuse(recipe, count_of(settings.d, "input") + ": -d does not apply: expected no -d");
    if (options.features < recipe.fewest_inputs)
      refuse(recipe, "needs " + std::to_string(recipe.fewest_inputs) + " inputs: expected -d " +
                         std::to_string(recipe.fewest_inputs) + " or more");
    settings.d = options.features;
  }
  if (options.experts > 0) {
    if (!recipe.any_experts) refuse(recipe, count_of(settings.K, "expert") + ": -k does not apply: expected no -k");
    if (options.experts > kMostExperts)
      refuse(recipe, "has not so many experts: expected -k from 1 to " + std::to_string(kMostExperts));
    settings.K = options.experts;
  }
  if (options.noise >= 0) {
    if (settings.noise < 0) refuse(recipe, "has no noise of its own: --noise does not apply: expected no --noise");
    if (!std::isfinite(options.noise)) refuse(recipe, "needs a finite --noise: expected a number from 0");
    settings.noise = options.noise;
  }
  if (!is_share(options.outliers)) refuse(recipe, "draws outliers with a probability: expected --outliers from 0 to 1");
  if (!is_share(options.missing)) refuse(recipe, "leaves cells out with a probability: expected --missing from 0 to 1");
  if (options.rows == 0) refuse(recipe, "draws one row or more: expected -n 1 or more");
  if (settings.d >= kMostCells || std::max(options.rows, settings.K) > kMostCells / (settings.d + 1))
    refuse(recipe, "draws at most " + std::to_string(kMostCells) + " cells: expected fewer rows or inputs");
  return settings;
}

// --- Tables ----------------------------------------------------------------------------------------------------------

/// a, b, .., z, aa, ab, ..
std::string letters(arma::uword index) {
  constexpr arma::uword kAlphabet = 26;
  const std::string last(1, static_cast<char>('a' + index % kAlphabet));
  return index < kAlphabet ? last : letters(index / kAlphabet - 1) + last;
}

std::vector<std::string> labels_of(const Recipe& recipe, const Settings& settings) {
  std::vector<std::string> labels;
  if (recipe.target == Target::kTwoClasses) return {"0", "1"};
  if (recipe.target != Target::kClassForEachExpert) return labels;
  for (arma::uword k = 0; k < settings.K; ++k) labels.push_back(letters(k));
  return labels;
}

/// Draws two numbers for each row, whether they are used or not. So a larger share of outliers includes those of a
/// smaller one.
void add_outliers(const Recipe& recipe, const RecipeOptions& options, Generated& table) {
  Random random(options.seed, kOutliers);
  const auto classes = static_cast<double>(table.labels.size());
  for (double& y : table.y) {
    const bool outlier = random.uniform() < options.outliers;
    const double place = random.uniform();
    if (!outlier) continue;
    const double far = kOutlierWidth * recipe.spread * portable::normal_quantile(place);
    if (classes > 0)  // a class becomes another class
      y = std::fmod(y + 1 + std::floor(place * (classes - 1)), classes);
    else
      y = recipe.target == Target::kCount ? std::floor(std::fabs(far) + 0.5) : far;
  }
}

void remove_cells(const RecipeOptions& options, Generated& table) {
  Random random(options.seed, kMissing);
  for (double& cell : table.X)
    if (random.uniform() < options.missing) cell = std::numeric_limits<double>::quiet_NaN();
}

/// The mixture as a model whose units are those of the data: centers 0 and scales 1.
Model model_of(const Mixture& mixture, const std::vector<std::string>& inputs) {
  Schema schema;
  schema.inputs = inputs;
  schema.targets = {"y"};
  ModelSpec spec;
  spec.gate_inputs.resize(inputs.size());
  std::iota(spec.gate_inputs.begin(), spec.gate_inputs.end(), std::size_t{0});
  spec.experts.assign(mixture.experts.n_cols, "linear");
  spec.expert_inputs.assign(mixture.experts.n_cols, spec.gate_inputs);
  Model model(std::move(schema), Standardization::none(inputs.size(), 1), spec);
  std::copy_n(mixture.gate.memptr(), mixture.gate.n_elem, model.theta.begin() + model.gate_branch.offset);
  for (std::size_t k = 0; k < model.experts.size(); ++k) {
    const Expert& expert = model.experts[k];
    std::copy_n(mixture.experts.colptr(k), mixture.experts.n_rows, model.theta.begin() + expert.offset);
    model.theta[expert.psi_offset] = gaussian_psi(mixture.sigma[k], model.standardization.target_spread[0]);
  }
  model.fit.objective = "likelihood";
  model.fit.solver = "none";
  model.fit.parameters = model.degrees_of_freedom();
  return model;
}

Generated draw_rows(const Process& process, const RecipeOptions& options, const Settings& settings) {
  Generated table;
  table.X.set_size(settings.d, options.rows);
  table.y.set_size(options.rows);
  table.expert.resize(options.rows);
  Random random(options.seed, kRows);
  Row row;
  row.x.resize(settings.d);
  for (arma::uword n = 0; n < options.rows; ++n) {
    process.draw(random, row);
    std::copy(row.x.begin(), row.x.end(), table.X.begin_col(n));
    table.y[n] = row.y;
    table.expert[n] = row.expert;
  }
  return table;
}

}  // namespace

std::vector<RecipeInfo> recipes() {
  std::vector<RecipeInfo> result;
  for (const Recipe& recipe : table()) result.push_back({recipe.name, recipe.help});
  return result;
}

Generated generate(const std::string& name, const RecipeOptions& options) {
  const Recipe& recipe = find(name);
  const Settings settings = settle(recipe, options);
  Random parameters(options.seed, kParameters);
  const Process process = recipe.process(settings, parameters);
  Generated table = draw_rows(process, options, settings);
  for (arma::uword j = 1; j <= settings.d; ++j) table.inputs.push_back("x" + std::to_string(j));
  table.labels = labels_of(recipe, settings);
  if (process.truth) table.truth = model_of(*process.truth, table.inputs);
  if (options.outliers > 0) add_outliers(recipe, options, table);
  if (options.missing > 0) remove_cells(options, table);
  return table;
}

}  // namespace moe
