// Maxima of the likelihood that say nothing of the data: an expert has shrunk onto a handful of rows.
#pragma once

#include "moe/model.hpp"

namespace moe {

/// Whether an expert explains a handful of rows all but exactly, which makes a maximum of the likelihood out of nothing.
bool spurious(const Model& model, const arma::vec& theta, const Rows& rows);

/// Whether expert k's inputs tell its scale, not psi.
bool tells_scale(const Model& model, arma::uword k);
/// The same of any expert.
bool tells_scales(const Model& model);

}  // namespace moe
