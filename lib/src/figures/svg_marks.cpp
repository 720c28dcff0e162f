#include "figures/svg_marks.hpp"

#include <algorithm>
#include <cmath>

#include "figures/svg_text.hpp"

namespace moe {
namespace {

constexpr std::size_t kColours = 7;

}  // namespace

std::string svg_attribute(const char* name, double value) {
  return std::string(" ") + name + "=\"" + svg_number(value) + "\"";
}

std::string colour_class(const DrawnSeries& series) {
  if (series.reference) return "moe-grey";
  return series.neutral ? "moe-n" : "moe-c" + std::to_string(series.number % kColours);
}

std::string dashes_of(const DrawnSeries& series) {
  constexpr const char* kDashes[] = {"", " stroke-dasharray=\"7 4\"", " stroke-dasharray=\"2 4\"",
                                     " stroke-dasharray=\"9 3 2 3\""};
  return kDashes[series.number / kColours % 4];
}

std::string SvgMarks::view(double x, double y) const {
  std::string text = "<svg" + svg_attribute("x", x) + svg_attribute("y", y) + svg_attribute("width", width_) +
                     svg_attribute("height", height_) + " overflow=\"visible\">\n";
  for (const Mark& mark : figure_.marks) text += mark.kind == Mark::Kind::kRule ? rule(mark) : element(mark);
  return text + "</svg>\n";
}

std::string SvgMarks::rule(const Mark& mark) const {
  std::string text = "<path class=\"moe-rule\" d=\"";
  for (const double x : mark.x) text += "M" + svg_number(at_x(x)) + ",0V" + svg_number(height_);
  if (mark.x.is_empty())
    for (const double y : mark.y) text += "M0," + svg_number(at_y(y)) + "H" + svg_number(width_);
  return text + "\"/>\n";
}

std::string SvgMarks::element(const Mark& mark) const {
  const DrawnSeries& series = series_of(series_, mark);
  std::string text = "<g class=\"" + colour_class(series) + "\">";
  if (mark.kind == Mark::Kind::kLine) text += line(mark, series);
  if (mark.kind == Mark::Kind::kBand) text += band(mark);
  if (mark.kind == Mark::Kind::kPoints) text += points(mark, series);
  if (mark.kind == Mark::Kind::kBars) text += bars(mark);
  if (mark.kind == Mark::Kind::kCells) text += cells(mark);
  return text + "</g>\n";
}

std::string SvgMarks::path_through(const arma::vec& x, const arma::vec& y, bool backwards) const {
  std::string text;
  for (arma::uword i = 0; i < x.n_elem; ++i) {
    const arma::uword n = backwards ? x.n_elem - 1 - i : i;
    text += (text.empty() ? "" : " ") + svg_number(at_x(x[n])) + "," + svg_number(at_y(y[n]));
  }
  return text;
}

std::string SvgMarks::line(const Mark& mark, const DrawnSeries& series) const {
  return "<path class=\"" + std::string(mark.reference ? "moe-reference" : "moe-line") + "\"" +
         (mark.reference ? "" : dashes_of(series)) + " d=\"M" + path_through(mark.x, mark.y) + "\"/>";
}

std::string SvgMarks::band(const Mark& mark) const {
  return "<path class=\"moe-area\" fill-opacity=\"0.25\" d=\"M" + path_through(mark.x, mark.y2) + " " +
         path_through(mark.x, mark.y, true) + "Z\"/>";
}

/// The more points, the smaller and paler, so that crowds show as such.
std::string SvgMarks::points(const Mark& mark, const DrawnSeries& series) const {
  constexpr arma::uword kMany = 400, kFew = 60;
  const bool many = mark.x.n_elem > kMany, few = mark.x.n_elem <= kFew && !series.neutral;
  std::string text = "<g class=\"moe-area\" fill-opacity=\"" + std::string(many ? "0.35" : few ? "1" : "0.6") + "\">";
  for (arma::uword i = 0; i < mark.x.n_elem; ++i)
    text += "<circle" + svg_attribute("cx", at_x(mark.x[i])) + svg_attribute("cy", at_y(mark.y[i])) + " r=\"" +
            (many  ? "1.8"
             : few ? "4"
                   : "2.4") +
            "\"/>";
  return text + "</g>";
}

std::string SvgMarks::bars(const Mark& mark) const {
  constexpr double kBarWidth = 0.7;
  std::string text, errors;
  for (arma::uword i = 0; i < mark.x.n_elem; ++i) {
    const double from = at_x(mark.x2.is_empty() ? mark.x[i] - 0.5 * kBarWidth : mark.x[i]),
                 to = at_x(mark.x2.is_empty() ? mark.x[i] + 0.5 * kBarWidth : mark.x2[i]);
    const double zero = at_y(0), top = at_y(mark.y[i]), gap = mark.x2.is_empty() ? 0 : 0.5;
    text += "<rect class=\"moe-area\" fill-opacity=\"0.8\"" + svg_attribute("x", from + gap) +
            svg_attribute("y", std::min(zero, top)) + svg_attribute("width", std::max(0.5, to - from - 2 * gap)) +
            svg_attribute("height", std::abs(zero - top)) + "/>";
    if (mark.lower.is_empty()) continue;
    const std::string middle = svg_number(0.5 * (from + to)), left = svg_number(0.5 * (from + to) - 5);
    errors += "M" + middle + "," + svg_number(at_y(mark.lower[i])) + "V" + svg_number(at_y(mark.upper[i])) + "M" +
              left + "," + svg_number(at_y(mark.lower[i])) + "h10M" + left + "," + svg_number(at_y(mark.upper[i])) +
              "h10";
  }
  return text + (errors.empty() ? "" : "<path class=\"moe-error\" d=\"" + errors + "\"/>");
}

std::string SvgMarks::cells(const Mark& mark) const {
  std::string text = "<g shape-rendering=\"crispEdges\">";  // no seams between neighbours
  for (arma::uword i = 0; i < mark.x.n_elem; ++i) {
    char opacity[20];
    std::snprintf(opacity, sizeof opacity, "%.2f", std::clamp(mark.value[i], 0.0, 1.0));
    const double x = at_x(mark.x[i]), y = at_y(mark.y2[i]);
    text += "<rect class=\"moe-area\" fill-opacity=\"" + std::string(opacity) + "\"" + svg_attribute("x", x) +
            svg_attribute("y", y) + svg_attribute("width", at_x(mark.x2[i]) - x) +
            svg_attribute("height", at_y(mark.y[i]) - y) + "/>";
  }
  return text + "</g>";
}

}  // namespace moe
