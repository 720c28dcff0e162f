// Spurious maxima of the likelihood: an expert has shrunk onto a handful of rows, which says nothing about the data.
#pragma once

#include "moe/model.hpp"

namespace moe {

/// Whether an expert explains a handful of rows almost exactly, so that the likelihood is high without meaning.
/// `floor_by_hand`: whether the user has set the floor of the scales. An expert on it need not be exact.
bool spurious(const Model& model, const arma::vec& theta, const Rows& rows, bool floor_by_hand = false);

/// Whether expert k's scale depends on inputs, not on psi.
bool tells_scale(const Model& model, arma::uword k);
/// Whether that holds for any expert.
bool tells_scales(const Model& model);

}  // namespace moe
