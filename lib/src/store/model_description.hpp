// The structure of a model as JSON: its columns, networks and families. The model file (model_file.cpp) and the JSON
// export (export/formats/json.cpp) share it.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "base/json/json_place.hpp"
#include "moe/error.hpp"
#include "moe/model.hpp"

namespace moe {

struct Description {
  Schema schema;
  ModelSpec spec;
};

/// How the "inputs" of a branch are given: as indices into the model's inputs, or as their names.
enum class InputsBy { kIndex, kName };

/// Throws Error (data) for a name that is not UTF-8.
nlohmann::ordered_json describe_structure(const Model& model, InputsBy inputs_by);
/// Throws ModelFault.
Description read_structure(const JsonPlace& json, InputsBy inputs_by);

/// The description in a model file, which model_file.cpp documents. Throws as describe_structure() does.
std::string describe_for_file(const Model& model);
/// Whether the description says how levels are compared. A program that reads only version 1 would not understand that.
bool says_levels_by(const Schema& schema);

struct FileDescription : Description {
  std::string objective, solver;
};

/// Throws Error (model) with a sentence on what is wrong.
FileDescription read_description(const std::string& description);
/// Throws Error (model).
[[noreturn]] void refuse(const std::string& sentence);

}  // namespace moe
