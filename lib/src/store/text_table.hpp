// The tables of coefficients in the text of `moe inspect`.
#pragma once

#include <armadillo>
#include <string>
#include <vector>

#include "moe/describe.hpp"
#include "moe/inference.hpp"
#include "store/report_parts.hpp"

namespace moe {

/// How numbers are shown, and with which errors.
struct Shown {
  const TextOptions& options;
  const Errors* errors;  ///< nullptr: none

  int digits() const { return options.digits > 0 ? options.digits : 6; }
  /// A number with so many significant digits.
  std::string number(double value) const;
  /// A number with this many decimals, or with the significant digits that the user has asked for: whole ones before
  /// the point always.
  std::string decimal(double value, int decimals) const;
  /// The width of a column of numbers.
  std::size_t width() const;
};

/// The text, filled with blanks behind it, or before it.
std::string padded(const std::string& text, std::size_t to);
std::string padded_before(const std::string& text, std::size_t to);
std::size_t widest(const std::vector<std::string>& names);

/// The standard deviation, as the model's units have it, of each row of a branch's table of coefficients that belongs
/// to a number; NaN for others. Empty where the model has no such units.
arma::vec spreads_of(const Model& model, const Branch& branch);

/// A table with a heading for each column. A single column has its effects of one standard deviation beside it.
std::string coefficients_table(const arma::mat& coefficients, const std::vector<std::string>& names,
                               const std::vector<std::string>& headings, const arma::vec& spreads, const Shown& shown);
/// The coefficients of one output, each with its standard error beside it, or "-" where it has none.
std::string estimates_table(const Estimates& estimates, arma::uword column, const std::vector<std::string>& names,
                            const std::string& heading, const arma::vec& spreads, const Shown& shown);

}  // namespace moe
