// Made-up data sets: what `moe gen` writes.
#pragma once

#include <armadillo>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "moe/dataset.hpp"
#include "moe/file.hpp"
#include "moe/model.hpp"

namespace moe {

/// The options of recipes. A recipe throws for an option that it does not use. NaN or 0 means the recipe's default.
struct RecipeOptions {
  arma::uword rows = 1000;
  arma::uword features = 0;
  arma::uword experts = 0;
  double noise = -1;    ///< standard deviation; negative: the recipe's default
  double outliers = 0;  ///< fraction of rows whose target comes from a far wider distribution
  double missing = 0;   ///< fraction of input cells left empty
  std::uint64_t seed = 1;
};

/// The rows of a recipe; the same on every machine.
struct Generated {
  std::vector<std::string> inputs;  ///< x1 .. xd
  std::vector<std::string> labels;  ///< for a target of classes
  arma::mat X;                      ///< d x n; NaN where a cell is missing
  arma::vec y;                      ///< n: the target or its class
  std::vector<unsigned> expert;     ///< n: the expert 1..K that drew the row
  std::optional<Model> truth;       ///< the model that drew the rows, where the recipe is a model
};

struct RecipeInfo {
  std::string name, help;
};

std::vector<RecipeInfo> recipes();
/// Throws Error (usage) for an unknown recipe, and for options that it does not have.
Generated generate(const std::string& recipe, const RecipeOptions& options);

/// Writes the columns x1 .. xd, y and, with `truth`, expert.
void write_csv(const Generated& generated, bool truth, OutputFile& out);
/// Writes targets that are drawn from `model` at the inputs of a table (parametric bootstrap): the model's inputs, its
/// target and, with `truth`, the expert. Throws Error (usage) where the model is no density.
void resample_csv(const Model& model, CsvReader& reader, std::uint64_t seed, bool truth, OutputFile& out,
                  bool ignore_unknown = false);

}  // namespace moe
