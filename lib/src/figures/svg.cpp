// Figures as SVG. A panel is, from top to bottom, its title, its legend, the plot with its axes, and the caption.
// Colours are those of Okabe and Ito (2008), which colour-blind readers can tell apart; beyond them lines are dashed.
#include <algorithm>
#include <cmath>
#include <sstream>

#include "figures/scales.hpp"
#include "figures/svg_text.hpp"
#include "moe/figure.hpp"

namespace moe {
namespace {

constexpr std::size_t kColours = 7;
constexpr double kTitleSize = 15, kTextSize = 12, kCaptionSize = 11.5, kLineHeight = 16;
constexpr double kMargin = 12, kTickLength = 4, kWidestLabel = 200;

// Colours by class, so that they can follow the reader's preference. Print is always on light ground.
constexpr const char* kStyle = R"(
.moe-paper{fill:#fff}.moe-ink{fill:#222}.moe-soft{fill:#555}
.moe-axis{fill:none;stroke:#222}.moe-grid{fill:none;stroke:#e4e4e4}
.moe-rule{fill:none;stroke:#777;stroke-dasharray:5 4}.moe-reference{fill:none;stroke:#777;stroke-width:1.5;stroke-dasharray:5 4}
.moe-line{fill:none;stroke:currentColor;stroke-width:2;stroke-linejoin:round;stroke-linecap:round}
.moe-area{fill:currentColor;stroke:none}
.moe-error{fill:none;stroke:#222;stroke-width:1.5}
.moe-n{color:#222}.moe-grey{color:#888}
.moe-c0{color:#0072b2}.moe-c1{color:#e69f00}.moe-c2{color:#009e73}.moe-c3{color:#d55e00}
.moe-c4{color:#cc79a7}.moe-c5{color:#56b4e9}.moe-c6{color:#6b6b6b}
@media screen and (prefers-color-scheme:dark){
.moe-paper{fill:#16181c}.moe-ink{fill:#e8e8e8}.moe-soft{fill:#b4b4b4}
.moe-axis,.moe-error{stroke:#d0d0d0}.moe-grid{stroke:#33363c}.moe-rule,.moe-reference{stroke:#999}
.moe-n{color:#e8e8e8}.moe-grey{color:#999}
.moe-c0{color:#4da3e0}.moe-c1{color:#f0b429}.moe-c2{color:#2bbf93}.moe-c3{color:#ff8548}
.moe-c4{color:#e09bc2}.moe-c5{color:#86ccf5}.moe-c6{color:#adadad}}
)";

std::string attribute(const char* name, double value) {
  return std::string(" ") + name + "=\"" + svg_number(value) + "\"";
}

std::string text_element(double x, double y, const std::string& words, const char* anchor,
                         const std::string& more = "") {
  return "<text" + attribute("x", x) + attribute("y", y) + " text-anchor=\"" + anchor + "\"" + more + ">" +
         xml_escaped(words) + "</text>\n";
}

std::string with_minus(std::string label) {
  if (label.starts_with("-")) label.replace(0, 1, "\xe2\x88\x92");
  return label;
}

std::string colour_class(const DrawnSeries& series) {
  if (series.reference) return "moe-grey";
  return series.neutral ? "moe-n" : "moe-c" + std::to_string(series.number % kColours);
}

/// Dashes of lines whose colour another series has, too.
std::string dashes(const DrawnSeries& series) {
  constexpr const char* kDashes[] = {"", " stroke-dasharray=\"7 4\"", " stroke-dasharray=\"2 4\"",
                                     " stroke-dasharray=\"9 3 2 3\""};
  return kDashes[series.number / kColours % 4];
}

/// One figure's place on the page.
class Panel {
 public:
  Panel(const Figure& figure, const SvgOptions& options, double top)
      : figure_(figure), options_(options), scales_(scales_of(figure)), series_(series_of(figure)), top_(top) {}

  /// Writes the panel. Returns where it ends.
  double write(std::ostream& out) {
    double y = top_ + kMargin;
    for (const std::string& line : wrapped_text(figure_.title, options_.width - 2 * kMargin, kTitleSize)) {
      y += kTitleSize + 2;
      out << text_element(kMargin, y, line, "start", " class=\"moe-ink\" font-weight=\"600\" font-size=\"15\"");
    }
    y = write_legend(out, y + 8);
    lay_out(y);
    out << grid() << inner() << axes();
    y = bottom_ + below_;
    for (const std::string& line :
         wrapped_text(figure_.caption + (figure_.thinned.empty() ? "" : " (" + figure_.thinned + ".)"),
                      options_.width - 2 * kMargin, kCaptionSize)) {
      y += kCaptionSize + 3;
      out << text_element(kMargin, y, line, "start", " class=\"moe-soft\" font-size=\"11.5\"");
    }
    return y + kMargin;
  }

 private:
  double width() const { return right_ - left_; }
  double height() const { return bottom_ - plot_top_; }
  // Within the plot, whose upper left corner is the origin.
  double at_x(double x) const { return width() * scales_.x.place(x); }
  double at_y(double y) const { return height() * (1 - scales_.y.place(y)); }

  double write_legend(std::ostream& out, double y) const {
    constexpr double kSwatch = 22, kGap = 6, kBetween = 18;
    double x = kMargin;
    bool any = false;
    for (const DrawnSeries& series : series_) {
      if (series.name.empty()) continue;
      const std::string name = fitting_text(series.name, options_.width - 2 * kMargin - kSwatch - kGap, kTextSize);
      const double room = kSwatch + kGap + text_width(name, kTextSize) + kBetween;
      if (!any || x + room - kBetween > options_.width - kMargin) {
        x = kMargin;
        y += kLineHeight + 2;
      }
      any = true;
      out << "<g class=\"" << colour_class(series) << "\">" << swatch(series, x, y - 4) << "</g>"
          << text_element(x + kSwatch + kGap, y, name, "start", " class=\"moe-ink\"");
      x += room;
    }
    return any ? y + 6 : y;
  }

  static std::string swatch(const DrawnSeries& series, double x, double y) {
    const std::string line = "d=\"M" + svg_number(x) + "," + svg_number(y) + "h22\"";
    switch (series.kind) {
      case Mark::Kind::kLine:
        return "<path class=\"" + std::string(series.reference ? "moe-reference" : "moe-line") + "\"" +
               (series.reference ? "" : dashes(series)) + " " + line + "/>";
      case Mark::Kind::kPoints:
        return "<circle class=\"moe-area\"" + attribute("cx", x + 11) + attribute("cy", y) + " r=\"3\"/>";
      default:
        return "<rect class=\"moe-area\"" + attribute("x", x) + attribute("y", y - 6) + " width=\"22\" height=\"12\"" +
               (series.kind == Mark::Kind::kBand ? " fill-opacity=\"0.25\"" : "") + "/>";
    }
  }

  /// Finds room for the axes: labels of ticks first, which decide the plot's edges.
  void lay_out(double top) {
    const bool rows_of_names = figure_.y.scale == Axis::Scale::kCategories;
    plot_top_ = top + 10;
    const double least = rows_of_names ? 18 * static_cast<double>(figure_.y.categories.size()) : 0;
    bottom_ = plot_top_ + std::max({0.55 * options_.height, options_.height - (plot_top_ - top_) - 90, least});
    y_ticks_ = ticks_of(figure_.y, scales_.y, rows_of_names ? figure_.y.categories.size() : 6);
    double widest = 0;
    for (Tick& tick : y_ticks_) {
      tick.label = rows_of_names ? fitting_text(tick.label, kWidestLabel, kTextSize) : with_minus(tick.label);
      widest = std::max(widest, text_width(tick.label, kTextSize));
    }
    left_ = kMargin + (figure_.y.label.empty() ? 0 : kLineHeight + 4) + widest + kTickLength + 6;
    right_ = options_.width - kMargin - 6;
    lay_out_x();
  }

  void lay_out_x() {
    const bool names = figure_.x.scale == Axis::Scale::kCategories;
    constexpr double kNarrowestName = 15;
    x_ticks_ = ticks_of(figure_.x, scales_.x, names ? static_cast<std::size_t>(width() / kNarrowestName) : 8);
    double widest = 0;
    for (Tick& tick : x_ticks_) {
      tick.label = names ? fitting_text(tick.label, 120, kTextSize) : with_minus(tick.label);
      widest = std::max(widest, text_width(tick.label, kTextSize));
    }
    slanted_ = names && widest + 6 > width() / static_cast<double>(std::max<std::size_t>(x_ticks_.size(), 1));
    const double labels = slanted_ ? 0.72 * widest + 12 : kLineHeight;
    below_ = kTickLength + labels + (figure_.x.label.empty() ? 4 : kLineHeight + 8);
  }

  std::string grid() const {
    std::string text = "<path class=\"moe-grid\" d=\"";
    if (figure_.marks.front().kind != Mark::Kind::kCells)
      for (const Tick& tick : y_ticks_)
        text += "M" + svg_number(left_) + "," + svg_number(plot_top_ + at_y(tick.value)) + "H" + svg_number(right_);
    if (figure_.y.scale == Axis::Scale::kCategories && figure_.marks.front().kind != Mark::Kind::kCells)
      for (const Tick& tick : x_ticks_)
        text += "M" + svg_number(left_ + at_x(tick.value)) + "," + svg_number(plot_top_) + "V" + svg_number(bottom_);
    return text + "\"/>\n";
  }

  std::string axes() const {
    std::string lines =
        "M" + svg_number(left_) + "," + svg_number(plot_top_) + "V" + svg_number(bottom_) + "H" + svg_number(right_);
    std::string labels;
    for (const Tick& tick : y_ticks_)
      labels += text_element(left_ - kTickLength - 4, plot_top_ + at_y(tick.value) + 4, tick.label, "end");
    for (const Tick& tick : x_ticks_) {
      const double x = left_ + at_x(tick.value), y = bottom_ + kTickLength + (slanted_ ? 10 : 13);
      lines += "M" + svg_number(x) + "," + svg_number(bottom_) + "v4";
      labels += slanted_ ? text_element(x + 3, y, tick.label, "end",
                                        " transform=\"rotate(-45 " + svg_number(x + 3) + " " + svg_number(y) + ")\"")
                         : text_element(x, y, tick.label, "middle");
    }
    const double middle = 0.5 * (plot_top_ + bottom_);
    if (!figure_.y.label.empty())
      labels += text_element(kMargin + 10, middle, fitting_text(figure_.y.label, height() + 40, kTextSize), "middle",
                             " transform=\"rotate(-90 " + svg_number(kMargin + 10) + " " + svg_number(middle) + ")\"");
    if (!figure_.x.label.empty())
      labels += text_element(0.5 * (left_ + right_), bottom_ + below_ - 4,
                             fitting_text(figure_.x.label, width(), kTextSize), "middle");
    return "<path class=\"moe-axis\" d=\"" + lines + "\"/>\n<g class=\"moe-ink\">\n" + labels + "</g>\n";
  }

  /// The marks, in a view of their own so that nothing leaves the plot.
  std::string inner() const {
    std::string text = "<svg" + attribute("x", left_) + attribute("y", plot_top_) + attribute("width", width()) +
                       attribute("height", height()) + " overflow=\"hidden\">\n";
    for (const Mark& mark : figure_.marks) text += mark.kind == Mark::Kind::kRule ? rule(mark) : marks(mark);
    return text + "</svg>\n";
  }

  std::string rule(const Mark& mark) const {
    std::string text = "<path class=\"moe-rule\" d=\"";
    for (const double x : mark.x) text += "M" + svg_number(at_x(x)) + ",0V" + svg_number(height());
    if (mark.x.is_empty())
      for (const double y : mark.y) text += "M0," + svg_number(at_y(y)) + "H" + svg_number(width());
    return text + "\"/>\n";
  }

  std::string marks(const Mark& mark) const {
    const DrawnSeries& series = series_of(series_, mark);
    std::string text = "<g class=\"" + colour_class(series) + "\">";
    if (mark.kind == Mark::Kind::kLine) text += line(mark, series);
    if (mark.kind == Mark::Kind::kBand) text += band(mark);
    if (mark.kind == Mark::Kind::kPoints) text += points(mark, series);
    if (mark.kind == Mark::Kind::kBars) text += bars(mark);
    if (mark.kind == Mark::Kind::kCells) text += cells(mark);
    return text + "</g>\n";
  }

  std::string points_of(const arma::vec& x, const arma::vec& y, bool backwards = false) const {
    std::string text;
    for (arma::uword i = 0; i < x.n_elem; ++i) {
      const arma::uword n = backwards ? x.n_elem - 1 - i : i;
      text += (text.empty() ? "" : " ") + svg_number(at_x(x[n])) + "," + svg_number(at_y(y[n]));
    }
    return text;
  }

  std::string line(const Mark& mark, const DrawnSeries& series) const {
    return "<path class=\"" + std::string(mark.reference ? "moe-reference" : "moe-line") + "\"" +
           (mark.reference ? "" : dashes(series)) + " d=\"M" + points_of(mark.x, mark.y) + "\"/>";
  }

  std::string band(const Mark& mark) const {
    return "<path class=\"moe-area\" fill-opacity=\"0.25\" d=\"M" + points_of(mark.x, mark.y2) + " " +
           points_of(mark.x, mark.y, true) + "Z\"/>";
  }

  /// The more points, the smaller and paler, so that crowds show as such.
  std::string points(const Mark& mark, const DrawnSeries& series) const {
    constexpr arma::uword kMany = 400, kFew = 60;
    const bool many = mark.x.n_elem > kMany, few = mark.x.n_elem <= kFew && !series.neutral;
    std::string text = "<g class=\"moe-area\" fill-opacity=\"" + std::string(many ? "0.35" : few ? "1" : "0.6") + "\">";
    for (arma::uword i = 0; i < mark.x.n_elem; ++i)
      text += "<circle" + attribute("cx", at_x(mark.x[i])) + attribute("cy", at_y(mark.y[i])) + " r=\"" +
              (many  ? "1.8"
               : few ? "4"
                     : "2.4") +
              "\"/>";
    return text + "</g>";
  }

  std::string bars(const Mark& mark) const {
    constexpr double kBarWidth = 0.7;
    std::string text, errors;
    for (arma::uword i = 0; i < mark.x.n_elem; ++i) {
      const double from = at_x(mark.x2.is_empty() ? mark.x[i] - 0.5 * kBarWidth : mark.x[i]),
                   to = at_x(mark.x2.is_empty() ? mark.x[i] + 0.5 * kBarWidth : mark.x2[i]);
      const double zero = at_y(0), top = at_y(mark.y[i]), gap = mark.x2.is_empty() ? 0 : 0.5;
      text += "<rect class=\"moe-area\" fill-opacity=\"0.8\"" + attribute("x", from + gap) +
              attribute("y", std::min(zero, top)) + attribute("width", std::max(0.5, to - from - 2 * gap)) +
              attribute("height", std::abs(zero - top)) + "/>";
      if (mark.lower.is_empty()) continue;
      const std::string middle = svg_number(0.5 * (from + to)), left = svg_number(0.5 * (from + to) - 5);
      errors += "M" + middle + "," + svg_number(at_y(mark.lower[i])) + "V" + svg_number(at_y(mark.upper[i])) + "M" +
                left + "," + svg_number(at_y(mark.lower[i])) + "h10M" + left + "," + svg_number(at_y(mark.upper[i])) +
                "h10";
    }
    return text + (errors.empty() ? "" : "<path class=\"moe-error\" d=\"" + errors + "\"/>");
  }

  std::string cells(const Mark& mark) const {
    constexpr double kOverlap = 0.25;  // no seams between neighbours
    std::string text;
    for (arma::uword i = 0; i < mark.x.n_elem; ++i) {
      char opacity[20];
      std::snprintf(opacity, sizeof opacity, "%.2f", std::clamp(mark.value[i], 0.0, 1.0));
      const double x = at_x(mark.x[i]), y = at_y(mark.y2[i]);
      text += "<rect class=\"moe-area\" fill-opacity=\"" + std::string(opacity) + "\"" + attribute("x", x) +
              attribute("y", y) + attribute("width", at_x(mark.x2[i]) - x + kOverlap) +
              attribute("height", at_y(mark.y[i]) - y + kOverlap) + "/>";
    }
    return text;
  }

  const Figure& figure_;
  const SvgOptions& options_;
  FigureScales scales_;
  std::vector<DrawnSeries> series_;
  double top_, left_ = 0, right_ = 0, plot_top_ = 0, bottom_ = 0, below_ = 0;
  bool slanted_ = false;
  std::vector<Tick> x_ticks_, y_ticks_;
};

}  // namespace

std::string to_svg(const std::vector<Figure>& figures, const SvgOptions& options) {
  std::ostringstream body;
  std::string titles, captions;
  double y = 0;
  for (const Figure& figure : figures) {
    if (figure.marks.empty()) continue;
    y = Panel(figure, options, y).write(body);
    titles += (titles.empty() ? "" : "; ") + figure.title;
    captions += (captions.empty() ? "" : " ") + figure.caption;
  }
  const std::string width = svg_number(options.width), height = svg_number(y);
  return "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 " + width + " " + height + "\" width=\"" + width +
         "\" height=\"" + height +
         "\" role=\"img\" font-family=\"system-ui, 'Helvetica Neue', Arial, sans-serif\" font-size=\"12\">\n<title>" +
         xml_escaped(titles) + "</title>\n<desc>" + xml_escaped(captions) + "</desc>\n<style>" + kStyle +
         "</style>\n<rect class=\"moe-paper\" width=\"" + width + "\" height=\"" + height + "\"/>\n" + body.str() +
         "</svg>\n";
}

}  // namespace moe
