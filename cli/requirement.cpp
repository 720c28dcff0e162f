#include "requirement.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "moe/error.hpp"
#include "moe/numeric.hpp"

namespace cli {
namespace {

using moe::Error;
using moe::ErrorKind;

struct Parsed {
  std::string left, comparison, right;
};

std::string without_blanks(const std::string& text) {
  const std::size_t first = text.find_first_not_of(' ');
  return first == text.npos ? "" : text.substr(first, text.find_last_not_of(' ') + 1 - first);
}

Parsed parsed(const std::string& text) {
  const std::size_t at = text.find_first_of("<>");
  if (at != text.npos) {
    const std::string comparison = text.substr(at, at + 1 < text.size() && text[at + 1] == '=' ? 2 : 1);
    Parsed result{without_blanks(text.substr(0, at)), comparison, without_blanks(text.substr(at + comparison.size()))};
    if (!result.left.empty() && !result.right.empty()) return result;
  }
  throw Error(ErrorKind::kUsage,
              "--require: '" + moe::printable(text) + "': expected a comparison, as 'nll<=1.2' or 'rmse(A)<=rmse(B)'");
}

/// The prediction with this letter.
const Judged& judged_as(const std::string& letter, const Judgement& judgement) {
  std::vector<std::string> letters;
  for (const Judged& judged : judgement.of) {
    if (judged.letter == letter) return judged;
    letters.push_back(judged.letter);
  }
  throw Error(ErrorKind::kUsage, "--require: " + moe::unknown_word("prediction", letter, letters));
}

double figure_of(const std::string& name, const Judged& judged, const Judgement& judgement) {
  std::vector<std::string> known;
  for (const moe::Measure& figure : moe::figures_of(judged.scores)) {
    known.push_back(moe::spelling(figure, judgement.rows));
    if (known.back() == name) return moe::estimate(figure, judged.scores, judgement.rows).value;
  }
  if (name.starts_with("conformal_") && judged.model && !judged.model->conformal)
    throw Error(ErrorKind::kUsage,
                "--require: '" + moe::printable(name) + "': model " + judged.letter +
                    " is not calibrated: expected one of moe calibrate, or of moe train --conformal");
  throw Error(ErrorKind::kUsage, "--require: " + moe::unknown_word("figure", name, known));
}

double value_of(const std::string& operand, const Judgement& judgement) {
  if (operand.size() == 1 && operand[0] >= 'A' && operand[0] <= 'Z')
    return figure_of("nll", judged_as(operand, judgement), judgement);
  const std::size_t open = operand.rfind('(');
  if (open != operand.npos && operand.back() == ')')
    return figure_of(operand.substr(0, open), judged_as(operand.substr(open + 1, operand.size() - open - 2), judgement),
                     judgement);
  if (judgement.of.size() > 1)
    throw Error(ErrorKind::kUsage, "--require: '" + moe::printable(operand) + "' of which prediction: expected " +
                                       moe::printable(operand) + "(A) or another letter");
  return figure_of(operand, judgement.of.front(), judgement);
}

/// Whether the comparison holds. Where a figure has no value, none does.
bool holds(double left, const std::string& comparison, double right) {
  if (comparison == "<") return left < right;
  if (comparison == "<=") return left <= right;
  return comparison == ">" ? left > right : left >= right;
}

}  // namespace

void check_requirement(const std::string& text) { parsed(text); }

std::string unmet(const std::vector<std::string>& requirements, const FiguresOf& figures_of) {
  std::vector<std::string> found, expected;
  const auto values = [&](const std::string& operand) {
    if (const auto number = moe::parse_number(operand)) return std::vector<NamedFigure>{{"", *number}};
    std::vector<NamedFigure> figures = figures_of(operand);
    if (figures.empty()) figures.push_back({operand, std::numeric_limits<double>::quiet_NaN()});
    return figures;
  };
  const auto note = [&](const NamedFigure& figure) {
    if (figure.name.empty()) return;
    const std::string is =
        figure.name + (std::isnan(figure.value) ? " has no value" : " is " + moe::format_number(figure.value));
    if (std::find(found.begin(), found.end(), is) == found.end()) found.push_back(is);
  };
  for (const std::string& text : requirements) {
    const Parsed requirement = parsed(text);
    bool met = true;
    for (const NamedFigure& left : values(requirement.left))
      for (const NamedFigure& right : values(requirement.right)) {
        if (holds(left.value, requirement.comparison, right.value)) continue;
        met = false;
        note(left);
        note(right);
      }
    if (!met) expected.push_back(text);
  }
  return expected.empty() ? "" : "--require: " + moe::join(found) + ": expected " + moe::join(expected);
}

std::string unmet(const std::vector<std::string>& requirements, const Judgement& judgement) {
  return unmet(requirements, [&](const std::string& operand) {
    return std::vector<NamedFigure>{{operand, value_of(operand, judgement)}};
  });
}

}  // namespace cli
