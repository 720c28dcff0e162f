#include "figures/scales.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace moe {
namespace {

constexpr double kPadding = 0.04;  // of the range, to each side

/// Collects the values that an axis must show.
struct Extent {
  double low = std::numeric_limits<double>::infinity(), high = -low;
  void add(const arma::vec& values) {
    if (values.is_empty()) return;
    low = std::min(low, values.min());
    high = std::max(high, values.max());
  }
};

Range range_of(const Axis& axis, const Extent& extent, double part) {
  if (axis.scale == Axis::Scale::kCategories) return {-0.5, static_cast<double>(axis.categories.size()) - 0.5};
  Range range{extent.low, extent.high, axis.scale == Axis::Scale::kLog};
  if (!(range.low <= range.high)) return {};
  if (range.logarithmic && range.low < range.high) return range;
  range.logarithmic = false;
  if (range.low == range.high) {
    const double half = range.low == 0 ? 1 : 0.5 * std::abs(range.low);
    return {range.low - half, range.high + half};
  }
  const double padding = part * (range.high - range.low);
  return {range.low - padding, range.high + padding};
}

/// 1, 2 or 5 times a power of ten: the smallest step that makes at most `count` steps in a range.
double tick_step(double length, std::size_t count) {
  const double least = length / static_cast<double>(count), power = std::pow(10.0, std::floor(std::log10(least)));
  for (const double factor : {1.0, 2.0, 5.0})
    if (factor * power >= least * (1 - 1e-9)) return factor * power;
  return 10 * power;
}

/// "1e+06" as "1e6".
std::string short_power(std::string text) {
  const std::size_t e = text.find('e');
  if (e == text.npos) return text;
  if (text[e + 1] == '+') text.erase(e + 1, 1);
  const std::size_t digits = e + (text[e + 1] == '-' ? 2 : 1);
  while (digits + 1 < text.size() && text[digits] == '0') text.erase(digits, 1);
  return text;
}

std::string tick_label(double value, double step) {
  constexpr double kLargest = 1e7, kSmallest = 1e-4;
  char text[40];
  if (std::abs(value) < 1e-9 * step) return "0";
  if (std::abs(value) >= kLargest || step < kSmallest) {
    std::snprintf(text, sizeof text, "%.*g", step < kSmallest * std::abs(value) ? 9 : 4, value);
    return short_power(text);
  }
  const int decimals = std::max(0, static_cast<int>(-std::floor(std::log10(step) + 1e-9)));
  std::snprintf(text, sizeof text, "%.*f", decimals, value);
  return text;
}

std::vector<Tick> logarithmic_ticks(const Range& range, std::size_t count) {
  const double first = std::ceil(std::log10(range.low) - 1e-9), last = std::floor(std::log10(range.high) + 1e-9);
  const double every = std::max(1.0, std::ceil((last - first + 1) / static_cast<double>(count)));
  std::vector<Tick> ticks;
  for (double power = first; power <= last; power += every) {
    const double value = std::pow(10.0, power);
    char text[40];
    std::snprintf(text, sizeof text, "%g", value);
    ticks.push_back({value, short_power(text)});
  }
  return ticks;
}

std::size_t number_in_name(const std::string& name) {
  const std::string begin = "expert ";
  if (!name.starts_with(begin)) return 0;
  std::size_t number = 0;
  for (std::size_t i = begin.size(); i < name.size() && name[i] >= '0' && name[i] <= '9'; ++i)
    number = 10 * number + static_cast<std::size_t>(name[i] - '0');
  return number;
}

}  // namespace

double Range::place(double value) const {
  if (logarithmic) return std::log(value / low) / std::log(high / low);
  return (value - low) / (high - low);
}

FigureScales scales_of(const Figure& figure) {
  Extent x, y;
  bool solid = false, bars = false;
  for (const Mark& mark : figure.marks) {
    for (const arma::vec* part : {&mark.x, &mark.x2}) x.add(*part);
    for (const arma::vec* part : {&mark.y, &mark.y2, &mark.lower, &mark.upper}) y.add(*part);
    if (mark.kind == Mark::Kind::kBars) {
      y.add(arma::vec{0});
      bars = true;
    }
    // Curves and areas reach the edges; points alone keep off them.
    solid = solid || mark.kind == Mark::Kind::kBand || mark.kind == Mark::Kind::kCells || !mark.x2.is_empty() ||
            (mark.kind == Mark::Kind::kLine && mark.x.n_elem > 2);
  }
  const bool cells = !figure.marks.empty() && figure.marks.front().kind == Mark::Kind::kCells;
  FigureScales scales{range_of(figure.x, x, solid ? 0 : kPadding), range_of(figure.y, y, cells ? 0 : kPadding)};
  if (bars && y.low == 0 && !scales.y.logarithmic) scales.y.low = 0;  // they stand on the axis
  return scales;
}

std::vector<Tick> ticks_of(const Axis& axis, const Range& range, std::size_t count) {
  std::vector<Tick> ticks;
  if (axis.scale == Axis::Scale::kCategories) {
    const std::size_t all = axis.categories.size(), every = (all + count - 1) / std::max<std::size_t>(count, 1);
    for (std::size_t i = 0; i < all; i += std::max<std::size_t>(every, 1))
      ticks.push_back({static_cast<double>(i), axis.categories[i]});
    return ticks;
  }
  if (range.logarithmic) return logarithmic_ticks(range, count);
  const double step = tick_step(range.high - range.low, count);
  const double first = std::ceil(range.low / step - 1e-9), last = std::floor(range.high / step + 1e-9);
  for (double i = first; i <= last && ticks.size() <= count; ++i)
    ticks.push_back({i * step, tick_label(i * step, step)});
  return ticks;
}

std::vector<DrawnSeries> series_of(const Figure& figure) {
  std::vector<DrawnSeries> all;
  std::size_t next = 0;
  for (const Mark& mark : figure.marks) {
    if (mark.kind == Mark::Kind::kRule) continue;
    if (std::any_of(all.begin(), all.end(), [&](const DrawnSeries& one) { return one.name == mark.series; })) continue;
    const bool neutral = mark.kind == Mark::Kind::kPoints &&
                         std::any_of(figure.marks.begin(), figure.marks.end(), [&](const Mark& other) {
                           return (other.kind == Mark::Kind::kLine || other.kind == Mark::Kind::kBand) &&
                                  other.series != mark.series && !other.reference;
                         });
    const std::size_t expert = number_in_name(mark.series);
    // A band has the colour of the curve that follows it.
    const bool counts = !neutral && !mark.reference && mark.kind != Mark::Kind::kBand;
    all.push_back({mark.series, mark.kind, expert > 0 ? expert - 1 : next, mark.reference, neutral});
    if (counts && expert == 0) ++next;
  }
  return all;
}

const DrawnSeries& series_of(const std::vector<DrawnSeries>& all, const Mark& mark) {
  return *std::find_if(all.begin(), all.end(), [&](const DrawnSeries& one) { return one.name == mark.series; });
}

}  // namespace moe
