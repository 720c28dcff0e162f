// The models that an automatic fit tries. A constant holds where the inputs say nothing. Linear experts with a penalty
// suit small tables and plain effects. Mixtures of MLPs suit the rest. Their sigma is a function of the inputs, or
// their tails are heavy. Where the target has steps, it helps to code the inputs by pieces. Where the target is above 0
// and spans a wide range, its logarithm may be simpler. Which one wins differs from table to table, so held-out rows
// decide.
#include <algorithm>
#include <cmath>
#include <numeric>

#include "moe/automatic.hpp"
#include "moe/numeric.hpp"

namespace moe {
namespace {

/// With more columns of numbers, networks of pieces cost too much. Levels of categories have no pieces.
constexpr std::ptrdiff_t kMostNumbersInPieces = 32, kMostNumbersInFinePieces = 8;
/// So that each of 64 pieces has some rows.
constexpr arma::uword kFewestRowsForFinePieces = 2048;
/// A target above 0 whose 90 % quantile is so many times its 10 % quantile may have a simpler logarithm. A mixture of
/// lognormal experts has no mean to rely on: that of an expert of almost no weight may be any power of ten. So there is
/// one expert, and its sigma has bounds. All candidates share units, in which a tiny target would lose its digits.
constexpr double kWideRange = 5, kTiny = 1e-6;
constexpr const char* kLogarithmic = "lognormal:hetero:0.001:2";

struct Recipe {
  std::string expert, gate, family;
  arma::uword experts;
  double l2;
};

std::string number(double value) { return format_number(value); }

Tried candidate(const Schema& schema, const Recipe& recipe, arma::uword rows, const AutomaticOptions& options) {
  Tried result;
  ModelSpec& spec = result.spec;
  spec.experts.assign(recipe.experts, recipe.expert);
  spec.gate = recipe.experts == 1 ? "constant" : recipe.gate;
  spec.family = recipe.family;
  spec.gate_inputs.resize(spec.gate == "constant" ? 0 : schema.inputs.size());
  std::iota(spec.gate_inputs.begin(), spec.gate_inputs.end(), std::size_t{0});
  std::vector<std::size_t> all(schema.inputs.size());
  std::iota(all.begin(), all.end(), std::size_t{0});
  spec.expert_inputs.assign(recipe.experts, all);
  TrainOptions& train = result.options;
  train.penalty = {recipe.l2, std::max(recipe.l2, 1e-12)};
  train.errors = false;
  train.seed = options.seed;
  result.words = "-k " + std::to_string(recipe.experts) + " --expert " + recipe.expert;
  if (recipe.experts > 1) result.words += " --gate softmax:" + recipe.gate;
  if (recipe.family != "auto") result.words += " --family " + recipe.family;
  result.words += " --l2 " + number(recipe.l2) + " --gate-l2 " + number(train.penalty.gate);
  if (recipe.expert == "linear" || recipe.expert == "constant") return result;
  train.solver = "adam";
  pace(train, rows, options.effort);
  result.words += " --solver adam --epochs " + std::to_string(train.solver_options.epochs) +
                  " --schedule cosine --batch " + std::to_string(train.batch) + " --patience " +
                  std::to_string(train.patience);
  return result;
}

// Steps of few numbers, as a tax has them, are told by many pieces. In a model all networks have the same pieces.
std::vector<Recipe> recipes_of_fine_pieces(const std::string& family) {
  return {{"pieces:64:linear", "linear", family, 1, 1e-4},
          {"pieces:64:mlp:32", "mlp:16", family, 1, 1e-2},
          {"pieces:64:mlp:64:silu", "mlp:16", family, 1, 3e-3},
          {"pieces:64:mlp:32:silu", "pieces:64:linear", family, 3, 3e-3}};
}

// Where classes overlap little, small penalties win, and where inputs are many, large ones.
std::vector<Recipe> recipes_of_classes(const std::string& family) {
  return {{"linear", "linear", family, 1, 1e-4},          {"linear", "linear", family, 1, 1e-3},
          {"linear", "linear", family, 1, 1e-2},          {"linear", "linear", family, 1, 1e-1},
          {"linear", "linear", family, 3, 1e-2},          {"mlp:32", "mlp:16", family, 1, 1e-5},
          {"mlp:32", "mlp:16", family, 1, 1e-3},          {"mlp:64", "mlp:16", family, 1, 1e-2},
          {"mlp:32", "mlp:16", family, 4, 1e-5},          {"mlp:32", "mlp:16", family, 4, 1e-3},
          {"mlp:64,64:silu", "mlp:16", family, 1, 1e-3},  {"mlp:128:silu", "mlp:16", family, 1, 1e-4},
          {"pieces:16:mlp:32", "mlp:16", family, 1, 1e-2}};
}

std::vector<Recipe> recipes_of_numbers() {
  return {{"linear", "linear", "gaussian", 1, 1e-3},
          {"linear", "linear", "gaussian", 3, 1e-3},
          {"mlp:32", "mlp:16", "gaussian:hetero", 4, 1e-4},
          {"mlp:64", "mlp:32", "gaussian:hetero", 4, 1e-3},
          {"mlp:64", "mlp:32", "gaussian:hetero", 8, 1e-5},
          {"mlp:64,64:silu", "mlp:64", "student", 4, 1e-5},
          {"mlp:64,64:silu", "mlp:32", "gaussian:hetero", 3, 1e-4},
          {"pieces:16:mlp:64", "pieces:16:mlp:32", "gaussian:hetero", 4, 1e-3},
          {"pieces:16:mlp:64,64:silu", "mlp:32", "gaussian:hetero", 3, 1e-4}};
}

std::vector<Recipe> recipes_of_family(const std::string& family) {
  return {{"linear", "linear", family, 1, 1e-3},          {"linear", "linear", family, 3, 1e-3},
          {"mlp:32", "mlp:16", family, 1, 1e-3},          {"mlp:32", "mlp:16", family, 4, 1e-4},
          {"mlp:64", "mlp:32", family, 4, 1e-3},          {"mlp:64,64:silu", "mlp:32", family, 3, 1e-4},
          {"pieces:16:mlp:64", "mlp:32", family, 3, 1e-3}};
}

/// Whether the logarithm of the target is worth a try.
bool suits_logarithm(const Schema& schema, const Dataset& data) {
  if (schema.targets.size() > 1 || !schema.offset.empty()) return false;
  const arma::vec y = data.y.elem(arma::find(data.w > 0));
  if (y.is_empty() || y.min() <= kTiny * y.max()) return false;
  const arma::vec tails = arma::quantile(y, arma::vec{0.1, 0.9});
  return tails[1] >= kWideRange * tails[0];
}

std::vector<Recipe> recipes_for(const Schema& schema, const Dataset& data, const std::string& family) {
  const bool open = family == "auto" && !schema.classes();
  std::vector<Recipe> result = schema.classes() ? recipes_of_classes(family)
                               : open           ? recipes_of_numbers()
                                                : recipes_of_family(family);
  if (open && schema.targets.size() > 1)
    result.insert(result.end(), {{"linear", "linear", "gaussian:full", 1, 1e-3},
                                 {"linear", "linear", "gaussian:full", 3, 1e-3},
                                 {"mlp:64", "mlp:32", "gaussian:full", 4, 1e-4}});
  if (open && suits_logarithm(schema, data)) result.push_back({"mlp:64,64:silu", "linear", kLogarithmic, 1, 1e-4});
  result.push_back({"constant", "constant", open ? "gaussian" : family, 1, 1e-3});
  return result;
}

}  // namespace

std::vector<Tried> automatic_candidates(const Schema& schema, const Dataset& data, const AutomaticOptions& options) {
  std::vector<Tried> result;
  const std::vector<Column> columns = columns_of(schema);
  const auto numbers = std::count_if(columns.begin(), columns.end(), [](const Column& x) { return !x.category; });
  const bool fine = schema.classes() && numbers <= kMostNumbersInFinePieces && data.rows() >= kFewestRowsForFinePieces;
  std::vector<Recipe> recipes = recipes_for(schema, data, options.family);
  if (fine || numbers > kMostNumbersInPieces)
    std::erase_if(recipes, [](const Recipe& recipe) { return number_of_pieces(recipe.expert).has_value(); });
  if (fine)
    for (const Recipe& recipe : recipes_of_fine_pieces(options.family)) recipes.push_back(recipe);
  for (const Recipe& recipe : recipes) result.push_back(candidate(schema, recipe, data.rows(), options));
  return result;
}

}  // namespace moe
