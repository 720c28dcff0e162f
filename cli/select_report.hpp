// What `moe select` tells of its candidates.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "moe/select.hpp"

namespace cli {

/// A candidate as the user asked for it.
struct Trial {
  moe::ModelSpec spec;
  std::string family;    ///< what "auto" has become, once that is known
  std::string features;  ///< as they were typed, "" for all
  bool one_more;         ///< whether it is the trial before it with one expert more
};

struct Result {
  std::vector<moe::Outcome> outcomes;
  /// Of each trial against the one before it, where that has one expert less.
  std::vector<std::optional<moe::RatioTest>> tests;
};

/// An aligned table of the candidates, best first, and one of the tests.
std::string to_text(const std::vector<Trial>& trials, const Result& result, bool cv);
/// One JSON object; `inputs` are those of the table.
std::string to_json(const std::string& by, const std::vector<Trial>& trials, const std::vector<std::string>& inputs,
                    const Result& result);

}  // namespace cli
