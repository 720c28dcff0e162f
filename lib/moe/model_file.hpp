// Reads and writes model files; src/store/model_file.cpp and model_tensors.hpp document the format.
#pragma once

#include <string>
#include <string_view>

#include "moe/file.hpp"
#include "moe/model.hpp"

namespace moe {

/// Writes `model` to `path` ("-" or "": standard output), completely or not at all. Throws Error: io; data for a name
/// that is not UTF-8; usage where the output is a terminal.
void save_model(const Model& model, const std::string& path);

/// The same for a file that is open already. Commits it.
void save_model(const Model& model, OutputFile& out);

/// Reads a model from `path` ("-": standard input). Needs less memory than the file's size plus 64 MiB, whatever the
/// file says (for a pipe: resident memory). Throws Error: io where the file cannot be read; model, with a sentence on
/// what is wrong, where it is no complete and valid model.
Model load_model(const std::string& path);

/// The same for the bytes of a file in memory. Messages begin with `name`.
Model load_model(std::string_view bytes, const std::string& name);

}  // namespace moe
