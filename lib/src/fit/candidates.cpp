// The models that an automatic fit tries. Linear experts with a penalty suit small tables and plain effects. Mixtures of
// MLPs suit the rest. Their sigma is a function of the inputs, or their tails are heavy. Where the target has steps, it
// helps to code the inputs by pieces. Which one wins differs from table to table, so held-out rows decide.
#include <algorithm>
#include <cmath>
#include <numeric>

#include "moe/automatic.hpp"
#include "moe/numeric.hpp"

namespace moe {
namespace {

/// At effort 5 a fit by adam makes at most kRowPasses passes over a row, within these numbers of epochs.
constexpr double kRowPasses = 4.5e6, kFewestEpochs = 60, kMostEpochs = 1500;
constexpr double kEffortFactor = 1.6;
/// With more inputs, networks of pieces cost too much.
constexpr std::size_t kMostInputsInPieces = 32;
constexpr arma::uword kLeastBatch = 32, kMostBatch = 256;

struct Recipe {
  std::string expert, gate, family;
  arma::uword experts;
  double l2;
};

std::string number(double value) { return format_number(value); }

arma::uword epochs_for(arma::uword rows, int effort) {
  const double factor = std::pow(kEffortFactor, effort - 5), passes = kRowPasses * factor;
  return static_cast<arma::uword>(std::clamp(passes / static_cast<double>(rows), kFewestEpochs, kMostEpochs * factor));
}

/// A power of two, about a hundredth of the rows.
arma::uword batch_for(arma::uword rows) {
  arma::uword batch = kLeastBatch;
  while (batch < kMostBatch && batch * 100 <= rows) batch *= 2;
  return batch;
}

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
  if (recipe.expert == "linear") return result;
  train.solver = "adam";
  train.solver_options.epochs = epochs_for(rows, options.effort);
  train.solver_options.schedule = "cosine";
  train.batch = batch_for(rows);
  train.patience = std::max<arma::uword>(50, train.solver_options.epochs / 3);
  result.words += " --solver adam --epochs " + std::to_string(train.solver_options.epochs) +
                  " --schedule cosine --batch " + std::to_string(train.batch) + " --patience " +
                  std::to_string(train.patience);
  return result;
}

std::vector<Recipe> recipes_of_classes(const std::string& family) {
  return {{"linear", "linear", family, 1, 1e-4},          {"linear", "linear", family, 1, 1e-2},
          {"linear", "linear", family, 1, 1e-1},          {"linear", "linear", family, 3, 1e-2},
          {"mlp:32", "mlp:16", family, 1, 1e-3},          {"mlp:64", "mlp:16", family, 1, 1e-2},
          {"mlp:32", "mlp:16", family, 4, 1e-3},          {"mlp:64,64:silu", "mlp:16", family, 1, 1e-3},
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

}  // namespace

std::vector<Tried> automatic_candidates(const Schema& schema, const Dataset& data, const AutomaticOptions& options) {
  std::vector<Tried> result;
  const std::vector<Recipe> recipes = schema.classes()           ? recipes_of_classes(options.family)
                                      : options.family == "auto" ? recipes_of_numbers()
                                                                 : recipes_of_family(options.family);
  const bool wide = schema.inputs.size() > kMostInputsInPieces;
  for (const Recipe& recipe : recipes)
    if (!wide || !number_of_pieces(recipe.expert)) result.push_back(candidate(schema, recipe, data.rows(), options));
  return result;
}

}  // namespace moe
