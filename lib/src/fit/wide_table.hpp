// Tables with more inputs than rows: columns that follow from those before them have no coefficient of their own and stay 0 (see
// basis.hpp). Which ones is settled first, one column after the other (Gram, Schmidt; each twice, as Golub and Van Loan 2013, 5.2
// say), and the fit never sees them: its work is that of as many inputs as rows.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "moe/model.hpp"

namespace moe {

/// The model without inputs that linear branches with more columns than rows cannot tell from others; nothing where there is no such
/// branch.
std::optional<Model> narrowed(const Model& model, const Rows& rows);

/// Takes the parameters, the fit and its errors back to the model that narrowed() was given.
void widen(const Model& narrow, Model& model);

/// The inputs that a narrowed model's branches do not read, in order, each once.
std::vector<std::string> left_out(const Model& narrow, const Model& model);

}  // namespace moe
