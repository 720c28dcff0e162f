#include "export/exported_table.hpp"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <set>
#include <utility>

#include "csv/cell.hpp"
#include "moe/error.hpp"
#include "moe/numeric.hpp"
#include "table/levels.hpp"

namespace moe {
namespace {

/// The code point at i. Moves i behind it.
char32_t next_code_point(const std::string& text, std::size_t& i) {
  const auto byte = [&](std::size_t at) { return at < text.size() ? static_cast<unsigned char>(text[at]) : 0U; };
  const unsigned first = byte(i++);
  const std::size_t more = first < 0x80 ? 0 : first >= 0xF0 ? 3 : first >= 0xE0 ? 2 : 1;
  char32_t point = more == 0 ? first : first & (0x3FU >> more);
  for (std::size_t j = 0; j < more; ++j) {
    if ((byte(i) & 0xC0U) != 0x80) return 0xFFFD;
    point = (point << 6U) | (byte(i++) & 0x3FU);
  }
  return (first >= 0x80 && first < 0xC2) || point > 0x10FFFF ? 0xFFFD : point;
}

}  // namespace

Comparison comparison_of(const Column& category, const Schema& schema) {
  std::vector<std::string> said = category.levels;
  std::erase(said, kMissingLevel);
  if (schema.levels_by_value && all_numeric(said)) return Comparison::kNumber;
  return all_boolean(said) ? Comparison::kBoolean : Comparison::kText;
}

std::vector<std::pair<std::string, std::size_t>> other_spellings(const Column& category, const Schema& schema) {
  std::vector<std::pair<std::string, std::size_t>> result;
  for (std::size_t i = 0; i < category.levels.size() && !schema.levels_by_value; ++i) {
    const auto other = other_spelling(category.levels[i]);
    if (other && std::find(category.levels.begin(), category.levels.end(), *other) == category.levels.end())
      result.emplace_back(*other, i);
  }
  return result;
}

std::vector<std::pair<double, std::size_t>> other_numbers(const Column& category, const Schema& schema) {
  std::vector<std::pair<double, std::size_t>> result;
  for (std::size_t i = 0; i < category.levels.size() && !schema.levels_by_value; ++i) {
    const auto number = plain_number(category.levels[i]);
    if (number && !other_spelling(category.levels[i]) && format_number(*number) != category.levels[i])
      result.emplace_back(*number, i);
  }
  return result;
}

const char* name_of(Comparison comparison) {
  return comparison == Comparison::kText ? "text" : comparison == Comparison::kNumber ? "number" : "boolean";
}

bool ignores_blanks(const Column& category) {
  return std::all_of(category.levels.begin(), category.levels.end(),
                     [](const std::string& level) { return trimmed(level) == level; });
}

std::optional<std::size_t> missing_level(const Column& category) {
  const auto found = std::find(category.levels.begin(), category.levels.end(), kMissingLevel);
  if (found == category.levels.end()) return std::nullopt;
  return static_cast<std::size_t>(found - category.levels.begin());
}

std::vector<std::string> missing_words(const Schema& schema) {
  std::vector<std::string> words(kMissingWords.begin(), kMissingWords.end());
  words.insert(words.end(), schema.na.begin(), schema.na.end());
  for (const std::string& word : schema.na)
    if (const auto other = other_spelling(word); other && std::find(words.begin(), words.end(), *other) == words.end())
      words.push_back(*other);
  return words;
}

std::vector<double> missing_numbers(const Schema& schema) {
  std::vector<double> numbers;
  for (const std::string& word : schema.na)
    if (is_number(word)) numbers.push_back(*parse_number(word));
  return numbers;
}

std::string title_of(const Model& model) {
  return model.size() == 1 ? "A model of one expert" : "A mixture of " + std::to_string(model.size()) + " experts";
}

std::string checked_prefix(const std::string& prefix) {
  const auto is_of_name = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; };
  if (prefix.empty()) return "moe";
  if (!std::all_of(prefix.begin(), prefix.end(), is_of_name) ||
      std::isdigit(static_cast<unsigned char>(prefix[0])) != 0)
    throw Error(ErrorKind::kUsage,
                "--prefix '" + printable(prefix) + "': expected letters, digits and _, no digit first");
  return prefix;
}

std::vector<PredictedColumn> predicted_columns(const Model& model, const Graph& graph, const GraphRequest& request) {
  std::vector<PredictedColumn> columns;
  const auto of_target = [&](const std::string& name, std::size_t t) {
    return model.targets() > 1 ? name + "_" + model.schema.targets[t] : name;
  };
  for (std::size_t t = 0; t < graph.mean.size(); ++t) columns.push_back({of_target("mean", t), graph.mean[t], 0});
  for (std::size_t t = 0; t < graph.sd.size(); ++t) columns.push_back({of_target("sd", t), graph.sd[t], 0});
  for (std::size_t i = 0; i < graph.bounds.size(); ++i) columns.push_back({request.bounds[i].name, graph.bounds[i], 0});
  for (std::size_t c = 0; graph.probabilities && c < graph.classes; ++c)
    columns.push_back({"p_" + model.schema.labels[c], *graph.probabilities, c});
  for (arma::uword k = 0; k < graph.experts; ++k) columns.push_back({"gate_" + std::to_string(k + 1), graph.gate, k});
  for (std::size_t t = 0; t < graph.expert_means.size(); ++t)
    for (arma::uword k = 0; k < graph.experts; ++k)
      columns.push_back({of_target("mean_" + std::to_string(k + 1), t), graph.expert_means[t], k});
  std::set<std::string> names;
  for (const PredictedColumn& column : columns)
    if (!names.insert(column.name).second)
      throw Error(ErrorKind::kUsage, "two columns of predictions would be named '" + printable(column.name) +
                                         "': expected --format json, or targets by other names");
  return columns;
}

GraphRequest request_of(const Model& model, const ExportOptions& options, bool elementary) {
  if (options.with.empty()) return {{}, elementary};
  return {bounds_of(model, options.with), elementary};
}

std::vector<Graph::Id> values_of(const std::vector<PredictedColumn>& columns, const Graph& graph) {
  std::vector<Graph::Id> outputs;
  for (const PredictedColumn& column : columns) outputs.push_back(column.value);
  return graph.needed(outputs);
}

std::string quoted(const std::string& text, const std::function<std::string(char32_t)>& escape) {
  std::string result = "\"";
  for (std::size_t i = 0; i < text.size();) {
    const char32_t point = next_code_point(text, i);
    const bool plain = point >= ' ' && point <= '~' && point != '"' && point != '\\' && point != '<';
    result += plain ? std::string(1, static_cast<char>(point)) : escape(point);
  }
  return result + "\"";
}

}  // namespace moe
