// Separation: cases where the likelihood has its maximum at infinity (Albert, Anderson 1984; Konis 2007).
//
// A direction of recession is one in which the likelihood of no row falls. It exists, for example, where all rows of a
// level have the same class, or counts of 0, or the same expert. A fit moves along it until its gradient is below the
// tolerance, and there is almost no information left. So for each branch the candidates are the directions in which the
// information has vanished. A candidate is confirmed if the likelihood stays the same a long way further out. This
// needs the eigenvalues of the information, so it is done only where a standard error is suspiciously large.
#pragma once

#include "moe/model.hpp"
#include "moe/objective.hpp"

namespace moe {

/// Whether a standard error is suspiciously large, or unknown.
bool suggests_recession(const Model& model, const Uncertainty& uncertainty);

/// Fills in study.recession and study.unseen, which stay empty if there is nothing. The model must have second
/// derivatives and be at the end of a fit, and rows and penalty must be those of the fit.
void find_recession(const Model& model, const Rows& rows, const Penalty& penalty, unsigned threads, FitStudy& study);

}  // namespace moe
