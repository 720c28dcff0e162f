// Marks as figures get them, without what cannot be drawn, and words that their titles and captions share.
#pragma once

#include <armadillo>
#include <string>

#include "moe/figure.hpp"

namespace moe {

// Values that are not finite, or too large to draw, are left out.
/// A line for each run of values that can be drawn.
void add_line(Figure& figure, const std::string& series, const arma::vec& x, const arma::vec& y);
/// What is compared with: the straight line from (0, 0) to (1, 1).
void add_diagonal(Figure& figure, const std::string& series);
void add_band(Figure& figure, const std::string& series, const arma::vec& x, const arma::vec& lower,
              const arma::vec& upper);
/// The band in which what is seen lies by chance, if the model is right.
void add_chance(Figure& figure, const arma::vec& x, const arma::vec& lower, const arma::vec& upper);
void add_points(Figure& figure, const std::string& series, const arma::vec& x, const arma::vec& y);
/// Bars of categories x. `lower` and `upper` may be empty.
void add_bars(Figure& figure, const std::string& series, const arma::vec& x, const arma::vec& y,
              const arma::vec& lower = {}, const arma::vec& upper = {});
/// Bars over the intervals x .. x2.
void add_histogram(Figure& figure, const arma::vec& x, const arma::vec& x2, const arma::vec& y);
/// A rectangle for each element; those whose value is 0 are left out.
void add_cells(Figure& figure, const std::string& series, const Mark& cells);
void add_vertical_rule(Figure& figure, double x);
void add_horizontal_rule(Figure& figure, double y);

/// 0, 1 .. count - 1.
arma::vec counted_up(arma::uword count);
/// A name from the data in a title, a label or a sentence.
std::string shown_name(const std::string& name);
/// A number in a sentence: 3 digits, or all before the point.
std::string shown_number(double value);
/// 0.183 as "18 %".
std::string shown_percent(double part);
/// 2000 as "2,000".
std::string shown_count(std::size_t count);
/// "2,000 of 100,000 rows are drawn at random", or "" where all are.
std::string thinned(std::size_t drawn, std::size_t all, const std::string& verb);
/// An axis with these categories, named as in shown_name().
Axis categories_axis(const std::string& label, const std::vector<std::string>& categories);

}  // namespace moe
