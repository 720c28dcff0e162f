// A figure is a value: axes, and marks at places in data units. What computes it (figures.hpp) knows no drawing, and
// what draws it knows no models: a browser from its JSON, to_svg(), to_text().
#pragma once

#include <armadillo>
#include <string>
#include <vector>

namespace moe {

/// On an axis of categories, category i (from 0) takes the room from i - 0.5 to i + 0.5; marks may lie between.
struct Axis {
  std::string label{};
  enum class Scale { kLinear, kLog, kCategories } scale = Scale::kLinear;
  std::vector<std::string> categories{};  ///< of kCategories only
};

/// What is drawn, in the order of drawing. All numbers are finite, and above 0 where an axis is logarithmic. Vectors
/// that a kind does not name are empty; the others are of one length.
struct Mark {
  enum class Kind {
    kLine,    ///< x, y in order of x. Where a line has a gap, it is two marks of one series
    kBand,    ///< x, y and y2: from the lower to the upper edge, in order of x
    kPoints,  ///< x, y
    kBars,    ///< x .. x2, or category x where x2 is empty; from 0 to y; error bars lower .. upper, or none
    kCells,   ///< x .. x2 by y .. y2, each in the series' colour, as strong as `value` (0 to 1) says
    kRule,    ///< a dashed line over the whole figure at each x (vertical), or else at each y (horizontal)
  };
  Kind kind = Kind::kLine;
  std::string series{};  ///< its name in the legend; "" for none. A series has one colour in a figure
  arma::vec x{}, x2{}, y{}, y2{}, lower{}, upper{}, value{};
  bool reference = false;  ///< what the others are compared with, as a diagonal: to be drawn without stress
};

struct Figure {
  std::string id{};  ///< "fit:x1": its kind and what it is about, unique in a report
  std::string title{}, caption{};
  Axis x{}, y{};
  std::vector<Mark> marks{};
  std::string thinned{};  ///< "2,000 of 100,000 rows are drawn", or ""
};

/// JSON of a figure, as a browser reads it. It has one line, and no number in it is infinite or none. Numbers have 9
/// digits.
std::string to_json(const Figure& figure);

struct SvgOptions {
  double width = 720, height = 420;  ///< of each figure, in pixels
};
/// Figures, one below the other, as one SVG with its own style. It follows a reader's preference for dark colours, and
/// prints in light ones. Names are escaped as XML.
std::string to_svg(const std::vector<Figure>& figures, const SvgOptions& options = {});

/// A sketch of the figure in characters: at most `columns` wide and `lines` high, at least 40 by 12. Names are escaped
/// as printable() does.
std::string to_text(const Figure& figure, std::size_t columns = 80, std::size_t lines = 24);

}  // namespace moe
