// Where an expert answers, in words.
#pragma once

#include <string>
#include <vector>

#include "figures/scene.hpp"

namespace moe {

/// For each expert where its weight is the greatest, as what follows "Expert 3 ": "answers for times below 14.4".
/// In a committee it is the greatest within its member.
std::vector<std::string> regions_in_words(const Scene& scene);

}  // namespace moe
