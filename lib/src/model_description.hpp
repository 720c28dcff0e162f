// What a model file says of its model in words: JSON text, which model_file.cpp documents.
#pragma once

#include <string>

#include "moe/error.hpp"
#include "moe/model.hpp"

namespace moe {

struct Description {
  Schema schema;
  ModelSpec spec;
  std::string objective, solver;
};

/// Throws Error (data) for a name that is no UTF-8.
std::string describe_for_file(const Model& model);
/// Throws Error (model) with the sentence that says what is wrong.
Description read_description(const std::string& description);
/// Throws Error (model).
[[noreturn]] void refuse(const std::string& sentence);

}  // namespace moe
