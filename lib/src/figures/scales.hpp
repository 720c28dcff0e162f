// The scales of a figure: the range of each axis, where its ticks are, and how series are told apart.
#pragma once

#include <string>
#include <vector>

#include "moe/figure.hpp"

namespace moe {

struct Tick {
  double value;
  std::string label;
};

/// The range of an axis, as wide as its marks need.
struct Range {
  double low = 0, high = 1;
  bool logarithmic = false;

  /// 0 at the low end, 1 at the high end.
  double place(double value) const;
};

struct FigureScales {
  Range x, y;
};
FigureScales scales_of(const Figure& figure);

/// About `count` ticks: at steps of 1, 2 or 5 times a power of ten, on a logarithmic axis at powers of ten, of
/// categories one for each, or for every so manieth where there are more than `count`.
std::vector<Tick> ticks_of(const Axis& axis, const Range& range, std::size_t count);

/// A series as drawn: its number decides its colour or sign.
struct DrawnSeries {
  std::string name;
  Mark::Kind kind;     // of its first mark
  std::size_t number;  // 0, 1 ..; "expert N" always has N - 1
  bool reference;      // what data are compared with
  bool neutral;        // points beside the curve of another series
};
/// All series of a figure, those without a name included, in the order of their first marks. Rules are none.
std::vector<DrawnSeries> series_of(const Figure& figure);
const DrawnSeries& series_of(const std::vector<DrawnSeries>& all, const Mark& mark);

}  // namespace moe
