// --require 'nll<=1.2' or 'rmse(A)<=rmse(B)': what a script expects of figures.
//
//     requirement   operand < operand, and the same with <=, > and >=
//     operand       a number, or a figure, as the command names it. Those of eval:
//                   FIGURE         where one prediction is judged: nll, rmse, coverage:0.9, of several targets rmse:b
//                   FIGURE(A)      the same of prediction A
//                   A              nll(A)
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "judged.hpp"

namespace cli {

/// A figure by the name under which a message shows it. NaN: it has no value.
struct NamedFigure {
  std::string name;
  double value;
};
/// The figures that an operand stands for. A requirement holds if it holds for each of them, and there is one.
using FiguresOf = std::function<std::vector<NamedFigure>(const std::string& operand)>;

/// Throws Error (usage) where the text is no requirement, whatever is judged.
void check_requirement(const std::string& text);
/// "" where all requirements are met, else a sentence.
std::string unmet(const std::vector<std::string>& requirements, const FiguresOf& figures_of);
/// The same of the figures of eval. Throws Error (usage) for a figure that is not there.
std::string unmet(const std::vector<std::string>& requirements, const Judgement& judgement);

}  // namespace cli
