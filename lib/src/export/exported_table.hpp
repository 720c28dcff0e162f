// Tables in exported code: how cells become inputs where moe's CSV reader is not there to do it, and the names of the
// columns of predictions, which are those of `moe predict`.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "export/graph.hpp"
#include "moe/dataset.hpp"
#include "moe/export.hpp"

namespace moe {

/// How the cells of a category are compared with its levels.
enum class Comparison {
  kText,     ///< by text; other_spellings() of the levels count, too
  kNumber,   ///< by value, in models with levels_by_value whose levels are all numbers: "01" is the level "1"
  kBoolean,  ///< true and false in upper or lower case, as databases and data frames print them differently
};
Comparison comparison_of(const Column& category, const Schema& schema);
/// Texts that stand for a level beside its own text, with the level's place: "1.0" for the level "1", and "1" for "1.0"
/// (levels.hpp). There are none in a model with levels_by_value.
std::vector<std::pair<std::string, std::size_t>> other_spellings(const Column& category, const Schema& schema);
/// Numbers that are levels, for cells whose text may differ from the level's, such as 1e-05 for 0.00001.
std::vector<std::pair<double, std::size_t>> other_numbers(const Column& category, const Schema& schema);
/// "text", "number" or "boolean".
const char* name_of(Comparison comparison);
/// Whether blanks around a cell can be ignored: no level begins or ends with one.
bool ignores_blanks(const Column& category);
/// The place in category.levels of the level for missing cells. Without such a level, a missing cell has no prediction.
std::optional<std::size_t> missing_level(const Column& category);

/// What stands for a missing cell: words, of which the first is empty; and numbers, which are compared by value. In a
/// category the numbers count only if the model has levels_by_value.
std::vector<std::string> missing_words(const Schema& schema);
std::vector<double> missing_numbers(const Schema& schema);

/// "A mixture of 2 experts".
std::string title_of(const Model& model);

/// The prefix of the names in exported code; "moe" for an empty one. Throws Error (usage) where no name can begin with
/// it.
std::string checked_prefix(const std::string& prefix);

/// A column of predictions: one element of a value of the graph.
struct PredictedColumn {
  std::string name;
  Graph::Id value;
  arma::uword element;
};
/// All columns that need no target: for a number mean and sd, then the bounds of the request, for classes p_<label>; then
/// gate_1.. and mean_1.. Throws
/// Error (usage) where two columns would have the same name.
std::vector<PredictedColumn> predicted_columns(const Model& model, const Graph& graph, const GraphRequest& request);
/// What the options ask of a model's graph.
GraphRequest request_of(const Model& model, const ExportOptions& options, bool elementary);
/// The values of the graph that these columns need, in the order of computation.
std::vector<Graph::Id> values_of(const std::vector<PredictedColumn>& columns, const Graph& graph);

/// The text between double quotes, as most languages read it. `escape` writes the code points of all but plain
/// characters. Bytes that are no UTF-8 become U+FFFD.
std::string quoted(const std::string& text, const std::function<std::string(char32_t)>& escape);

}  // namespace moe
