// What a model is made of, in words: the JSON of its columns, networks and families that a model file (model_file.cpp) and the
// JSON export (exporters/json.cpp) have in common.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "base/json_place.hpp"
#include "moe/error.hpp"
#include "moe/model.hpp"

namespace moe {

struct Description {
  Schema schema;
  ModelSpec spec;
};

/// How a branch's "inputs" tell what it reads: by indices into the model's inputs, or by their names.
enum class InputsBy { kIndex, kName };

/// Throws Error (data) for a name that is no UTF-8.
nlohmann::ordered_json describe_structure(const Model& model, InputsBy by);
/// Throws ModelFault.
Description read_structure(const JsonPlace& json, InputsBy by);

/// A model file's description, which model_file.cpp documents; throws as describe_structure() does.
std::string describe_for_file(const Model& model);
/// Whether it says how levels are compared, which a program that reads version 1 only would take for the other way.
bool says_levels_by(const Schema& schema);

struct FileDescription : Description {
  std::string objective, solver;
};

/// Throws Error (model) with the sentence that says what is wrong.
FileDescription read_description(const std::string& description);
/// Throws Error (model).
[[noreturn]] void refuse(const std::string& sentence);

}  // namespace moe
