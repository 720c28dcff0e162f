// Models that a model contains: those whose experts' families are simpler ones (a student's gaussian, a negative binomial's Poisson).
// Their fit is a start that no end may lie below, and where it lies as high as the larger one's, that is what should be said.
#pragma once

#include <optional>
#include <vector>

#include "moe/model.hpp"

namespace moe {

/// The model with the simpler families, unfitted; nothing where no family contains one, or a network's parameters cannot be taken over.
std::optional<Model> simpler_model(const Model& model);

/// Parameters of `model` at those of `simple`, a simpler_model() of it, and beside them: see Family::embedded(). The first is the point
/// itself. Where a family knows skewness, the second leans as each expert's residuals do, and the third the other way.
std::vector<arma::vec> starts_from(const Model& model, const Model& simple, const Rows& rows);

/// 1 where target t of expert k is described as well by the simpler family, else 0: element k T + t. Empty where all are 0.
arma::vec as_simple(const Model& model, const Rows& rows);

}  // namespace moe
