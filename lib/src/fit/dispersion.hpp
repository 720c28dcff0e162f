// Sigmas and their like for objectives that say nothing of them.
#pragma once

#include "moe/model.hpp"

namespace moe {

/// Maximises the likelihood in the dispersions alone, everything else held; nothing under an unnormalised gate.
void fit_dispersions(Model& model, const Rows& rows, unsigned threads);

}  // namespace moe
