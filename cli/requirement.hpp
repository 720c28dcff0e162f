// --require 'nll<=1.2' or 'rmse(A)<=rmse(B)': what a script expects of figures.
//
//     requirement   operand < operand, and the same with <=, > and >=
//     operand       a number
//                   FIGURE         where one prediction is judged: nll, rmse, coverage:0.9, of several targets rmse:b
//                   FIGURE(A)      the same of prediction A
//                   A              nll(A)
#pragma once

#include <string>
#include <vector>

#include "judged.hpp"

namespace cli {

/// Throws Error (usage) where the text is no requirement, whatever is judged.
void check_requirement(const std::string& text);
/// "" where all requirements are met, else a sentence. Throws Error (usage) for a figure that is not there.
std::string unmet(const std::vector<std::string>& requirements, const Judgement& judgement);

}  // namespace cli
