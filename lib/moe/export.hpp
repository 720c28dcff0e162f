// A model for other tools.
#pragma once

#include <string>
#include <vector>

#include "moe/model.hpp"

namespace moe {

struct ExportFormat {
  std::string name, help;
};

std::vector<ExportFormat> export_formats();
/// The model as text in that format. Throws Error (usage) for an unknown format, or a model that it cannot express.
std::string export_model(const Model& model, const std::string& format);

}  // namespace moe
