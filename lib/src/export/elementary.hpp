// Special functions by elementary ones, for languages that lack them: SQL, NumPy and ONNX in double precision.
#pragma once

#include "model/expression.hpp"

namespace moe {

/// The same expression without log1p, without normal_cdf and without student_cdf with a number of degrees of freedom.
/// Each of the two distribution functions is right to about 1e-14. Other functions stay.
Expression elementary(const Expression& expression);
/// Whether SQL, NumPy and ONNX have all its functions.
bool is_elementary(const Expression& expression);

}  // namespace moe
