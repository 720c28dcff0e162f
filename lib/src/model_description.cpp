#include "model_description.hpp"

#include <cmath>
#include <cstdint>
#include <numeric>
#include <set>
#include <utility>

#include "bounded_json.hpp"
#include "level_table.hpp"

namespace moe {
namespace {

using Json = nlohmann::ordered_json;

/// Longest word for a network; bounds the layers that a file can ask for before its tensors have been counted.
constexpr std::size_t kMaxSpec = 4096;

std::vector<std::size_t> all_inputs(const Schema& schema) {
  std::vector<std::size_t> indices(schema.inputs.size());
  std::iota(indices.begin(), indices.end(), std::size_t{0});
  return indices;
}

void require_text(const char* what, const std::string& name) {
  try {
    static_cast<void>(Json(name).dump());
  } catch (const Json::exception&) {
    throw Error(ErrorKind::kData, std::string(what) + " '" + printable(name) + "': a model file holds UTF-8 text only");
  }
}

void require_text(const Schema& schema) {
  for (const std::string& name : schema.inputs) require_text("column", name);
  for (const std::string& name : schema.targets) require_text("column", name);
  for (const std::string& name : {schema.weight, schema.id, schema.trials, schema.offset, schema.exposure})
    require_text("column", name);
  for (const std::string& label : schema.labels) require_text("class", label);
  for (const std::string& word : schema.na) require_text("word", word);
  for (const Column& column : schema.columns) {
    require_text("column", column.name);
    for (const std::string& level : column.levels) require_text("level", level);
  }
}

Json describe_column(const Column& column) {
  Json result{{"name", column.name}};
  if (column.category) result["levels"] = column.levels;
  if (!std::isnan(column.fill)) result["fill"] = column.fill;
  if (column.indicator) result["indicator"] = true;
  return result;
}

Json describe_branch(const std::string& network, const std::vector<std::size_t>& inputs, const Schema& schema) {
  Json branch{{"network", network}};
  if (inputs != all_inputs(schema)) branch["inputs"] = inputs;
  return branch;
}

using Parsed = nlohmann::json;

/// A name or a word. Zero bytes, which no table has, would end it early in programs written in C.
const std::string& text(const Parsed& item) {
  const auto& result = item.get_ref<const std::string&>();
  if (result.find('\0') != std::string::npos) refuse("'" + printable(result) + "' holds a zero byte");
  return result;
}

/// A list of names, each of them once.
std::vector<std::string> distinct_names(const Parsed& object, const char* list) {
  std::set<std::string> seen;
  std::vector<std::string> names;
  for (const Parsed& item : object.at(list).get_ref<const Parsed::array_t&>()) {
    names.push_back(text(item));
    if (!seen.insert(names.back()).second) refuse(std::string(list) + " names '" + printable(names.back()) + "' twice");
  }
  return names;
}

Column read_column(const Parsed& json) {
  Column column{text(json.at("name"))};
  column.category = json.contains("levels");
  if (column.category) column.levels = distinct_names(json, "levels");
  if (json.contains("fill")) column.fill = json.at("fill").get<double>();
  if (json.contains("indicator")) column.indicator = json.at("indicator").get<bool>();
  if (column.levels.size() > kMostLevels + 1) refuse("a column has more than 1,000 levels");
  if (column.category && (column.indicator || !std::isnan(column.fill))) refuse("a category has what a number has");
  if (column.indicator && !std::isfinite(column.fill)) refuse("a column lacks its value for missing cells");
  return column;
}

/// The columns that the inputs come from, where the file has them.
void read_columns(const Parsed& json, Schema& schema) {
  if (json.contains("na")) schema.na = distinct_names(json, "na");
  if (!json.contains("columns")) return;
  std::set<std::string> seen;
  for (const Parsed& item : json.at("columns").get_ref<const Parsed::array_t&>()) {
    schema.columns.push_back(read_column(item));
    if (!seen.insert(schema.columns.back().name).second)
      refuse("columns names '" + printable(schema.columns.back().name) + "' twice");
  }
  if (input_names(schema.columns) != schema.inputs) refuse("its inputs are not what its columns make");
}

std::vector<std::size_t> read_inputs(const Parsed& branch, const Schema& schema) {
  const auto list = branch.find("inputs");
  if (list == branch.end()) return all_inputs(schema);
  std::set<std::size_t> seen;
  std::vector<std::size_t> indices;
  for (const Parsed& item : list->get_ref<const Parsed::array_t&>()) {
    indices.push_back(item.get_ref<const Parsed::number_unsigned_t&>());
    if (indices.back() >= schema.inputs.size())
      refuse("a network reads input " + std::to_string(indices.back()) + " of " + std::to_string(schema.inputs.size()));
    if (!seen.insert(indices.back()).second)
      refuse("a network reads input " + std::to_string(indices.back()) + " twice");
  }
  return indices;
}

std::string read_network(const Parsed& branch) {
  const std::string& network = text(branch.at("network"));
  if (network.size() > kMaxSpec)
    refuse("a network's description is longer than " + std::to_string(kMaxSpec) + " bytes");
  return network;
}

void check_targets(const Schema& schema) {
  if (schema.targets.empty()) refuse("it has no target");
  for (const std::string& target : schema.targets)
    if (target.empty()) refuse("it has no target");
  if (schema.targets.size() > kMostTargets) refuse("it has more than " + std::to_string(kMostTargets) + " targets");
  if (schema.targets.size() > 1 && schema.classes()) refuse("it has classes, and several targets");
}

/// Member by member; a missing one, or one of the wrong type, throws Json::exception.
Description read_members(const Parsed& json) {
  Description result;
  result.schema.inputs = distinct_names(json, "inputs");
  read_columns(json, result.schema);
  result.schema.labels = distinct_names(json, "labels");
  result.schema.targets =
      json.contains("targets") ? distinct_names(json, "targets") : std::vector{text(json.at("target"))};
  result.schema.weight = text(json.at("weight"));
  result.schema.id = text(json.at("id"));
  result.spec.family = text(json.at("family"));
  result.spec.gate_link = text(json.at("gate").at("link"));
  result.spec.gate = read_network(json.at("gate"));
  result.spec.gate_inputs = read_inputs(json.at("gate"), result.schema);
  result.spec.experts.clear();
  const auto optional = [&](const Parsed& object, const char* member) {
    return object.contains(member) ? text(object.at(member)) : std::string();
  };
  result.schema.trials = optional(json, "trials");
  result.schema.offset = optional(json, "offset");
  result.schema.exposure = optional(json, "exposure");
  bool differ = false;
  for (const Parsed& expert : json.at("experts").get_ref<const Parsed::array_t&>()) {
    result.spec.experts.push_back(read_network(expert));
    result.spec.expert_inputs.push_back(read_inputs(expert, result.schema));
    const std::string family = optional(expert, "family");
    differ = differ || !family.empty();
    result.spec.expert_families.push_back(family.empty() ? result.spec.family : family);
  }
  if (!differ) result.spec.expert_families.clear();
  result.objective = text(json.at("objective"));
  result.solver = text(json.at("solver"));
  return result;
}

}  // namespace

void refuse(const std::string& sentence) { throw Error(ErrorKind::kModel, sentence); }

std::string describe_for_file(const Model& model) {
  const Schema& schema = model.schema;
  const ModelSpec spec = model.spec();
  require_text(schema);
  Json gate{{"link", spec.gate_link}}, experts = Json::array();
  gate.update(describe_branch(spec.gate, spec.gate_inputs, schema));
  for (std::size_t k = 0; k < spec.experts.size(); ++k) {
    experts.push_back(describe_branch(spec.experts[k], spec.expert_inputs[k], schema));
    if (!spec.expert_families.empty()) experts.back()["family"] = spec.expert_families[k];
  }
  Json result{{"inputs", schema.inputs}};
  if (model.targets() == 1)
    result["target"] = schema.targets[0];
  else
    result["targets"] = schema.targets;
  result.update({{"labels", schema.labels},
                 {"weight", schema.weight},
                 {"id", schema.id},
                 {"family", spec.family},
                 {"gate", gate},
                 {"experts", experts},
                 {"objective", model.fit.objective},
                 {"solver", model.fit.solver}});
  for (const auto& [member, name] :
       {std::pair{"trials", schema.trials}, std::pair{"offset", schema.offset}, std::pair{"exposure", schema.exposure}})
    if (!name.empty()) result[member] = name;
  for (const Column& column : schema.columns) result["columns"].push_back(describe_column(column));
  if (!schema.na.empty()) result["na"] = schema.na;
  return result.dump();
}

Description read_description(const std::string& description) {
  const auto json = parse_bounded_json(description);
  if (!json) refuse("its description is not JSON");
  try {
    Description result = read_members(*json);
    if (result.spec.experts.empty()) refuse("it has no experts");
    check_targets(result.schema);
    if (result.schema.labels.size() == 1) refuse("it has one class only");
    return result;
  } catch (const Parsed::exception&) {
    refuse("its description lacks a member, or has one that is not what it should be");
  }
}

}  // namespace moe
