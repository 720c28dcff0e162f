// The tables of coefficients in the text of `moe inspect`: names to the left, numbers to the right in columns of one
// width.
#include "store/text_table.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "moe/error.hpp"

namespace moe {
namespace {

/// A sign, a point and an exponent beside the digits.
constexpr std::size_t kBesideDigits = 6, kNarrowest = 12;

/// The heading of a column, aligned to the right.
std::string heading_of(std::string text, std::size_t width) {
  while (characters_in(text) > width) text.pop_back();
  return " " + padded_before(text, width);
}

/// The effect of one standard deviation; "-" where there is none.
std::string effect_cell(double coefficient, double spread, const Shown& shown) {
  return " " + padded_before(std::isnan(spread) ? "-" : shown.number(coefficient * spread), shown.width());
}

}  // namespace

std::string Shown::number(double value) const {
  return formatted(("%." + std::to_string(digits()) + "g").c_str(), value);
}

std::string Shown::decimal(double value, int decimals) const {
  if (options.digits > 0 && value != 0 && std::isfinite(value))
    decimals = std::max(0, options.digits - 1 - static_cast<int>(std::floor(std::log10(std::abs(value)))));
  return formatted(("%." + std::to_string(decimals) + "f").c_str(), value);
}

std::size_t Shown::width() const { return std::max(kNarrowest, static_cast<std::size_t>(digits()) + kBesideDigits); }

std::string padded(const std::string& text, std::size_t to) {
  return text + std::string(to - std::min(to, characters_in(text)), ' ');
}

std::string padded_before(const std::string& text, std::size_t to) {
  return std::string(to - std::min(to, characters_in(text)), ' ') + text;
}

std::size_t widest(const std::vector<std::string>& names) {
  std::size_t width = 0;
  for (const std::string& name : names) width = std::max(width, characters_in(name));
  return width;
}

arma::vec spreads_of(const Model& model, const Branch& branch) {
  const Standardization& units = model.standardization;
  if (!units.has_input_units() || branch.network->degree() != 1) return {};
  arma::vec of_inputs(units.input_scale.n_elem);
  of_inputs.fill(std::numeric_limits<double>::quiet_NaN());
  for (arma::uword input = 0; const Column& column : columns_of(model.schema)) {
    if (!column.category && column.inputs() > 0) of_inputs[input] = units.input_scale[input];
    input += column.inputs();
  }
  const arma::uword first = branch.network->has_intercept() ? 1 : 0;
  arma::vec result(first + branch.columns.n_elem - 1);
  result.fill(std::numeric_limits<double>::quiet_NaN());
  for (arma::uword j = 1; j < branch.columns.n_elem; ++j) result[first + j - 1] = of_inputs[branch.columns[j] - 1];
  return arma::uvec(arma::find_finite(result)).is_empty() ? arma::vec() : result;
}

std::string coefficients_table(const arma::mat& coefficients, const std::vector<std::string>& names,
                               const std::vector<std::string>& headings, const arma::vec& spreads, const Shown& shown) {
  const std::size_t width = widest(names);
  const bool effects = coefficients.n_cols == 1 && spreads.n_elem == coefficients.n_rows;
  std::string result = "  " + padded("", width);
  for (const std::string& heading : headings) result += heading_of(heading, shown.width());
  result += (effects ? heading_of("per 1 sd", shown.width()) : "") + "\n";
  for (arma::uword j = 0; j < coefficients.n_rows; ++j) {
    result += "  " + padded(names[j], width);
    for (arma::uword c = 0; c < coefficients.n_cols; ++c)
      result += " " + padded_before(shown.number(coefficients(j, c)), shown.width());
    result += (effects ? effect_cell(coefficients(j, 0), spreads[j], shown) : "") + "\n";
  }
  return result;
}

std::string estimates_table(const Estimates& estimates, arma::uword column, const std::vector<std::string>& names,
                            const std::string& heading, const arma::vec& spreads, const Shown& shown) {
  const std::size_t width = widest(names), cells = shown.width();
  const std::string percent = formatted(" %.4g %%", 100 * shown.errors->level);
  const bool student = shown.errors->inference.uncertainty.degrees_of_freedom > 0,
             effects = spreads.n_elem == estimates.value.n_rows;
  std::string result = "  " + padded("", width) + heading_of(heading, cells) + heading_of("std. error", cells) +
                       (student ? "         t" : "         z") + "          p" + heading_of("lower" + percent, cells) +
                       heading_of("upper" + percent, cells) + (effects ? heading_of("per 1 sd", cells) : "") + "\n";
  for (arma::uword j = 0; j < estimates.value.n_rows; ++j) {
    const double value = estimates.value(j, column);
    const bool known = std::isfinite(estimates.error(j, column));
    const auto cell = [&](const arma::mat& values) {
      return " " + padded_before(known ? shown.number(values(j, column)) : "-", cells);
    };
    const auto narrow = [&](const char* format, const arma::mat& values, std::size_t to) {
      return " " + padded_before(known ? formatted(format, values(j, column)) : "-", to);
    };
    result += "  " + padded(names[j], width) + " " + padded_before(shown.number(value), cells) + cell(estimates.error) +
              narrow("%.3f", estimates.z, 9) + narrow("%.3g", estimates.p, 10) + cell(estimates.lower) +
              cell(estimates.upper) + (effects ? effect_cell(value, spreads[j], shown) : "") + "\n";
  }
  return result;
}

}  // namespace moe
