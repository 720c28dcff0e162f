// The marks of a figure as elements of SVG.
#pragma once

#include <string>
#include <vector>

#include "figures/scales.hpp"
#include "moe/figure.hpp"

namespace moe {

/// ` x="12.5"`.
std::string svg_attribute(const char* name, double value);
/// The class of a series' colour, and the dashes of a line whose colour another series has, too.
std::string colour_class(const DrawnSeries& series);
std::string dashes_of(const DrawnSeries& series);

/// The plot of a figure, without axes. Keeps references to figure and series.
class SvgMarks {
 public:
  SvgMarks(const Figure& figure, const FigureScales& scales, const std::vector<DrawnSeries>& series, double width,
           double height)
      : figure_(figure), scales_(scales), series_(series), width_(width), height_(height) {}

  /// All marks, in a view of their own whose upper left corner is at (x, y).
  std::string view(double x, double y) const;

 private:
  double at_x(double x) const { return width_ * scales_.x.place(x); }
  double at_y(double y) const { return height_ * (1 - scales_.y.place(y)); }
  std::string path_through(const arma::vec& x, const arma::vec& y, bool backwards = false) const;
  std::string rule(const Mark& mark) const;
  std::string element(const Mark& mark) const;
  std::string line(const Mark& mark, const DrawnSeries& series) const;
  std::string band(const Mark& mark) const;
  std::string points(const Mark& mark, const DrawnSeries& series) const;
  std::string bars(const Mark& mark) const;
  std::string cells(const Mark& mark) const;

  const Figure& figure_;
  FigureScales scales_;
  const std::vector<DrawnSeries>& series_;
  double width_, height_;
};

}  // namespace moe
