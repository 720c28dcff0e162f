// Data sets made to order: what `moe gen` writes.
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

/// Options that a recipe does not use are refused; NaN or 0 means its own default.
struct RecipeOptions {
  arma::uword rows = 1000;
  arma::uword features = 0;
  arma::uword experts = 0;
  double noise = -1;    ///< standard deviation; negative: the recipe's own
  double outliers = 0;  ///< fraction of rows whose target is drawn from a far wider distribution
  double missing = 0;   ///< fraction of input cells left empty
  std::uint64_t seed = 1;
};

/// Rows of a recipe; the same on any machine.
struct Generated {
  std::vector<std::string> inputs;  ///< x1 .. xd
  std::vector<std::string> labels;  ///< of a class target
  arma::mat X;                      ///< d x n; NaN where a cell is missing
  arma::vec y;                      ///< n: the target or its class
  std::vector<unsigned> expert;     ///< n: which of 1..K drew the row
  std::optional<Model> truth;       ///< the model that drew it, where the recipe is one
};

struct RecipeInfo {
  std::string name, help;
};

std::vector<RecipeInfo> recipes();
/// Throws Error (usage) for an unknown recipe or options that it cannot follow.
Generated generate(const std::string& recipe, const RecipeOptions& options);

/// Columns x1 .. xd, y and, with `truth`, expert.
void write_csv(const Generated& generated, bool truth, OutputFile& out);
/// Targets drawn from `model` at the inputs of a table (parametric bootstrap): the model's inputs, its target and, with
/// `truth`, expert. Throws Error (usage) where the model is no density.
void resample_csv(const Model& model, CsvReader& reader, std::uint64_t seed, bool truth, OutputFile& out,
                  bool ignore_unknown = false);

}  // namespace moe
