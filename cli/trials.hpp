// What `moe select` tries: every combination of the values that its options list.
#pragma once

#include <string>
#include <vector>

#include "command.hpp"
#include "moe/dataset.hpp"
#include "moe/train.hpp"

namespace cli {

/// A candidate, as the user has asked for it.
struct Trial {
  moe::ModelSpec spec;
  std::string family;    ///< the family; for "auto" the one that was chosen
  std::string features;  ///< as the user typed them; "" for all
  moe::Penalty penalty;
  bool one_more;  ///< whether it is the trial before it with one expert more
};

/// All combinations, each once. `given`: the penalties that no list varies. Throws Error (usage) for a word or a number
/// that no model can have.
std::vector<Trial> trials(const Arguments& arguments, const moe::Penalty& given);

/// Reads the table once for all trials, and tells each which of its inputs it has.
moe::TrainingTable read_table_of(std::vector<Trial>& trials, const Arguments& arguments);

}  // namespace cli
