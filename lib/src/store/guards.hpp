// Sentences and JSON on what the study of a fit has found, apart from starved and separated experts.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "moe/model.hpp"

namespace moe {

/// Sentences on experts that fit their rows exactly, on separation, and on a simpler model that is better. May be
/// empty.
std::vector<std::string> finding_notes(const Model& model);
/// Adds "exact", "infinite", "untold" and "simpler" to the guards of a model whose fit was studied.
void add_findings(const Model& model, nlohmann::ordered_json& guards);

}  // namespace moe
