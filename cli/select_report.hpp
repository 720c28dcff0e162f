// The report of `moe select` on its candidates.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "moe/select.hpp"
#include "trials.hpp"

namespace cli {

struct Result {
  std::vector<moe::Outcome> outcomes;
  /// For each trial that has one expert more than the one before it, the test against that one.
  std::vector<std::optional<moe::RatioTest>> tests;
};

/// "4 experts, gaussian, linear, --l2 0.01: cv -0.4321 +- 0.0123, training rows -0.4012": a candidate that has ended.
std::string to_line(const std::vector<Trial>& trials, const moe::Outcome& outcome);
/// A table of the candidates, the best first, and a table of the tests.
std::string to_text(const std::vector<Trial>& trials, const Result& result, bool cv);
/// A JSON object. `inputs`: the inputs of the table.
std::string to_json(const std::string& by, const std::vector<Trial>& trials, const std::vector<std::string>& inputs,
                    const Result& result);

}  // namespace cli
