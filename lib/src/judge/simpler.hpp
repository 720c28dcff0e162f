// Models within a model: those with simpler families (the gaussian in a student, the Poisson in a negative binomial).
// The fit of such a model is a start for the larger one, whose likelihood cannot be lower. Where it is not higher
// either, the simpler model should be used.
#pragma once

#include <optional>
#include <vector>

#include "moe/model.hpp"

namespace moe {

/// The model with simpler families, not fitted. Returns nothing where no family has a simpler one, or where a network's
/// parameters cannot be copied.
std::optional<Model> simpler_model(const Model& model);

/// Parameters of `model` that correspond to those of `simple`, its simpler_model(): the exact point first, then points
/// beside it (Family::embedded()). For families with skewness, the second point leans as the residuals of each expert
/// do, and the third one the other way.
std::vector<arma::vec> starts_from(const Model& model, const Model& simple, const Rows& rows);

/// 1 where the simpler family describes target t of expert k as well, else 0: element k T + t. Empty where all are 0.
arma::vec as_simple(const Model& model, const Rows& rows);

}  // namespace moe
