// What keeps `moe train` from over-fitting in silence: penalties that are chosen by cross-validation, and warnings.
#pragma once

#include <string>
#include <vector>

#include "command.hpp"
#include "follower.hpp"
#include "moe/train.hpp"

namespace cli {

struct WatchedFit {
  moe::FitResult fit;
  std::vector<std::string> summary;  ///< on penalties that were asked for
  std::vector<std::string> notes;    ///< and warnings, which are said in any case
};

/// Fits the request. Chooses the penalties before, where --l2 auto or --gate-l2 auto asks for it. Where no penalty is
/// given and classes separate, it chooses one and fits again. Then it looks whether the fit says more of rows that it has not
/// seen than one linear expert.
/// `groups`: see moe::PenaltyOptions.
WatchedFit fit_and_watch(const Arguments& arguments, moe::FitRequest request, const std::vector<std::size_t>& groups,
                         Follower& follower);

/// Notes where --resume's model was fitted with other penalties: what the fit then minimises is not what the model did.
std::vector<std::string> notes_on_penalties(const moe::Model* start, const moe::FitSummary& now);

/// Whether --l2 auto or --gate-l2 auto is given.
bool chooses_penalty(const Arguments& arguments);

}  // namespace cli
