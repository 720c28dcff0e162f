// Estimates sigmas and other dispersions after a fit whose objective does not contain them.
#pragma once

#include "moe/model.hpp"

namespace moe {

/// Maximises the likelihood in the dispersions, with everything else fixed. Does nothing under an unnormalised gate.
void fit_dispersions(Model& model, const Rows& rows, unsigned threads);

}  // namespace moe
