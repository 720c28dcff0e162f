// Model files; src/model_file.cpp documents the format.
#pragma once

#include <string>
#include <string_view>

#include "moe/file.hpp"
#include "moe/model.hpp"

namespace moe {

/// Writes `model` to `path` ("-" or "": standard output), whole or not at all. Throws Error: io; data for a name that is no
/// UTF-8; usage where the output is a terminal.
void save_model(const Model& model, const std::string& path);

/// The same to a file that has been opened; commits it.
void save_model(const Model& model, OutputFile& out);

/// Reads a model from `path` ("-": standard input). Memory stays below the file's size plus 64 MiB, whatever the file
/// says (for a pipe, resident memory). Throws Error: io where it cannot be read; model, with a sentence that says in which
/// way, where the file is not a whole and valid model.
Model load_model(const std::string& path);

/// The same of a file's bytes in memory; `name` begins each message.
Model load_model(std::string_view bytes, const std::string& name);

}  // namespace moe
