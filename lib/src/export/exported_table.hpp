// What an exporter of the whole pipeline says of tables: how a cell becomes inputs where no CSV reader does it, and what the
// columns of predictions are called, as `moe predict` calls them.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "export/graph.hpp"
#include "moe/dataset.hpp"

namespace moe {

/// How the cells of a category are compared with its levels.
enum class Comparison {
  kText,     ///< and with the other_spellings() of the levels
  kNumber,   ///< of models with levels_by_value, where all are numbers: "01" is level "1"
  kBoolean,  ///< true and false in any case, as databases and data frames change it
};
Comparison comparison_of(const Column& category, const Schema& schema);
/// Texts that are levels of a category, too: "1.0" where the level is "1", "1" where it is "1.0" (levels.hpp); and each one's
/// level. None for a model with levels_by_value.
std::vector<std::pair<std::string, std::size_t>> other_spellings(const Column& category, const Schema& schema);
/// Numbers that are levels, where the text of such a cell may be another than the level's, as 1e-05 for 0.00001.
std::vector<std::pair<double, std::size_t>> other_numbers(const Column& category, const Schema& schema);
/// "text", "number", "boolean".
const char* name_of(Comparison comparison);
/// Whether blanks round a cell mean nothing: no level begins or ends with one.
bool ignores_blanks(const Column& category);
/// The place among category.levels of the one for missing cells, if there is one; a missing cell has no prediction else.
std::optional<std::size_t> missing_level(const Column& category);

/// What stands for a missing cell: words, the empty one first; and numbers, whatever their text, but not in a category unless the
/// model has levels_by_value.
std::vector<std::string> missing_words(const Schema& schema);
std::vector<double> missing_numbers(const Schema& schema);

/// "A mixture of 2 experts".
std::string title_of(const Model& model);

/// The prefix of the names in exported code, "moe" where none is given. Throws Error (usage) for a prefix that a name cannot have.
std::string checked_prefix(const std::string& prefix);

/// A column of predictions: one element of a value of the graph.
struct PredictedColumn {
  std::string name;
  Graph::Id value;
  arma::uword element;
};
/// All that need no target: of numbers mean, sd; of classes p_<label>; then gate_1.. and mean_1.. Throws Error (usage) where two
/// would have one name.
std::vector<PredictedColumn> predicted_columns(const Model& model, const Graph& graph);
/// The values of the graph that they need, in the order of computation.
std::vector<Graph::Id> values_of(const std::vector<PredictedColumn>& columns, const Graph& graph);

/// "text" as most languages read it: all but plain characters as `escape` writes their code points. What is no UTF-8 becomes
/// U+FFFD.
std::string quoted(const std::string& text, const std::function<std::string(char32_t)>& escape);

}  // namespace moe
