// Separation: where a maximum of the likelihood is at infinity (Albert, Anderson 1984; Konis 2007).
//
// A direction of recession is one in which no row's likelihood falls: a level whose rows are all of one class, or have counts of 0
// only, or all belong to one expert. A fit moves along it until its gradient is below the tolerance, and the information there is next
// to nothing: so the candidates are, branch by branch, the directions in which the information has vanished, and a long way on the
// likelihood must be what it is here. That asks for the information's eigenvalues, and so is looked for only where an error is
// out of all proportion.
#pragma once

#include "moe/model.hpp"
#include "moe/objective.hpp"

namespace moe {

/// Whether an error, or that none is known, gives reason to look.
bool suggests_recession(const Model& model, const Uncertainty& uncertainty);

/// Fills in study.recession and study.unseen; both stay empty where there is nothing of the kind. The model has second derivatives,
/// its theta is where a fit ended, and rows and penalty are the fit's.
void find_recession(const Model& model, const Rows& rows, const Penalty& penalty, unsigned threads, FitStudy& study);

}  // namespace moe
