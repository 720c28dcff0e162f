// Declares a graph input for each column and adds the nodes that code it: fills for missing numbers, indicators, and
// for categories a comparison with each level (numbers) or a LabelEncoder (texts).
#include "export/formats/onnx_columns.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "export/exported_table.hpp"
#include "moe/numeric.hpp"
#include "table/levels.hpp"

namespace moe {
namespace {

using Type = OnnxGraph::Type;
using Names = std::vector<std::string>;

/// The level's text, and other ways in which programs write the same value.
Names spellings(const std::string& level, Comparison comparison) {
  Names result{level};
  if (comparison == Comparison::kBoolean && (level[0] == 't' || level[0] == 'T'))
    result.insert(result.end(), {"true", "True", "TRUE"});
  if (comparison == Comparison::kBoolean && (level[0] == 'f' || level[0] == 'F'))
    result.insert(result.end(), {"false", "False", "FALSE"});
  return result;
}

}  // namespace

std::vector<std::string> columns_read(const Schema& schema) {
  Names names;
  const auto add = [&](const std::string& name) {
    if (!name.empty() && std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  };
  for (const Column& column : columns_of(schema))
    if (column.inputs() > 0) add(column.name);
  for (const std::string& name : {schema.trials, schema.offset, schema.exposure}) add(name);
  return names;
}

OnnxColumns::OnnxColumns(const Schema& schema, OnnxGraph& graph) : schema_(schema), graph_(graph) {
  for (const Column& column : columns_of(schema))
    if (column.inputs() > 0) inputs_.push_back(column.category ? category(column) : number(column));
  if (!schema.trials.empty()) trials_ = role(schema.trials, "trials", "how many trials");
  if (!schema.offset.empty()) offset_ = role(schema.offset, "offset", "added to every expert's linear predictor");
  if (!schema.exposure.empty())
    exposure_ = role(schema.exposure, "exposure", "its logarithm is added to every expert's linear predictor");
  graph.metadata("inputs", description_.dump());
  if (!schema.na.empty()) graph.metadata("missing_words", Json(schema.na).dump());
}

std::string OnnxColumns::offset() {
  const std::string log = exposure_.empty() ? "" : graph_.node("Log", {exposure_});
  if (offset_.empty() || log.empty()) return offset_ + log;
  return graph_.node("Add", {offset_, log});
}

std::string OnnxColumns::declare(const std::string& column, Type type, const std::string& comment, const Json& about) {
  std::string name = graph_.input(column, type, {OnnxGraph::kRows, 1}, comment);
  if (first_.empty()) first_ = name;
  Json entry{{"input", name}, {"column", column}};
  entry.update(about);
  description_.push_back(entry);
  return name;
}

/// Declares a column of numbers. Numbers that stand for a missing cell become NaN.
std::string OnnxColumns::declare_number(const std::string& column, Type type, const std::string& comment,
                                        const Json& about) {
  std::string x = declare(column, type, comment, about);
  for (const std::string& word : schema_.na)
    if (const auto number = parse_number(word); number && std::isfinite(*number))
      x = graph_.node("Where", {graph_.node("Equal", {x, graph_.numbers({*number}, {1, 1}, type)}),
                                graph_.numbers({std::numeric_limits<double>::quiet_NaN()}, {1, 1}, type), x});
  return x;
}

/// A column with a role other than input. It may be an input, too, and is declared only once.
std::string OnnxColumns::role(const std::string& column, const char* what, const std::string& comment) {
  if (numbers_.count(column) == 0)
    return numbers_[column] = declare_number(column, graph_.real(), comment, {{"kind", what}});
  for (Json& entry : description_)
    if (entry["column"] == column) entry[what] = true;
  return numbers_[column];
}

std::string OnnxColumns::number(const Column& column) {
  Json about{{"kind", "number"}, {"missing", nullptr}};
  std::string comment = "a number";
  if (!std::isnan(column.fill)) {
    about["missing"] = column.fill;
    comment += "; NaN: missing, read as " + format_number(column.fill);
  }
  std::string x = numbers_[column.name] = declare_number(column.name, graph_.real(), comment, about);
  if (std::isnan(column.fill)) return x;
  const std::string missing = graph_.node("IsNaN", {x});
  const std::string filled = graph_.node("Where", {missing, graph_.numbers({column.fill}), x});
  return column.indicator ? joined({filled, real(missing)}) : filled;
}

std::string OnnxColumns::category(const Column& column) {
  Names said = column.levels;
  const auto missing = missing_level(column);
  if (missing) said.pop_back();
  Json about{{"kind", "category"}, {"levels", column.levels}, {"reference", column.levels[0]}, {"missing", nullptr}};
  if (missing) about["missing"] = kMissingLevel;
  const bool numbers =
      comparison_of(column, schema_) == Comparison::kNumber ||
      std::all_of(said.begin(), said.end(), [](const std::string& level) { return plain_number(level).has_value(); });
  return numbers ? category_of_numbers(column, said, about) : category_of_texts(column, said, about);
}

/// A category whose levels are plain numbers, which are compared by value in 64 bits. `levels`: all but "(missing)".
std::string OnnxColumns::category_of_numbers(const Column& column, const Names& levels, const Json& about) {
  const std::string x = declare_number(column.name, Type::kDouble, "a category of numbers; NaN: missing", about);
  Names parts;
  if (levels.size() > 1) {
    std::vector<double> values;
    for (std::size_t l = 1; l < levels.size(); ++l) values.push_back(*parse_number(levels[l]));
    const OnnxGraph::Shape shape{1, static_cast<std::int64_t>(values.size())};
    parts.push_back(real(graph_.node("Equal", {x, graph_.numbers(values, shape, Type::kDouble)})));
  }
  if (column.levels.size() == levels.size()) return unless(graph_.node("IsNaN", {x}), joined(parts));
  parts.push_back(real(graph_.node("IsNaN", {x})));
  return joined(parts);
}

/// x, but NaN in rows where `missing` (N x 1) is true.
std::string OnnxColumns::unless(const std::string& missing, const std::string& x) {
  return graph_.node("Where", {missing, graph_.numbers({std::numeric_limits<double>::quiet_NaN()}), x});
}

/// A category of texts. Equal does not compare texts before opset 19, so LabelEncoder turns the text into the level's
/// place; it also works with no rows.
std::string OnnxColumns::category_of_texts(const Column& column, const Names& levels, const Json& about) {
  constexpr std::int64_t kReference = 0;
  const std::string x = declare(column.name, Type::kString, "a category", about);
  const std::size_t missing = levels.size();  // its place is the last
  Names words;
  std::vector<std::int64_t> place_of;
  const auto add = [&](const std::string& word, std::size_t level) {
    if (std::find(words.begin(), words.end(), word) != words.end()) return;
    words.push_back(word);
    place_of.push_back(static_cast<std::int64_t>(level));
  };
  for (std::size_t l = 0; l < levels.size(); ++l) add(levels[l], l);
  for (std::size_t l = 0; l < levels.size(); ++l)
    for (const std::string& word : spellings(levels[l], comparison_of(column, schema_))) add(word, l);
  for (const auto& [word, level] : other_spellings(column, schema_)) add(word, level);
  for (const std::string& word : missing_words(schema_)) add(word, missing);
  add(kMissingLevel, missing);
  const std::string place = graph_.ml_node(
      "LabelEncoder", {x}, {{"keys_strings", words}, {"values_int64s", place_of}, {"default_int64", kReference}});
  std::vector<std::int64_t> places;
  for (std::size_t l = 1; l < column.levels.size(); ++l) places.push_back(static_cast<std::int64_t>(l));
  std::string is = real(graph_.node("Equal", {place, graph_.integers(places)}));
  if (column.levels.size() > levels.size()) return is;
  return unless(graph_.node("Equal", {place, graph_.integers({static_cast<std::int64_t>(missing)})}), is);
}

std::string OnnxColumns::real(const std::string& x) {
  return graph_.node("Cast", {x}, {{"to", static_cast<std::int64_t>(graph_.real())}});
}

std::string OnnxColumns::joined(const Names& parts) {
  return parts.size() == 1 ? parts[0] : graph_.node("Concat", parts, {{"axis", 1}});
}

}  // namespace moe
