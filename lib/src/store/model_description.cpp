// Writes a model's structure as JSON and reads it back. Members that say nothing are left out. So a new member changes
// no description of a model that does not need it.
#include "store/model_description.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <set>
#include <utility>

#include "base/json/bounded_json.hpp"
#include "csv/cell.hpp"
#include "store/json_text.hpp"
#include "table/levels.hpp"

namespace moe {
namespace {

/// The longest word for a network. It limits the layers that a file can ask for before its tensors have been counted.
constexpr std::size_t kMaxSpec = 4096;

/// The member that says how cells are compared with levels. Without it, they are compared by value where they are
/// numbers.
constexpr const char *kLevelsBy = "levels_by", *kByText = "text", *kByValue = "value";

std::vector<std::size_t> all_inputs(const Schema& schema) {
  std::vector<std::size_t> indices(schema.inputs.size());
  std::iota(indices.begin(), indices.end(), std::size_t{0});
  return indices;
}

void require_text(const char* what, const std::string& name) {
  if (!is_utf8(name))
    throw Error(ErrorKind::kData, std::string(what) + " '" + printable(name) +
                                      "' is not UTF-8: expected UTF-8 text, as model files hold it");
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

Json describe_branch(const std::string& network, const std::vector<std::size_t>& inputs, const Schema& schema,
                     InputsBy inputs_by) {
  Json branch{{"network", network}};
  if (inputs == all_inputs(schema)) return branch;
  branch["inputs"] = Json::array();
  for (const std::size_t input : inputs) {
    if (inputs_by == InputsBy::kIndex)
      branch["inputs"].push_back(input);
    else
      branch["inputs"].push_back(schema.inputs[input]);
  }
  return branch;
}

Column read_column(const JsonPlace& json) {
  Column column{json.at("name").text()};
  column.category = json.has("levels");
  if (column.category) column.levels = json.at("levels").distinct_texts();
  if (json.has("fill")) column.fill = json.at("fill").number();
  if (json.has("indicator")) column.indicator = json.at("indicator").flag();
  if (column.levels.size() > kMostLevels + 1) json.at("levels").fail("a column has more than 1,000 levels");
  if (column.category && (column.indicator || !std::isnan(column.fill))) json.fail("a category has what a number has");
  if (column.indicator && !std::isfinite(column.fill)) json.fail("a column lacks its value for missing cells");
  return column;
}

void require_inputs_of_columns(const JsonPlace& inputs, const Schema& schema) {
  const std::vector<std::string> made = input_names(schema.columns);
  const std::size_t both = std::min(made.size(), schema.inputs.size());
  for (std::size_t i = 0; i < both; ++i)
    if (made[i] != schema.inputs[i])
      throw ModelFault(place_of(inputs.path(), i), "input '" + printable(schema.inputs[i]) +
                                                       "' is not what its columns make: '" + printable(made[i]) + "'");
  if (made.size() != schema.inputs.size())
    inputs.fail("these are " + std::to_string(schema.inputs.size()) + " inputs: its columns make " +
                std::to_string(made.size()));
}

/// Reads the inputs, and the columns from which they are made, where the description has those.
void read_columns(const JsonPlace& json, Schema& schema) {
  schema.inputs = json.at("inputs").distinct_texts();
  if (json.has("na")) schema.na = json.at("na").distinct_texts();
  const std::string levels_by = json.text_or(kLevelsBy, kByValue);
  schema.levels_by_value = levels_by == kByValue;
  if (levels_by != kByValue && levels_by != kByText)
    json.at(kLevelsBy).fail(unknown_word("word", levels_by, {kByText, kByValue}));
  if (!json.has("columns")) return;
  std::set<std::string> seen;
  for (const JsonPlace& item : json.at("columns").items()) {
    schema.columns.push_back(read_column(item));
    if (!seen.insert(schema.columns.back().name).second)
      item.fail("columns names '" + printable(schema.columns.back().name) + "' twice");
  }
  require_inputs_of_columns(json.at("inputs"), schema);
}

std::size_t read_input(const JsonPlace& item, const Schema& schema, InputsBy inputs_by) {
  if (inputs_by == InputsBy::kIndex) {
    const std::size_t index = item.index();
    if (index >= schema.inputs.size())
      item.fail("a network reads input " + std::to_string(index) + " of " + std::to_string(schema.inputs.size()));
    return index;
  }
  const auto at = std::find(schema.inputs.begin(), schema.inputs.end(), item.text());
  if (at == schema.inputs.end()) item.fail(unknown_word("input", item.text(), schema.inputs));
  return static_cast<std::size_t>(at - schema.inputs.begin());
}

std::vector<std::size_t> read_inputs(const JsonPlace& branch, const Schema& schema, InputsBy inputs_by) {
  if (!branch.has("inputs")) return all_inputs(schema);
  std::set<std::size_t> seen;
  std::vector<std::size_t> indices;
  for (const JsonPlace& item : branch.at("inputs").items()) {
    indices.push_back(read_input(item, schema, inputs_by));
    if (!seen.insert(indices.back()).second)
      item.fail("a network reads input " +
                (inputs_by == InputsBy::kIndex ? std::to_string(indices.back()) : "'" + printable(item.text()) + "'") +
                " twice");
  }
  return indices;
}

std::string read_network(const JsonPlace& branch) {
  const JsonPlace place = branch.at("network");
  const std::string& network = place.text();
  if (network.size() > kMaxSpec)
    place.fail("a network's description is longer than " + std::to_string(kMaxSpec) + " bytes");
  return network;
}

std::vector<std::string> read_targets(const JsonPlace& json, bool classes) {
  const bool several = json.has("targets");
  const JsonPlace place = json.at(several ? "targets" : "target");
  std::vector<std::string> targets = several ? place.distinct_texts() : std::vector{place.text()};
  if (targets.empty() || std::find(targets.begin(), targets.end(), "") != targets.end()) place.fail("it has no target");
  if (targets.size() > kMostTargets) place.fail("it has more than " + std::to_string(kMostTargets) + " targets");
  if (targets.size() > 1 && classes) place.fail("it has classes, and several targets");
  return targets;
}

Schema read_schema(const JsonPlace& json) {
  Schema schema;
  read_columns(json, schema);
  schema.labels = json.at("labels").distinct_texts();
  if (schema.labels.size() == 1) json.at("labels").fail("it has one class only");
  schema.targets = read_targets(json, schema.classes());
  schema.weight = json.at("weight").text();
  schema.id = json.at("id").text();
  schema.trials = json.text_or("trials", "");
  schema.offset = json.text_or("offset", "");
  schema.exposure = json.text_or("exposure", "");
  return schema;
}

}  // namespace

void refuse(const std::string& sentence) { throw Error(ErrorKind::kModel, sentence); }

bool says_levels_by(const Schema& schema) {
  if (schema.levels_by_value) return false;
  const auto any = [](const std::vector<std::string>& texts) {
    return std::any_of(texts.begin(), texts.end(), [](const std::string& text) { return is_number(text); });
  };
  return any(schema.labels) || std::any_of(schema.columns.begin(), schema.columns.end(), [&](const Column& column) {
           return column.category && (any(column.levels) || any(schema.na));
         });
}

Json describe_structure(const Model& model, InputsBy inputs_by) {
  const Schema& schema = model.schema;
  const ModelSpec spec = model.spec();
  require_text(schema);
  Json gate{{"link", spec.gate_link}}, experts = Json::array();
  gate.update(describe_branch(spec.gate, spec.gate_inputs, schema, inputs_by));
  for (const MemberSpec& member : spec.members) {
    Json described{{"experts", member.experts}};
    described.update(describe_branch(member.gate, member.inputs, schema, inputs_by));
    gate["members"].push_back(std::move(described));
  }
  for (std::size_t k = 0; k < spec.experts.size(); ++k) {
    experts.push_back(describe_branch(spec.experts[k], spec.expert_inputs[k], schema, inputs_by));
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
                 {"experts", experts}});
  for (const auto& [member, name] :
       {std::pair{"trials", schema.trials}, std::pair{"offset", schema.offset}, std::pair{"exposure", schema.exposure}})
    if (!name.empty()) result[member] = name;
  for (const Column& column : schema.columns) result["columns"].push_back(describe_column(column));
  if (!schema.na.empty()) result["na"] = schema.na;
  if (says_levels_by(schema)) result[kLevelsBy] = kByText;
  if (!model.knots.empty()) result["knots"] = model.knots;
  return result;
}

/// A committee's members, each with its number of experts.
std::vector<MemberSpec> read_members(const JsonPlace& list, std::size_t experts, const Schema& schema,
                                     InputsBy inputs_by) {
  std::vector<MemberSpec> members;
  std::size_t left = experts;
  for (const JsonPlace& item : list.items()) {
    const std::size_t own = item.at("experts").index();
    if (own == 0 || own > left) item.at("experts").fail("the experts of the members do not add up to the model's");
    left -= own;
    members.push_back({read_network(item), read_inputs(item, schema, inputs_by), own});
  }
  if (left > 0) list.fail("the experts of the members do not add up to the model's");
  return members;
}

/// A list for each input, each ascending.
Knots read_knots(const JsonPlace& lists, const Schema& schema) {
  Knots knots;
  for (const JsonPlace& list : lists.items()) {
    knots.push_back(list.numbers());
    const std::vector<double>& own = knots.back();
    if (!std::all_of(own.begin(), own.end(), [](double knot) { return std::isfinite(knot); }))
      list.fail("a knot is not finite");
    for (std::size_t i = 1; i < own.size(); ++i)
      if (!(own[i] > own[i - 1]) || !std::isfinite(own[i] - own[i - 1])) list.fail("its knots do not ascend");
  }
  if (knots.size() != schema.inputs.size())
    lists.fail("these are the knots of " + std::to_string(knots.size()) + " inputs: expected " +
               std::to_string(schema.inputs.size()));
  return knots;
}

Description read_structure(const JsonPlace& json, InputsBy inputs_by) {
  Description result{read_schema(json), {}};
  ModelSpec& spec = result.spec;
  spec.family = json.at("family").text();
  const JsonPlace gate = json.at("gate");
  spec.gate_link = gate.at("link").text();
  spec.gate = read_network(gate);
  spec.gate_inputs = read_inputs(gate, result.schema, inputs_by);
  spec.experts.clear();
  bool differ = false;
  for (const JsonPlace& expert : json.at("experts").items()) {
    spec.experts.push_back(read_network(expert));
    spec.expert_inputs.push_back(read_inputs(expert, result.schema, inputs_by));
    const std::string family = expert.text_or("family", "");
    differ = differ || !family.empty();
    spec.expert_families.push_back(family.empty() ? spec.family : family);
  }
  if (spec.experts.empty()) json.at("experts").fail("it has no experts");
  if (!differ) spec.expert_families.clear();
  if (json.has("knots")) spec.knots = read_knots(json.at("knots"), result.schema);
  if (gate.has("members"))
    spec.members = read_members(gate.at("members"), spec.experts.size(), result.schema, inputs_by);
  return result;
}

std::string describe_for_file(const Model& model) {
  // The members stand in the order of the first version.
  const Json structure = describe_structure(model, InputsBy::kIndex);
  Json result;
  for (const auto& [member, value] : structure.items()) {
    result[member] = value;
    if (member == "experts") result.update({{"objective", model.fit.objective}, {"solver", model.fit.solver}});
  }
  return result.dump();
}

FileDescription read_description(const std::string& description) {
  const auto json = parse_bounded_json(description);
  if (!json) refuse("its description is not JSON");
  try {
    const JsonPlace place(*json, "");
    return {read_structure(place, InputsBy::kIndex), place.at("objective").text(), place.at("solver").text()};
  } catch (const ModelFault& fault) {
    if (fault.fault() == ModelFault::Kind::kMeaning) throw;
    refuse("its description lacks a member, or has one that is not what it should be: " + fault.place() + ": " +
           fault.what());
  }
}

}  // namespace moe
