// Tables with more inputs than rows. Dependent columns have no coefficients of their own, which stay 0 (see basis.hpp).
// They are found before the fit, column by column (Gram-Schmidt, each column twice: Golub, Van Loan 2013, 5.2), and the
// fit does not see them. So its cost is that of as many inputs as rows.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "moe/model.hpp"

namespace moe {

/// The model without those inputs that are dependent in linear branches with more columns than rows. Returns nothing
/// where there is no such branch.
std::optional<Model> narrowed(const Model& model, const Rows& rows);

/// Copies the parameters, the fit and its errors back to the model from which narrowed() was made.
void widen(const Model& narrow, Model& model);

/// The inputs that the branches of a narrowed model do not read, in order, without repetition.
std::vector<std::string> left_out(const Model& narrow, const Model& model);

}  // namespace moe
